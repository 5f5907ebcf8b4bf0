//! `ambar master-key`.

use ambar_api::operations;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::{Result, bail};
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::Reply;
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum MasterKeyCommand {
    /// Show under which master key the secrets of access keys are sealed
    Status,
    /// Seal the secrets of all access keys under the master key; the one before has to be given as well
    Rotate,
}

impl MasterKeyCommand {
    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        let state = node.state();
        match self {
            Self::Status => {
                let found = operations::sealings(state)?;
                let previous = state.keys.previous_master_key().map_or_else(|| "none".to_owned(), ToString::to_string);
                Ok(Reply::record([
                    ("master_key", state.keys.master_key().to_string()),
                    ("previous_master_key", previous),
                    ("sealed_under_it", found.current.to_string()),
                    ("to_be_resealed", found.to_be_resealed.to_string()),
                    ("cannot_be_opened", found.lost.to_string()),
                ]))
            }
            Self::Rotate => {
                let resealed = operations::reseal_secrets(state, context).await?;
                let left = operations::sealings(state)?.to_be_resealed;
                if left > 0 {
                    bail!("{resealed} access keys are sealed under the master key now, and {left} are not yet; run it again");
                }
                Ok(Reply::done(format!(
                    "{resealed} access keys sealed under the master key {}; no access key needs another one",
                    state.keys.master_key()
                )))
            }
        }
    }
}
