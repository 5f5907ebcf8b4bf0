//! Questions about shares.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::names::AccountName;
use ambar_domain::repository::ShareDescription;
use ambar_domain::repository_name::RepositoryName;
use rusqlite::{Result, Row, params};

use crate::columns::{limit_of, optional_text, optional_time, text, time};
use crate::error::ViewsError;
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

/// A share that is over, which no event says yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueShare {
    /// What is shared.
    pub repository: RepositoryName,
    /// The account that it is shared with.
    pub account: AccountId,
}

/// The columns of a share, which [`share`] reads.
macro_rules! share_columns {
    () => {
        "share.account, receiver.name, share.ends_at, share.description, share.creator, share.created_at, share.from_at"
    };
}

pub(super) use share_columns;

/// Completes a query of shares, whose columns [`share`] reads, by which are wanted of a repository.
macro_rules! select_shares {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            share_columns!(),
            " FROM repository_names AS place
              JOIN shares AS share ON share.repository = place.id
              JOIN accounts AS receiver ON receiver.account = share.account
             WHERE place.name = ?1 AND ",
            $rest
        )
    };
}

pub(super) fn share(row: &Row<'_>) -> Result<Share> {
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
            "share.from_at <= ?2 AND (share.until_at IS NULL OR share.until_at > ?2) AND (share.ends_at IS NULL OR share.ends_at > ?2)
              AND (receiver.until_at IS NULL OR receiver.until_at > ?2)
              ORDER BY receiver.name, share.account"
        ),
        params![repository.as_str(), at.timestamp_micros()],
        share,
    )
}

/// Shares that have reached their end at `now` and are not recorded as ended, the longest ended first: up to `limit` behind the first `offset`.
///
/// # Errors
/// The views cannot be read.
pub fn list_due_shares(reader: &Reader, now: Timestamp, offset: usize, limit: usize) -> Result<Vec<DueShare>, ViewsError> {
    reader.list(
        "SELECT place.name, share.account
           FROM shares AS share
           JOIN repository_names AS place ON place.id = share.repository
          WHERE share.until_position IS NULL AND share.ends_at IS NOT NULL AND share.ends_at <= ?1
          ORDER BY share.ends_at, share.repository, share.account
          LIMIT ?2 OFFSET ?3",
        params![now.timestamp_micros(), limit_of(limit), limit_of(offset)],
        |row| Ok(DueShare { repository: text(row, 0)?, account: text(row, 1)? }),
    )
}

/// Shares with accounts that are closed and that are not recorded as ended: up to `limit` behind the first `offset`.
///
/// # Errors
/// The views cannot be read.
pub fn list_shares_with_closed_accounts(reader: &Reader, offset: usize, limit: usize) -> Result<Vec<DueShare>, ViewsError> {
    reader.list(
        "SELECT place.name, share.account
           FROM closed_accounts AS receiver
          CROSS JOIN shares AS share ON share.account = receiver.account AND share.until_position IS NULL
           JOIN repository_names AS place ON place.id = share.repository
          ORDER BY receiver.account, share.repository
          LIMIT ?1 OFFSET ?2",
        [limit_of(limit), limit_of(offset)],
        |row| Ok(DueShare { repository: text(row, 0)?, account: text(row, 1)? }),
    )
}
