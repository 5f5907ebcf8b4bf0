//! What is done on a server over its API, with the key of a profile: the same API, rights and answers as for every other client.
//!
//! Some of it the operator can do without a key as well, on the data directory; then it is one command, here and in `admin`.

mod access;
mod accessory;
mod account;
mod center;
mod delegation;
mod deletion;
pub(crate) mod event_filter;
pub(crate) mod events;
pub(crate) mod export;
mod grant;
mod group;
mod image;
mod key;
mod login_command;
mod org;
mod paging;
mod people;
mod permission;
mod roles;
mod share;
mod tag;
mod user;

use ambar_domain::names::AccountName;
use anyhow::Result;
use clap::Subcommand;

pub(crate) use delegation::act_for;
pub(crate) use people::{OnlyAdministrators, Own};

use crate::admin::{AccountCommand, AdminCommand, DelegationCommand, GroupCommand, Reply};
use crate::client::{Client, Failure};
use crate::refusal::Misuse;

/// A command on a server.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum RemoteCommand {
    /// Organizations: what images live in
    #[command(subcommand)]
    Org(org::OrgCommand),
    /// Images: the repositories
    #[command(subcommand, visible_alias = "repo")]
    Image(image::ImageCommand),
    /// Versions of an image
    #[command(subcommand)]
    Tag(tag::TagCommand),
    /// Public images of all accounts
    #[command(subcommand)]
    Center(center::CenterCommand),
    /// Permissions on organizations and images
    #[command(subcommand)]
    Grant(grant::GrantCommand),
    /// Private images for other accounts
    #[command(subcommand)]
    Share(share::ShareCommand),
    /// What an account entrusts to others
    #[command(subcommand)]
    Delegation(DelegationCommand),
    /// Accounts: the tenants
    #[command(subcommand)]
    Account(AccountCommand),
    /// Show who can do what on an image, and why
    Access(access::AccessArgs),
    /// Users of the account
    #[command(subcommand)]
    User(user::UserCommand),
    /// Groups of users
    #[command(subcommand)]
    Group(GroupCommand),
    /// Access keys of a user
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Temporary logins for registry clients
    #[command(subcommand)]
    LoginCommand(login_command::LoginCommandCommand),
    /// Show who you are on the server
    Whoami,
    /// Show how much the account has
    Overview,
    /// Show what the account stored or what was downloaded from it, day by day
    Report {
        /// Which of them
        reported: account::Reported,
    },
    /// Show how much the account may have
    Quota,
    /// Show what the registry can do, as consoles ask it
    Features,
}

impl RemoteCommand {
    /// Whether it is for the operator alone, so that no server is meant though somebody is logged in.
    pub(crate) fn is_for_operators(&self) -> bool {
        matches!(self, Self::Account(AccountCommand::Create { .. } | AccountCommand::List))
    }

    /// What the operator does instead, on the data directory; `None` for what needs a server and a key.
    pub(crate) fn on_data_dir(self) -> Option<AdminCommand> {
        match self {
            Self::Org(command) => command.on_data_dir().map(AdminCommand::Org),
            Self::Image(command) => command.on_data_dir().map(AdminCommand::Repo),
            Self::Tag(command) => command.on_data_dir(),
            Self::Grant(command) => Some(AdminCommand::Grant(command.on_data_dir())),
            Self::Share(command) => command.on_data_dir(),
            Self::Delegation(command) => Some(AdminCommand::Delegation(command)),
            Self::Account(command) => Some(AdminCommand::Account(command)),
            Self::User(command) => command.on_data_dir().map(AdminCommand::User),
            Self::Group(command) => Some(AdminCommand::Group(command)),
            Self::Key(command) => command.on_data_dir().map(AdminCommand::Key),
            Self::Center(_)
            | Self::Access(_)
            | Self::LoginCommand(_)
            | Self::Whoami
            | Self::Overview
            | Self::Report { .. }
            | Self::Quota
            | Self::Features => None,
        }
    }

    /// How a command has to be given to work on a data directory, where not every form of it does.
    pub(crate) fn form_on_data_dir(&self) -> Option<&'static str> {
        match self {
            Self::Image(image::ImageCommand::List(_)) => Some("image list ORGANIZATION"),
            Self::Share(share::ShareCommand::History(_)) => Some("share history IMAGE"),
            Self::Tag(tag::TagCommand::List(_)) => Some("tag list IMAGE"),
            _ => None,
        }
    }

    /// What people are asked before something is lost or opened to others.
    ///
    /// # Errors
    /// [`Misuse`] if the command asks for what cannot be done.
    pub(crate) fn question(&self) -> Result<Option<String>> {
        Ok(match self {
            Self::Org(command) => command.question(),
            Self::Image(command) => command.question(),
            Self::Tag(command) => command.question()?,
            Self::Share(command) => command.question(),
            Self::Delegation(command) => delegation::question(command),
            Self::User(command) => command.question(),
            Self::Group(command) => group::question(command),
            Self::Key(command) => command.question(),
            Self::Account(command) => account::question(command),
            Self::Center(_)
            | Self::Grant(_)
            | Self::Access(_)
            | Self::LoginCommand(_)
            | Self::Whoami
            | Self::Overview
            | Self::Report { .. }
            | Self::Quota
            | Self::Features => None,
        })
    }

    /// Carries the command out on the server.
    pub(crate) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::Org(command) => command.execute(client),
            Self::Image(command) => command.execute(client),
            Self::Tag(command) => command.execute(client),
            Self::Center(command) => command.execute(client),
            Self::Grant(command) => command.execute(client),
            Self::Share(command) => command.execute(client),
            Self::Delegation(command) => delegation::execute(command, client),
            Self::Account(command) => account::execute(command, client),
            Self::Access(args) => args.execute(client),
            Self::User(command) => command.execute(client),
            Self::Group(command) => group::execute(command, client),
            Self::Key(command) => command.execute(client),
            Self::LoginCommand(command) => command.execute(client),
            Self::Whoami => account::whoami(client),
            Self::Overview => account::overview(client),
            Self::Report { reported } => account::report(client, reported),
            Self::Quota => account::quota(client),
            Self::Features => account::features(client),
        }
    }
}

/// A refusal with this code of the server says what to do about it as well; every other failure stays as it is.
fn advised(error: anyhow::Error, code: &str, advice: &str) -> anyhow::Error {
    match error.downcast() {
        Ok(Failure::Refused { status, code: refused, message, request_id }) if refused == code => {
            Failure::Refused { status, code: refused, message: format!("{message}; {advice}"), request_id }.into()
        }
        Ok(failure) => failure.into(),
        Err(error) => error,
    }
}

/// A key is one of an account, so that none can be named.
fn no_account(named: Option<&AccountName>) -> Result<()> {
    match named {
        Some(_) => {
            let text = "--account is for the operator, with --data-dir; on a server everything is in the account of the access key";
            Err(Misuse(text.into()).into())
        }
        None => Ok(()),
    }
}
