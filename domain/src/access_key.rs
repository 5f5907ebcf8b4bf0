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

/// SHA-256 of a docker login key, in hex. The key is 256 random-looking bits, so a plain hash cannot be guessed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct LoginKeyHash(pub String);

/// The secret key (SK) encrypted under the master key, in the text form its sealer gave it. Only the sealer can open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SealedSecret(pub String);
