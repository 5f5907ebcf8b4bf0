//! What can happen to a name claim.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;

/// A fact about who holds a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum NameClaimEvent {
    /// The name belongs to this account, user or group.
    #[serde(rename = "name.claimed")]
    Claimed {
        /// Stream id of the holder.
        holder: String,
    },
    /// The name is free again.
    #[serde(rename = "name.released")]
    Released {
        /// Stream id of the last holder.
        holder: String,
    },
}

event_names!(NameClaimEvent {
    Claimed => "name.claimed", 1;
    Released => "name.released", 1;
});
