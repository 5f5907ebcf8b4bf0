//! `ambar account`.

use ambar_api::operations;
use ambar_domain::names::{AccountName, ProjectName};
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::{Reply, resolve_account};
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum AccountCommand {
    /// Open an account; only on a data directory, as is the list of them
    Create {
        /// Unique name
        name: AccountName,
        /// Project name in the region: the part of a login before the @
        #[arg(long, default_value = "local")]
        project: ProjectName,
    },
    /// List the accounts
    List,
    /// Close an account for ever: no login and no key of it works any more. Its organizations must be gone; its name is free then
    Close {
        /// The account; on a server your own
        name: AccountName,
    },
    /// Show an account: on a server your own, or the one that you act for
    Show {
        /// The account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
}

impl AccountCommand {
    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::Create { name, project } => {
                let account = operations::create_account(node.state(), context, &name, &project).await?;
                Ok(Reply::record([("account", name.to_string()), ("id", account.to_string()), ("project", project.to_string())]))
            }
            Self::List => {
                let accounts = identity::list_accounts(&node.views().reader()?)?;
                let rows = accounts
                    .into_iter()
                    .map(|account| [account.name.to_string(), account.account.to_string(), account.project_name.to_string()]);
                Ok(Reply::table(["account", "id", "project"], rows))
            }
            Self::Close { name } => {
                operations::close_account(node.state(), context, &name).await?;
                Ok(Reply::done(format!("account '{name}' closed")))
            }
            Self::Show { account } => {
                let account = resolve_account(node, account.as_ref())?;
                Ok(Reply::record([
                    ("account", account.name.to_string()),
                    ("id", account.account.to_string()),
                    ("project", account.project_name.to_string()),
                    ("project_id", account.project_id.to_string()),
                ]))
            }
        }
    }
}
