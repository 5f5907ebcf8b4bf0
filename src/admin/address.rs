//! `ambar address`.

use ambar_api::operations;
use ambar_domain::block::UnblockReason;
use ambar_domain::client_address::ClientAddress;
use ambar_projections::blocks::list_blocked_addresses;
use ambar_schemas::swr::time;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::Reply;
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum AddressCommand {
    /// List the addresses that are blocked
    List,
    /// Let everybody at an address in again before its block ends
    Unblock {
        /// The address as it is listed: of version 6 any of the network will do
        address: ClientAddress,
        /// Why, for the log
        #[arg(long, default_value_t)]
        reason: UnblockReason,
    },
}

impl AddressCommand {
    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::List => {
                let listed = list_blocked_addresses(&node.views().reader()?, node.clock().now())?;
                let rows = listed.into_iter().map(|blocked| {
                    let [blocked_at, until] = [blocked.blocked_at, blocked.until].map(time::text);
                    [blocked.address.to_string(), blocked.cause.as_str().to_owned(), blocked_at, until]
                });
                Ok(Reply::table(["address", "cause", "blocked_at", "until"], rows))
            }
            Self::Unblock { address, reason } => {
                operations::unblock_address(node.state(), context, address, reason).await?;
                Ok(Reply::done(format!("address {address} is let in again")))
            }
        }
    }
}
