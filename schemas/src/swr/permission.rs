//! Permissions: the numbers that stand for levels, and who holds which.

use ambar_domain::level::Level;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The number of a level: 7 manage, 3 edit, 1 read.
#[must_use]
pub fn auth_of(level: Level) -> i32 {
    match level {
        Level::Manage => 7,
        Level::Edit => 3,
        Level::Read => 1,
    }
}

/// The level of a number; there are no others.
#[must_use]
pub fn level_of(auth: i64) -> Option<Level> {
    match auth {
        7 => Some(Level::Manage),
        3 => Some(Level::Edit),
        1 => Some(Level::Read),
        _ => None,
    }
}

/// A permission as a client asks for it. Fields it does not know are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct WantedPermission {
    /// Who.
    pub user_id: String,
    /// The number of the level.
    pub auth: i64,
}

/// A permission that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UserAuth {
    /// Who.
    pub user_id: String,
    /// The user's name.
    pub user_name: String,
    /// The number of the level.
    pub auth: i32,
}

/// Who holds what on an organization or a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Access {
    /// The number of the organization or repository.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Who created the organization; a repository's has no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator_name: Option<String>,
    /// What the caller holds.
    pub self_auth: UserAuth,
    /// What users hold; an organization's has the caller among them.
    pub others_auths: Vec<UserAuth>,
}
