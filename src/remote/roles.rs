//! The roles that make an administrator, and who has which.

use ambar_domain::level::Role;
use anyhow::{Context, Result};
use http::Method;

use super::people::{list as members, text};
use crate::client::{Client, Request};

pub(super) use crate::admin::role_title as title;

/// Who holds a role, by its id.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holder<'a> {
    User(&'a str),
    Group(&'a str),
}

/// Gives a role, or takes it away. One that is not held may be taken away.
pub(super) fn set(client: &Client, holder: Holder<'_>, role: Role, granted: bool) -> Result<()> {
    let known = client.ask(Request::get(&["v3", "roles"]).with("display_name", Some(title(role))))?;
    let id = text(members(&known, "/roles").first().context("the server does not know the role")?, "/id");
    if !granted && !list(client, holder)?.iter().any(|held| held == title(role)) {
        return Ok(());
    }
    let method = if granted { Method::PUT } else { Method::DELETE };
    client.send(request(client, method, holder, &[&id])?)?;
    Ok(())
}

/// The roles that a user or a group holds itself.
pub(super) fn list(client: &Client, holder: Holder<'_>) -> Result<Vec<String>> {
    let held = client.ask(request(client, Method::GET, holder, &[])?)?;
    Ok(members(&held, "/roles").iter().map(|role| text(role, "/display_name")).collect())
}

fn request(client: &Client, method: Method, holder: Holder<'_>, rest: &[&str]) -> Result<Request> {
    let account = text(&client.ask(Request::get(&["v3", "auth", "domains"]))?, "/domains/0/id");
    let (kind, id) = match holder {
        Holder::User(id) => ("users", id),
        Holder::Group(id) => ("groups", id),
    };
    Ok(Request::new(method, &[&["v3", "domains", &account, kind, id, "roles"], rest].concat()))
}
