//! Writes the JSON Schemas of all events into `schemas/events/`, unless that would break a published one.
//!
//! Run it after changing or adding an event: `cargo run -p ambar-schemas --bin generate-schemas`.

use std::error::Error;
use std::fs;
use std::path::Path;

use ambar_schemas::event::publish::files;
use ambar_schemas::event::schema::{Schemas, generate};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let published: Schemas = match fs::read_to_string(folder.join("published.json")) {
        Ok(text) => serde_json::from_str(&text)?,
        // Nothing was ever published.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Schemas::new(),
        Err(error) => return Err(error.into()),
    };
    let files = files(&published, &generate()).map_err(|breaking| breaking.to_string())?;
    fs::create_dir_all(&folder)?;
    for (name, text) in files {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
