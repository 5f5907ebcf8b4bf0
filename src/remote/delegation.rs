//! `ambar delegation`, and acting on behalf of an account that has entrusted its registry to one's own (requirement I5).

use ambar_domain::level::Level;
use ambar_domain::names::{AccountName, DelegationName};
use anyhow::{Context, Result};
use http::Method;
use serde_json::{Value, json};

use super::no_account;
use super::paging::every;
use super::people::text;
use crate::admin::{ChangeArgs, DelegationCommand, Reply};
use crate::client::{ActingFor, Client, Request};
use crate::refusal::NotThere;

pub(super) fn question(command: &DelegationCommand) -> Option<String> {
    match command {
        DelegationCommand::Revoke { name, .. } => Some(format!("End delegation '{name}'?")),
        DelegationCommand::Grant { .. } | DelegationCommand::Set { .. } | DelegationCommand::List { .. } => None,
    }
}

pub(super) fn execute(command: DelegationCommand, client: &Client) -> Result<Reply> {
    no_account(command.account())?;
    match command {
        DelegationCommand::Grant { name, trustee, level, until, description, .. } => {
            let body = json!({
                "name": name,
                "account_name": trustee.to,
                "service": trustee.service,
                "level": Level::from(level),
                "until": until,
                "description": description,
            });
            let granted = client.ask(Request::new(Method::POST, &["v1", "delegations"]).json(body))?;
            Ok(Reply::record([("delegation", &granted["name"]), ("id", &granted["id"]), ("account", &granted["account_name"])].map(owned)))
        }
        DelegationCommand::Set { name, change, .. } => {
            client.send(Request::new(Method::PATCH, &["v1", "delegations", &id(client, &name)?]).json(changed(change)))?;
            Ok(Reply::done(format!("delegation '{name}' changed")))
        }
        DelegationCommand::List { received, .. } => list(client, received),
        DelegationCommand::Revoke { name, .. } => {
            client.send(Request::new(Method::DELETE, &["v1", "delegations", &id(client, &name)?]))?;
            Ok(Reply::done(format!("delegation '{name}' revoked")))
        }
    }
}

/// Only what was said: what is null is to be none.
fn changed(change: ChangeArgs) -> Value {
    let level = change.level.map(|level| json!(Level::from(level)));
    let fields =
        [("level", level), ("until", change.until.map(|end| json!(end))), ("description", change.description.map(|text| json!(text)))];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn owned<'a>((name, value): (&'a str, &Value)) -> (&'a str, Value) {
    (name, value.clone())
}

fn list(client: &Client, received: bool) -> Result<Reply> {
    let path: &[&str] = if received { &["v1", "delegations", "received"] } else { &["v1", "delegations"] };
    let mut listed = every(client, || Request::get(path))?;
    for delegation in &mut listed {
        // A service; of an account that is closed nothing but the id is left.
        let trustee = ["trustee_account_name", "trustee_service", "trustee_account_id"].map(|field| delegation[field].clone());
        delegation["to"] = trustee.into_iter().find(|named| !named.is_null()).unwrap_or_default();
    }
    let columns = [
        ("delegation", "name"),
        ("account", "account_name"),
        ("to", "to"),
        ("level", "level"),
        ("until", "until"),
        ("description", "description"),
    ];
    Ok(Reply::rows_of(&columns, &listed))
}

/// The API knows delegations by their ids.
fn id(client: &Client, name: &DelegationName) -> Result<String> {
    let listed = every(client, || Request::get(&["v1", "delegations"]))?;
    let found = listed.iter().find(|delegation| delegation["name"] == name.as_str());
    Ok(found.map(|delegation| text(delegation, "/id")).ok_or_else(|| NotThere::no(format_args!("delegation '{name}'")))?)
}

/// From here on, calls are made on behalf of the account of that name.
pub(crate) fn act_for(client: Client, name: &AccountName) -> Result<Client> {
    let received = every(&client, || Request::get(&["v1", "delegations", "received"]));
    let received = received.with_context(|| format!("it cannot be found out what account '{name}' has entrusted to yours"))?;
    let found = received.iter().find(|delegation| delegation["account_name"] == name.as_str());
    let found = found.ok_or_else(|| NotThere(format!("account '{name}' has entrusted nothing to yours")))?;
    let (account_id, delegation_name) = (text(found, "/account_id"), text(found, "/name"));
    Ok(client.acting_for(ActingFor { account_id, account_name: name.to_string(), delegation_name }))
}
