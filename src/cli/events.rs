//! `ambar events`: what happened. `tail` reads the log of a data directory, the rest the account's events on a server.

use anyhow::Result;
use clap::Subcommand;

use super::tail::{TailArgs, tail};
use super::{Place, runtime};
use crate::remote::{events as remote, export};

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Print events of a data directory, of all accounts or of one, as JSON lines or CloudEvents, oldest first
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
