//! What can happen to an organization.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;
use crate::ids::{AccountId, UserId};
use crate::level::Level;
use crate::repository_name::RepositoryName;

/// A fact about an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum OrganizationEvent {
    /// The name belongs to an account from now on.
    #[serde(rename = "organization.created")]
    Created {
        /// The owner.
        account: AccountId,
    },
    /// A user holds this level on every repository of the organization, present and future.
    #[serde(rename = "organization.access_granted")]
    AccessGranted {
        /// Who.
        user: UserId,
        /// The level held from now on.
        level: Level,
        /// The level held until now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous_level: Option<Level>,
    },
    /// A user holds no level on the organization any more.
    #[serde(rename = "organization.access_revoked")]
    AccessRevoked {
        /// Who.
        user: UserId,
        /// The level held until now.
        previous_level: Level,
    },
    /// The organization took in a repository, which may be created now; or took it back before it was gone.
    #[serde(rename = "organization.repository_admitted")]
    RepositoryAdmitted {
        /// The repository's whole name.
        repository: RepositoryName,
    },
    /// The repository is about to be deleted.
    #[serde(rename = "organization.repository_release_begun")]
    RepositoryReleaseBegun {
        /// The repository's whole name.
        repository: RepositoryName,
    },
    /// The repository is gone.
    #[serde(rename = "organization.repository_released")]
    RepositoryReleased {
        /// The repository's whole name.
        repository: RepositoryName,
    },
    /// The organization is gone, its grants with it; the name is free for anyone.
    #[serde(rename = "organization.deleted")]
    Deleted {},
}

event_names!(OrganizationEvent {
    Created => "organization.created", 1;
    AccessGranted => "organization.access_granted", 1;
    AccessRevoked => "organization.access_revoked", 1;
    RepositoryAdmitted => "organization.repository_admitted", 1;
    RepositoryReleaseBegun => "organization.repository_release_begun", 1;
    RepositoryReleased => "organization.repository_released", 1;
    Deleted => "organization.deleted", 1;
});
