//! Figures of Ambar that no other registry is measured for.

mod log;
mod memory;

use crate::{Arguments, report};
use anyhow::Result;
use std::path::Path;

/// Prints a line for each figure that is wanted.
pub(crate) fn run(arguments: &Arguments, folder: &Path) -> Result<()> {
    if !arguments.wants("memory") && !arguments.wants("log") {
        return Ok(());
    }
    report::title_alone()?;
    if arguments.wants("memory") {
        memory::measure(arguments, &folder.join("memory"))?;
    }
    if arguments.wants("log") {
        log::measure(arguments, &folder.join("log"))?;
    }
    Ok(())
}
