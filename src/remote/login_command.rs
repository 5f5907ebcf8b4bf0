//! `ambar login-command`: temporary logins for registry clients (requirements L2 and L5).

use std::collections::HashSet;
use std::fmt::Write as _;
use std::str::FromStr;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::login::{LoginRepository, LoginRight, MAX_LOGIN_LIFETIME, MAX_LOGIN_REPOSITORIES, MIN_LOGIN_LIFETIME};
use ambar_domain::names::{LoginName, UserName};
use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use http::Method;
use serde_json::{Value, json};

use super::paging::every;
use super::people::{list, text, user_id};
use crate::admin::Reply;
use crate::client::{Client, Request};
use crate::refusal::{Misuse, NotThere};
use crate::reply::in_words;
use crate::system;

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum LoginCommandCommand {
    /// Make a temporary login for yourself and print the commands that use it
    Create(CreateArgs),
    /// List your temporary logins that work
    List {
        /// Those of this user of the account instead, for its administrators
        #[arg(long)]
        user: Option<UserName>,
    },
    /// Stop a temporary login, and every token made from it, at once
    Revoke {
        /// The login, by its id or its name; `ambar login-command list` shows both
        login: String,
    },
}

/// What a login is to be.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateArgs {
    /// What it is for, to tell it from others [default: `ambar on` and the name of this machine]
    #[arg(long)]
    name: Option<LoginName>,
    /// The client whose commands come first
    #[arg(long, default_value = "docker")]
    client: LoginClient,
    /// How long it works, from 15 minutes to a day [default: what the server is set to for the client, usually a day for docker and 6 hours for
    /// containerd]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(MIN_LOGIN_LIFETIME.num_minutes()..=MAX_LOGIN_LIFETIME.num_minutes()))]
    minutes: Option<u32>,
    /// An image that it is good for, and nothing else [default: whatever you may do]; to pull it, or with `:push` behind it also to push it.
    /// More than one can be given
    #[arg(long = "image", value_name = "ORG/NAME[:push]")]
    images: Vec<LimitArgument>,
}

/// Which client a login is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LoginClient {
    /// Docker, and podman behind it
    Docker,
    /// containerd: ctr, crictl, nerdctl
    Containerd,
}

/// `organization/name`, and `:pull` or `:push` behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LimitArgument(LoginRepository);

impl FromStr for LimitArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (repository, right) = text.split_once(':').unwrap_or((text, "pull"));
        let right = match right {
            "pull" => LoginRight::Pull,
            "push" => LoginRight::Push,
            other => return Err(format!("behind an image stands pull or push, not '{other}'")),
        };
        let repository = repository.parse().map_err(|error| format!("{error}"))?;
        Ok(Self(LoginRepository { repository, right }))
    }
}

impl LoginCommandCommand {
    pub(super) fn execute(self, client: &Client) -> Result<Reply> {
        match self {
            Self::Create(args) => args.execute(client),
            Self::List { user } => show(client, user.as_ref()),
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
        ids => {
            let text = format!("{} logins have the name '{login}'; give the id of one: {}", ids.len(), ids.join(", "));
            Err(Misuse(text.into()).into())
        }
    }
}

fn show(client: &Client, user: Option<&UserName>) -> Result<Reply> {
    let user = user.map(|user| user_id(client, user.as_str())).transpose()?;
    let logins = every(client, || Request::get(&["v1", "logins"]).with("user_id", user.as_deref()))?;
    let shown: Vec<_> = logins.iter().map(with_scope).collect();
    let columns = [
        ("login", "login"),
        ("name", "name"),
        ("scope", "scope"),
        ("on_behalf_of", "on_behalf_of"),
        ("on_behalf_of_name", "on_behalf_of_name"),
        ("until", "until"),
        ("issued_at", "issued_at"),
        ("access_key", "access_key"),
    ];
    Ok(Reply::Said { text: Reply::rows_of(&columns, &shown).to_text(), value: logins.into() })
}

fn with_scope(login: &Value) -> Value {
    let mut login = login.clone();
    login["scope"] = scope(&login).into();
    login
}

/// What a login is good for, as `--image` takes it.
fn scope(login: &Value) -> String {
    if login["repositories"].is_null() {
        return "everything".to_owned();
    }
    let limits = list(login, "/repositories");
    limits.iter().map(|limit| format!("{}:{}", text(limit, "/repository"), text(limit, "/right"))).collect::<Vec<_>>().join(", ")
}

impl CreateArgs {
    fn execute(self, client: &Client) -> Result<Reply> {
        let Self { name, client: first, minutes, images } = self;
        let limits = limits(images)?;
        let order = json!({
            "name": name.or_else(|| format!("ambar on {}", system::host_name()).parse().ok()),
            "client": match first { LoginClient::Docker => "docker", LoginClient::Containerd => "containerd" },
            "duration_seconds": minutes.map(|minutes| u64::from(minutes) * 60),
            "repositories": Some(limits).filter(|limits| !limits.is_empty()),
        });
        let issued = client.ask(Request::new(Method::POST, &["v1", "logins"]).json(order))?;
        Ok(Reply::Said { text: for_people(&issued), value: issued })
    }
}

/// What the server would refuse without a word of which image it is about.
fn limits(images: Vec<LimitArgument>) -> Result<Vec<LoginRepository>, Misuse> {
    if images.len() > MAX_LOGIN_REPOSITORIES {
        return Err(Misuse(format!("a login is limited to at most {MAX_LOGIN_REPOSITORIES} images, not {}", images.len()).into()));
    }
    let mut named = HashSet::new();
    if let Some(LimitArgument(twice)) = images.iter().find(|image| !named.insert(&image.0.repository)) {
        let name = &twice.repository;
        return Err(Misuse(format!("the image '{name}' is named twice; name it once, as '{name}:push' to pull and push it").into()));
    }
    Ok(images.into_iter().map(|LimitArgument(limit)| limit).collect())
}

/// The login, how it is stopped, and each command under what to know about it.
fn for_people(issued: &Value) -> String {
    let mut fields =
        vec![("login", "login"), ("name", "name"), ("scope", "scope"), ("until", "until"), ("user", "user"), ("password", "password")];
    if issued["on_behalf_of_name"].is_string() {
        fields.insert(3, ("on_behalf_of", "on_behalf_of_name"));
    }
    let mut text = Reply::record_of(&fields, &with_scope(issued)).to_text();
    let id = in_words(&issued["login"]);
    let _ = write!(text, "\n\nThe password is shown this once. `ambar login-command revoke {id}` stops the login.");
    for command in list(issued, "/commands") {
        let [client, note, command] = ["client", "note", "command"].map(|field| in_words(&command[field]));
        let _ = write!(text, "\n\n{client}: {note}\n  {command}");
    }
    text
}
