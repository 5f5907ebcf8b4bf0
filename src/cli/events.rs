//! `ambar events`: the event log as JSON lines.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::Subcommand;

use super::output;
use crate::admin::{self, AdminCommand, EventsPage, Reply};
use crate::config::FileConfig;

/// Events asked for at a time.
const PAGE: usize = 500;
/// How long a follower lets the server wait for the next event before it asks again.
const WAIT: Duration = Duration::from_secs(20);

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Print events as JSON lines, oldest first
    Tail {
        /// Go on printing as events are recorded
        #[arg(long, short)]
        follow: bool,
        /// Begin behind this position (default: the start of the log)
        #[arg(long, value_name = "POSITION", default_value = "0:0")]
        after: ambar_storage::event_log::Position,
    },
}

/// Prints page by page until the head is reached, or for ever.
pub(crate) async fn run(data_dir: &Path, file: FileConfig, command: EventsCommand) -> Result<()> {
    let EventsCommand::Tail { follow, after } = command;
    let mut after = after.to_string();
    loop {
        let wait_seconds = if follow { WAIT.as_secs() } else { 0 };
        let page = EventsPage { after: after.clone(), limit: PAGE, wait_seconds };
        let reply = admin::send(data_dir, file.clone(), AdminCommand::EventsPage(page)).await?;
        let Reply::Events { events, next } = reply else { anyhow::bail!("the server answered something else than events") };
        for event in &events {
            output::line(event)?;
        }
        if !follow && events.len() < PAGE {
            return Ok(());
        }
        after = next;
    }
}
