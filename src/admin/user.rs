//! `ambar user`.

use ambar_api::operations;
use ambar_domain::block::UnblockReason;
use ambar_domain::description::UserDescription;
use ambar_domain::level::Role;
use ambar_domain::names::{AccountName, UserName};
use ambar_projections::identity;
use ambar_schemas::swr::time;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::role::{self, RoleArgument};
use super::{Reply, resolve_account};
use crate::refusal::NotThere;
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum UserCommand {
    /// Create a user
    Create {
        /// Name, unique in the account: letters, digits, `_` and `-`, and inside also `.` and single spaces (then in quotes)
        name: UserName,
        /// The user's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// Make it an administrator of the account
        #[arg(long)]
        administrator: bool,
        /// By which role an administrator is one
        #[arg(long, value_enum, default_value_t, requires = "administrator")]
        role: RoleArgument,
    },
    /// List the users of an account
    List {
        /// The account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// Only those that are blocked
        #[arg(long)]
        #[serde(default)]
        blocked: bool,
    },
    /// Change what is said of a user
    Set {
        /// The user
        name: UserName,
        /// Who it is
        #[arg(long, value_name = "TEXT")]
        description: UserDescription,
        /// The user's account, where there are several
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
        /// By which role
        #[arg(long, value_enum, default_value_t)]
        role: RoleArgument,
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
    /// Let a user in again before its block ends
    Unblock {
        /// The user
        name: UserName,
        /// The user's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// Why, for the log
        #[arg(long, default_value_t)]
        reason: UnblockReason,
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
    /// The account that was named.
    pub(crate) fn account(&self) -> Option<&AccountName> {
        match self {
            Self::Create { account, .. }
            | Self::List { account, .. }
            | Self::Set { account, .. }
            | Self::Administrator { account, .. }
            | Self::Access { account, .. }
            | Self::Unblock { account, .. }
            | Self::Delete { account, .. } => account.as_ref(),
        }
    }

    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::Create { name, account, administrator, role } => {
                create(node, context, &name, account.as_ref(), administrator.then_some(role.into())).await
            }
            Self::List { account, blocked } => list(node, account.as_ref(), blocked),
            Self::Set { name, description, account } => {
                let user = find_user(node, account.as_ref(), &name)?;
                operations::describe_user(node.state(), context, &user.user, description).await?;
                Ok(Reply::done(format!("user '{name}' changed")))
            }
            Self::Administrator { name, account, role, revoke } => {
                let user = find_user(node, account.as_ref(), &name)?;
                operations::set_administrator(node.state(), context, &user.user, role.into(), !revoke).await?;
                let now = if revoke { "no longer " } else { "" };
                Ok(Reply::done(format!("user '{name}' is {now}{}", role::title(role.into()))))
            }
            Self::Access { name, account, programmatic, console } => {
                let user = find_user(node, account.as_ref(), &name)?;
                operations::change_access_methods(node.state(), context, &user.user, console, programmatic).await?;
                Ok(Reply::done(format!("access methods of user '{name}' changed")))
            }
            Self::Unblock { name, account, reason } => {
                let user = find_user(node, account.as_ref(), &name)?;
                operations::unblock_user(node.state(), context, &user.user, reason).await?;
                Ok(Reply::done(format!("user '{name}' is let in again")))
            }
            Self::Delete { name, account } => {
                let user = find_user(node, account.as_ref(), &name)?;
                operations::delete_user(node.state(), context, &user.user).await?;
                Ok(Reply::done(format!("user '{name}' deleted")))
            }
        }
    }
}

async fn create(
    node: &Node,
    context: &CommandContext,
    name: &UserName,
    account: Option<&AccountName>,
    role: Option<Role>,
) -> Result<Reply> {
    let account = resolve_account(node, account)?;
    let user = operations::create_user(node.state(), context, &account.account, name, false, true).await?;
    if let Some(role) = role {
        operations::set_administrator(node.state(), context, &user, role, true).await?;
    }
    Ok(Reply::record([("user", name.to_string()), ("id", user.to_string()), ("account", account.name.to_string())]))
}

fn list(node: &Node, account: Option<&AccountName>, blocked: bool) -> Result<Reply> {
    let account = resolve_account(node, account)?;
    let (reader, now) = (node.views().reader()?, node.clock().now());
    let mut rows = Vec::new();
    for user in identity::list_users(&reader, &account.account)? {
        let roles = role::titles(identity::list_user_roles(&reader, &user.user)?);
        let (name, id) = (Value::from(user.name.to_string()), user.user.to_string().into());
        let (programmatic, console) = (user.programmatic_access.into(), user.console_access.into());
        let blocked_until = user.blocked_until.filter(|until| now < *until).map(time::text);
        if blocked && blocked_until.is_none() {
            continue;
        }
        let (blocked_until, description) = (blocked_until.into(), user.description.as_str().into());
        rows.push([name, id, user.administrator.into(), roles.into(), programmatic, console, blocked_until, description]);
    }
    Ok(Reply::table(["user", "id", "administrator", "roles", "programmatic", "console", "blocked_until", "description"], rows))
}

/// The user of that name, in the named account or the only one.
pub(super) fn find_user(node: &Node, account: Option<&AccountName>, name: &UserName) -> Result<identity::User> {
    let account = resolve_account(node, account)?;
    let user = identity::find_user(&node.views().reader()?, &account.account, name)?;
    Ok(user.ok_or_else(|| NotThere(format!("account '{}' has no user '{name}'", account.name)))?)
}
