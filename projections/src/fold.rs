//! One event on its way into the rows: where it stands, the file it goes into, and every read model in a fixed order.

use ambar_domain::digest::Digest;
use ambar_domain::event::Event;
use ambar_domain::ids::UserId;
use ambar_storage::aggregate_store::Actor;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Params, Row};
use thiserror::Error;

use crate::names::Names;
use crate::place::Place;
use crate::{access, blobs, blocks, cards, delegations, events, identity, organizations, repositories, shares, usage};

/// Why an event could not be applied.
#[derive(Debug, Error)]
pub(crate) enum ApplyError {
    /// The stream's id is not made as ids of its kind are.
    #[error("the stream id '{stream_id}' names no {expected}")]
    StreamId { stream_id: String, expected: &'static str },
    /// It ends something that had not begun.
    #[error("there is no {0} that it could end")]
    NothingToEnd(&'static str),
    /// A size in it is beyond what any file can have.
    #[error("{0} is too large a number")]
    TooLarge(u64),
    /// The file took it not.
    #[error("the views file refused a row")]
    Sql(#[from] rusqlite::Error),
}

impl ApplyError {
    /// Whether the event itself is to blame; otherwise the file or the disk is, and trying again may help.
    pub(crate) fn is_about_the_event(&self) -> bool {
        match self {
            Self::StreamId { .. } | Self::NothingToEnd(_) | Self::TooLarge(_) => true,
            Self::Sql(error) => matches!(error.sqlite_error_code(), Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch)),
        }
    }

    /// Trying again is of no use, and folding the log into a new file is.
    pub(crate) fn is_a_damaged_file(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }
}

/// Writes what one event changes.
#[derive(Debug)]
pub(crate) struct Fold<'a> {
    connection: &'a Connection,
    names: &'a mut Names,
    metadata: &'a str,
    /// Where the event stands.
    pub(crate) place: Place,
    /// What comes right behind it in its stream, if that is applied in the same transaction.
    pub(crate) next: Option<&'a Event>,
}

impl<'a> Fold<'a> {
    pub(crate) fn new(connection: &'a Connection, names: &'a mut Names, place: Place, metadata: &'a str, next: Option<&'a Event>) -> Self {
        Self { connection, names, metadata, place, next }
    }

    /// Applies the event to every read model.
    pub(crate) fn apply(&mut self, stream_id: &str, event: &Event) -> Result<(), ApplyError> {
        events::apply(self, stream_id, event)?;
        match event {
            Event::Account(event) => {
                identity::apply_account(self, stream_id, event)?;
                delegations::apply(self, stream_id, event)
            }
            Event::User(event) => {
                identity::apply_user(self, stream_id, event)?;
                usage::apply_user(self, event)?;
                blocks::apply_user(self, stream_id, event)
            }
            Event::Group(event) => identity::apply_group(self, stream_id, event),
            // Only keeps names unique; what carries a name tells of it itself.
            Event::NameClaim(_) => Ok(()),
            Event::Organization(event) => {
                organizations::apply(self, stream_id, event)?;
                access::apply_organization(self, stream_id, event)
            }
            Event::Repository(event) => {
                repositories::apply(self, stream_id, event)?;
                access::apply_repository(self, stream_id, event)?;
                shares::apply(self, stream_id, event)?;
                // Counts in the rows that the repository's own view has just written.
                cards::apply(self, stream_id, event)?;
                usage::apply_repository(self, stream_id, event)?;
                blobs::apply_repository(self, stream_id, event)
            }
            Event::BlobLink(event) => blobs::apply_link(self, stream_id, event),
            Event::Blob(event) => blobs::apply_blob(self, stream_id, event),
            Event::Address(event) => blocks::apply_address(self, stream_id, event),
        }
    }

    /// The user who caused the event, if it was one.
    pub(crate) fn user(&self) -> Option<UserId> {
        Actor::recorded_user(self.metadata)
    }

    /// Whoever caused the event, as it stands in it.
    pub(crate) fn actor(&self) -> Option<String> {
        Actor::recorded(self.metadata)
    }

    /// Adds one row.
    pub(crate) fn insert(&self, sql: &'static str, row: impl Params) -> Result<i64, ApplyError> {
        Ok(self.connection.prepare_cached(sql)?.insert(row)?)
    }

    /// Changes rows and tells how many.
    pub(crate) fn change(&self, sql: &'static str, parameters: impl Params) -> Result<usize, ApplyError> {
        Ok(self.connection.prepare_cached(sql)?.execute(parameters)?)
    }

    /// Ends the one row that must be there.
    pub(crate) fn end(&self, what: &'static str, sql: &'static str, parameters: impl Params) -> Result<(), ApplyError> {
        if self.change(sql, parameters)? == 0 { Err(ApplyError::NothingToEnd(what)) } else { Ok(()) }
    }

    /// The one number that is asked for, such as that of an existing row.
    pub(crate) fn find_number(&self, what: &'static str, sql: &'static str, parameters: impl Params) -> Result<i64, ApplyError> {
        self.find(what, sql, parameters, |row| row.get(0))
    }

    /// The one row that must be there.
    pub(crate) fn find<T>(
        &self,
        what: &'static str,
        sql: &'static str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, ApplyError> {
        match self.connection.prepare_cached(sql)?.query_row(parameters, read) {
            Err(rusqlite::Error::QueryReturnedNoRows) => Err(ApplyError::NothingToEnd(what)),
            found => Ok(found?),
        }
    }

    /// The text that is asked for, if there is such a row.
    pub(crate) fn find_text(&self, sql: &'static str, parameters: impl Params) -> Result<Option<String>, ApplyError> {
        self.find_optional(sql, parameters, |row| row.get(0))
    }

    /// The row that is asked for, if there is one.
    pub(crate) fn find_optional<T>(
        &self,
        sql: &'static str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, ApplyError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(parameters, read).optional()?)
    }

    /// The rows that are asked for.
    pub(crate) fn list<T>(
        &self,
        sql: &'static str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ApplyError> {
        Ok(self.connection.prepare_cached(sql)?.query_map(parameters, read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// One row after the other, as long as `read` wants more.
    pub(crate) fn each(
        &self,
        sql: &'static str,
        parameters: impl Params,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> Result<(), ApplyError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()?
            && read(row)?
        {}
        Ok(())
    }

    pub(crate) fn digest_id(&mut self, digest: &Digest) -> Result<i64, ApplyError> {
        Ok(self.names.digest(self.connection, digest)?)
    }

    pub(crate) fn term_id(&mut self, term: &str) -> Result<i64, ApplyError> {
        Ok(self.names.term(self.connection, term)?)
    }

    /// Whether a row must tell that the account's events are of this hour from here on; one too many does no harm.
    pub(crate) fn is_new_hour(&mut self, account: i64, hour: i64) -> bool {
        self.names.is_new_hour(account, hour)
    }

    pub(crate) fn organization_id(&mut self, name: &str) -> Result<i64, ApplyError> {
        Ok(self.names.organization(self.connection, name)?)
    }

    pub(crate) fn repository_id(&mut self, name: &str) -> Result<i64, ApplyError> {
        Ok(self.names.repository(self.connection, name)?)
    }
}

/// A size as SQLite keeps it.
pub(crate) fn size(bytes: u64) -> Result<i64, ApplyError> {
    i64::try_from(bytes).map_err(|_| ApplyError::TooLarge(bytes))
}

/// Whether answers about who may do what can be others after this event.
pub(crate) fn touches_access(event: &Event) -> bool {
    use ambar_domain::group::GroupEvent as Group;
    use ambar_domain::organization::OrganizationEvent as Organization;
    use ambar_domain::repository::RepositoryEvent as Repository;
    use ambar_domain::user::UserEvent as User;
    match event {
        // Nothing that was answered before was about a login that had not been issued, nor about who somebody is or how a secret is kept.
        Event::User(
            User::LoginIssued { .. } | User::AccessKeyUsed { .. } | User::AccessKeyResealed { .. } | User::DescriptionChanged { .. },
        )
        | Event::Group(Group::Renamed { .. } | Group::DescriptionChanged { .. }) => false,
        Event::Account(_) | Event::User(_) | Event::Group(_) => true,
        Event::NameClaim(_) | Event::BlobLink(_) | Event::Blob(_) | Event::Address(_) => false,
        Event::Organization(event) => match event {
            Organization::Created { .. }
            | Organization::AccessGranted { .. }
            | Organization::AccessRevoked { .. }
            | Organization::Deleted {} => true,
            Organization::RepositoryAdmitted { .. }
            | Organization::RepositoryReleaseBegun { .. }
            | Organization::RepositoryReleased { .. } => false,
        },
        Event::Repository(event) => match event {
            Repository::Created { .. }
            | Repository::VisibilityChanged { .. }
            | Repository::AccessGranted { .. }
            | Repository::AccessRevoked { .. }
            | Repository::ShareCreated { .. }
            | Repository::ShareChanged { .. }
            | Repository::ShareEnded { .. }
            | Repository::ShareExpired { .. }
            | Repository::Deleted {} => true,
            Repository::CategoryChanged { .. }
            | Repository::DescriptionChanged { .. }
            | Repository::ManifestPushed { .. }
            | Repository::VersionPushed { .. }
            | Repository::VersionDeleted { .. }
            | Repository::ManifestDeleted { .. }
            | Repository::DownloadsCounted { .. } => false,
        },
    }
}

/// Whether it can have changed which addresses are blocked.
pub(crate) fn touches_addresses(event: &Event) -> bool {
    matches!(event, Event::Address(_))
}
