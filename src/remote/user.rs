//! `ambar user`.

use std::collections::HashMap;

use ambar_domain::level::Role;
use ambar_domain::names::UserName;
use anyhow::{Result, bail};
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::paging::every;
use super::people::{Own, find_user, is_denied, list, text, user_id};
use super::{no_account, roles};
use crate::admin::{self, Reply};
use crate::cli::terminal;
use crate::client::{Client, Request};

/// How a password is given without a terminal.
const ON_STDIN: &str = "give --password-stdin and the password on standard input; for your own, the old one in the line before it";

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum UserCommand {
    #[command(flatten)]
    Either(admin::UserCommand),
    /// Show a user, its roles and groups
    Show {
        /// The user; you, if none is named
        name: Option<UserName>,
    },
    /// Set a user's password, and let it sign in to the console with it; your own if no user is named
    Password {
        /// The user
        name: Option<UserName>,
        /// Read the new password from standard input; for your own, the old one from the line before it
        #[arg(long)]
        password_stdin: bool,
    },
}

impl UserCommand {
    pub(super) fn on_data_dir(self) -> Option<admin::UserCommand> {
        match self {
            Self::Either(command) => Some(command),
            Self::Show { .. } | Self::Password { .. } => None,
        }
    }

    pub(super) fn question(&self) -> Option<String> {
        match self {
            Self::Either(admin::UserCommand::Delete { name, .. }) => Some(format!("Delete user '{name}' and its access keys?")),
            Self::Either(_) | Self::Show { .. } | Self::Password { .. } => None,
        }
    }

    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::Either(command) => execute(command, client),
            Self::Show { name: Some(name) } => show(client, &find_user(client, name.as_str())?),
            Self::Show { name: None } => {
                let own = Own::find(client)?;
                show(client, &client.ask(Request::get(&["v3", "users", &own.user_id]))?["user"])
            }
            Self::Password { name: Some(name), password_stdin } => set_password(client, &name, password_stdin),
            Self::Password { name: None, password_stdin } => change_own_password(client, password_stdin),
        }
    }
}

/// What can be done on the data directory as well.
fn execute(command: admin::UserCommand, client: &Client) -> Result<Reply> {
    no_account(command.account())?;
    match command {
        admin::UserCommand::Create { name, administrator, role, .. } => create(client, &name, administrator.then_some(role.into())),
        admin::UserCommand::List { blocked, .. } => list_all(client, blocked),
        admin::UserCommand::Set { name, description, .. } => {
            change(client, &user_id(client, name.as_str())?, &json!({ "description": description }))?;
            Ok(Reply::done(format!("user '{name}' changed")))
        }
        admin::UserCommand::Administrator { name, role, revoke, .. } => {
            roles::set(client, roles::Holder::User(&user_id(client, name.as_str())?), role.into(), !revoke)?;
            let now = if revoke { "no longer " } else { "" };
            Ok(Reply::done(format!("user '{name}' is {now}{}", roles::title(role.into()))))
        }
        admin::UserCommand::Access { name, programmatic, console, .. } => {
            change(client, &user_id(client, name.as_str())?, &json!({ "access_mode": mode(console, programmatic) }))?;
            Ok(Reply::done(format!("access methods of user '{name}' changed")))
        }
        admin::UserCommand::Unblock { name, reason, .. } => {
            let lift = Request::new(Method::DELETE, &["v1", "blocks", &user_id(client, name.as_str())?]);
            client.send(lift.with("reason", Some(reason.to_string())))?;
            Ok(Reply::done(format!("user '{name}' is let in again")))
        }
        admin::UserCommand::Delete { name, .. } => {
            client.send(Request::new(Method::DELETE, &["v3", "users", &user_id(client, name.as_str())?]))?;
            Ok(Reply::done(format!("user '{name}' deleted")))
        }
    }
}

fn create(client: &Client, name: &UserName, role: Option<Role>) -> Result<Reply> {
    // As on the data directory: a user signs in to the console once it has a password.
    let body = json!({ "user": { "name": name, "access_mode": "programmatic" } });
    let created = client.ask(Request::new(Method::POST, &["v3.0", "OS-USER", "users"]).json(body))?;
    let id = text(&created, "/user/id");
    if let Some(role) = role {
        roles::set(client, roles::Holder::User(&id), role, true)?;
    }
    let account = text(&client.ask(Request::get(&["v3", "auth", "domains"]))?, "/domains/0/name");
    Ok(Reply::record([("user", name.to_string()), ("id", id), ("account", account)]))
}

fn list_all(client: &Client, only_blocked: bool) -> Result<Reply> {
    let (listed, blocked) = (client.ask(Request::get(&["v3", "users"]))?, blocked_until(client)?);
    let users = list(&listed, "/users").into_iter().map(with_access).map(|user| with_block(user, &blocked));
    let users: Vec<_> = users.filter(|user| !only_blocked || user["blocked_until"].is_string()).collect();
    let columns = [
        ("user", "name"),
        ("id", "id"),
        ("programmatic", "programmatic"),
        ("console", "console"),
        ("created_at", "create_time"),
        ("blocked_until", "blocked_until"),
        ("description", "description"),
    ];
    Ok(Reply::rows_of(&columns, &users))
}

/// Until when users are blocked, by their ids. Who is no administrator is not told.
fn blocked_until(client: &Client) -> Result<HashMap<String, Value>> {
    let blocked = match every(client, || Request::get(&["v1", "blocks"])) {
        Err(error) if is_denied(&error) => Vec::new(),
        blocked => blocked?,
    };
    Ok(blocked.into_iter().map(|block| (text(&block, "/user_id"), block["until"].clone())).collect())
}

fn with_block(mut user: Value, blocked: &HashMap<String, Value>) -> Value {
    user["blocked_until"] = blocked.get(&text(&user, "/id")).cloned().unwrap_or_default();
    user
}

fn change(client: &Client, id: &str, fields: &Value) -> Result<()> {
    client.send(Request::new(Method::PUT, &["v3.0", "OS-USER", "users", id]).json(json!({ "user": fields })))?;
    Ok(())
}

/// Access methods in the one word that the API has for them.
fn mode(console: bool, programmatic: bool) -> &'static str {
    match (console, programmatic) {
        (true, true) => "default",
        (true, false) => "console",
        (false, true) => "programmatic",
        (false, false) => "none",
    }
}

/// A user with its access methods apart.
fn with_access(mut user: Value) -> Value {
    let mode = text(&user, "/access_mode");
    user["programmatic"] = matches!(mode.as_str(), "default" | "programmatic").into();
    user["console"] = matches!(mode.as_str(), "default" | "console").into();
    user
}

fn show(client: &Client, user: &Value) -> Result<Reply> {
    let id = text(user, "/id");
    let groups = client.ask(Request::get(&["v3", "users", &id, "groups"]))?;
    let groups: Vec<_> = list(&groups, "/groups").iter().map(|group| text(group, "/name")).collect();
    let mut user = with_block(with_access(user.clone()), &blocked_until(client)?);
    user["groups"] = groups.into();
    user["roles"] = roles::list(client, roles::Holder::User(&id))?.into();
    let fields = [
        ("user", "name"),
        ("id", "id"),
        ("roles", "roles"),
        ("groups", "groups"),
        ("programmatic", "programmatic"),
        ("console", "console"),
        ("created_at", "create_time"),
        ("blocked_until", "blocked_until"),
        ("description", "description"),
    ];
    Ok(Reply::record_of(&fields, &user))
}

fn set_password(client: &Client, name: &UserName, from_stdin: bool) -> Result<Reply> {
    let user = with_access(find_user(client, name.as_str())?);
    let password = if from_stdin { terminal::read_line()? } else { new_password()? };
    let programmatic = user["programmatic"] == true;
    change(client, &text(&user, "/id"), &json!({ "password": password, "access_mode": mode(true, programmatic) }))?;
    Ok(Reply::done(format!("password of user '{name}' set")))
}

fn change_own_password(client: &Client, from_stdin: bool) -> Result<Reply> {
    let own = Own::find(client)?;
    let old = if from_stdin { terminal::read_line()? } else { terminal::ask_secret("Old password: ", ON_STDIN)? };
    let new = if from_stdin { terminal::read_line()? } else { new_password()? };
    let body = json!({ "user": { "password": new, "original_password": old } });
    client.send(Request::new(Method::POST, &["v3", "users", &own.user_id, "password"]).json(body))?;
    Ok(Reply::done("password changed"))
}

/// Typed twice: nobody sees what is typed.
fn new_password() -> Result<String> {
    let password = terminal::ask_secret("New password: ", ON_STDIN)?;
    if terminal::ask_secret("Once more: ", ON_STDIN)? != password {
        bail!("the two passwords are not the same");
    }
    Ok(password)
}
