//! Blocks: who abuses the registry is kept out of it for a while (requirement P8).
//!
//! A block says when it ends, and that it has ended is recorded nowhere; that it was lifted before is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::description::description;
use crate::newtype::checked_text;

/// What somebody is blocked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockCause {
    /// Far more layer uploads than are allowed, one refusal after the other.
    RefusedUploads,
    /// Far more failed logins than are allowed.
    FailedLogins,
}

impl BlockCause {
    /// As it stands in events and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RefusedUploads => "refused_uploads",
            Self::FailedLogins => "failed_logins",
        }
    }
}

description! {
    /// Why a block was lifted before its end: 0–255 characters.
    UnblockReason, 255
}

/// Until when somebody is blocked, if ever it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Block(Option<Timestamp>);

impl Block {
    /// No block.
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn until(end: Timestamp) -> Self {
        Self(Some(end))
    }

    /// Whether it keeps out at this moment.
    pub(crate) fn lasts(self, now: Timestamp) -> bool {
        self.0.is_some_and(|end| now < end)
    }
}
