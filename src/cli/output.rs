//! The only place that writes to the terminal.

use std::io::{self, Write};

use anyhow::{Context, Result};

/// Writes a line to standard output. A reader that went away (`ambar … | head`) ends the program like any other failed write.
pub(crate) fn line(text: impl std::fmt::Display) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("standard output cannot be written")
}

/// Writes an error with its whole chain to standard error, on one line.
pub(crate) fn error(error: &anyhow::Error) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "ambar: {error:#}");
}
