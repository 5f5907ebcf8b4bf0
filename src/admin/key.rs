//! `ambar key`.

use ambar_api::operations;
use ambar_domain::access_key::AccessKeyId;
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::names::{AccountName, UserName};
use ambar_projections::identity;
use ambar_schemas::swr::time;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::Subcommand;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Reply;
use super::user::find_user;
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum KeyCommand {
    /// Create an access key, of which a user has two at most; its secret is shown this once
    Create {
        /// The user
        user: UserName,
        /// The user's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// List the access keys of a user; when one was used last is recorded once an hour at most
    List {
        /// The user
        user: UserName,
        /// The user's account, where there are several
        #[arg(long)]
        account: Option<AccountName>,
    },
    /// Stop an access key, and every login made from it, at once
    Disable {
        /// The key's public id (AK)
        access_key: AccessKeyId,
    },
    /// Let a disabled access key work again
    Enable {
        /// The key's public id (AK)
        access_key: AccessKeyId,
    },
    /// Delete an access key for ever
    Delete {
        /// The key's public id (AK)
        access_key: AccessKeyId,
    },
}

impl KeyCommand {
    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        let state = node.state();
        match self {
            Self::Create { user, account } => {
                let user = find_user(node, account.as_ref(), &user)?;
                let key = operations::create_access_key(state, context, &user.user, AccessKeyDescription::default()).await?;
                Ok(Reply::record([
                    ("access_key", key.access_key.to_string()),
                    ("secret_key", key.secret_key),
                    ("login_user", key.login_user),
                    ("login_key", key.login_key),
                ]))
            }
            Self::List { user, account } => {
                let user = find_user(node, account.as_ref(), &user)?;
                let keys = identity::list_access_keys(&node.views().reader()?, &user.user)?;
                Ok(Reply::table(["access_key", "state", "created_at", "used_at"], keys.iter().map(row)))
            }
            Self::Disable { access_key } => {
                operations::disable_access_key(state, context, &access_key).await?;
                Ok(Reply::done(format!("access key {access_key} disabled")))
            }
            Self::Enable { access_key } => {
                operations::enable_access_key(state, context, &access_key).await?;
                Ok(Reply::done(format!("access key {access_key} enabled")))
            }
            Self::Delete { access_key } => {
                operations::delete_access_key(state, context, &access_key).await?;
                Ok(Reply::done(format!("access key {access_key} deleted")))
            }
        }
    }
}

fn row(key: &identity::AccessKey) -> [Value; 4] {
    let state = if key.enabled { "enabled" } else { "disabled" };
    [key.access_key.as_str().into(), state.into(), time::text(key.created_at).into(), key.used_at.map(time::text).into()]
}
