//! `ambar org`.

use ambar_domain::organization_name::OrganizationName;
use anyhow::Result;
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::people::list;
use super::{no_account, permission};
use crate::admin::{self, Reply};
use crate::client::{Client, Request};

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum OrgCommand {
    #[command(flatten)]
    Either(admin::OrgCommand),
    /// Show an organization
    Show {
        /// The organization
        name: OrganizationName,
    },
}

impl OrgCommand {
    pub(super) fn on_data_dir(self) -> Option<admin::OrgCommand> {
        match self {
            Self::Either(command) => Some(command),
            Self::Show { .. } => None,
        }
    }

    pub(super) fn question(&self) -> Option<String> {
        match self {
            Self::Either(admin::OrgCommand::Delete { name }) => Some(format!("Delete organization '{name}'?")),
            Self::Either(_) | Self::Show { .. } => None,
        }
    }

    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::Either(admin::OrgCommand::Create { name, account }) => {
                no_account(account.as_ref())?;
                let create = Request::new(Method::POST, &["v2", "manage", "namespaces"]);
                client.send(create.json(json!({ "namespace": name })))?;
                Ok(Reply::done(format!("organization '{name}' created")))
            }
            Self::Either(admin::OrgCommand::List { account }) => {
                no_account(account.as_ref())?;
                list_all(client)
            }
            Self::Either(admin::OrgCommand::Delete { name }) => {
                client.send(Request::on_organization(Method::DELETE, name.as_str(), &[]))?;
                Ok(Reply::done(format!("organization '{name}' deleted")))
            }
            Self::Show { name } => {
                let shown = named(client.ask(Request::on_organization(Method::GET, name.as_str(), &[]))?);
                Ok(Reply::record_of(&[("organization", "name"), ("id", "id"), ("creator", "creator_name"), ("level", "level")], &shown))
            }
        }
    }
}

/// With those of which the caller sees single images only.
fn list_all(client: &Client) -> Result<Reply> {
    let listed = client.ask(Request::get(&["v2", "manage", "namespaces"]).with("filter", Some("mode::visible")))?;
    let rows: Vec<_> = list(&listed, "/namespaces").into_iter().map(named).collect();
    let columns = [("organization", "name"), ("level", "level"), ("images", "repo_count"), ("users", "access_user_count")];
    Ok(Reply::rows_of(&columns, &rows))
}

/// With the caller's level as a word.
fn named(mut organization: Value) -> Value {
    organization["level"] = permission::level_word(&organization["auth"]);
    organization
}
