//! What can happen to an address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;
use crate::block::{BlockCause, UnblockReason};
use crate::clock::Timestamp;

/// A fact about an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum AddressEvent {
    /// Nobody gets in from there until the block ends or is lifted.
    #[serde(rename = "address.blocked")]
    Blocked {
        /// What for.
        cause: BlockCause,
        /// When the block ends.
        until: Timestamp,
    },
    /// The block was lifted before its end.
    #[serde(rename = "address.unblocked")]
    Unblocked {
        /// Why.
        #[serde(default, skip_serializing_if = "UnblockReason::is_empty")]
        reason: UnblockReason,
    },
}

event_names!(AddressEvent {
    Blocked => "address.blocked", 1;
    Unblocked => "address.unblocked", 1;
});
