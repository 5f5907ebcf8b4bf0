//! `ambar grant`: permissions of users on organizations and on single images.

use std::fmt;
use std::str::FromStr;

use ambar_domain::level::Level;
use ambar_domain::names::UserName;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use anyhow::Result;
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::people::{list, user_id};
use super::{no_account, permission};
use crate::admin::{self, GrantArgs, LevelArgument, Reply};
use crate::client::{Client, Request};

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum GrantCommand {
    #[command(flatten)]
    Either(admin::GrantCommand),
    /// Give a user a level on an organization or an image, or another one than before
    #[command(visible_alias = "add")]
    Set {
        /// The organization, or the image as organization/name
        on: Place,
        #[command(flatten)]
        grant: GrantArgs,
    },
    /// Take a user's permission on an organization or an image away
    Remove {
        /// The organization, or the image as organization/name
        on: Place,
        /// The user
        #[arg(long)]
        user: UserName,
    },
}

/// What permissions are held on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Organization(OrganizationName),
    Repository(RepositoryName),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('/') {
            text.parse().map(Self::Repository).map_err(|error| format!("{error}"))
        } else {
            text.parse().map(Self::Organization).map_err(|error| format!("{error}"))
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(name) => write!(formatter, "organization '{name}'"),
            Self::Repository(name) => write!(formatter, "repository '{name}'"),
        }
    }
}

impl Place {
    fn request(&self, method: Method) -> Request {
        match self {
            Self::Organization(name) => Request::on_organization(method, name.as_str(), &["access"]),
            Self::Repository(name) => Request::on_repository(method, name, &["access"]),
        }
    }
}

impl GrantCommand {
    /// Every way of saying it is one of the operator's.
    pub(super) fn on_data_dir(self) -> admin::GrantCommand {
        let (on, grant) = match self {
            Self::Either(command) => return command,
            Self::Set { on, grant } => (on, grant),
            Self::Remove { on, user } => (on, GrantArgs { user, account: None, level: LevelArgument::None }),
        };
        match on {
            Place::Organization(organization) => admin::GrantCommand::Org { organization, grant },
            Place::Repository(repository) => admin::GrantCommand::Repo { repository, grant },
        }
    }

    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self.on_data_dir() {
            admin::GrantCommand::Org { organization, grant } => set(client, &Place::Organization(organization), &grant),
            admin::GrantCommand::Repo { repository, grant } => set(client, &Place::Repository(repository), &grant),
            admin::GrantCommand::List { on } => show(client, &on.parse().map_err(anyhow::Error::msg)?),
        }
    }
}

fn set(client: &Client, on: &Place, grant: &GrantArgs) -> Result<Reply> {
    no_account(grant.account.as_ref())?;
    let user = user_id(client, grant.user.as_str())?;
    match Option::<Level>::from(grant.level) {
        Some(level) => {
            // The API tells a new permission from a changed one; here both are the same wish.
            let holds = held(client, on)?.iter().any(|held| held["user_id"] == user.as_str());
            let method = if holds { Method::PATCH } else { Method::POST };
            let body = json!([{ "user_id": user, "user_name": grant.user, "auth": permission::auth(level) }]);
            client.send(on.request(method).json(body))?;
        }
        None => {
            client.send(on.request(Method::DELETE).json(json!([user])))?;
        }
    }
    Ok(grant.done(&on.to_string()))
}

fn show(client: &Client, on: &Place) -> Result<Reply> {
    let rows: Vec<Value> = held(client, on)?;
    Ok(Reply::rows_of(&[("user", "user_name"), ("level", "level"), ("id", "user_id")], &rows))
}

/// What users hold, with the level as a word; what the caller itself holds where it may not know of others.
fn held(client: &Client, on: &Place) -> Result<Vec<Value>> {
    let shown = client.ask(on.request(Method::GET))?;
    let own = &shown["self_auth"];
    let manages = own["auth"] == permission::auth(Level::Manage);
    let held = if manages { list(&shown, "/others_auths") } else { vec![own.clone()] };
    let worded = |mut held: Value| {
        held["level"] = permission::level_word(&held["auth"]);
        held
    };
    Ok(held.into_iter().map(worded).collect())
}
