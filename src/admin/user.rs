//! `ambar user`.

use ambar_api::operations;
use ambar_domain::level::Role;
use ambar_domain::names::{AccountName, UserName};
use ambar_projections::identity;
use anyhow::{Context, Result};
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Reply, resolve_account};
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum UserCommand {
    /// Create a user
    Create {
        /// Name, unique in the account
        name: UserName,
        /// The user's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// Make it an administrator of the account
        #[arg(long)]
        administrator: bool,
    },
    /// List the users of an account
    List {
        /// The account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Make a user an administrator of its account, or no longer
    Administrator {
        /// The user
        name: UserName,
        /// The user's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// Take the role away
        #[arg(long)]
        revoke: bool,
    },
    /// Switch a user's access methods
    Access {
        /// The user
        name: UserName,
        /// The user's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// May use access keys
        #[arg(long, action = clap::ArgAction::Set)]
        programmatic: bool,
        /// May sign in to the console
        #[arg(long, action = clap::ArgAction::Set)]
        console: bool,
    },
    /// Delete a user and its access keys
    Delete {
        /// The user
        name: UserName,
        /// The user's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
}

impl UserCommand {
    pub(super) async fn execute(self, node: &Node) -> Result<Reply> {
        match self {
            Self::Create { name, account, administrator } => create(node, &name, account.as_ref(), administrator).await,
            Self::List { account } => list(node, account.as_ref()),
            Self::Administrator { name, account, revoke } => {
                let user = find_user(node, account.as_ref(), &name)?;
                operations::set_administrator(node.state(), &node.context(), &user.user, Role::TenantAdministrator, !revoke).await?;
                let now = if revoke { "no longer an administrator" } else { "an administrator" };
                Ok(Reply::done(format!("user '{name}' is {now}")))
            }
            Self::Access { name, account, programmatic, console } => {
                let user = find_user(node, account.as_ref(), &name)?;
                operations::change_access_methods(node.state(), &node.context(), &user.user, console, programmatic).await?;
                Ok(Reply::done(format!("access methods of user '{name}' changed")))
            }
            Self::Delete { name, account } => {
                let user = find_user(node, account.as_ref(), &name)?;
                operations::delete_user(node.state(), &node.context(), &user.user).await?;
                Ok(Reply::done(format!("user '{name}' deleted")))
            }
        }
    }
}

async fn create(node: &Node, name: &UserName, account: Option<&AccountName>, administrator: bool) -> Result<Reply> {
    let account = resolve_account(node, account)?;
    let context = node.context();
    let user = operations::create_user(node.state(), &context, &account.account, name, false, true).await?;
    if administrator {
        operations::set_administrator(node.state(), &context, &user, Role::TenantAdministrator, true).await?;
    }
    Ok(Reply::record([("user", name.to_string()), ("id", user.to_string()), ("account", account.name.to_string())]))
}

fn list(node: &Node, account: Option<&AccountName>) -> Result<Reply> {
    let account = resolve_account(node, account)?;
    let users = identity::list_users(&node.views().reader()?, &account.account)?;
    let rows = users.into_iter().map(|user| {
        let (name, id) = (user.name.to_string(), user.user.to_string());
        [Value::from(name), id.into(), user.administrator.into(), user.programmatic_access.into(), user.console_access.into()]
    });
    Ok(Reply::table(["user", "id", "administrator", "programmatic", "console"], rows))
}

/// The user of that name, in the named account or the only one.
pub(super) fn find_user(node: &Node, account: Option<&AccountName>, name: &UserName) -> Result<identity::User> {
    let account = resolve_account(node, account)?;
    let user = identity::find_user(&node.views().reader()?, &account.account, name)?;
    user.with_context(|| format!("account '{}' has no user '{name}'", account.name))
}
