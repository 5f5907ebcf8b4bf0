//! What a token for the registry says.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::UserId;
use chrono::DateTime;
use ring::hmac;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{SERVICE, jwt};
use crate::extract::Scope;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// Whom it is for: this registry.
    #[serde(rename = "aud")]
    audience: String,
    /// Who asked for it; nobody for an anonymous one.
    #[serde(rename = "sub", default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<UserId>,
    /// The access key that was logged in with.
    #[serde(rename = "ak", default, skip_serializing_if = "Option::is_none")]
    pub(crate) access_key: Option<AccessKeyId>,
    /// What it was asked for.
    #[serde(default)]
    pub(crate) access: Vec<Scope>,
    /// When it was made, in seconds.
    #[serde(rename = "iat")]
    issued: i64,
    /// When it ends, in seconds.
    #[serde(rename = "exp")]
    expires: i64,
    /// Unique.
    #[serde(rename = "jti")]
    id: Uuid,
}

impl Claims {
    pub(crate) fn new(
        holder: Option<(UserId, AccessKeyId)>,
        access: Vec<Scope>,
        issued_at: Timestamp,
        expires_at: Timestamp,
        id: Uuid,
    ) -> Self {
        let (user, access_key) = holder.unzip();
        Self { audience: SERVICE.to_owned(), user, access_key, access, issued: issued_at.timestamp(), expires: expires_at.timestamp(), id }
    }

    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        DateTime::from_timestamp(self.expires, 0)
    }
}

/// Makes a token.
pub(crate) fn sign(key: &hmac::Key, claims: &Claims) -> String {
    jwt::sign(key, claims)
}

/// Reads a token that these keys have signed; `None` for any other. It may have run out.
pub(crate) fn verify(key: &hmac::Key, token: &str) -> Option<Claims> {
    jwt::verify(key, token).filter(|claims: &Claims| claims.audience == SERVICE)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;
    use crate::token::jwt::HEADER;

    fn key(byte: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32])
    }

    fn claims() -> Claims {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let holder = ("0".repeat(32).parse().unwrap(), "A".repeat(20).parse().unwrap());
        Claims::new(Some(holder), vec![Scope::parse("repository:a/b:pull").unwrap()], at, at, Uuid::nil())
    }

    #[test]
    fn a_token_is_read_back_by_the_key_that_signed_it_only() {
        let token = sign(&key(1), &claims());
        assert_eq!(verify(&key(1), &token), Some(claims()));
        assert_eq!(verify(&key(2), &token), None);
    }

    #[test]
    fn the_header_names_the_one_algorithm() {
        assert_eq!(URL_SAFE_NO_PAD.decode(HEADER).unwrap(), br#"{"alg":"HS256","typ":"JWT"}"#);
    }

    #[test]
    fn a_signed_text_with_another_header_is_no_token() {
        let none = URL_SAFE_NO_PAD.encode(br#"{"alg":"none"}"#);
        let signed = format!("{none}.{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims()).unwrap()));
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key(1), signed.as_bytes())));
        assert_eq!(verify(&key(1), &token), None);
        assert_eq!(verify(&key(1), &format!("{signed}.")), None);
    }

    proptest! {
        #[test]
        fn no_text_is_taken_for_a_token(text in "[A-Za-z0-9_.-]{0,200}") {
            prop_assert_eq!(verify(&key(1), &text), None);
        }

        #[test]
        fn no_change_goes_unseen(at in 0_usize..300, letter in "[A-Za-z0-9_-]") {
            let token = sign(&key(1), &claims());
            let at = at % token.len();
            let mut changed = token.clone();
            changed.replace_range(at..=at, &letter);
            // The last letter of the code carries unused bits, which the decoder refuses unless they are zero.
            prop_assert!(changed == token || verify(&key(1), &changed).is_none());
        }
    }
}
