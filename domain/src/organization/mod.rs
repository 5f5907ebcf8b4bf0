//! Organization: owns repositories for an account. Stream id: its name, which makes the name unique in the region.
//!
//! - One owner at a time; after deletion anyone may create the name again, and nothing of the old one remains.
//! - It is deleted only when it holds no repository: repositories are admitted here before they are created.
//! - A repository goes in two steps around its own deletion. Whoever creates it anew in between admits it again, and it stays.
//! - One level per user.
//!
//! An aggregate does not see its own stream id, so whoever sends [`OrganizationCommand::AdmitRepository`] addresses the stream of
//! [`RepositoryName::organization`]; a repository that shares no organization with those already held is refused.

mod events;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::grants::{Granted, Granting, Grants, NotAsTaken};
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
    /// Give users levels, all of them or none; one that is held already changes nothing.
    GrantAccess {
        /// Who, of the owning account, and the level held from now on.
        grants: Vec<(UserId, Level)>,
        /// What the grants take to be so.
        granting: Granting,
    },
    /// Take users' levels away, all of them or none.
    RevokeAccess {
        /// Who.
        users: Vec<UserId>,
    },
    /// What the command says, if the organization is of that account: its name may have changed hands since it was decided who may.
    Of {
        /// The account that whoever asks proved a right in.
        account: AccountId,
        /// What is asked.
        command: Box<OrganizationCommand>,
    },
    /// Take in a repository; one already in, and not on its way out, changes nothing.
    AdmitRepository {
        /// The account that takes the organization for its own.
        account: AccountId,
        /// The repository's whole name.
        repository: RepositoryName,
    },
    /// Say that a repository is about to be deleted; one that is on its way out already, or not in, changes nothing.
    BeginReleaseOfRepository {
        /// The repository's whole name.
        repository: RepositoryName,
    },
    /// Let a repository go that was deleted; one that is not in changes nothing.
    ReleaseRepository {
        /// The repository's whole name.
        repository: RepositoryName,
    },
    /// Go.
    Delete {
        /// The account that takes the organization for its own.
        account: AccountId,
    },
}

impl OrganizationCommand {
    /// The same, if the organization is of that account.
    #[must_use]
    pub fn of(self, account: AccountId) -> Self {
        Self::Of { account, command: Box::new(self) }
    }
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
    /// The user holds a level here.
    #[error("the user already has a permission on the organization")]
    GrantExists,
    /// The repository's name is of another organization than those of the repositories held.
    #[error("the repository belongs to another organization")]
    ForeignRepository,
    /// Another account owns it than the one that the repository would be created for, or that it would be deleted for.
    #[error("the organization belongs to another account")]
    ForeignAccount,
    /// The repository was admitted again after its release had begun.
    #[error("the repository has come back")]
    RepositoryReadmitted,
    /// It holds at least one repository.
    #[error("the organization still has images")]
    NotEmpty {
        /// What it has admitted: repositories, and names that a crash has left without one.
        repositories: BTreeSet<RepositoryName>,
    },
}

impl From<NotAsTaken> for OrganizationError {
    fn from(refusal: NotAsTaken) -> Self {
        match refusal {
            NotAsTaken::Held => Self::GrantExists,
            NotAsTaken::NotHeld => Self::GrantNotFound,
        }
    }
}

/// An organization's state: its owner while it exists, its grants and its repositories.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Organization {
    owner: Option<AccountId>,
    grants: Grants,
    repositories: BTreeSet<RepositoryName>,
    /// Those of them that are on their way out.
    leaving: BTreeSet<RepositoryName>,
}

impl Organization {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: OrganizationCommand) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        match (&self.owner, command) {
            (None, OrganizationCommand::Create { account }) => Ok(vec![OrganizationEvent::Created { account }]),
            (Some(_), OrganizationCommand::Create { .. }) => Err(OrganizationError::AlreadyExists),
            (
                None,
                OrganizationCommand::GrantAccess { .. }
                | OrganizationCommand::RevokeAccess { .. }
                | OrganizationCommand::Of { .. }
                | OrganizationCommand::AdmitRepository { .. }
                | OrganizationCommand::BeginReleaseOfRepository { .. }
                | OrganizationCommand::ReleaseRepository { .. }
                | OrganizationCommand::Delete { .. },
            ) => Err(OrganizationError::NotFound),
            (Some(owner), OrganizationCommand::Of { account, .. }) if *owner != account => Err(OrganizationError::ForeignAccount),
            (Some(_), OrganizationCommand::Of { command, .. }) => self.decide(*command),
            (Some(_), OrganizationCommand::GrantAccess { grants, granting }) => self.grant(grants, granting),
            (Some(_), OrganizationCommand::RevokeAccess { users }) => self.revoke(users),
            (Some(owner), OrganizationCommand::AdmitRepository { account, .. } | OrganizationCommand::Delete { account })
                if *owner != account =>
            {
                Err(OrganizationError::ForeignAccount)
            }
            (Some(_), OrganizationCommand::AdmitRepository { repository, .. }) => self.admit(repository),
            (Some(_), OrganizationCommand::BeginReleaseOfRepository { repository }) => {
                let needless = !self.holds(&repository);
                Ok(unless(needless, OrganizationEvent::RepositoryReleaseBegun { repository }))
            }
            (Some(_), OrganizationCommand::ReleaseRepository { repository }) if self.holds(&repository) => {
                Err(OrganizationError::RepositoryReadmitted)
            }
            (Some(_), OrganizationCommand::ReleaseRepository { repository }) => {
                let absent = !self.repositories.contains(&repository);
                Ok(unless(absent, OrganizationEvent::RepositoryReleased { repository }))
            }
            (Some(_), OrganizationCommand::Delete { .. }) if self.repositories.is_empty() => Ok(vec![OrganizationEvent::Deleted {}]),
            (Some(_), OrganizationCommand::Delete { .. }) => Err(OrganizationError::NotEmpty { repositories: self.repositories.clone() }),
        }
    }

    /// Whether a repository is in, and not on its way out.
    fn holds(&self, repository: &RepositoryName) -> bool {
        self.repositories.contains(repository) && !self.leaving.contains(repository)
    }

    fn grant(&self, grants: Vec<(UserId, Level)>, granting: Granting) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        let changes = self.grants.grant(grants, granting)?;
        let event = |Granted { user, level, previous_level }| OrganizationEvent::AccessGranted { user, level, previous_level };
        Ok(changes.into_iter().map(event).collect())
    }

    fn revoke(&self, users: Vec<UserId>) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        let held = self.grants.revoke(users)?;
        Ok(held.into_iter().map(|(user, previous_level)| OrganizationEvent::AccessRevoked { user, previous_level }).collect())
    }

    fn admit(&self, repository: RepositoryName) -> Result<Vec<OrganizationEvent>, OrganizationError> {
        let foreign = self.repositories.first().is_some_and(|held| held.organization_str() != repository.organization_str());
        if foreign {
            return Err(OrganizationError::ForeignRepository);
        }
        Ok(unless(self.holds(&repository), OrganizationEvent::RepositoryAdmitted { repository }))
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: OrganizationEvent) {
        match event {
            OrganizationEvent::Created { account } => *self = Self { owner: Some(account), ..Self::default() },
            OrganizationEvent::AccessGranted { user, level, .. } => self.grants.set(user, level),
            OrganizationEvent::AccessRevoked { user, .. } => self.grants.remove(&user),
            OrganizationEvent::RepositoryAdmitted { repository } => {
                self.leaving.remove(&repository);
                self.repositories.insert(repository);
            }
            OrganizationEvent::RepositoryReleaseBegun { repository } => {
                self.leaving.insert(repository);
            }
            OrganizationEvent::RepositoryReleased { repository } => {
                self.leaving.remove(&repository);
                self.repositories.remove(&repository);
            }
            OrganizationEvent::Deleted {} => *self = Self::default(),
        }
    }
}

aggregate!(Organization, "organization", OrganizationCommand, OrganizationEvent, OrganizationError);

#[cfg(test)]
mod tests;
