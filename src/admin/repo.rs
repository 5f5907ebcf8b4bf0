//! `ambar repo`.

use ambar_api::operations::{self, Properties};
use ambar_domain::level::Visibility;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::repositories;
use ambar_storage::aggregate_store::CommandContext;
use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

use super::{Reply, require_organization, require_repository};
use crate::server::Node;

#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
pub(crate) enum RepoCommand {
    /// List the repositories of an organization
    List {
        /// The organization
        organization: OrganizationName,
    },
    /// List the versions of a repository
    Tags {
        /// The repository, organization/name
        repository: RepositoryName,
    },
    /// Let every user pull a repository, or only who has a grant
    Visibility {
        /// The repository, organization/name
        repository: RepositoryName,
        /// Who may pull
        visibility: VisibilityArgument,
    },
    /// Delete a repository with all its versions
    Delete {
        /// The repository, organization/name
        repository: RepositoryName,
    },
}

/// [`Visibility`] as a word on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum VisibilityArgument {
    /// Whoever has a grant
    Private,
    /// Every user; everybody, without a login, where the server has --anonymous-pull
    Public,
}

impl From<VisibilityArgument> for Visibility {
    fn from(argument: VisibilityArgument) -> Self {
        match argument {
            VisibilityArgument::Private => Self::Private,
            VisibilityArgument::Public => Self::Public,
        }
    }
}

impl RepoCommand {
    pub(super) async fn execute(self, node: &Node, context: &CommandContext) -> Result<Reply> {
        match self {
            Self::List { organization } => {
                let reader = node.views().reader()?;
                require_organization(&reader, &organization)?;
                let names = repositories::list_repositories(&reader, &organization)?;
                Ok(Reply::table(["repository"], names.into_iter().map(|name| [name.to_string()])))
            }
            Self::Tags { repository } => {
                let reader = node.views().reader()?;
                require_repository(&reader, &repository)?;
                let tags = repositories::list_tags(&reader, &repository, None, usize::MAX >> 1)?;
                Ok(Reply::table(["tag"], tags.into_iter().map(|tag| [tag])))
            }
            Self::Visibility { repository, visibility } => {
                let properties = Properties { visibility: Some(visibility.into()), ..Properties::default() };
                operations::change_properties(node.state(), context, &repository, properties).await?;
                let now = if visibility == VisibilityArgument::Public { "public" } else { "private" };
                Ok(Reply::done(format!("repository '{repository}' is {now}")))
            }
            Self::Delete { repository } => {
                operations::delete_repository(node.state(), context, &repository).await?;
                Ok(Reply::done(format!("repository '{repository}' deleted")))
            }
        }
    }
}
