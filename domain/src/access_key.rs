//! Access keys (requirements I3 and L1): the public id, and the two forms in which the log may know its secret.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::newtype::checked_text;

/// The public half of an access key (AK): 20 upper-case letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccessKeyId(String);

checked_text!(AccessKeyId, InvalidAccessKeyId, { "pattern": "^[A-Z0-9]{20}$" });

/// The text is no access key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an access key id is 20 upper-case letters and digits")]
pub struct InvalidAccessKeyId;

impl AccessKeyId {
    fn check(text: &str) -> Result<(), InvalidAccessKeyId> {
        let valid = text.len() == 20 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if valid { Ok(()) } else { Err(InvalidAccessKeyId) }
    }
}

/// A text that proves or hides a secret: whoever prints a value for debugging sees that there is one, and no more.
macro_rules! secret_text {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $type(String);

        impl $type {
            /// The text as whoever made it gave it.
            #[must_use]
            pub fn new(text: String) -> Self {
                Self(text)
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($type)).finish_non_exhaustive()
            }
        }
    };
}

secret_text! {
    /// SHA-256 of a docker login key, in hex. The key is 256 random-looking bits, so a plain hash cannot be guessed back.
    LoginKeyHash
}
secret_text! {
    /// The secret key (SK) encrypted under the master key, in the text form its sealer gave it. Only the sealer can open it.
    SealedSecret
}

pub(crate) use secret_text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_nothing_of_a_hash_or_a_sealed_secret() {
        let shown = format!("{:?} {:?}", LoginKeyHash::new("c0ffee".to_owned()), SealedSecret::new("v1.c0ffee".to_owned()));
        assert_eq!(shown, "LoginKeyHash(..) SealedSecret(..)");
    }
}
