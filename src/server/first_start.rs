//! The first start: an account, an administrator and an access key, and the login command printed once.
//!
//! A marker file stands in the data directory from its creation until all of that is done, so a first start that was killed in the middle is
//! finished by the next one: what is there is kept, and an access key whose secret nobody has seen is replaced.

use ambar_api::operations;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Role;
use ambar_domain::names::{AccountName, ProjectName, UserName};
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::{Context, Result};
use serde_json::json;

use super::data_dir::write_secret;
use super::node::Node;
use crate::cli::output;
use crate::system;

/// Name of the first account.
const ACCOUNT: &str = "default";
/// Name of its administrator.
const ADMINISTRATOR: &str = "admin";

/// Finishes the first start if it is not finished: writes `first-login.json` and prints how to log in to `url`.
pub(super) async fn finish(node: &Node, project: &ProjectName, url: &str) -> Result<()> {
    let marker = node.directory().first_start_marker();
    if !marker.exists() {
        return Ok(());
    }
    let context = node.operated_by(system::own_user_id());
    let account = account(node, &context, project).await?;
    let user = administrator(node, &context, &account).await?;
    for stale in identity::list_access_keys(&node.views().reader()?, &user)? {
        operations::delete_access_key(node.state(), &context, &stale.access_key).await?;
    }
    let key = operations::create_access_key(node.state(), &context, &user).await?;
    let login = json!({
        "url": url,
        "username": key.login_user,
        "password": key.login_key,
        "account": ACCOUNT,
        "user": ADMINISTRATOR,
        "access_key": key.access_key,
        "secret_key": key.secret_key,
    });
    let path = node.directory().first_login();
    write_secret(&path, format!("{login:#}\n").as_bytes())?;
    announce(url, &key.login_user, &key.login_key, &path.display().to_string())?;
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

fn announce(url: &str, username: &str, password: &str, path: &str) -> Result<()> {
    let host = url.split_once("://").map_or(url, |(_, host)| host).trim_end_matches('/');
    let insecure = if url.starts_with("http://") { " --tls-verify=false" } else { "" };
    output::line(format_args!(
        "\nAmbar is ready at {url}\n\nLog in as the administrator '{ADMINISTRATOR}' of the account '{ACCOUNT}':\n\n  \
         docker login -u {username} -p {password} {host}\n  \
         podman login{insecure} -u {username} -p {password} {host}\n\n\
         This is shown once; it is kept in {path}, which only you can read.\n\
         Make an organization to push into:  ambar org create my-team\n"
    ))
}
