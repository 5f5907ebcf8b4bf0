//! Users, groups and the caller itself by name: the API knows them by their ids.

use std::collections::HashMap;
use std::fmt;

use ambar_domain::ids::UserId;
use anyhow::Result;
use http::StatusCode;
use serde_json::Value;

use crate::client::{Client, Failure, Request};
use crate::refusal::NotThere;

/// Whoever is no administrator looks up another user.
#[derive(Debug)]
pub(crate) struct OnlyAdministrators(String);

impl fmt::Display for OnlyAdministrators {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.0;
        write!(
            formatter,
            "only administrators of the account can look up other users than themselves; one of them can tell the id of '{name}' to give here"
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
    /// Finds out by the access key that the calls are signed with, on whosever behalf they are.
    pub(crate) fn find(client: &Client) -> Result<Self> {
        let client = &client.as_oneself();
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
        None => Err(NotThere::no(format_args!("user '{name}'")).into()),
    }
}

fn find_own(client: &Client, name: &str) -> Result<Value> {
    let own = Own::find(client)?;
    // A user of the other account may have the same name.
    if own.user_name != name || client.on_behalf_of().is_some() {
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

/// The names of the account's users by their ids; the own one alone for who may not know the others.
pub(super) fn names(client: &Client) -> Result<HashMap<String, String>> {
    let listed = match client.ask(Request::get(&["v3", "users"])) {
        Err(error) if is_denied(&error) => {
            let own = Own::find(client)?;
            return Ok(HashMap::from([(own.user_id, own.user_name)]));
        }
        listed => listed?,
    };
    Ok(list(&listed, "/users").iter().map(|user| (text(user, "/id"), text(user, "/name"))).collect())
}

/// Puts the names beside the ids of users in these fields: `…_name`.
pub(super) fn with_names(client: &Client, fields: &[&str], objects: &mut [Value]) -> Result<()> {
    let is_named = |object: &Value| fields.iter().any(|field| object[*field].is_string());
    if !objects.iter().any(is_named) {
        return Ok(());
    }
    let names = names(client)?;
    for object in objects {
        for field in fields {
            object[format!("{field}_name")] = names.get(&text(object, &format!("/{field}"))).cloned().into();
        }
    }
    Ok(())
}

/// A group of the account, as the API describes it.
pub(super) fn find_group(client: &Client, name: &str) -> Result<Value> {
    let listed = client.ask(Request::get(&["v3", "groups"]).with("name", Some(name)))?;
    match list(&listed, "/groups").into_iter().next() {
        Some(group) => Ok(group),
        None => Err(NotThere::no(format_args!("group '{name}'")).into()),
    }
}

/// Whether the server refused for want of a right.
pub(super) fn is_denied(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Failure::Refused { status: StatusCode::FORBIDDEN, .. }))
}
