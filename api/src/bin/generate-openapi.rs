//! Writes the OpenAPI document of every surface to `schemas/openapi/ambar.json`.
//!
//! Run it after changing a surface: `make schemas`.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/openapi/ambar.json");
    std::fs::write(file, ambar_api::openapi::document()?)?;
    Ok(())
}
