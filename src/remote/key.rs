//! `ambar key`.

use ambar_api::keys::login_key;
use ambar_domain::access_key::AccessKeyId;
use anyhow::{Context, Result};
use clap::Subcommand;
use http::Method;
use serde_json::{Value, json};

use super::no_account;
use super::people::{list, text, user_id};
use crate::admin::{self, Reply};
use crate::client::{Client, Request};

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum KeyCommand {
    #[command(flatten)]
    Either(admin::KeyCommand),
    /// Make an access key for yourself that ends by itself, for programs that take a security token with it; it is shown this once
    Temporary {
        /// How long it works, from 15 minutes to a day; it stops before with the key that it was asked for with
        #[arg(long, value_name = "NUMBER", default_value_t = 15, value_parser = clap::value_parser!(u32).range(15..=24 * 60))]
        minutes: u32,
    },
}

impl KeyCommand {
    pub(super) fn on_data_dir(self) -> Option<admin::KeyCommand> {
        match self {
            Self::Either(command) => Some(command),
            Self::Temporary { .. } => None,
        }
    }

    pub(super) fn question(&self) -> Option<String> {
        match self {
            Self::Either(admin::KeyCommand::Delete { access_key }) => {
                Some(format!("Delete access key {access_key} and every login made from it for ever?"))
            }
            Self::Either(_) | Self::Temporary { .. } => None,
        }
    }

    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::Either(command) => execute(command, client),
            Self::Temporary { minutes } => create_temporary(client, minutes),
        }
    }
}

/// What can be done on the data directory as well.
fn execute(command: admin::KeyCommand, client: &Client) -> Result<Reply> {
    use admin::KeyCommand;
    match command {
        KeyCommand::Create { user, account } => {
            no_account(account.as_ref())?;
            create(client, &user_id(client, user.as_str())?)
        }
        KeyCommand::List { user, account } => {
            no_account(account.as_ref())?;
            let user = user_id(client, user.as_str())?;
            let listed = client.ask(Request::get(&["v3.0", "OS-CREDENTIAL", "credentials"]).with("user_id", Some(user)))?;
            let keys = list(&listed, "/credentials").into_iter().map(|key| described(client, key)).collect::<Result<Vec<_>>>()?;
            let columns = [("access_key", "access"), ("state", "state"), ("created_at", "create_time"), ("used_at", "used_at")];
            Ok(Reply::rows_of(&columns, &keys))
        }
        KeyCommand::Disable { access_key } => {
            switch(client, &access_key, "inactive")?;
            Ok(Reply::done(format!("access key {access_key} disabled")))
        }
        KeyCommand::Enable { access_key } => {
            switch(client, &access_key, "active")?;
            Ok(Reply::done(format!("access key {access_key} enabled")))
        }
        KeyCommand::Delete { access_key } => {
            client.send(credential(Method::DELETE, &access_key))?;
            Ok(Reply::done(format!("access key {access_key} deleted")))
        }
    }
}

fn create(client: &Client, user: &str) -> Result<Reply> {
    let project = text(&client.ask(Request::get(&["v3", "auth", "projects"]))?, "/projects/0/name");
    let body = json!({ "credential": { "user_id": user } });
    let created = client.ask(Request::new(Method::POST, &["v3.0", "OS-CREDENTIAL", "credentials"]).json(body))?;
    let access_key: AccessKeyId = text(&created, "/credential/access").parse().context("the server's access key is none")?;
    let secret_key = text(&created, "/credential/secret");
    Ok(Reply::record([
        ("access_key", access_key.to_string()),
        ("login_user", format!("{project}@{access_key}")),
        ("login_key", login_key(&access_key, &secret_key)),
        ("secret_key", secret_key),
    ]))
}

/// One that acts for the account on whose behalf it is asked for, if there is one.
fn create_temporary(client: &Client, minutes: u32) -> Result<Reply> {
    let seconds = minutes * 60;
    let identity = match client.on_behalf_of() {
        None => json!({ "methods": ["token"], "token": { "duration_seconds": seconds } }),
        Some(account) => {
            let role = json!({ "domain_id": account.account_id, "agency_name": account.delegation_name, "duration_seconds": seconds });
            json!({ "methods": ["assume_role"], "assume_role": role })
        }
    };
    let create = Request::new(Method::POST, &["v3.0", "OS-CREDENTIAL", "securitytokens"]);
    let created = client.as_oneself().ask(create.json(json!({ "auth": { "identity": identity } })))?;
    let fields = [
        ("access_key", "/credential/access"),
        ("secret_key", "/credential/secret"),
        ("security_token", "/credential/securitytoken"),
        ("until", "/credential/expires_at"),
    ];
    Ok(Reply::record_of(&fields, &created))
}

/// With the state in the words of the operator's commands, and when it was used last, which the API tells of one key at a time.
fn described(client: &Client, mut key: Value) -> Result<Value> {
    key["state"] = if key["status"] == "active" { "enabled" } else { "disabled" }.into();
    let shown = client.ask(Request::get(&["v3.0", "OS-CREDENTIAL", "credentials", &text(&key, "/access")]))?;
    // In UTC, as `2027-01-31 18:00:00`.
    if let Some((day, time)) = text(&shown, "/credential/last_use_time").split_once(' ') {
        key["used_at"] = format!("{day}T{time}Z").into();
    }
    Ok(key)
}

fn switch(client: &Client, access_key: &AccessKeyId, status: &str) -> Result<()> {
    client.send(credential(Method::PUT, access_key).json(json!({ "credential": { "status": status } })))?;
    Ok(())
}

fn credential(method: Method, access_key: &AccessKeyId) -> Request {
    Request::new(method, &["v3.0", "OS-CREDENTIAL", "credentials", access_key.as_str()])
}
