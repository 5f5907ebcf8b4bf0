//! `ambar events`: what happened. `tail` reads the log of a data directory, the rest the account's events on a server.

use std::path::Path;
use std::time::Duration;

use ambar_storage::event_log::Position;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Place, output, runtime};
use crate::admin::{self, AdminCommand, EventsPage, Reply};
use crate::config::FileConfig;
use crate::remote::{events as remote, export};
use crate::server::NoServer;

/// Events asked for at a time.
const PAGE: usize = 500;
/// How long a follower lets the server wait for the next event before it asks again.
const WAIT: Duration = Duration::from_secs(20);

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Print the newest events of a data directory as JSON lines, oldest first: whole, as the log has them, with other fields than those below
    Tail(TailArgs),
    /// List the account's events on a server; with --json as JSON lines, in the shape of the API (`GET /v1/events`)
    List(remote::ListArgs),
    /// Print all of the account's events on a server, one a line, in the shape of the API or as CloudEvents
    Export(export::ExportArgs),
    /// Print the account's events on a server as they are recorded; with --json as JSON lines, in the shape of the API
    Follow(remote::FollowArgs),
}

impl EventsCommand {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        match self {
            Self::Tail(args) => {
                place.wish.require_data_dir()?;
                let (file, data_dir) = place.data_directory()?;
                runtime()?.block_on(tail(&data_dir, file, args))
            }
            Self::List(args) => remote::list(&place.client()?, &args, place.json),
            Self::Export(args) => export::export(&place.client()?, &args),
            Self::Follow(args) => remote::follow(&place.client()?, &args, place.json),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// Go on printing as events are recorded
    #[arg(long, short)]
    follow: bool,
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
async fn tail(data_dir: &Path, file: FileConfig, args: TailArgs) -> Result<()> {
    let wait_seconds = if args.follow { WAIT.as_secs() } else { 0 };
    let mut after = match args.after {
        Some(after) => after.to_string(),
        None if args.all => Position::START.to_string(),
        None => ask(data_dir, file.clone(), AdminCommand::NewestEvents(args.lines)).await?.next,
    };
    let mut answered = false;
    loop {
        let page = EventsPage { after: after.clone(), limit: PAGE, wait_seconds };
        let answer = ask(data_dir, file.clone(), AdminCommand::EventsPage(page)).await;
        let page = match answer {
            Err(error) if args.follow && has_stopped(&error, answered) => {
                bail!("the server has stopped; `ambar events tail --follow --after {after}` goes on when it runs again");
            }
            answer => answer?,
        };
        for event in &page.events {
            output::line(event)?;
        }
        if !args.follow && page.at_head {
            return Ok(());
        }
        (after, answered) = (page.next, true);
    }
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
