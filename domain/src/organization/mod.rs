//! Organization: owns repositories for an account. Stream id: its name, which makes the name unique in the region.
//!
//! - One owner at a time; after deletion anyone may create the name again, and nothing of the old one remains.
//! - It is deleted only when it holds no repository: repositories are admitted here before they are created.
//! - One level per user.
//!
//! An aggregate does not see its own stream id, so whoever sends [`OrganizationCommand::AdmitRepository`] addresses the stream of
//! [`RepositoryName::organization`]; a repository that shares no organization with those already held is refused.

mod events;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::ids::{AccountId, UserId};
use crate::level::Level;
use crate::repository_name::RepositoryName;

pub use events::OrganizationEvent;

/// What an organization can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganizationCommand {
    /// Belong to an account. Refused when it exists, also to its owner.
    Create {
        /// The owner.
        account: AccountId,
    },
    /// Give a user a level, or another one; the same one again changes nothing.
    GrantAccess {
        /// Who, of the owning account.
        user: UserId,
        /// The level held from now on.
        level: Level,
    },
    /// Take a user's level away.
    RevokeAccess {
        /// Who.
        user: UserId,
    },
    /// Take in a repository; one already in changes nothing.
    AdmitRepository {
        /// The repository's whole name.
        repository: RepositoryName,
    },
    /// Let a repository go; one that is not in changes nothing.
    ReleaseRepository {
        /// The repository's whole name.
        repository: RepositoryName,
    },
    /// Go.
    Delete,
}

/// Why an organization refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrganizationError {
    /// Somebody owns it.
    #[error("the organization already exists")]
    AlreadyExists,
    /// Nobody owns it.
    #[error("the organization does not exist")]
    NotFound,
    /// The user holds no level here.
    #[error("the user has no permission on the organization")]
    GrantNotFound,
    /// The repository's name is of another organization than those of the repositories held.
    #[error("the repository belongs to another organization")]
    ForeignRepository,
    /// It holds at least one repository.
    #[error("the organization still has images")]
    NotEmpty,
}

/// An organization's state: its owner while it exists, its grants and its repositories.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Organization {
    owner: Option<AccountId>,
    grants: BTreeMap<UserId, Level>,
    repositories: BTreeSet<RepositoryName>,
}

impl Organization {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: OrganizationCommand) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        match (self.owner.is_some(), command) {
            (false, OrganizationCommand::Create { account }) => Ok(vec![OrganizationEvent::Created { account }]),
            (true, OrganizationCommand::Create { .. }) => Err(OrganizationError::AlreadyExists),
            (
                false,
                OrganizationCommand::GrantAccess { .. }
                | OrganizationCommand::RevokeAccess { .. }
                | OrganizationCommand::AdmitRepository { .. }
                | OrganizationCommand::ReleaseRepository { .. }
                | OrganizationCommand::Delete,
            ) => Err(OrganizationError::NotFound),
            (true, OrganizationCommand::GrantAccess { user, level }) => Ok(self.grant(user, level)),
            (true, OrganizationCommand::RevokeAccess { user }) => self.revoke(user),
            (true, OrganizationCommand::AdmitRepository { repository }) => self.admit(repository),
            (true, OrganizationCommand::ReleaseRepository { repository }) => {
                let absent = !self.repositories.contains(&repository);
                Ok(unless(absent, OrganizationEvent::RepositoryReleased { repository }))
            }
            (true, OrganizationCommand::Delete) if self.repositories.is_empty() => Ok(vec![OrganizationEvent::Deleted {}]),
            (true, OrganizationCommand::Delete) => Err(OrganizationError::NotEmpty),
        }
    }

    fn grant(&self, user: UserId, level: Level) -> Vec<OrganizationEvent> {
        let previous_level = self.grants.get(&user).copied();
        unless(previous_level == Some(level), OrganizationEvent::AccessGranted { user, level, previous_level })
    }

    fn revoke(&self, user: UserId) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        let previous_level = self.grants.get(&user).copied().ok_or(OrganizationError::GrantNotFound)?;
        Ok(vec![OrganizationEvent::AccessRevoked { user, previous_level }])
    }

    fn admit(&self, repository: RepositoryName) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        let foreign = self.repositories.first().is_some_and(|held| held.organization_str() != repository.organization_str());
        if foreign {
            return Err(OrganizationError::ForeignRepository);
        }
        Ok(unless(self.repositories.contains(&repository), OrganizationEvent::RepositoryAdmitted { repository }))
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: OrganizationEvent) {
        match event {
            OrganizationEvent::Created { account } => *self = Self { owner: Some(account), ..Self::default() },
            OrganizationEvent::AccessGranted { user, level, .. } => {
                self.grants.insert(user, level);
            }
            OrganizationEvent::AccessRevoked { user, .. } => {
                self.grants.remove(&user);
            }
            OrganizationEvent::RepositoryAdmitted { repository } => {
                self.repositories.insert(repository);
            }
            OrganizationEvent::RepositoryReleased { repository } => {
                self.repositories.remove(&repository);
            }
            OrganizationEvent::Deleted {} => *self = Self::default(),
        }
    }
}

aggregate!(Organization, "organization", OrganizationCommand, OrganizationEvent, OrganizationError);

#[cfg(test)]
mod tests;
