//! `ambar account`, `ambar whoami`, `ambar overview`, `ambar report`, `ambar quota` and `ambar features`: the caller and its account as a whole.

use anyhow::Result;
use clap::ValueEnum;
use http::Method;
use serde_json::{Value, json};

use super::people::{Own, list, text};
use super::{advised, no_account, roles};
use crate::admin::{AccountCommand, Reply};
use crate::cli;
use crate::client::{Client, Request};
use crate::refusal::Misuse;

/// What whoever wants to close another account than its own is told.
const OF_OTHERS: &str = "`ambar account show` shows it; the operator closes others, with --data-dir";

/// What has to go before an account can be closed.
const OF_FULL: &str = "`ambar org list` lists them, `ambar org delete` deletes one";

/// What is asked before the account is closed.
pub(super) fn question(command: &AccountCommand) -> Option<String> {
    match command {
        AccountCommand::Close { name } => Some(format!("Close account '{name}' for ever, with its users and keys?")),
        AccountCommand::Create { .. } | AccountCommand::List | AccountCommand::Show { .. } => None,
    }
}

/// `ambar account`: the API lets nobody but the operator look at other accounts than their own.
pub(super) fn execute(command: AccountCommand, client: &Client) -> Result<Reply> {
    match command {
        AccountCommand::Show { account } => {
            no_account(account.as_ref())?;
            show(client)
        }
        AccountCommand::Close { name } => {
            let close = Request::new(Method::DELETE, &["v1", "account"]).with("name", Some(name.as_str()));
            client.send(close).map_err(|error| {
                let error = advised(error, "parameter_invalid", OF_OTHERS);
                advised(error, "account_has_organizations", OF_FULL)
            })?;
            Ok(Reply::done(format!("account '{name}' closed; `ambar logout` forgets the key for it")))
        }
        AccountCommand::Create { .. } | AccountCommand::List => Err(Misuse(cli::ONLY_ON_A_DATA_DIRECTORY.into()).into()),
    }
}

/// The own account, or the one that is acted for.
fn show(client: &Client) -> Result<Reply> {
    let account = client.ask(Request::get(&["v3", "auth", "domains"]))?["domains"][0].clone();
    let project = client.ask(Request::get(&["v3", "auth", "projects"]))?["projects"][0].clone();
    Ok(Reply::record([
        ("account", account["name"].clone()),
        ("id", account["id"].clone()),
        ("project", project["name"].clone()),
        ("project_id", project["id"].clone()),
    ]))
}

/// With which key, and where.
pub(super) fn whoami(client: &Client) -> Result<Reply> {
    let own = Own::find(client)?;
    let roles = roles::list(&client.as_oneself(), roles::Holder::User(&own.user_id))?;
    let on_behalf_of = client.on_behalf_of().map(|account| account.account_name.as_str());
    Ok(Reply::record([
        ("server", Value::from(client.profile().url.to_string())),
        ("user", own.user_name.into()),
        ("id", own.user_id.into()),
        ("account", own.account_name.into()),
        ("account_id", own.account_id.into()),
        ("project", own.project_name.into()),
        ("roles", roles.into()),
        ("access_key", client.profile().access_key.as_str().into()),
        ("on_behalf_of", on_behalf_of.into()),
    ]))
}

/// Figures of the account.
pub(super) fn overview(client: &Client) -> Result<Reply> {
    let mut shown = client.ask(Request::get(&["v2", "manage", "overview"]))?;
    for (name, field) in [("stored", "store_space"), ("downloaded", "downflow_size")] {
        // The API writes bytes with a point.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes: a whole number from 0 on")]
        let bytes = shown[field].as_f64().unwrap_or_default() as u64;
        shown[name] = json!(bytes);
    }
    let fields = [
        ("account", "domain_name"),
        ("account_id", "domain_id"),
        ("organizations", "namspace_num"),
        ("images", "repo_num"),
        ("tags", "image_num"),
        ("size_bytes", "stored"),
        ("downloaded_bytes", "downloaded"),
    ];
    Ok(Reply::record_of(&fields, &shown))
}

/// What a report is about.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Reported {
    /// How much the account stored at the end of each day
    Stored,
    /// How much was downloaded from the account on each day
    Downloaded,
}

/// The last days, one by one.
pub(super) fn report(client: &Client, reported: Reported) -> Result<Reply> {
    let resource = match reported {
        Reported::Stored => "store",
        Reported::Downloaded => "downflow",
    };
    let days = client.ask(Request::get(&["v2", "manage", "reports", resource, "daily"]))?;
    Ok(Reply::rows_of(&[("date", "date"), ("size_bytes", "value")], days.as_array().map(Vec::as_slice).unwrap_or_default()))
}

/// What the account may have, and has.
pub(super) fn quota(client: &Client) -> Result<Reply> {
    let quotas = of_project(client, "quotas")?;
    let columns = [("quota", "quota_key"), ("used", "used"), ("limit", "quota_limit")];
    Ok(Reply::rows_of(&columns, &list(&quotas, "/quotas")))
}

/// What the registry can do. The API tells with it where a tool of the product can be had, which is no yes or no.
pub(super) fn features(client: &Client) -> Result<Reply> {
    let gates = of_project(client, "feature-gates")?;
    let row =
        |(gate, is_on): (&String, &Value)| Some([Value::from(gate.strip_prefix("enable_").unwrap_or(gate)), Value::from(is_on.as_bool()?)]);
    Ok(Reply::table(["feature", "enabled"], gates.as_object().into_iter().flatten().filter_map(row)))
}

/// What the management API tells of the account's project.
fn of_project(client: &Client, what: &str) -> Result<Value> {
    let project = text(&client.ask(Request::get(&["v3", "auth", "projects"]))?, "/projects/0/id");
    client.ask(Request::get(&["v2", "manage", "projects", &project, what]))
}
