//! Levels as the management API counts them.

use ambar_domain::level::Level;
use ambar_schemas::swr::permission::{auth_of, level_of};
use serde_json::Value;

/// The number of a level.
pub(super) fn auth(level: Level) -> i32 {
    auth_of(level)
}

/// The word for a number; null where it stands for no level.
pub(super) fn level_word(auth: &Value) -> Value {
    auth.as_i64().and_then(level_of).map(Level::as_str).into()
}
