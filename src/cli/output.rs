//! The only place that writes to the terminal, but for questions.

use std::fmt;
use std::io::{self, Write};

use anyhow::{Context, Result};
use serde_json::json;

use crate::client::Failure;

/// Whoever read standard output has gone, as in `ambar … | head`.
#[derive(Debug)]
pub(crate) struct ReaderGone;

impl fmt::Display for ReaderGone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("nobody reads standard output any more")
    }
}

impl std::error::Error for ReaderGone {}

/// Writes a line to standard output.
pub(crate) fn line(text: impl fmt::Display) -> Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ReaderGone.into()),
        written => written.context("standard output cannot be written"),
    }
}

/// Writes an error with its whole chain to standard error, on one line. Programs get the server's code with it.
pub(crate) fn error(error: &anyhow::Error, as_json: bool) {
    let text = format!("{error:#}");
    let line = if as_json {
        let mut line = json!({ "error": text });
        if let Some(Failure::Refused { status, code, request_id, .. }) = error.downcast_ref() {
            line["status"] = status.as_u16().into();
            line["code"] = code.as_str().into();
            line["request_id"] = request_id.clone().into();
        }
        line.to_string()
    } else {
        format!("ambar: {text}")
    };
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Tells people something beside the answer; it is in nobody's pipe.
pub(crate) fn note(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
