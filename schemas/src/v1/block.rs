//! Users who are kept out for a while.

use ambar_domain::block::BlockCause;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::UserId;
use ambar_domain::names::UserName;
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// A user that is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlockedUser {
    /// Its id.
    pub user_id: UserId,
    /// Its name.
    pub user_name: UserName,
    /// What for.
    pub cause: BlockCause,
    /// Since when.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub blocked_at: Timestamp,
    /// Until when.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub until: Timestamp,
}
