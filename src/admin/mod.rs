//! What an administrator does from the machine Ambar runs on.
//!
//! [`AdminCommand`] is what travels over the control socket. What can be done over the API as well, `remote` parses; the rest the command
//! line takes as it is. A command is carried out by the running server, or, when none runs, on the data directory itself: the same code, over
//! the same operations as every other surface.

mod account;
mod address;
mod delegation;
mod events;
mod grant;
mod group;
mod history;
mod key;
mod master_key;
mod org;
mod repo;
mod role;
mod user;
mod views;

use std::path::Path;

use ambar_domain::names::AccountName;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::{Reader, identity, organizations, repositories};
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

pub(crate) use account::AccountCommand;
pub(crate) use delegation::{ChangeArgs, DelegationCommand};
pub(crate) use events::{EventsPage, NewestEvents, Wanted};
pub(crate) use grant::{GrantArgs, GrantCommand, LevelArgument};
pub(crate) use group::{GroupChanges, GroupCommand};
pub(crate) use history::{HistoryCommand, SHARE_COLUMNS, TAG_COLUMNS};
pub(crate) use key::KeyCommand;
pub(crate) use org::OrgCommand;
pub(crate) use repo::{RepoCommand, VisibilityArgument};
pub(crate) use role::title as role_title;
pub(crate) use user::UserCommand;

pub(crate) use crate::reply::Reply;

use crate::config::{FileConfig, ServeArgs, ServeConfig};
use crate::refusal::{Misuse, NotThere};
use crate::server::{self, DataDir, Locked, NoServer, Node, NodeSettings};
use crate::system;

/// An administrator's command.
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum AdminCommand {
    /// Accounts: the tenants.
    #[command(skip)]
    Account(account::AccountCommand),
    /// Users of an account.
    #[command(skip)]
    User(user::UserCommand),
    /// Addresses that are blocked
    #[command(subcommand)]
    Address(address::AddressCommand),
    /// Groups of users.
    #[command(skip)]
    Group(group::GroupCommand),
    /// Access keys of a user.
    #[command(skip)]
    Key(key::KeyCommand),
    /// Organizations: what repositories live in.
    #[command(skip)]
    Org(org::OrgCommand),
    /// Repositories: the images.
    #[command(skip)]
    Repo(repo::RepoCommand),
    /// What was before.
    #[command(skip)]
    History(history::HistoryCommand),
    /// Permissions on organizations and repositories.
    #[command(skip)]
    Grant(grant::GrantCommand),
    /// What an account entrusts to others.
    #[command(skip)]
    Delegation(delegation::DelegationCommand),
    /// The master key, which secrets are sealed under
    #[command(subcommand)]
    MasterKey(master_key::MasterKeyCommand),
    /// The views, which are folded from the event log
    #[command(subcommand)]
    Views(views::ViewsCommand),
    /// A stretch of the event log; `ambar events tail` asks for it.
    #[command(skip)]
    EventsPage(EventsPage),
    /// Whom the names mean that choose events.
    #[command(skip)]
    EventsMeant(Wanted),
    /// Where that many of the newest events begin.
    #[command(skip)]
    NewestEvents(NewestEvents),
    /// What of those events' properties none has ever had.
    #[command(skip)]
    NeverRecorded(Wanted),
}

impl AdminCommand {
    /// Whether it may take long and records nothing, so that a server that stops need not see it through.
    pub(crate) fn only_waits(&self) -> bool {
        matches!(self, Self::EventsPage(_) | Self::EventsMeant(_) | Self::NewestEvents(_) | Self::NeverRecorded(_) | Self::Views(_))
    }

    /// Whether it waits for what others do: while it has the data directory to itself nobody can.
    fn waits_for_others(&self) -> bool {
        matches!(self, Self::EventsPage(page) if page.wait_seconds > 0)
    }

    /// Whether it must not be carried out under a master key that is another one than before.
    fn seals_secrets(&self) -> bool {
        matches!(self, Self::Key(KeyCommand::Create { .. }) | Self::MasterKey(master_key::MasterKeyCommand::Rotate))
    }

    /// Carries the command out on an open node; `context` says who sent it.
    pub(crate) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::Account(command) => command.execute(node, context).await,
            Self::User(command) => command.execute(node, context).await,
            Self::Address(command) => command.execute(node, context).await,
            Self::Group(command) => command.execute(node, context).await,
            Self::Key(command) => command.execute(node, context).await,
            Self::Org(command) => command.execute(node, context).await,
            Self::Repo(command) => command.execute(node, context).await,
            Self::History(command) => command.execute(node),
            Self::Grant(command) => command.execute(node, context).await,
            Self::Delegation(command) => command.execute(node, context).await,
            Self::MasterKey(command) => command.execute(node, context).await,
            Self::Views(command) => command.execute(node).await,
            Self::EventsPage(page) => page.execute(node).await,
            Self::EventsMeant(wanted) => events::look_up(node, &wanted),
            Self::NewestEvents(newest) => newest.execute(node).await,
            Self::NeverRecorded(wanted) => events::find_never_recorded(node, &wanted).await,
        }
    }
}

/// Has the command carried out: by the running server if there is one, otherwise here.
pub(crate) async fn send(data_dir: &Path, file: FileConfig, command: AdminCommand) -> Result<Reply> {
    if !DataDir::holds_data(data_dir)? {
        return Err(NotThere(format!(
            "there is no Ambar data in {}; `ambar serve` makes some, --data-dir names another directory, and `ambar login` a server",
            data_dir.display()
        ))
        .into());
    }
    match DataDir::lock(data_dir)? {
        Locked::Elsewhere => server::send(&server::control_socket(data_dir), &command).await,
        Locked::Here(directory) => {
            if command.waits_for_others() {
                return Err(NoServer::NotRunning(data_dir.to_owned()).into());
            }
            let config = ServeConfig::without_listener(ServeArgs::from_environment()?, file)?;
            let node = Node::open(directory, NodeSettings::from(&config), None).await?;
            if command.seals_secrets() {
                node.require_master_key()?;
            }
            command.execute(&node, &node.operated_by(system::own_user_id())).await
        }
    }
}

/// The account a command is about: the named one, or the only one there is.
fn resolve_account(node: &Node, named: Option<&AccountName>) -> Result<identity::Account> {
    let reader = node.views().reader()?;
    if let Some(name) = named {
        return match identity::find_account_by_name(&reader, name)? {
            Some(account) => Ok(account),
            None => Err(NotThere::no(format_args!("account '{name}'")).into()),
        };
    }
    let mut accounts = identity::list_accounts(&reader)?;
    match (accounts.pop(), accounts.is_empty()) {
        (Some(account), true) => Ok(account),
        (None, _) => Err(NotThere("there is no account; `ambar account create` makes one".to_owned()).into()),
        (Some(_), false) => Err(Misuse("there are several accounts; name one with --account".into()).into()),
    }
}

/// A list of what is in an organization that does not exist is no empty list.
fn require_organization(reader: &Reader, name: &OrganizationName) -> Result<()> {
    match organizations::find_organization(reader, name)? {
        Some(_) => Ok(()),
        None => Err(NotThere::no(format_args!("organization '{name}'")).into()),
    }
}

/// The same for a repository.
fn require_repository(reader: &Reader, name: &RepositoryName) -> Result<()> {
    if !repositories::repository_exists(reader, name)? {
        return Err(NotThere::no(format_args!("repository '{name}'")).into());
    }
    Ok(())
}
