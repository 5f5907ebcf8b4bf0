//! Signing, as clients do it: every header that the request has by then, and the body.

use ambar_domain::clock::Timestamp;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use ring::hmac;

use super::{ALGORITHM, DATE, DATE_FORMAT, SignatureError, canonical, string_to_sign};

/// Puts the date and the signature into the headers. The host must be among them, as it is going to be sent.
///
/// # Errors
/// [`SignatureError::Wrong`] if a header is there twice: nobody could check such a signature.
pub fn sign(request: &mut Parts, body: &[u8], access_key: &str, secret: &str, now: Timestamp) -> Result<(), SignatureError> {
    let date = now.format(DATE_FORMAT).to_string();
    request.headers.insert(HeaderName::from_static(DATE), value(&date)?);
    let mut names: Vec<_> = request.headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    let names = names.join(";");
    let text = string_to_sign(&date, &canonical::request(&names, request, body)?);
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), text.as_bytes());
    let mac = crate::keys::hex(mac.as_ref());
    let header = format!("{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={mac}");
    request.headers.insert(AUTHORIZATION, value(&header)?);
    Ok(())
}

fn value(text: &str) -> Result<HeaderValue, SignatureError> {
    HeaderValue::try_from(text).map_err(|_| SignatureError::Malformed)
}
