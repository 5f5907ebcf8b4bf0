//! The form of every token: a JSON Web Token signed with HMAC-SHA256. No other algorithm is ever read.
//!
//! Each kind of token has a key of its own, so none is ever taken for another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// `{"alg":"HS256","typ":"JWT"}`. A token with any other header is none of ours.
pub(super) const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Makes a token that says this.
pub(crate) fn sign<T: Serialize>(key: &hmac::Key, claims: &T) -> String {
    let claims = serde_json::to_vec(claims).expect("claims are plain JSON");
    let mut token = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(claims));
    let mac = hmac::sign(key, token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(mac, &mut token);
    token
}

/// Reads a token that this key has signed; `None` for any other. It may have run out.
pub(crate) fn verify<T: DeserializeOwned>(key: &hmac::Key, token: &str) -> Option<T> {
    let (signed, mac) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
    hmac::verify(key, signed.as_bytes(), &mac).ok()?;
    let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    (header == HEADER).then_some(claims)
}
