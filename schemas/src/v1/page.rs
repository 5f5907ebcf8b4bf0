//! Lists come in pages.

use schemars::JsonSchema;
use serde::Serialize;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// At most as many as asked for.
    pub items: Vec<T>,
    /// Asks for the next page; null where there is none.
    pub next_cursor: Option<String>,
}
