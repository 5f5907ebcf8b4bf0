//! `ambar login`, `ambar logout` and `ambar profile`: which servers are known, and with which keys.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ambar_domain::access_key::AccessKeyId;
use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::terminal;
use crate::admin::Reply;
use crate::client::{Client, ServerUrl};
use crate::profiles::{DEFAULT_NAME, Profile, Profiles};
use crate::refusal::{Misuse, NotLoggedIn, NotThere};
use crate::remote::Own;
use crate::system::SystemClock;

/// How one logs in without a terminal.
const WITHOUT_QUESTIONS: &str = "give --access-key <AK> and --sk-stdin, with the secret key (SK) on standard input";

#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// The server, such as `https://registry.example.com`; the profile's, if it has one
    url: Option<ServerUrl>,
    /// The access key's public id (AK); asked for if it is not given
    #[arg(long, value_name = "AK")]
    access_key: Option<AccessKeyId>,
    /// Read the secret key (SK) from standard input; it is asked for otherwise, and not shown
    #[arg(long)]
    sk_stdin: bool,
    /// Trust the certificate authorities in this PEM file, and not those of the system
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Take any certificate, and plain HTTP: whoever is on the way can read and change everything
    #[arg(long, conflicts_with = "ca")]
    insecure: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// List the servers that are known
    List,
    /// Use this profile from now on where none is named
    Use {
        /// The profile
        name: String,
    },
}

/// Tries the key, and keeps it only if it works.
pub(crate) fn login(args: LoginArgs, name: Option<&str>, path: &Path) -> Result<Reply> {
    let mut profiles = Profiles::load(path)?;
    let is_named = name.is_some();
    let name = name.or(profiles.current.as_deref()).unwrap_or(DEFAULT_NAME).to_owned();
    let before = profiles.by_name.get(&name);
    let url = args.url.or_else(|| before.map(|profile| profile.url.clone()));
    let url = url.ok_or_else(|| Misuse("name the server: `ambar login https://registry.example.com`".into()))?;
    // What was said for the same server before is not said again.
    let same = before.filter(|profile| profile.url == url);
    // But for what is dangerous.
    let insecure = args.insecure;
    let ca = args.ca.map(|ca| std::path::absolute(&ca)).transpose()?.or_else(|| same.filter(|_| !insecure)?.ca.clone());
    if url.is_open() && !insecure {
        return Err(not_encrypted(&url).into());
    }
    let access_key = match args.access_key {
        Some(access_key) => access_key,
        None => terminal::ask("Access key (AK): ", WITHOUT_QUESTIONS)?.trim().parse()?,
    };
    if !is_named {
        require_same(&name, before, &url, &access_key)?;
    }
    let secret_key = if args.sk_stdin { terminal::read_line()? } else { terminal::ask_secret("Secret key (SK): ", WITHOUT_QUESTIONS)? };
    let secret_key = secret_key.trim().to_owned();
    if secret_key.is_empty() {
        return Err(Misuse("the secret key is empty".into()).into());
    }
    let profile = Profile { url, access_key, secret_key, ca, insecure };
    let own = Own::find(&Client::new(name.clone(), profile.clone(), Arc::new(SystemClock))?)?;
    let text = format!(
        "logged in to {} as '{}' of account '{}'; this is profile '{name}', and is used from now on where none is named",
        profile.url, own.user_name, own.account_name
    );
    let value = json!({ "server": profile.url.to_string(), "user": own.user_name, "account": own.account_name, "profile": name });
    profiles.by_name.insert(name.clone(), profile);
    profiles.current = Some(name);
    profiles.store(path)?;
    Ok(Reply::Said { text, value })
}

fn not_encrypted(url: &ServerUrl) -> Misuse {
    Misuse(
        format!("{url} is not encrypted: whoever is on the way could read new keys and passwords; --insecure does it all the same").into(),
    )
}

/// A profile that nobody has named is not given another key: the secret of its own may be nowhere else.
fn require_same(name: &str, before: Option<&Profile>, url: &ServerUrl, access_key: &AccessKeyId) -> Result<()> {
    match before {
        Some(before) if before.url != *url || before.access_key != *access_key => {
            let text = format!(
                "the profile '{name}' keeps the access key {} for {}: `ambar --profile <another name> login {url}` adds one, `ambar --profile {name} \
             login {url}` replaces that one, `ambar logout` forgets it",
                before.access_key, before.url
            );
            Err(Misuse(text.into()).into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Forgets a server and its key; the key goes on working on the server.
pub(crate) fn logout(name: Option<&str>, path: &Path) -> Result<Reply> {
    let mut profiles = Profiles::load(path)?;
    let name = name.or(profiles.current.as_deref()).ok_or_else(|| nowhere(&profiles))?.to_owned();
    let Some(forgotten) = profiles.by_name.remove(&name) else {
        return Err(NotThere(format!("there is no profile '{name}'; `ambar profile list` lists those there are")).into());
    };
    profiles.current = profiles.current.filter(|current| *current != name);
    profiles.store(path)?;
    let Profile { url, access_key, .. } = forgotten;
    let choose = if profiles.current.is_none() && !profiles.by_name.is_empty() { "; `ambar profile use` chooses another one" } else { "" };
    Ok(Reply::done(format!(
        "profile '{name}' is forgotten here{choose}; on {url} its access key {access_key} works until somebody who is logged in there deletes it \
         (`ambar key delete {access_key}`)"
    )))
}

/// No profile is named, and none is current.
fn nowhere(profiles: &Profiles) -> anyhow::Error {
    if profiles.by_name.is_empty() {
        return NotLoggedIn::LoggingOut.into();
    }
    Misuse("no profile is current; name the one to forget with --profile, `ambar profile list` lists them".into()).into()
}

pub(crate) fn profile(command: ProfileCommand, path: &Path) -> Result<Reply> {
    let mut profiles = Profiles::load(path)?;
    match command {
        ProfileCommand::List => {
            let row = |(name, profile): (&String, &Profile)| {
                let is_current = profiles.current.as_ref() == Some(name);
                [name.as_str().into(), profile.url.to_string().into(), profile.access_key.as_str().into(), Value::from(is_current)]
            };
            Ok(Reply::table(["profile", "server", "access_key", "current"], profiles.by_name.iter().map(row)))
        }
        ProfileCommand::Use { name } => {
            profiles.find(Some(&name))?;
            profiles.current = Some(name.clone());
            profiles.store(path)?;
            Ok(Reply::done(format!("profile '{name}' is used from now on")))
        }
    }
}
