//! What a permission allows (requirement G1), and the administrator roles (I1).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A permission level; a higher one includes every lower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Pull.
    Read,
    /// Pull, push, edit properties, create triggers.
    Edit,
    /// All of that, plus delete, grant, manage triggers, share.
    Manage,
}

impl Level {
    /// As it stands in events and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Manage => "manage",
        }
    }
}

/// A role that makes its holder an account administrator (requirement I1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// `SWR Administrator`.
    SwrAdministrator,
    /// `Tenant Administrator`.
    TenantAdministrator,
}

/// Who may pull a repository without a grant (requirement M4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Nobody.
    Private,
    /// Every user; and anonymous ones where the operator allows it.
    Public,
}
