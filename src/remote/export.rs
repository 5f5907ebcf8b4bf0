//! `ambar events export`: all of the account's events, one a line (requirement E3).

use std::io::{self, BufRead, Write};

use ambar_storage::event_log::Position;
use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::event_filter::EventFilter;
use crate::cli::output::ReaderGone;
use crate::client::Client;

/// How each line is written.
#[derive(Debug, Clone, Copy, Default, ValueEnum, Serialize, Deserialize)]
pub(crate) enum Format {
    /// As `events list --json` does (JSON Lines)
    #[default]
    Jsonl,
    /// CloudEvents 1.0, structured
    Cloudevents,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    filter: EventFilter,
    /// Begin behind this position
    #[arg(long, value_name = "POSITION")]
    after: Option<Position>,
    /// How each line is written
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
}

/// Prints all events that there are now. One that breaks off is an error: nobody is to take a part for the whole.
pub(crate) fn export(client: &Client, args: &ExportArgs) -> Result<()> {
    let format = match args.format {
        Format::Jsonl => "jsonl",
        Format::Cloudevents => "cloudevents",
    };
    let request = args
        .filter
        .request(client, &["v1", "events"])?
        .with("format", Some(format))
        .with("cursor", args.after.map(|after| after.to_string()));
    if copy(&mut client.follow(request)?, &mut io::stdout().lock())? == 0 {
        args.filter.explain_nothing(client)?;
    }
    Ok(())
}

/// Copies line by line, whole lines only, and tells how many.
fn copy(from: &mut impl BufRead, to: &mut impl Write) -> Result<u64> {
    let (mut line, mut lines) = (Vec::new(), 0);
    loop {
        line.clear();
        from.read_until(b'\n', &mut line).context("the export broke off; what is printed is not all")?;
        match line.last() {
            None => return written(to.flush()).map(|()| lines),
            Some(b'\n') => written(to.write_all(&line))?,
            Some(_) => return Err(anyhow!("the export broke off within an event; what is printed is not all")),
        }
        lines += 1;
    }
}

fn written(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ReaderGone.into()),
        result => result.context("standard output cannot be written"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    /// Fails where a connection breaks off.
    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    #[test]
    fn an_export_that_breaks_off_is_an_error_and_no_half_line_is_printed() {
        let mut printed = Vec::new();
        assert_eq!(copy(&mut Cursor::new("{}\n{}\n"), &mut printed).unwrap(), 2);
        assert_eq!(printed, b"{}\n{}\n");
        printed.clear();
        copy(&mut io::BufReader::new(Cursor::new("{}\n{").chain(Broken)), &mut printed).unwrap_err();
        assert_eq!(printed, b"{}\n");
        printed.clear();
        copy(&mut Cursor::new("{}\n{"), &mut printed).unwrap_err();
        assert_eq!(printed, b"{}\n");
    }
}
