//! `ambar delegation`.

use ambar_api::operations::{self, DelegationOrder};
use ambar_domain::account::DelegationChange;
use ambar_domain::delegation::{DelegationDescription, Trustee};
use ambar_domain::level::Level;
use ambar_domain::names::{AccountName, DelegationName, ServiceName};
use ambar_projections::delegations::{self, Delegation};
use ambar_projections::identity::{self, Account};
use ambar_schemas::swr::time;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Reply, resolve_account};
use crate::moment::End;
use crate::refusal::NotThere;
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
        /// The last day of it, a time such as 2027-01-31T18:00:00Z, or 'forever'
        #[arg(long, default_value = End::FOREVER, value_name = "END")]
        until: End,
        /// What it is for
        #[arg(long, default_value = "")]
        description: DelegationDescription,
        /// The account that entrusts its registry, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Change what a trustee may do, until when, or what it is for
    Set {
        /// Its name
        name: DelegationName,
        #[command(flatten)]
        change: ChangeArgs,
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
    pub(crate) to: Option<AccountName>,
    /// The service of the region that may act
    #[arg(long)]
    pub(crate) service: Option<ServiceName>,
}

/// What is to be otherwise.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
#[group(required = true, multiple = true)]
pub(crate) struct ChangeArgs {
    /// What they may do
    #[arg(long)]
    pub(crate) level: Option<EntrustedArgument>,
    /// The last day of it, a time such as 2027-01-31T18:00:00Z, or 'forever'
    #[arg(long, value_name = "END")]
    pub(crate) until: Option<End>,
    /// What it is for
    #[arg(long)]
    pub(crate) description: Option<DelegationDescription>,
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
    /// The account that was named.
    pub(crate) fn account(&self) -> Option<&AccountName> {
        match self {
            Self::Grant { account, .. } | Self::Set { account, .. } | Self::List { account, .. } | Self::Revoke { account, .. } => {
                account.as_ref()
            }
        }
    }

    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::Grant { name, trustee, level, until, description, account } => {
                let account = resolve_account(node, account.as_ref())?;
                let trustee = find_trustee(node, trustee)?;
                let order = DelegationOrder { name, trustee, level: Some(level.into()), until: until.0, description };
                let name = order.name.to_string();
                let id = operations::grant_delegation(node.state(), context, &account.account, order).await?;
                Ok(Reply::record([("delegation", name), ("id", id.to_string()), ("account", account.name.to_string())]))
            }
            Self::Set { name, change: ChangeArgs { level, until, description }, account } => {
                let (account, found) = find(node, account.as_ref(), &name)?;
                let change = DelegationChange { level: level.map(|level| Some(level.into())), until: until.map(|end| end.0), description };
                operations::change_delegation(node.state(), context, &account.account, &found.delegation, change).await?;
                Ok(Reply::done(format!("delegation '{name}' changed")))
            }
            Self::List { account, received } => list(node, account.as_ref(), received),
            Self::Revoke { name, account } => {
                let (account, found) = find(node, account.as_ref(), &name)?;
                operations::revoke_delegation(node.state(), context, &account.account, &found.delegation).await?;
                Ok(Reply::done(format!("delegation '{name}' revoked")))
            }
        }
    }
}

/// The delegation of that name, and the account whose it is.
fn find(node: &Node, account: Option<&AccountName>, name: &DelegationName) -> Result<(Account, Delegation)> {
    let (account, now) = (resolve_account(node, account)?, node.clock().now());
    let found = delegations::find_delegation_by_name(&node.views().reader()?, &account.account, name, now)?;
    match found {
        Some(found) => Ok((account, found)),
        None => Err(NotThere(format!("account '{}' has no delegation '{name}'", account.name)).into()),
    }
}

fn find_trustee(node: &Node, trustee: TrusteeArgs) -> Result<Trustee> {
    match (trustee.to, trustee.service) {
        (Some(name), _) => {
            let found = identity::find_account_by_name(&node.views().reader()?, &name)?;
            Ok(Trustee::Account(found.ok_or_else(|| NotThere::no(format_args!("account '{name}'")))?.account))
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
    [
        delegation.name.as_str().into(),
        delegation.account_name.as_str().into(),
        trustee.into(),
        delegation.level.map(Level::as_str).into(),
        delegation.until.map(time::text).into(),
        delegation.description.as_str().into(),
    ]
}
