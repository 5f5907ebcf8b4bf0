//! `ambar org`.

use ambar_api::operations;
use ambar_domain::names::AccountName;
use ambar_domain::organization_name::OrganizationName;
use ambar_projections::organizations;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::{Reply, resolve_account};
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum OrgCommand {
    /// Create an organization
    Create {
        /// Name, unique in the region
        name: OrganizationName,
        /// The owner, where there are several accounts
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// List the organizations of an account
    List {
        /// The owner, where there are several accounts
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Delete an organization without images
    Delete {
        /// The organization
        name: OrganizationName,
    },
}

impl OrgCommand {
    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::Create { name, account } => {
                let account = resolve_account(node, account.as_ref())?;
                operations::create_organization(node.state(), context, &account.account, &name).await?;
                Ok(Reply::done(format!("organization '{name}' created")))
            }
            Self::List { account } => {
                let account = resolve_account(node, account.as_ref())?;
                let organizations = organizations::list_organizations(&node.views().reader()?, &account.account)?;
                Ok(Reply::table(["organization"], organizations.into_iter().map(|organization| [organization.name.to_string()])))
            }
            Self::Delete { name } => {
                operations::delete_organization(node.state(), context, &name).await?;
                Ok(Reply::done(format!("organization '{name}' deleted")))
            }
        }
    }
}
