//! The first start: an account, an administrator and an access key, and the login command printed once.
//!
//! A marker file stands in the data directory from its creation until all of that is done, so a first start that was killed in the middle is
//! finished by the next one: what is there is kept, and an access key whose secret nobody has seen is replaced.

use std::net::SocketAddr;
use std::path::Path;

use ambar_api::operations::{self, NewAccessKey};
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Role;
use ambar_domain::names::{AccountName, ProjectName, UserName};
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::{Context, Result};
use serde_json::json;

use super::data_dir::{DataDir, write_secret};
use super::node::Node;
use crate::cli::output;
use crate::config::{DEFAULT_DATA_DIR, ServeConfig};
use crate::system;

/// Name of the first account.
const ACCOUNT: &str = "default";
/// Name of its administrator.
const ADMINISTRATOR: &str = "admin";

/// Finishes the first start if it is not finished: writes `first-login.json` and prints how to log in to the server on `address`.
pub(super) async fn finish(node: &Node, config: &ServeConfig, address: SocketAddr) -> Result<()> {
    let marker = node.directory().first_start_marker();
    if !marker.exists() {
        return Ok(());
    }
    let context = node.operated_by(system::own_user_id());
    let account = account(node, &context, &config.project).await?;
    let user = administrator(node, &context, &account).await?;
    for stale in identity::list_access_keys(&node.views().reader()?, &user)? {
        operations::delete_access_key(node.state(), &context, &stale.access_key).await?;
    }
    let key = operations::create_access_key(node.state(), &context, &user, AccessKeyDescription::default()).await?;
    let url = url(config, address, &system::host_name());
    let login = json!({
        "url": url,
        "login_user": key.login_user,
        "login_key": key.login_key,
        "account": ACCOUNT,
        "user": ADMINISTRATOR,
        "access_key": key.access_key,
        "secret_key": key.secret_key,
    });
    write_secret(&node.directory().first_login(), format!("{login:#}\n").as_bytes())?;
    let named_by_machine = config.public_url.is_none() && address.ip().is_unspecified();
    output::line(announcement(&url, named_by_machine, &key, node.directory()))?;
    std::fs::remove_file(&marker).context("the mark of the first start cannot be removed")
}

async fn account(node: &Node, context: &CommandContext, project: &ProjectName) -> Result<AccountId> {
    let name: AccountName = ACCOUNT.parse()?;
    match identity::find_account_by_name(&node.views().reader()?, &name)? {
        Some(account) => Ok(account.account),
        None => Ok(operations::create_account(node.state(), context, &name, project).await?),
    }
}

async fn administrator(node: &Node, context: &CommandContext, account: &AccountId) -> Result<UserId> {
    let name: UserName = ADMINISTRATOR.parse()?;
    let found = identity::find_user(&node.views().reader()?, account, &name)?;
    let user = match found {
        Some(user) => user.user,
        None => operations::create_user(node.state(), context, account, &name, false, true).await?,
    };
    operations::set_administrator(node.state(), context, &user, Role::TenantAdministrator, true).await?;
    Ok(user)
}

/// Where clients reach the server: where it was told that they do, or where it listens. An address that stands for all of them is none that
/// a client can use; the machine's name may be.
fn url(config: &ServeConfig, address: SocketAddr, host_name: &str) -> String {
    if let Some(url) = &config.public_url {
        return url.clone();
    }
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    if address.ip().is_unspecified() { format!("{scheme}://{host_name}:{}", address.port()) } else { format!("{scheme}://{address}") }
}

fn announcement(url: &str, named_by_machine: bool, key: &NewAccessKey, directory: &DataDir) -> String {
    let (username, password) = (&key.login_user, &key.login_key);
    let host = url.split_once("://").map_or(url, |(_, host)| host).trim_end_matches('/');
    let insecure = if url.starts_with("http://") { " --tls-verify=false" } else { "" };
    let other_name = if named_by_machine { "Clients may know this machine by another name: say it with --public-url.\n" } else { "" };
    format!(
        "\nAmbar is ready at {url}\n\nLog in as the administrator '{ADMINISTRATOR}' of the account '{ACCOUNT}':\n\n  \
         docker login -u {username} -p {password} {host}\n  \
         podman login{insecure} -u {username} -p {password} {host}\n\n\
         {other_name}This is shown once; it is kept in {path}, which only you can read.\n\
         Make an organization to push into:  ambar{data_dir} org create my-team\n",
        path = directory.first_login().display(),
        data_dir = data_dir_flag(directory.path()),
    )
}

/// What commands need to find the data directory, ready for a shell.
fn data_dir_flag(data_dir: &Path) -> String {
    if data_dir == Path::new(DEFAULT_DATA_DIR) {
        return String::new();
    }
    let path = data_dir.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+,:@%".contains(letter);
    let path = if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) };
    format!(" --data-dir {path}")
}
