//! `ambar events tail`: the event log of a data directory, for the operator (requirement E3). The directory's server reads it, or this process does.

use std::path::Path;
use std::time::Duration;

use ambar_storage::event_log::Position;
use anyhow::{Result, bail};
use clap::Args;
use serde_json::Value;

use super::output;
use crate::admin::{self, AdminCommand, EventsPage, NewestEvents, Reply, Wanted};
use crate::config::FileConfig;
use crate::server::NoServer;

/// Events asked for at a time.
const PAGE: usize = 500;
/// How long a follower lets the server wait for the next event before it asks again.
const WAIT: Duration = Duration::from_secs(20);

#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// Go on printing as events are recorded
    #[arg(long, short, conflicts_with = "until")]
    follow: bool,
    #[command(flatten)]
    wanted: Wanted,
    /// How many of the newest events to print, at most 10000
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 10, conflicts_with_all = ["all", "after"])]
    lines: usize,
    /// Print all events there are
    #[arg(long, conflicts_with = "after")]
    all: bool,
    /// Print the events behind this position
    #[arg(long, value_name = "POSITION")]
    after: Option<Position>,
}

/// Prints page by page until the head is reached, or for ever.
pub(super) async fn tail(data_dir: &Path, file: FileConfig, mut args: TailArgs) -> Result<()> {
    let named = args.wanted.clone();
    let meant = admin::send(data_dir, file.clone(), AdminCommand::EventsMeant(args.wanted.clone())).await?;
    args.wanted = args.wanted.meaning(serde_json::from_value(meant.to_json())?);
    let wait_seconds = if args.follow { WAIT.as_secs() } else { 0 };
    let mut after = match args.after {
        Some(after) => after.to_string(),
        None if args.all => Position::START.to_string(),
        None => {
            let newest = NewestEvents { count: args.lines, wanted: args.wanted.clone() };
            ask(data_dir, file.clone(), AdminCommand::NewestEvents(newest)).await?.next
        }
    };
    let (mut answered, mut is_empty) = (false, true);
    loop {
        let page = EventsPage { after: after.clone(), limit: PAGE, wait_seconds, wanted: args.wanted.clone() };
        let answer = ask(data_dir, file.clone(), AdminCommand::EventsPage(page)).await;
        let page = match answer {
            Err(error) if args.follow && has_stopped(&error, answered) => {
                bail!("the server has stopped; `ambar events tail --after {after}` with the same options goes on when it runs again");
            }
            answer => answer?,
        };
        for event in &page.events {
            is_empty = false;
            output::line(event)?;
        }
        if !args.follow && page.at_head {
            return if is_empty { explain_nothing(data_dir, file, named).await } else { Ok(()) };
        }
        (after, answered) = (page.next, true);
    }
}

/// Where nothing was found: tells if no event is of what was named, whenever it was.
async fn explain_nothing(data_dir: &Path, file: FileConfig, wanted: Wanted) -> Result<()> {
    let never = admin::send(data_dir, file, AdminCommand::NeverRecorded(wanted)).await?;
    serde_json::from_value::<Vec<String>>(never.to_json())?.iter().for_each(output::note);
    Ok(())
}

fn has_stopped(error: &anyhow::Error, answered: bool) -> bool {
    match error.downcast_ref::<NoServer>() {
        Some(NoServer::NoAnswer(_)) => true,
        Some(NoServer::NotRunning(_)) => answered,
        None => false,
    }
}

/// A stretch of the log, as long as one answer may be.
struct Page {
    events: Vec<Value>,
    next: String,
    at_head: bool,
}

async fn ask(data_dir: &Path, file: FileConfig, command: AdminCommand) -> Result<Page> {
    match admin::send(data_dir, file, command).await? {
        Reply::Events { events, next, at_head } => Ok(Page { events, next, at_head }),
        _ => bail!("the server answered something else than events"),
    }
}
