//! `ambar delegation`.

use ambar_api::operations::{self, DelegationOrder};
use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::{DelegationDescription, Trustee};
use ambar_domain::level::Level;
use ambar_domain::names::{AccountName, DelegationName, ServiceName};
use ambar_projections::delegations::{self, Delegation};
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Reply, resolve_account};
use crate::server::Node;

/// More than an account can be entrusted with in one list.
const ALL: usize = 100_000;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum DelegationCommand {
    /// Let the administrators of another account operate an account's registry
    Grant {
        /// Name, unique in the account
        name: DelegationName,
        #[command(flatten)]
        trustee: TrusteeArgs,
        /// What they may do
        #[arg(long)]
        level: EntrustedArgument,
        /// When it ends, such as 2027-01-31T00:00:00Z; for ever if nothing is said
        #[arg(long)]
        until: Option<Timestamp>,
        /// What it is for
        #[arg(long, default_value = "")]
        description: DelegationDescription,
        /// The account that entrusts its registry, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// List what an account entrusts to others
    List {
        /// The account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// List what others have entrusted to it instead
        #[arg(long)]
        received: bool,
    },
    /// End a delegation; the next request is refused
    Revoke {
        /// Its name
        name: DelegationName,
        /// The account that entrusts its registry, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
}

/// To whom.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
#[group(required = true, multiple = false)]
pub(crate) struct TrusteeArgs {
    /// The account whose administrators may act
    #[arg(long)]
    to: Option<AccountName>,
    /// The service of the region that may act
    #[arg(long)]
    service: Option<ServiceName>,
}

/// A [`Level`] as a word on the command line.
#[derive(Debug, Clone, Copy, ValueEnum, Serialize, Deserialize)]
pub(crate) enum EntrustedArgument {
    /// See everything and pull
    Read,
    /// Also push and edit properties
    Edit,
    /// Also delete, grant, share, and make organizations
    Manage,
}

impl From<EntrustedArgument> for Level {
    fn from(argument: EntrustedArgument) -> Self {
        match argument {
            EntrustedArgument::Read => Self::Read,
            EntrustedArgument::Edit => Self::Edit,
            EntrustedArgument::Manage => Self::Manage,
        }
    }
}

impl DelegationCommand {
    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::Grant { name, trustee, level, until, description, account } => {
                let account = resolve_account(node, account.as_ref())?;
                let trustee = find_trustee(node, trustee)?;
                let order = DelegationOrder { name, trustee, level: Some(level.into()), until, description };
                let name = order.name.to_string();
                let id = operations::grant_delegation(node.state(), context, &account.account, order).await?;
                Ok(Reply::record([("delegation", name), ("id", id.to_string()), ("account", account.name.to_string())]))
            }
            Self::List { account, received } => list(node, account.as_ref(), received),
            Self::Revoke { name, account } => {
                let account = resolve_account(node, account.as_ref())?;
                let now = node.state().clock.now();
                let found = delegations::find_delegation_by_name(&node.views().reader()?, &account.account, &name, now)?;
                let found = found.with_context(|| format!("account '{}' has no delegation '{name}'", account.name))?;
                operations::revoke_delegation(node.state(), context, &account.account, &found.delegation).await?;
                Ok(Reply::done(format!("delegation '{name}' revoked")))
            }
        }
    }
}

fn find_trustee(node: &Node, trustee: TrusteeArgs) -> Result<Trustee> {
    match (trustee.to, trustee.service) {
        (Some(name), _) => {
            let found = identity::find_account_by_name(&node.views().reader()?, &name)?;
            Ok(Trustee::Account(found.with_context(|| format!("there is no account '{name}'"))?.account))
        }
        (None, service) => Ok(Trustee::Service(service.context("name an account with --to, or a service with --service")?)),
    }
}

fn list(node: &Node, account: Option<&AccountName>, received: bool) -> Result<Reply> {
    let (account, reader, now) = (resolve_account(node, account)?.account, node.views().reader()?, node.state().clock.now());
    let listed = if received {
        delegations::list_received_delegations(&reader, &account, now, None, ALL)?
    } else {
        delegations::list_delegations(&reader, &account, now)?
    };
    Ok(Reply::table(["delegation", "account", "to", "level", "until", "description"], listed.iter().map(row)))
}

fn row(delegation: &Delegation) -> [Value; 6] {
    let trustee = delegation.trustee_name.as_ref().map_or_else(|| delegation.trustee.to_string(), ToString::to_string);
    let level = delegation.level.map(|level| match level {
        Level::Read => "read",
        Level::Edit => "edit",
        Level::Manage => "manage",
    });
    [
        delegation.name.as_str().into(),
        delegation.account_name.as_str().into(),
        trustee.into(),
        level.into(),
        delegation.until.map(|until| until.to_rfc3339()).into(),
        delegation.description.as_str().into(),
    ]
}
