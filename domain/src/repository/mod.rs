//! Repository: the versions (tags) and manifests of one image, and who may use it. Stream id: `organization/path`.
//!
//! - A version always points at a manifest that the repository holds.
//! - Pushing what is already so changes nothing and is no event (requirement P5).
//! - Removing a manifest removes every version on it (requirement M6).
//! - Only a private repository is shared, with other accounts; a share that has reached its end counts no more, recorded or not.
//! - What one account asks for never changes what another created under the name.
//! - After deletion the name may be created again; nothing of the old one remains.

mod commands;
mod downloads;
mod events;
mod properties;
mod shares;
mod versions;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::digest::Digest;
use crate::grants::{Granted, Granting, Grants, NotAsTaken};
use crate::ids::{AccountId, UserId};
use crate::level::{Level, Visibility};
use crate::manifest::ManifestFacts;
use crate::tag::{Reference, Tag};
use shares::Shares;
use versions::Versions;

pub use commands::RepositoryCommand;
pub use downloads::ManifestPulls;
pub use events::RepositoryEvent;
pub use properties::{Category, Description, InvalidCategory, ShareDescription};
pub use shares::MAX_SHARES;

/// Why a repository refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RepositoryError {
    /// It exists for another account: its name and its organization's have changed hands.
    #[error("the repository belongs to another account")]
    ForeignAccount,
    /// It is to be created, and it exists.
    #[error("the repository exists already")]
    AlreadyExists,
    /// It was never created, or it is deleted.
    #[error("the repository does not exist")]
    NotFound,
    /// The tag points at nothing.
    #[error("the repository has no version '{tag}'")]
    VersionNotFound {
        /// The tag asked for.
        tag: Tag,
    },
    /// The tag points at something already.
    #[error("the version '{tag}' already exists")]
    VersionExists {
        /// The tag that was to be new.
        tag: Tag,
    },
    /// The manifest is not held.
    #[error("the repository has no manifest {digest}")]
    ManifestNotFound {
        /// The digest asked for.
        digest: Digest,
    },
    /// The user holds no level here.
    #[error("the user has no permission on the repository")]
    GrantNotFound,
    /// The user holds a level here.
    #[error("the user already has a permission on the repository")]
    GrantExists,
    /// Everybody may pull it, so there is nothing to share.
    #[error("a public repository cannot be shared")]
    PublicRepository,
    /// It is to become public, and it is shared.
    #[error("the repository is shared with other accounts; it can become public when no share is left")]
    Shared,
    /// It is to be shared with the account that it belongs to.
    #[error("a repository cannot be shared with the account that it belongs to")]
    SharedWithOwner,
    /// The end of the share is not in the future.
    #[error("a share must end in the future")]
    ShareEndsInThePast,
    /// The account has a share that lasts.
    #[error("the repository is shared with the account already")]
    AlreadyShared,
    /// As many accounts have one as may.
    #[error("the repository is shared with {limit} accounts already, and no more are possible")]
    TooManyShares {
        /// How many are possible.
        limit: usize,
    },
    /// The account has no share that lasts; or none that has reached its end, where that is to be recorded.
    #[error("the repository is not shared with the account")]
    ShareNotFound,
}

impl From<NotAsTaken> for RepositoryError {
    fn from(refusal: NotAsTaken) -> Self {
        match refusal {
            NotAsTaken::Held => Self::GrantExists,
            NotAsTaken::NotHeld => Self::GrantNotFound,
        }
    }
}

/// A repository's state: nothing, or what it holds since it was last created.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Repository(Option<Live>);

/// The state of a repository that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Live {
    account: AccountId,
    visibility: Visibility,
    category: Category,
    description: Description,
    versions: Versions,
    grants: Grants,
    shares: Shares,
}

impl Repository {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: RepositoryCommand) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        match (&self.0, command) {
            (None, RepositoryCommand::Create { account, visibility }) => Ok(vec![RepositoryEvent::Created { account, visibility }]),
            (None, RepositoryCommand::CreateNew { account, visibility, category, description }) => {
                let new = Live::new(account.clone(), visibility);
                let properties = new.change_properties(None, Some(category), Some(description));
                Ok([vec![RepositoryEvent::Created { account, visibility }], properties].concat())
            }
            (None, _) => Err(RepositoryError::NotFound),
            (Some(live), command) => live.decide(command),
        }
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: RepositoryEvent) {
        if let RepositoryEvent::Created { account, visibility } = event {
            self.0 = Some(Live::new(account, visibility));
        } else if let RepositoryEvent::Deleted {} = event {
            self.0 = None;
        } else if let Some(live) = &mut self.0 {
            live.evolve(event);
        }
    }
}

impl Live {
    fn new(account: AccountId, visibility: Visibility) -> Self {
        Self {
            account,
            visibility,
            category: Category::default(),
            description: Description::default(),
            versions: Versions::default(),
            grants: Grants::default(),
            shares: Shares::default(),
        }
    }

    fn decide(&self, command: RepositoryCommand) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        match command {
            RepositoryCommand::Create { account, .. }
            | RepositoryCommand::CreateNew { account, .. }
            | RepositoryCommand::PushManifest { account, .. }
            | RepositoryCommand::Of { account, .. }
            | RepositoryCommand::Delete { account: Some(account) }
                if account != self.account =>
            {
                Err(RepositoryError::ForeignAccount)
            }
            RepositoryCommand::Of { command, .. } => self.decide(*command),
            RepositoryCommand::Create { .. } => Ok(vec![]),
            RepositoryCommand::CreateNew { .. } => Err(RepositoryError::AlreadyExists),
            RepositoryCommand::ChangeProperties { visibility, category, description, now } => {
                let ended = if visibility == Some(Visibility::Public) { self.end_sharing(now)? } else { vec![] };
                Ok([ended, self.change_properties(visibility, category, description)].concat())
            }
            RepositoryCommand::PushManifest { digest, manifest, tags, .. } => Ok(self.push(&digest, manifest, tags)),
            RepositoryCommand::PointVersion { tag, target, replaces } => self.point_version(tag, target, replaces),
            RepositoryCommand::DeleteVersions { tags } => self.delete_versions(tags),
            RepositoryCommand::DeleteManifest { digest } => self.delete_manifest(digest),
            RepositoryCommand::GrantAccess { grants, granting } => self.grant(grants, granting),
            RepositoryCommand::RevokeAccess { users } => self.revoke(users),
            RepositoryCommand::ShareWith { account, until, description, now } => self.share_with(account, until, description, now),
            RepositoryCommand::ChangeShare { account, until, description, now } => self.change_share(account, until, description, now),
            RepositoryCommand::EndShare { account, now } => self.end_share(account, now),
            RepositoryCommand::ExpireShare { account, now } => {
                self.shares.expire(&account, now).map(|expired| vec![expired]).ok_or(RepositoryError::ShareNotFound)
            }
            RepositoryCommand::CountDownloads { pulls, downloaded_bytes } => Ok(downloads::count(&self.versions, pulls, downloaded_bytes)),
            RepositoryCommand::Delete { .. } => Ok(vec![RepositoryEvent::Deleted {}]),
        }
    }

    fn change_properties(
        &self,
        visibility: Option<Visibility>,
        category: Option<Category>,
        description: Option<Description>,
    ) -> Vec<RepositoryEvent> {
        let visibility = visibility.filter(|visibility| *visibility != self.visibility);
        let category = category.filter(|category| *category != self.category);
        let description = description.filter(|description| *description != self.description);
        let events = [
            visibility.map(|visibility| RepositoryEvent::VisibilityChanged { visibility }),
            category.map(|category| RepositoryEvent::CategoryChanged { category }),
            description.map(|description| RepositoryEvent::DescriptionChanged { description }),
        ];
        events.into_iter().flatten().collect()
    }

    fn push(&self, digest: &Digest, manifest: ManifestFacts, tags: Vec<Tag>) -> Vec<RepositoryEvent> {
        let mut events = unless(self.versions.holds(digest), RepositoryEvent::ManifestPushed { digest: digest.clone(), manifest });
        let mut named = BTreeSet::new();
        for tag in tags {
            let previous_digest = self.versions.find_manifest(&tag).cloned();
            if previous_digest.as_ref() != Some(digest) && named.insert(tag.clone()) {
                events.push(RepositoryEvent::VersionPushed { tag, digest: digest.clone(), previous_digest });
            }
        }
        events
    }

    fn grant(&self, grants: Vec<(UserId, Level)>, granting: Granting) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        let changes = self.grants.grant(grants, granting)?;
        let event = |Granted { user, level, previous_level }| RepositoryEvent::AccessGranted { user, level, previous_level };
        Ok(changes.into_iter().map(event).collect())
    }

    fn revoke(&self, users: Vec<UserId>) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        let held = self.grants.revoke(users)?;
        Ok(held.into_iter().map(|(user, previous_level)| RepositoryEvent::AccessRevoked { user, previous_level }).collect())
    }

    fn point_version(&self, tag: Tag, target: Reference, replaces: bool) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        let digest = match target {
            Reference::Tag(source) => match self.versions.find_manifest(&source) {
                Some(digest) => digest.clone(),
                None => return Err(RepositoryError::VersionNotFound { tag: source }),
            },
            Reference::Digest(digest) if self.versions.holds(&digest) => digest,
            Reference::Digest(digest) => return Err(RepositoryError::ManifestNotFound { digest }),
        };
        let previous_digest = self.versions.find_manifest(&tag).cloned();
        if previous_digest.is_some() && !replaces {
            return Err(RepositoryError::VersionExists { tag });
        }
        let already_so = previous_digest.as_ref() == Some(&digest);
        Ok(unless(already_so, RepositoryEvent::VersionPushed { tag, digest, previous_digest }))
    }

    fn evolve(&mut self, event: RepositoryEvent) {
        match event {
            // Both replace the whole state, a level up.
            RepositoryEvent::Created { .. } | RepositoryEvent::Deleted {} => {}
            // Nothing is decided by it.
            RepositoryEvent::DownloadsCounted { .. } => {}
            RepositoryEvent::VisibilityChanged { visibility } => self.visibility = visibility,
            RepositoryEvent::CategoryChanged { category } => self.category = category,
            RepositoryEvent::DescriptionChanged { description } => self.description = description,
            RepositoryEvent::ManifestPushed { digest, .. } => self.versions.hold(digest),
            RepositoryEvent::VersionPushed { tag, digest, .. } => self.versions.point(tag, digest),
            RepositoryEvent::VersionDeleted { tag, .. } => self.versions.remove_tag(&tag),
            RepositoryEvent::ManifestDeleted { digest } => self.versions.remove_manifest(&digest),
            RepositoryEvent::AccessGranted { user, level, .. } => self.grants.set(user, level),
            RepositoryEvent::AccessRevoked { user, .. } => self.grants.remove(&user),
            RepositoryEvent::ShareCreated { account, until, description }
            | RepositoryEvent::ShareChanged { account, until, description } => {
                self.shares.set(account, until, description);
            }
            RepositoryEvent::ShareEnded { account } | RepositoryEvent::ShareExpired { account, .. } => self.shares.remove(&account),
        }
    }
}

aggregate!(Repository, "repository", RepositoryCommand, RepositoryEvent, RepositoryError);

#[cfg(test)]
mod tests;
