//! Users, groups and the caller itself by name: the API knows them by their ids.

use std::fmt;

use ambar_domain::ids::UserId;
use anyhow::Result;
use http::StatusCode;
use serde_json::Value;

use crate::client::{Client, Failure, Request};

/// Something that was named is not there.
#[derive(Debug)]
pub(crate) struct NotThere(pub(crate) String);

impl fmt::Display for NotThere {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "there is no {}", self.0)
    }
}

impl std::error::Error for NotThere {}

/// Whoever is no administrator looks up another user.
#[derive(Debug)]
struct OnlyAdministrators(String);

impl fmt::Display for OnlyAdministrators {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.0;
        write!(
            formatter,
            "only administrators can look up other users than themselves; one of them can tell the id of '{name}' to give here"
        )
    }
}

impl std::error::Error for OnlyAdministrators {}

/// Who calls.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    pub(crate) user_id: String,
    pub(crate) user_name: String,
    pub(crate) account_id: String,
    pub(crate) account_name: String,
    pub(crate) project_name: String,
}

impl Own {
    /// Finds out by the access key that the calls are signed with.
    pub(crate) fn find(client: &Client) -> Result<Self> {
        let key = client.ask(Request::get(&["v3.0", "OS-CREDENTIAL", "credentials", client.profile().access_key.as_str()]))?;
        let user_id = text(&key, "/credential/user_id");
        let user = client.ask(Request::get(&["v3", "users", &user_id]))?;
        let (domains, projects) =
            (client.ask(Request::get(&["v3", "auth", "domains"]))?, client.ask(Request::get(&["v3", "auth", "projects"]))?);
        Ok(Self {
            user_id,
            user_name: text(&user, "/user/name"),
            account_id: text(&user, "/user/domain_id"),
            account_name: text(&domains, "/domains/0/name"),
            project_name: text(&projects, "/projects/0/name"),
        })
    }
}

/// The text at a JSON pointer; empty if there is none.
pub(super) fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The members of a list; none if there is no list.
pub(super) fn list(value: &Value, pointer: &str) -> Vec<Value> {
    value.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// A user of the account, as the API describes it. Only administrators see others than themselves.
pub(super) fn find_user(client: &Client, name: &str) -> Result<Value> {
    let listed = match client.ask(Request::get(&["v3", "users"]).with("name", Some(name))) {
        Err(error) if is_denied(&error) => return find_own(client, name),
        listed => listed?,
    };
    match list(&listed, "/users").into_iter().next() {
        Some(user) => Ok(user),
        None => Err(NotThere(format!("user '{name}'")).into()),
    }
}

fn find_own(client: &Client, name: &str) -> Result<Value> {
    let own = Own::find(client)?;
    if own.user_name != name {
        return Err(OnlyAdministrators(name.to_owned()).into());
    }
    Ok(client.ask(Request::get(&["v3", "users", &own.user_id]))?["user"].clone())
}

/// The id of a user of the account. Whoever may not look up users can give the id itself.
pub(super) fn user_id(client: &Client, name: &str) -> Result<String> {
    match find_user(client, name) {
        Err(error) if error.is::<OnlyAdministrators>() && name.parse::<UserId>().is_ok() => Ok(name.to_owned()),
        found => Ok(text(&found?, "/id")),
    }
}

/// A group of the account, as the API describes it.
pub(super) fn find_group(client: &Client, name: &str) -> Result<Value> {
    let listed = client.ask(Request::get(&["v3", "groups"]).with("name", Some(name)))?;
    match list(&listed, "/groups").into_iter().next() {
        Some(group) => Ok(group),
        None => Err(NotThere(format!("group '{name}'")).into()),
    }
}

/// Whether the server refused for want of a right.
pub(super) fn is_denied(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Failure::Refused { status: StatusCode::FORBIDDEN, .. }))
}
