//! Identifiers that Ambar hands out, and where new ones come from.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::newtype::checked_text;

/// Makes new identifiers; given to whoever needs one, so that tests repeat themselves exactly.
pub trait IdSource: Send + Sync {
    /// A UUID of version 7: unique, and growing with time.
    fn uuid(&self) -> Uuid;

    /// Fills the buffer with unpredictable bytes, for keys and secrets.
    fn fill_random(&self, buffer: &mut [u8]);
}

/// The text is not 32 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an id is 32 lower-case hex digits")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        checked_text!($type, InvalidId, { "pattern": "^[0-9a-f]{32}$" });

        impl $type {
            fn check(text: &str) -> Result<(), InvalidId> {
                let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
                if text.len() == 32 && text.bytes().all(is_hex) { Ok(()) } else { Err(InvalidId) }
            }
        }

        impl From<Uuid> for $type {
            fn from(id: Uuid) -> Self {
                Self(id.simple().to_string())
            }
        }
    };
}

id! {
    /// Identifies an account; also its stream id. 32 hex digits, as SWR's clients expect.
    AccountId
}
id! {
    /// Identifies an account's project in the region.
    ProjectId
}
id! {
    /// Identifies a user; also its stream id.
    UserId
}
id! {
    /// Identifies a user group; also its stream id.
    GroupId
}
id! {
    /// Identifies what an account has entrusted to somebody.
    DelegationId
}
