//! `ambar group`.

use ambar_domain::level::Role;
use ambar_domain::names::GroupName;
use anyhow::Result;
use http::Method;
use serde_json::{Value, json};

use super::people::{find_group, list, text, user_id};
use super::{no_account, roles};
use crate::admin::{GroupChanges, GroupCommand, Reply};
use crate::client::{Client, Request};

pub(super) fn question(command: &GroupCommand) -> Option<String> {
    match command {
        GroupCommand::Delete { name, .. } => Some(format!("Delete group '{name}'?")),
        GroupCommand::Create { .. }
        | GroupCommand::List { .. }
        | GroupCommand::Set { .. }
        | GroupCommand::Add { .. }
        | GroupCommand::Remove { .. }
        | GroupCommand::Administrator { .. } => None,
    }
}

pub(super) fn execute(command: GroupCommand, client: &Client) -> Result<Reply> {
    no_account(command.account())?;
    match command {
        GroupCommand::Create { name, administrator, role, .. } => create(client, &name, administrator.then_some(role.into())),
        GroupCommand::List { .. } => list_all(client),
        GroupCommand::Set { name, changes: GroupChanges { rename, description }, .. } => {
            let group = text(&find_group(client, name.as_str())?, "/id");
            // What is null stays.
            let changes = json!({ "group": { "name": rename, "description": description } });
            client.send(Request::new(Method::PATCH, &["v3", "groups", &group]).json(changes))?;
            Ok(Reply::done(format!("group '{name}' changed")))
        }
        GroupCommand::Add { group, user, .. } => {
            client.send(member(client, Method::PUT, group.as_str(), user.as_str())?)?;
            Ok(Reply::done(format!("user '{user}' is in group '{group}'")))
        }
        GroupCommand::Remove { group, user, .. } => {
            client.send(member(client, Method::DELETE, group.as_str(), user.as_str())?)?;
            Ok(Reply::done(format!("user '{user}' is not in group '{group}'")))
        }
        GroupCommand::Administrator { name, role, revoke, .. } => {
            let group = text(&find_group(client, name.as_str())?, "/id");
            roles::set(client, roles::Holder::Group(&group), role.into(), !revoke)?;
            let now = if revoke { "no longer " } else { "" };
            Ok(Reply::done(format!("each member of group '{name}' is {now}{}", roles::title(role.into()))))
        }
        GroupCommand::Delete { name, .. } => {
            let group = text(&find_group(client, name.as_str())?, "/id");
            client.send(Request::new(Method::DELETE, &["v3", "groups", &group]))?;
            Ok(Reply::done(format!("group '{name}' deleted")))
        }
    }
}

fn create(client: &Client, name: &GroupName, role: Option<Role>) -> Result<Reply> {
    let created = client.ask(Request::new(Method::POST, &["v3", "groups"]).json(json!({ "group": { "name": name } })))?;
    let id = text(&created, "/group/id");
    if let Some(role) = role {
        roles::set(client, roles::Holder::Group(&id), role, true)?;
    }
    let account = text(&client.ask(Request::get(&["v3", "auth", "domains"]))?, "/domains/0/name");
    Ok(Reply::record([("group", name.to_string()), ("id", id), ("account", account)]))
}

fn member(client: &Client, method: Method, group: &str, user: &str) -> Result<Request> {
    let group = text(&find_group(client, group)?, "/id");
    Ok(Request::new(method, &["v3", "groups", &group, "users", &user_id(client, user)?]))
}

/// With roles and members, which the API tells of one group at a time.
fn list_all(client: &Client) -> Result<Reply> {
    let mut groups = list(&client.ask(Request::get(&["v3", "groups"]))?, "/groups");
    for group in &mut groups {
        let id = text(group, "/id");
        let held = roles::list(client, roles::Holder::Group(&id))?;
        let members = client.ask(Request::get(&["v3", "groups", &id, "users"]))?;
        group["administrator"] = (!held.is_empty()).into();
        group["roles"] = held.into();
        group["members"] = list(&members, "/users").iter().map(|user| Value::from(text(user, "/name"))).collect();
    }
    let columns = [
        ("group", "name"),
        ("id", "id"),
        ("administrator", "administrator"),
        ("roles", "roles"),
        ("members", "members"),
        ("description", "description"),
    ];
    Ok(Reply::rows_of(&columns, &groups))
}
