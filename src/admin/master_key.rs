//! `ambar master-key`.

use ambar_api::operations;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::{Result, bail};
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
                    ("master_key", Value::from(state.keys.master_key().to_string())),
                    ("previous_master_key", previous.into()),
                    ("sealed_under_it", found.current.into()),
                    ("to_be_resealed", found.to_be_resealed.into()),
                    ("cannot_be_opened", found.lost.into()),
                ]))
            }
            Self::Rotate => {
                let resealed = operations::reseal_secrets(state, context).await?;
                let (found, key) = (operations::sealings(state)?, state.keys.master_key());
                let left = found.to_be_resealed;
                if left > 0 {
                    bail!("{resealed} access keys are sealed under the master key now, and {left} are not yet; run it again");
                }
                if resealed == 0 {
                    return Ok(Reply::done(format!(
                        "nothing to do: the secrets of all {} access keys are sealed under the present master key {key}; if the settings name another \
                         one by now, the server has to be started again before it knows that",
                        found.current
                    )));
                }
                Ok(Reply::done(format!("{resealed} access keys sealed under the master key {key}; no access key needs another one")))
            }
        }
    }
}
