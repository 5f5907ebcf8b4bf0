//! `ambar login-command`: temporary logins for registry clients (requirement L2).

use ambar_domain::access_key::AccessKeyId;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use http::Method;

use super::paging::every;
use super::people::text;
use crate::admin::Reply;
use crate::client::{Client, Request};
use crate::refusal::NotThere;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum LoginCommandCommand {
    /// Make a temporary login for yourself and print the command that uses it
    Create {
        /// How long it works, from 15 minutes to a day [default: what the server is set to]
        #[arg(long, value_name = "NUMBER")]
        minutes: Option<u32>,
    },
    /// List your temporary logins that work
    List,
    /// Stop a temporary login, and every token made from it, at once
    Revoke {
        /// The login, by its id or its name; `ambar login-command list` shows both
        login: String,
    },
}

impl LoginCommandCommand {
    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::Create { minutes } => create(client, minutes),
            Self::List => {
                let columns =
                    [("login", "login"), ("name", "name"), ("access_key", "access_key"), ("issued_at", "issued_at"), ("until_at", "until")];
                Ok(Reply::rows_of(&columns, &every(client, || Request::get(&["v1", "logins"]))?))
            }
            Self::Revoke { login } => {
                let id = find(client, &login)?;
                client.send(Request::new(Method::DELETE, &["v1", "logins", &id]))?;
                Ok(Reply::done(format!("login {id} revoked")))
            }
        }
    }
}

/// The id of a login. That of another user's can be given, but not its name.
fn find(client: &Client, login: &str) -> Result<String> {
    if login.parse::<AccessKeyId>().is_ok() {
        return Ok(login.to_owned());
    }
    let listed = every(client, || Request::get(&["v1", "logins"]))?;
    let named: Vec<_> = listed.iter().filter(|listed| listed["name"] == login).map(|listed| text(listed, "/login")).collect();
    match named.as_slice() {
        [] => Err(NotThere::no(format_args!("login '{login}' that works")).into()),
        [id] => Ok(id.clone()),
        ids => bail!("{} logins have the name '{login}'; give the id of one: {}", ids.len(), ids.join(", ")),
    }
}

/// Whoever reads the line can run it as it is.
fn create(client: &Client, minutes: Option<u32>) -> Result<Reply> {
    let seconds = minutes.map(|minutes| (u64::from(minutes) * 60).to_string());
    let answer = client.send(Request::new(Method::POST, &["v2", "manage", "utils", "secret"]).with("duration_seconds", seconds))?;
    let said = answer.header("x-swr-dockerlogin").zip(answer.header("x-swr-expireat"));
    let (command, until) = said.context("the server's answer has no login command in it")?;
    let mut fields = vec![("command".to_owned(), command.into()), ("until_at".to_owned(), until.into())];
    if let [_, _, "-u", user, "-p", password, host] = *command.split(' ').collect::<Vec<_>>() {
        fields.extend([("host", host), ("user", user), ("password", password)].map(|(name, value)| (name.to_owned(), value.into())));
    }
    Ok(Reply::Said { text: command.to_owned(), fields })
}
