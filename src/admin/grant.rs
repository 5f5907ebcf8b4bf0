//! `ambar grant`.

use ambar_api::operations;
use ambar_domain::grants::Granting;
use ambar_domain::level::Level;
use ambar_domain::names::{AccountName, UserName};
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::access;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

use super::user::find_user;
use super::{Reply, require_organization, require_repository};
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum GrantCommand {
    /// Give a user a level on an organization and all its images, or take it away
    Org {
        /// The organization
        organization: OrganizationName,
        #[command(flatten)]
        grant: GrantArgs,
    },
    /// Give a user a level on one image, or take it away
    #[command(visible_alias = "image")]
    Repo {
        /// The repository, organization/name
        repository: RepositoryName,
        #[command(flatten)]
        grant: GrantArgs,
    },
    /// List the permissions on an organization or a repository
    List {
        /// The organization, or the repository as organization/name
        on: String,
    },
}

/// To whom, and what.
#[derive(Debug, Clone, Args, Serialize, Deserialize)]
pub(crate) struct GrantArgs {
    /// The user
    #[arg(long)]
    pub(crate) user: UserName,
    /// The user's account, where there are several
    #[arg(long)]
    pub(crate) account: Option<AccountName>,
    /// What the user may do
    #[arg(long)]
    pub(crate) level: LevelArgument,
}

impl GrantArgs {
    pub(crate) fn done(&self, place: &str) -> Reply {
        let done = if matches!(self.level, LevelArgument::None) { "removed" } else { "set" };
        Reply::done(format!("permission of '{}' on {place} {done}", self.user))
    }
}

/// A [`Level`] as a word on the command line, and the absence of one.
#[derive(Debug, Clone, Copy, ValueEnum, Serialize, Deserialize)]
pub(crate) enum LevelArgument {
    /// Take the permission away
    None,
    /// Pull
    Read,
    /// Pull, push, edit properties
    Edit,
    /// All of that, and delete, grant, share
    Manage,
}

impl From<LevelArgument> for Option<Level> {
    fn from(argument: LevelArgument) -> Self {
        match argument {
            LevelArgument::None => None,
            LevelArgument::Read => Some(Level::Read),
            LevelArgument::Edit => Some(Level::Edit),
            LevelArgument::Manage => Some(Level::Manage),
        }
    }
}

impl GrantCommand {
    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        let state = node.state();
        match self {
            Self::Org { organization, grant } => {
                let user = find_user(node, grant.account.as_ref(), &grant.user)?;
                match grant.level.into() {
                    Some(level) => {
                        let grants = vec![(user.user, level)];
                        operations::grant_on_organization(state, context, &organization, grants, Granting::Whatever).await?;
                    }
                    None => operations::revoke_on_organization(state, context, &organization, vec![user.user]).await?,
                }
                Ok(grant.done(&format!("organization '{organization}'")))
            }
            Self::Repo { repository, grant } => {
                let user = find_user(node, grant.account.as_ref(), &grant.user)?;
                match grant.level.into() {
                    Some(level) => {
                        let grants = vec![(user.user, level)];
                        operations::grant_on_repository(state, context, &repository, grants, Granting::Whatever).await?;
                    }
                    None => operations::revoke_on_repository(state, context, &repository, vec![user.user]).await?,
                }
                Ok(grant.done(&format!("repository '{repository}'")))
            }
            Self::List { on } => list(node, &on),
        }
    }
}

fn list(node: &Node, on: &str) -> Result<Reply> {
    let reader = node.views().reader()?;
    let grants = if on.contains('/') {
        let repository = on.parse()?;
        require_repository(&reader, &repository)?;
        access::list_grants_on_repository(&reader, &repository)?
    } else {
        let organization = on.parse()?;
        require_organization(&reader, &organization)?;
        access::list_grants_on_organization(&reader, &organization)?
    };
    Ok(Reply::table(["user", "level"], grants.iter().map(|grant| [grant.user_name.as_str(), grant.level.as_str()])))
}
