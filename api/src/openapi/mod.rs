//! The OpenAPI document of every surface (requirement B2), and the page that shows it.
//!
//! Paths are read by hand here, so that no router knows the operations. Each surface therefore says them in a table of its own
//! (`manage/openapi/`, `v1/openapi.rs` …), beside the code that reads its paths, and a test holds that table and code agree. What is
//! generated from the tables is checked in as `schemas/openapi/ambar.json`, reviewed like code, and served as it stands there.

mod document;
mod generate;
mod operation;
mod parameter;
mod serve;
mod share;
#[cfg(test)]
mod tests;

pub(crate) use operation::{Operation, Proof, Surface};
pub(crate) use parameter::{Parameter, Shape};
pub use serve::File;
pub(crate) use serve::serve;

/// The document as it is to stand in `schemas/openapi/ambar.json`.
///
/// # Errors
/// It cannot be written as JSON.
pub fn document() -> Result<String, serde_json::Error> {
    let mut document = serde_json::to_value(generate::generate(&generate::operations()))?;
    share::share_answers(&mut document);
    document.sort_all_objects();
    Ok(format!("{document:#}\n"))
}
