//! `ambar views`.

use ambar_projections::State;
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::Reply;
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum ViewsCommand {
    /// Show how far the views are behind the log
    Status,
    /// Fold all views anew beside the present ones and put them in their place
    Rebuild,
}

impl ViewsCommand {
    pub(super) async fn execute(self, node: &Node) -> Result<Reply> {
        match self {
            Self::Status => {
                let status = node.views().status();
                let head = node.log().head().await?;
                let state = match status.state {
                    State::CatchingUp => "catching up".to_owned(),
                    State::Live => "live".to_owned(),
                    State::Degraded { event_id, position, error } => format!("degraded at {position}, event {event_id}: {error}"),
                };
                Ok(Reply::record([("state", state), ("checkpoint", status.checkpoint.to_string()), ("head", head.to_string())]))
            }
            Self::Rebuild => {
                node.views().rebuild().await?;
                Ok(Reply::done("views rebuilt"))
            }
        }
    }
}
