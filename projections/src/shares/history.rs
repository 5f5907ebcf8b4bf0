//! How shares came and went: those of a repository, and all that an account ever gave (requirement S4).

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::names::AccountName;
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::event_log::Position;
use rusqlite::{Result, Row, params};

use super::apply::{CHANGED, ENDED, EXPIRED, REPOSITORY_DELETED};
use super::queries::{Share, share, share_columns};
use crate::columns::{limit_of, optional_text, optional_time, position, text};
use crate::error::ViewsError;
use crate::place::PositionKey;
use crate::reader::Reader;

/// How a stretch of a share's history ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was given another end or description.
    Changed,
    /// It was ended.
    Ended,
    /// It reached its end.
    Expired,
    /// Its repository was deleted.
    RepositoryDeleted,
}

/// What a share was for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRecord {
    /// What was shared.
    pub repository: RepositoryName,
    /// Where in the log the stretch began: what the next page of a list goes on from.
    pub position: Position,
    /// The share as it was. What was updated last began the stretch.
    pub share: Share,
    /// The user who created or changed it at the beginning of the stretch, if it was one.
    pub written_by: Option<UserId>,
    /// How and when that ended, and by which user if it was one; `None` is not yet.
    pub ending: Option<(Ending, Timestamp, Option<UserId>)>,
}

impl ShareRecord {
    /// The same as it is at a moment: a share that has reached its end has ended, whether an event says so yet or not.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        let reached = self.share.until.filter(|until| *until <= now);
        self.ending = self.ending.or(reached.map(|until| (Ending::Expired, until, None)));
        self
    }
}

/// In which state a stretch of a share's history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareState {
    /// The share lasts.
    Valid,
    /// The stretch ended so.
    Over(Ending),
}

/// Which stretches of the history of what an account shared are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareHistoryQuery {
    /// The account that shared.
    pub owner: AccountId,
    /// Only those with the account of this name.
    pub account_name: Option<AccountName>,
    /// Only those of this repository, and of those that had its name before.
    pub repository: Option<RepositoryName>,
    /// Only those in this state at the moment `now`.
    pub state: Option<ShareState>,
    /// The moment.
    pub now: Timestamp,
}

/// The columns of a stretch, which [`record`] reads.
macro_rules! record_columns {
    () => {
        concat!(share_columns!(), ", share.written_by, share.ending, share.until_at, share.ended_by, share.from_position, place.name")
    };
}

fn record(row: &Row<'_>) -> Result<ShareRecord> {
    let ending = match (ending(row, 8)?, optional_time(row, 9)?) {
        // It ended then, whenever that was recorded.
        (Some(Ending::Expired), Some(at)) => Some((Ending::Expired, share(row)?.until.unwrap_or(at), optional_text(row, 10)?)),
        (Some(ending), Some(at)) => Some((ending, at, optional_text(row, 10)?)),
        (None, _) | (_, None) => None,
    };
    Ok(ShareRecord {
        repository: text(row, 12)?,
        position: position(row, 11)?,
        share: share(row)?,
        written_by: optional_text(row, 7)?,
        ending,
    })
}

/// How the shares of the repository came and went since it was created, the newest first: up to `limit` of what began before
/// a place in the log.
///
/// # Errors
/// The views cannot be read.
pub fn list_share_history(
    reader: &Reader,
    repository: &RepositoryName,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<ShareRecord>, ViewsError> {
    reader.list(
        concat!(
            "SELECT ",
            record_columns!(),
            " FROM repository_names AS place
              JOIN shares AS share ON share.repository = place.id
              JOIN accounts AS receiver ON receiver.account = share.account
             WHERE place.name = ?1
               AND share.from_position > (SELECT from_position FROM repositories WHERE repository = place.id AND until_position IS NULL)
               AND share.from_position < ?2
             ORDER BY share.from_position DESC LIMIT ?3"
        ),
        params![repository.as_str(), PositionKey::before(before), limit_of(limit)],
        record,
    )
}

/// How all shares that an account gave came and went, those of repositories that are gone among them, the newest first: up to `limit` of what
/// began before a place in the log.
///
/// # Errors
/// The views cannot be read.
pub fn list_shares_given(
    reader: &Reader,
    query: &ShareHistoryQuery,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<ShareRecord>, ViewsError> {
    let state = query.state.map(|state| match state {
        ShareState::Valid => 0,
        ShareState::Over(ending) => number(ending),
    });
    reader.list(
        LIST_SHARES_GIVEN,
        params![
            query.owner.as_str(),
            PositionKey::before(before),
            query.account_name.as_ref().map(AccountName::as_str),
            query.repository.as_ref().map(RepositoryName::as_str),
            state,
            query.now.timestamp_micros(),
            limit_of(limit),
            EXPIRED
        ],
        record,
    )
}

/// Walks back over the account's history.
pub(crate) const LIST_SHARES_GIVEN: &str = concat!(
    "SELECT ",
    record_columns!(),
    " FROM shares AS share INDEXED BY shares_history_by_owner
      CROSS JOIN repository_names AS place ON place.id = share.repository
      CROSS JOIN accounts AS receiver ON receiver.account = share.account
     WHERE share.owner = ?1 AND share.from_position < ?2
       AND (?3 IS NULL OR receiver.name = ?3)
       AND (?4 IS NULL OR place.name = ?4)
       AND (?5 IS NULL OR ?5 = CASE WHEN share.ending IS NOT NULL THEN share.ending WHEN share.ends_at <= ?6 THEN ?8 ELSE 0 END)
     ORDER BY share.from_position DESC LIMIT ?7"
);

fn number(ending: Ending) -> i64 {
    match ending {
        Ending::Changed => CHANGED,
        Ending::Ended => ENDED,
        Ending::Expired => EXPIRED,
        Ending::RepositoryDeleted => REPOSITORY_DELETED,
    }
}

fn ending(row: &Row<'_>, column: usize) -> Result<Option<Ending>> {
    match row.get(column)? {
        None => Ok(None),
        Some(CHANGED) => Ok(Some(Ending::Changed)),
        Some(ENDED) => Ok(Some(Ending::Ended)),
        Some(EXPIRED) => Ok(Some(Ending::Expired)),
        Some(REPOSITORY_DELETED) => Ok(Some(Ending::RepositoryDeleted)),
        Some(other) => Err(rusqlite::Error::IntegralValueOutOfRange(column, other)),
    }
}
