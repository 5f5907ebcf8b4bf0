//! `ambar group`.

use ambar_api::operations;
use ambar_domain::description::GroupDescription;
use ambar_domain::ids::GroupId;
use ambar_domain::level::Role;
use ambar_domain::names::{AccountName, GroupName, UserName};
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::role::{self, RoleArgument};
use super::user::find_user;
use super::{Reply, resolve_account};
use crate::refusal::NotThere;
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum GroupCommand {
    /// Create a group
    Create {
        /// Name, unique in the account
        name: GroupName,
        /// The group's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// Make its members administrators of the account
        #[arg(long)]
        administrator: bool,
        /// By which role
        #[arg(long, value_enum, default_value_t, requires = "administrator")]
        role: RoleArgument,
    },
    /// List the groups of an account
    List {
        /// The account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Change a group's name, or what is said of it
    Set {
        /// The group
        name: GroupName,
        #[command(flatten)]
        changes: GroupChanges,
        /// The group's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Put a user into a group
    Add {
        /// The group
        group: GroupName,
        /// The user
        user: UserName,
        /// Their account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Take a user out of a group
    Remove {
        /// The group
        group: GroupName,
        /// The user
        user: UserName,
        /// Their account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Make a group's members administrators of the account, or no longer
    Administrator {
        /// The group
        name: GroupName,
        /// The group's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
        /// By which role
        #[arg(long, value_enum, default_value_t)]
        role: RoleArgument,
        /// Take the role away
        #[arg(long)]
        revoke: bool,
    },
    /// Delete a group; its users stay
    Delete {
        /// The group
        name: GroupName,
        /// The group's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
}

/// What is to be otherwise.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
#[group(required = true, multiple = true)]
pub(crate) struct GroupChanges {
    /// Another name, unique in the account
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<GroupName>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<GroupDescription>,
}

impl GroupCommand {
    /// The account that was named.
    pub(crate) fn account(&self) -> Option<&AccountName> {
        match self {
            Self::Create { account, .. }
            | Self::List { account }
            | Self::Set { account, .. }
            | Self::Add { account, .. }
            | Self::Remove { account, .. }
            | Self::Administrator { account, .. }
            | Self::Delete { account, .. } => account.as_ref(),
        }
    }

    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::Create { name, account, administrator, role } => {
                create(node, context, &name, account.as_ref(), administrator.then_some(role.into())).await
            }
            Self::List { account } => list(node, account.as_ref()),
            Self::Set { name, changes, account } => {
                let group = find_group(node, account.as_ref(), &name)?.group;
                change(node, context, &group, changes).await?;
                Ok(Reply::done(format!("group '{name}' changed")))
            }
            Self::Add { group, user, account } => {
                let (group_id, user_id) =
                    (find_group(node, account.as_ref(), &group)?.group, find_user(node, account.as_ref(), &user)?.user);
                operations::add_member(node.state(), context, &group_id, &user_id).await?;
                Ok(Reply::done(format!("user '{user}' is in group '{group}'")))
            }
            Self::Remove { group, user, account } => {
                let (group_id, user_id) =
                    (find_group(node, account.as_ref(), &group)?.group, find_user(node, account.as_ref(), &user)?.user);
                operations::remove_member(node.state(), context, &group_id, &user_id).await?;
                Ok(Reply::done(format!("user '{user}' is not in group '{group}'")))
            }
            Self::Administrator { name, account, role, revoke } => {
                let group = find_group(node, account.as_ref(), &name)?;
                operations::set_group_administrator(node.state(), context, &group.group, role.into(), !revoke).await?;
                let now = if revoke { "no longer " } else { "" };
                Ok(Reply::done(format!("each member of group '{name}' is {now}{}", role::title(role.into()))))
            }
            Self::Delete { name, account } => {
                let group = find_group(node, account.as_ref(), &name)?;
                operations::delete_group(node.state(), context, &group.group).await?;
                Ok(Reply::done(format!("group '{name}' deleted")))
            }
        }
    }
}

async fn create(
    node: &Node,
    context: &CommandContext,
    name: &GroupName,
    account: Option<&AccountName>,
    role: Option<Role>,
) -> Result<Reply> {
    let account = resolve_account(node, account)?;
    let group = operations::create_group(node.state(), context, &account.account, name, &GroupDescription::default()).await?;
    if let Some(role) = role {
        operations::set_group_administrator(node.state(), context, &group, role, true).await?;
    }
    Ok(Reply::record([("group", name.to_string()), ("id", group.to_string()), ("account", account.name.to_string())]))
}

/// The name first: another group may have it, and then nothing is changed.
async fn change(node: &Node, context: &CommandContext, group: &GroupId, changes: GroupChanges) -> Result<()> {
    let GroupChanges { rename, description } = changes;
    if let Some(name) = rename {
        operations::rename_group(node.state(), context, group, &name).await?;
    }
    if let Some(description) = description {
        operations::describe_group(node.state(), context, group, description).await?;
    }
    Ok(())
}

fn list(node: &Node, account: Option<&AccountName>) -> Result<Reply> {
    let account = resolve_account(node, account)?;
    let reader = node.views().reader()?;
    let mut rows = Vec::new();
    for group in identity::list_groups(&reader, &account.account)? {
        let roles = identity::list_group_roles(&reader, &group.group)?;
        let administrator = !roles.is_empty();
        let members = identity::list_group_members(&reader, &group.group)?;
        let members: Vec<_> = members.iter().map(|user| user.name.as_str()).collect();
        let (name, id) = (Value::from(group.name.as_str()), group.group.to_string().into());
        let description = group.description.as_str().into();
        rows.push([name, id, administrator.into(), role::titles(roles).into(), members.into(), description]);
    }
    Ok(Reply::table(["group", "id", "administrator", "roles", "members", "description"], rows))
}

fn find_group(node: &Node, account: Option<&AccountName>, name: &GroupName) -> Result<identity::Group> {
    let account = resolve_account(node, account)?;
    let group = identity::find_group(&node.views().reader()?, &account.account, name)?;
    Ok(group.ok_or_else(|| NotThere(format!("account '{}' has no group '{name}'", account.name)))?)
}
