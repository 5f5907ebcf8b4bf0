//! `ambar login-command`: temporary logins for registry clients (requirement L2).

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::names::LoginName;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use http::Method;

use super::paging::every;
use super::people::text;
use crate::admin::Reply;
use crate::client::{Client, Request};
use crate::refusal::NotThere;
use crate::system;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum LoginCommandCommand {
    /// Make a temporary login for yourself and print the command that uses it; standard error tells its id and its end
    Create {
        /// What it is for, as the list shows it [default: "docker login on" and this machine's name]
        #[arg(long)]
        name: Option<LoginName>,
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
            Self::Create { name, minutes } => create(client, name, minutes),
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

/// Whoever reads the line can run it as it is: all else stands beside it.
fn create(client: &Client, name: Option<LoginName>, minutes: Option<u32>) -> Result<Reply> {
    // A machine may have a name that is none for a login.
    let name = name.or_else(|| format!("docker login on {}", system::host_name()).parse().ok());
    let seconds = minutes.map(|minutes| (u64::from(minutes) * 60).to_string());
    let order = Request::new(Method::POST, &["v2", "manage", "utils", "secret"]).with("duration_seconds", seconds);
    let answer = client.send(order.with("name", name.as_ref().map(LoginName::as_str)))?;
    let said = answer.header("x-swr-dockerlogin").zip(answer.header("x-swr-expireat"));
    let (command, until) = said.context("the server's answer has no login command in it")?;
    let (mut fields, mut aside) = (vec![("command".to_owned(), command.into()), ("until_at".to_owned(), until.into())], None);
    if let [_, _, "-u", user, "-p", password, host] = *command.split(' ').collect::<Vec<_>>() {
        let login = user.rsplit_once('@').map_or(user, |(_, login)| login);
        aside = Some(format!("login {login}, until {until}; `ambar login-command revoke {login}` stops it"));
        let parts = [("login", login), ("host", host), ("user", user), ("password", password)];
        fields.extend(parts.map(|(name, value)| (name.to_owned(), value.into())));
    }
    Ok(Reply::Said { text: command.to_owned(), aside, fields })
}
