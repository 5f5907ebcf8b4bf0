//! What answers about access depend on, and which of it an event changes.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use ambar_domain::account::AccountEvent;
use ambar_domain::event::Event;
use ambar_domain::group::GroupEvent;
use ambar_domain::organization::OrganizationEvent;
use ambar_domain::repository::RepositoryEvent;
use ambar_domain::user::UserEvent;
use rusqlite::Connection;

/// How many places topics are spread over.
pub(super) const PLACES: u16 = 4096;

/// Something that answers about access depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Topic<'a> {
    /// Who a user is and what proves it: its keys, logins, password, roles, groups and blocks.
    User(&'a str),
    /// Whether there is the account.
    Account(&'a str),
    /// What the account entrusts to others.
    Delegations(&'a str),
    /// Whose the organization or repository of this name is, and who may pull it without a grant.
    Name(&'a str),
    /// What a user was granted on the organization or repository of this name.
    Grant { on: &'a str, user: &'a str },
    /// That the repository of this name is shared with an account.
    Share { of: &'a str, account: &'a str },
}

impl Topic<'_> {
    /// Where it has its place. Others may have the same.
    pub(super) fn place(self) -> u16 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        (hasher.finish() % u64::from(PLACES)) as u16
    }
}

/// The places of what events have changed: no more than there are.
#[derive(Debug, Default)]
pub(crate) struct Changed(BTreeSet<u16>);

impl Changed {
    /// Adds what an event has changed, which the rows show already.
    pub(crate) fn add(&mut self, connection: &Connection, stream_id: &str, event: &Event) -> rusqlite::Result<()> {
        match event {
            Event::Account(event) => self.topics(of_account(stream_id, event)),
            Event::User(event) => self.topics(of_user(stream_id, event)),
            Event::Group(event) => return self.add_group(connection, stream_id, event),
            Event::Organization(event) => self.topics(of_organization(stream_id, event)),
            Event::Repository(event) => self.topics(of_repository(stream_id, event)),
            Event::NameClaim(_) | Event::BlobLink(_) | Event::Blob(_) | Event::Address(_) => {}
        }
        Ok(())
    }

    pub(super) fn places(&self) -> impl Iterator<Item = u16> {
        self.0.iter().copied()
    }

    fn topics<'a>(&mut self, topics: impl IntoIterator<Item = Topic<'a>>) {
        self.0.extend(topics.into_iter().map(Topic::place));
    }

    /// What a group is given or loses concerns everybody who is or was in it.
    fn add_group(&mut self, connection: &Connection, group: &str, event: &GroupEvent) -> rusqlite::Result<()> {
        match event {
            GroupEvent::MemberAdded { user } | GroupEvent::MemberRemoved { user } => self.topics([Topic::User(user.as_str())]),
            GroupEvent::RoleGranted { .. } | GroupEvent::RoleRevoked { .. } | GroupEvent::Deleted {} => {
                let mut members = connection.prepare_cached("SELECT user FROM memberships WHERE user_group = ?1")?;
                let mut members = members.query([group])?;
                while let Some(member) = members.next()? {
                    self.topics([Topic::User(member.get_ref(0)?.as_str()?)]);
                }
            }
            GroupEvent::Created { .. }
            | GroupEvent::CreationAbandoned { .. }
            | GroupEvent::Renamed { .. }
            | GroupEvent::DescriptionChanged { .. } => {}
        }
        Ok(())
    }
}

fn of_account<'a>(account: &'a str, event: &AccountEvent) -> Option<Topic<'a>> {
    match event {
        AccountEvent::Opened { .. } | AccountEvent::Closed {} => Some(Topic::Account(account)),
        AccountEvent::DelegationGranted { .. }
        | AccountEvent::DelegationChanged { .. }
        | AccountEvent::DelegationRevoked { .. }
        | AccountEvent::DelegationExpired { .. } => Some(Topic::Delegations(account)),
        AccountEvent::OrganizationSlotClaimed { .. } | AccountEvent::OrganizationSlotReleased { .. } => None,
    }
}

fn of_user<'a>(user: &'a str, event: &UserEvent) -> Option<Topic<'a>> {
    match event {
        // Nothing that was answered before was about a login that had not been issued, nor about who somebody is or how a secret is kept.
        UserEvent::LoginIssued { .. }
        | UserEvent::TokenIssued { .. }
        | UserEvent::TemporaryKeyIssued { .. }
        | UserEvent::AccessKeyUsed { .. }
        | UserEvent::AccessKeyResealed { .. }
        | UserEvent::DescriptionChanged { .. } => None,
        UserEvent::Created { .. }
        | UserEvent::AccessMethodsChanged { .. }
        | UserEvent::RoleGranted { .. }
        | UserEvent::RoleRevoked { .. }
        | UserEvent::AccessKeyCreated { .. }
        | UserEvent::AccessKeyDisabled { .. }
        | UserEvent::AccessKeyEnabled { .. }
        | UserEvent::AccessKeyDeleted { .. }
        | UserEvent::PasswordSet { .. }
        | UserEvent::LoginRevoked { .. }
        | UserEvent::Blocked { .. }
        | UserEvent::Unblocked { .. }
        | UserEvent::Deleted {} => Some(Topic::User(user)),
    }
}

fn of_organization<'a>(name: &'a str, event: &'a OrganizationEvent) -> Option<Topic<'a>> {
    match event {
        OrganizationEvent::Created { .. } | OrganizationEvent::Deleted {} => Some(Topic::Name(name)),
        OrganizationEvent::AccessGranted { user, .. } | OrganizationEvent::AccessRevoked { user, .. } => {
            Some(Topic::Grant { on: name, user: user.as_str() })
        }
        OrganizationEvent::RepositoryAdmitted { .. }
        | OrganizationEvent::RepositoryReleaseBegun { .. }
        | OrganizationEvent::RepositoryReleased { .. } => None,
    }
}

fn of_repository<'a>(name: &'a str, event: &'a RepositoryEvent) -> Option<Topic<'a>> {
    match event {
        RepositoryEvent::Created { .. } | RepositoryEvent::VisibilityChanged { .. } | RepositoryEvent::Deleted {} => {
            Some(Topic::Name(name))
        }
        RepositoryEvent::AccessGranted { user, .. } | RepositoryEvent::AccessRevoked { user, .. } => {
            Some(Topic::Grant { on: name, user: user.as_str() })
        }
        RepositoryEvent::ShareCreated { account, .. }
        | RepositoryEvent::ShareChanged { account, .. }
        | RepositoryEvent::ShareEnded { account }
        | RepositoryEvent::ShareExpired { account, .. } => Some(Topic::Share { of: name, account: account.as_str() }),
        RepositoryEvent::CategoryChanged { .. }
        | RepositoryEvent::DescriptionChanged { .. }
        | RepositoryEvent::ManifestPushed { .. }
        | RepositoryEvent::VersionPushed { .. }
        | RepositoryEvent::VersionDeleted { .. }
        | RepositoryEvent::ManifestDeleted { .. }
        | RepositoryEvent::DownloadsCounted { .. } => None,
    }
}
