//! Questions about shares.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::names::AccountName;
use ambar_domain::repository::ShareDescription;
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::event_log::Position;
use rusqlite::{Result, Row, params};

use super::apply::{CHANGED, ENDED, EXPIRED, REPOSITORY_DELETED};
use crate::columns::{limit_of, optional_text, optional_time, position, text, time};
use crate::error::ViewsError;
use crate::place::PositionKey;
use crate::reader::Reader;

/// A share that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The account that is shared with.
    pub account: AccountId,
    /// That account's name.
    pub account_name: AccountName,
    /// When it ends; without it, when it is ended.
    pub until: Option<Timestamp>,
    /// Why.
    pub description: ShareDescription,
    /// The user who shared, if it was one.
    pub creator: Option<UserId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was created or changed last.
    pub updated_at: Timestamp,
}

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
    /// Where in the log the stretch began: what the next page of a list goes on from.
    pub position: Position,
    /// The share as it was. What was updated last began the stretch.
    pub share: Share,
    /// The user who created or changed it at the beginning of the stretch, if it was one.
    pub written_by: Option<UserId>,
    /// How and when that ended, and by which user if it was one; `None` is not yet.
    pub ending: Option<(Ending, Timestamp, Option<UserId>)>,
}

/// A share that is over, which no event says yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueShare {
    /// What is shared.
    pub repository: RepositoryName,
    /// The account that it is shared with.
    pub account: AccountId,
}

/// Completes a query of shares, whose columns [`share`] reads, by where they come from. `place` names the repository.
macro_rules! select_shares {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT share.account, receiver.name, share.ends_at, share.description, share.creator, share.created_at, share.from_at",
            $more,
            " FROM repository_names AS place
              JOIN shares AS share ON share.repository = place.id
              JOIN accounts AS receiver ON receiver.account = share.account
             WHERE place.name = ?1 AND ",
            $rest
        )
    };
}

fn share(row: &Row<'_>) -> Result<Share> {
    Ok(Share {
        account: text(row, 0)?,
        account_name: text(row, 1)?,
        until: optional_time(row, 2)?,
        description: text(row, 3)?,
        creator: optional_text(row, 4)?,
        created_at: time(row, 5)?,
        updated_at: time(row, 6)?,
    })
}

/// The share of the account that lasts at `now`.
///
/// # Errors
/// The views cannot be read.
pub fn find_share(reader: &Reader, repository: &RepositoryName, account: &AccountId, now: Timestamp) -> Result<Option<Share>, ViewsError> {
    reader.find(
        select_shares!(
            "",
            "share.account = ?2 AND receiver.until_position IS NULL
              AND share.until_position IS NULL AND (share.ends_at IS NULL OR share.ends_at > ?3)"
        ),
        params![repository.as_str(), account.as_str(), now.timestamp_micros()],
        share,
    )
}

/// The shares of the repository that last at `now`, by the receiving account's name: up to `limit` behind the first `offset`.
///
/// # Errors
/// The views cannot be read.
pub fn list_shares(
    reader: &Reader,
    repository: &RepositoryName,
    now: Timestamp,
    offset: usize,
    limit: usize,
) -> Result<Vec<Share>, ViewsError> {
    reader.list(
        select_shares!(
            "",
            "share.until_position IS NULL AND (share.ends_at IS NULL OR share.ends_at > ?2) AND receiver.until_position IS NULL
              ORDER BY receiver.name, share.account LIMIT ?3 OFFSET ?4"
        ),
        params![repository.as_str(), now.timestamp_micros(), limit_of(limit), limit_of(offset)],
        share,
    )
}

/// The shares of the repository that lasted at a past moment, as they were then, by the receiving account's name.
///
/// # Errors
/// The views cannot be read.
pub fn list_shares_at(reader: &Reader, repository: &RepositoryName, at: Timestamp) -> Result<Vec<Share>, ViewsError> {
    reader.list(
        select_shares!(
            "",
            "share.from_at <= ?2 AND (share.until_at IS NULL OR share.until_at > ?2) AND (share.ends_at IS NULL OR share.ends_at > ?2)
              AND (receiver.until_at IS NULL OR receiver.until_at > ?2)
              ORDER BY receiver.name, share.account"
        ),
        params![repository.as_str(), at.timestamp_micros()],
        share,
    )
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
        select_shares!(
            ", share.written_by, share.ending, share.until_at, share.ended_by, share.from_position",
            "share.from_position > (SELECT from_position FROM repositories WHERE repository = place.id AND until_position IS NULL)
              AND share.from_position < ?2 ORDER BY share.from_position DESC LIMIT ?3"
        ),
        params![repository.as_str(), PositionKey::before(before), limit_of(limit)],
        |row| {
            let ending = match (ending(row, 8)?, optional_time(row, 9)?) {
                (Some(ending), Some(at)) => Some((ending, at, optional_text(row, 10)?)),
                (None, _) | (_, None) => None,
            };
            Ok(ShareRecord { position: position(row, 11)?, share: share(row)?, written_by: optional_text(row, 7)?, ending })
        },
    )
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

/// Up to `limit` shares that have reached their end at `now` and are not recorded as ended, the longest ended first.
///
/// # Errors
/// The views cannot be read.
pub fn list_due_shares(reader: &Reader, now: Timestamp, limit: usize) -> Result<Vec<DueShare>, ViewsError> {
    reader.list(
        "SELECT place.name, share.account
           FROM shares AS share
           JOIN repository_names AS place ON place.id = share.repository
          WHERE share.until_position IS NULL AND share.ends_at IS NOT NULL AND share.ends_at <= ?1
          ORDER BY share.ends_at
          LIMIT ?2",
        params![now.timestamp_micros(), limit_of(limit)],
        |row| Ok(DueShare { repository: text(row, 0)?, account: text(row, 1)? }),
    )
}

/// Up to `limit` shares with accounts that are closed and that are not recorded as ended.
///
/// # Errors
/// The views cannot be read.
pub fn list_shares_with_closed_accounts(reader: &Reader, limit: usize) -> Result<Vec<DueShare>, ViewsError> {
    reader.list(
        "SELECT place.name, share.account
           FROM accounts AS receiver
          CROSS JOIN shares AS share ON share.account = receiver.account AND share.until_position IS NULL
           JOIN repository_names AS place ON place.id = share.repository
          WHERE receiver.until_position IS NOT NULL
          LIMIT ?1",
        [limit_of(limit)],
        |row| Ok(DueShare { repository: text(row, 0)?, account: text(row, 1)? }),
    )
}
