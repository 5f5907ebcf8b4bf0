//! The life of who is created once and deleted for ever: users and groups, whose ids nobody gets again.

use serde::{Deserialize, Serialize};

/// Where it is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Life {
    /// It was never created.
    #[default]
    Unborn,
    /// It exists.
    Alive,
    /// It existed.
    Deleted,
}
