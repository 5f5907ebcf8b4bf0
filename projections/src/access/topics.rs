//! What answers about access depend on, and which of it an event changes.

use std::collections::BTreeSet;

use ambar_domain::account::AccountEvent;
use ambar_domain::event::Event;
use ambar_domain::group::GroupEvent;
use ambar_domain::organization::OrganizationEvent;
use ambar_domain::repository::RepositoryEvent;
use ambar_domain::user::UserEvent;
use rusqlite::{Connection, Params, params};

use crate::place::Place;

/// Something that answers about access depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Topic<S> {
    /// Who a user is: whether it is there, its roles, groups and blocks.
    User(S),
    /// What proves to be the user: its keys, logins and password, and what it may use of them.
    Proofs(S),
    /// Whether there is the account.
    Account(S),
    /// What the account entrusts to others.
    Delegations(S),
    /// Whose the organization of this name is.
    Organization(S),
    /// Whose the repository of this name is, and who may pull it without a grant.
    Repository(S),
    /// What a user was granted on the organization of this name.
    OrganizationGrant { organization: S, user: S },
    /// What a user was granted on the repository of this name.
    RepositoryGrant { repository: S, user: S },
    /// That the repository of this name is shared with an account.
    Share { repository: S, account: S },
}

/// Rows, and where the event stands that they show last.
#[derive(Clone, Copy)]
struct Rows<'a> {
    connection: &'a Connection,
    place: Place,
}

/// The topics that events have changed.
#[derive(Debug, Default)]
pub(crate) struct Changed(BTreeSet<Topic<String>>);

impl Changed {
    /// Adds what an event has changed, which the rows show already: what ended with it ended in its place.
    pub(crate) fn add(&mut self, connection: &Connection, place: Place, stream_id: &str, event: &Event) -> rusqlite::Result<()> {
        let rows = Rows { connection, place };
        match event {
            Event::Account(event) => self.0.extend(of_account(stream_id, event)),
            Event::User(event) => self.0.extend(of_user(stream_id, event)),
            Event::Group(event) => self.add_group(rows, stream_id, event)?,
            Event::Organization(event) => self.add_organization(rows, stream_id, event)?,
            Event::Repository(event) => self.add_repository(rows, stream_id, event)?,
            Event::NameClaim(_) | Event::BlobLink(_) | Event::Blob(_) | Event::Address(_) => {}
        }
        Ok(())
    }

    pub(super) fn topics(&self) -> impl Iterator<Item = &Topic<String>> {
        self.0.iter()
    }

    /// What a group is given or loses concerns everybody who is in it.
    fn add_group(&mut self, rows: Rows<'_>, group: &str, event: &GroupEvent) -> rusqlite::Result<()> {
        const MEMBERS: &str = "SELECT user FROM memberships WHERE user_group = ?1 AND until_position IS NULL";
        const LEAVING: &str = "SELECT user FROM memberships WHERE user_group = ?1 AND until_position = ?2";
        match event {
            GroupEvent::MemberAdded { user } | GroupEvent::MemberRemoved { user } => {
                self.0.insert(Topic::User(user.to_string()));
                Ok(())
            }
            GroupEvent::RoleGranted { .. } | GroupEvent::RoleRevoked { .. } => self.add_each(rows, MEMBERS, params![group], Topic::User),
            GroupEvent::Deleted {} => self.add_each(rows, LEAVING, params![group, rows.place.position], Topic::User),
            GroupEvent::Created { .. }
            | GroupEvent::CreationAbandoned { .. }
            | GroupEvent::Renamed { .. }
            | GroupEvent::DescriptionChanged { .. } => Ok(()),
        }
    }

    /// What was granted on an organization ends with it.
    fn add_organization(&mut self, rows: Rows<'_>, name: &str, event: &OrganizationEvent) -> rusqlite::Result<()> {
        const HOLDERS: &str = "SELECT held.user FROM organization_names AS named
                                 JOIN organization_grants AS held ON held.organization = named.id
                                WHERE named.name = ?1 AND held.until_position = ?2";
        let granted = |user| Topic::OrganizationGrant { organization: name.to_owned(), user };
        match event {
            OrganizationEvent::AccessGranted { user, .. } | OrganizationEvent::AccessRevoked { user, .. } => {
                self.0.insert(granted(user.to_string()));
            }
            OrganizationEvent::Deleted {} => {
                self.0.insert(Topic::Organization(name.to_owned()));
                self.add_each(rows, HOLDERS, params![name, rows.place.position], granted)?;
            }
            OrganizationEvent::Created { .. } => {
                self.0.insert(Topic::Organization(name.to_owned()));
            }
            OrganizationEvent::RepositoryAdmitted { .. }
            | OrganizationEvent::RepositoryReleaseBegun { .. }
            | OrganizationEvent::RepositoryReleased { .. } => {}
        }
        Ok(())
    }

    /// What was granted on a repository ends with it, and so do its shares.
    fn add_repository(&mut self, rows: Rows<'_>, name: &str, event: &RepositoryEvent) -> rusqlite::Result<()> {
        const HOLDERS: &str = "SELECT held.user FROM repository_names AS named
                                 JOIN repository_grants AS held ON held.repository = named.id
                                WHERE named.name = ?1 AND held.until_position = ?2";
        const RECEIVERS: &str = "SELECT share.account FROM repository_names AS named
                                   JOIN shares AS share ON share.repository = named.id
                                  WHERE named.name = ?1 AND share.until_position = ?2";
        let granted = |user| Topic::RepositoryGrant { repository: name.to_owned(), user };
        let shared = |account| Topic::Share { repository: name.to_owned(), account };
        match event {
            RepositoryEvent::Created { .. } | RepositoryEvent::VisibilityChanged { .. } => {
                self.0.insert(Topic::Repository(name.to_owned()));
            }
            RepositoryEvent::AccessGranted { user, .. } | RepositoryEvent::AccessRevoked { user, .. } => {
                self.0.insert(granted(user.to_string()));
            }
            RepositoryEvent::ShareCreated { account, .. }
            | RepositoryEvent::ShareChanged { account, .. }
            | RepositoryEvent::ShareEnded { account }
            | RepositoryEvent::ShareExpired { account, .. } => {
                self.0.insert(shared(account.to_string()));
            }
            RepositoryEvent::Deleted {} => {
                self.0.insert(Topic::Repository(name.to_owned()));
                self.add_each(rows, HOLDERS, params![name, rows.place.position], granted)?;
                self.add_each(rows, RECEIVERS, params![name, rows.place.position], shared)?;
            }
            RepositoryEvent::CategoryChanged { .. }
            | RepositoryEvent::DescriptionChanged { .. }
            | RepositoryEvent::ManifestPushed { .. }
            | RepositoryEvent::VersionPushed { .. }
            | RepositoryEvent::VersionDeleted { .. }
            | RepositoryEvent::ManifestDeleted { .. }
            | RepositoryEvent::DownloadsCounted { .. } => {}
        }
        Ok(())
    }

    /// A topic for each text that is found.
    fn add_each(
        &mut self,
        rows: Rows<'_>,
        sql: &'static str,
        parameters: impl Params,
        topic: impl Fn(String) -> Topic<String>,
    ) -> rusqlite::Result<()> {
        let mut statement = rows.connection.prepare_cached(sql)?;
        let mut found = statement.query(parameters)?;
        while let Some(row) = found.next()? {
            self.0.insert(topic(row.get(0)?));
        }
        Ok(())
    }
}

fn of_account(account: &str, event: &AccountEvent) -> Vec<Topic<String>> {
    let entrusted = || Topic::Delegations(account.to_owned());
    match event {
        AccountEvent::Opened { .. } => vec![Topic::Account(account.to_owned())],
        // What it has entrusted ends with it.
        AccountEvent::Closed {} => vec![Topic::Account(account.to_owned()), entrusted()],
        AccountEvent::DelegationGranted { .. }
        | AccountEvent::DelegationChanged { .. }
        | AccountEvent::DelegationRevoked { .. }
        | AccountEvent::DelegationExpired { .. } => vec![entrusted()],
        AccountEvent::OrganizationSlotClaimed { .. } | AccountEvent::OrganizationSlotReleased { .. } => vec![],
    }
}

fn of_user(user: &str, event: &UserEvent) -> Vec<Topic<String>> {
    let (who, proofs) = (|| Topic::User(user.to_owned()), || Topic::Proofs(user.to_owned()));
    match event {
        // Nothing that was answered before was about a login that had not been issued, nor about who somebody is or how a secret is kept.
        UserEvent::LoginIssued { .. }
        | UserEvent::TokenIssued { .. }
        | UserEvent::TemporaryKeyIssued { .. }
        | UserEvent::AccessKeyUsed { .. }
        | UserEvent::AccessKeyResealed { .. }
        | UserEvent::DescriptionChanged { .. } => vec![],
        UserEvent::RoleGranted { .. } | UserEvent::RoleRevoked { .. } | UserEvent::Blocked { .. } | UserEvent::Unblocked { .. } => {
            vec![who()]
        }
        UserEvent::AccessMethodsChanged { .. }
        | UserEvent::AccessKeyCreated { .. }
        | UserEvent::AccessKeyDisabled { .. }
        | UserEvent::AccessKeyEnabled { .. }
        | UserEvent::AccessKeyDeleted { .. }
        | UserEvent::PasswordSet { .. }
        | UserEvent::LoginRevoked { .. } => vec![proofs()],
        UserEvent::Created { .. } | UserEvent::Deleted {} => vec![who(), proofs()],
    }
}
