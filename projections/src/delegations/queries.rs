//! Questions about delegations.

use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::{DelegationDescription, Trustee};
use ambar_domain::ids::{AccountId, DelegationId, UserId};
use ambar_domain::level::Level;
use ambar_domain::names::{AccountName, DelegationName};
use rusqlite::{Result, Row, params};

use crate::columns::{limit_of, optional_level, optional_text, optional_time, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A delegation that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub delegation: DelegationId,
    /// Its name, unique in the account that entrusts.
    pub name: DelegationName,
    /// The account that entrusts.
    pub account: AccountId,
    /// That account's name.
    pub account_name: AccountName,
    /// To whom.
    pub trustee: Trustee,
    /// The name of the account that it is entrusted to, if it is one.
    pub trustee_name: Option<AccountName>,
    /// What the trustee may do; `None` is nothing yet.
    pub level: Option<Level>,
    /// When it ends; without it, when it is revoked.
    pub until: Option<Timestamp>,
    /// What it is for.
    pub description: DelegationDescription,
    /// The user who granted it, if it was one.
    pub creator: Option<UserId>,
    /// When it was granted.
    pub granted_at: Timestamp,
    /// When it was granted or changed last.
    pub updated_at: Timestamp,
}

/// A delegation that is over, which no event says yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDelegation {
    /// The account that entrusts.
    pub account: AccountId,
    /// Which.
    pub delegation: DelegationId,
}

/// Completes a query of delegations, whose columns [`delegation`] reads, by which of them are wanted.
macro_rules! select_delegations {
    ($by:literal, $($where:literal),+) => {
        concat!(
            "SELECT held.delegation, held.name, held.account, truster.name, held.trustee_account, held.trustee_service, trustee.name,
                    held.level, held.ends_at, held.description, held.creator, held.granted_at, held.from_at
               FROM delegations AS held ",
            $by,
            " JOIN accounts AS truster ON truster.account = held.account
               LEFT JOIN accounts AS trustee ON trustee.account = held.trustee_account
              WHERE ",
            $($where),+
        )
    };
}

/// The same, of those that last at the moment ?2, through an index that knows no others: there may have been many.
macro_rules! select_lasting {
    ($index:literal, $where:literal) => {
        select_delegations!(
            $index,
            "held.until_position IS NULL AND (held.ends_at IS NULL OR held.ends_at > ?2) AND trustee.until_position IS NULL AND ",
            $where
        )
    };
}

fn delegation(row: &Row<'_>) -> Result<Delegation> {
    let trustee = match optional_text(row, 4)? {
        Some(account) => Trustee::Account(account),
        None => Trustee::Service(text(row, 5)?),
    };
    Ok(Delegation {
        delegation: text(row, 0)?,
        name: text(row, 1)?,
        account: text(row, 2)?,
        account_name: text(row, 3)?,
        trustee,
        trustee_name: optional_text(row, 6)?,
        level: optional_level(row, 7)?,
        until: optional_time(row, 8)?,
        description: text(row, 9)?,
        creator: optional_text(row, 10)?,
        granted_at: time(row, 11)?,
        updated_at: time(row, 12)?,
    })
}

/// What an account has entrusted to another one at `now`.
///
/// # Errors
/// The views cannot be read.
pub fn find_delegation_to(
    reader: &Reader,
    account: &AccountId,
    trustee: &AccountId,
    now: Timestamp,
) -> Result<Option<Delegation>, ViewsError> {
    let parameters = params![account.as_str(), now.timestamp_micros(), trustee.as_str()];
    reader.find(
        select_lasting!("INDEXED BY delegations_by_trustee", "held.account = ?1 AND held.trustee_account = ?3"),
        parameters,
        delegation,
    )
}

/// The account's delegation of that id, if it lasts at `now`.
///
/// # Errors
/// The views cannot be read.
pub fn find_delegation(reader: &Reader, account: &AccountId, id: &DelegationId, now: Timestamp) -> Result<Option<Delegation>, ViewsError> {
    let parameters = params![account.as_str(), now.timestamp_micros(), id.as_str()];
    reader.find(select_lasting!("INDEXED BY delegations_current", "held.account = ?1 AND held.delegation = ?3"), parameters, delegation)
}

/// The account's delegation of that name, if it lasts at `now`.
///
/// # Errors
/// The views cannot be read.
pub fn find_delegation_by_name(
    reader: &Reader,
    account: &AccountId,
    name: &DelegationName,
    now: Timestamp,
) -> Result<Option<Delegation>, ViewsError> {
    let parameters = params![account.as_str(), now.timestamp_micros(), name.as_str()];
    reader.find(select_lasting!("INDEXED BY delegations_current", "held.account = ?1 AND held.name = ?3"), parameters, delegation)
}

/// What the account has entrusted to others at `now`, by name: no more than [`ambar_domain::account::MAX_DELEGATIONS`].
///
/// # Errors
/// The views cannot be read.
pub fn list_delegations(reader: &Reader, account: &AccountId, now: Timestamp) -> Result<Vec<Delegation>, ViewsError> {
    let parameters = params![account.as_str(), now.timestamp_micros()];
    reader.list(select_lasting!("INDEXED BY delegations_current", "held.account = ?1 ORDER BY held.name"), parameters, delegation)
}

/// What the account had entrusted to others at a past moment, as it was then, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_delegations_at(reader: &Reader, account: &AccountId, at: Timestamp) -> Result<Vec<Delegation>, ViewsError> {
    reader.list(
        select_delegations!(
            "",
            "held.account = ?1 AND held.from_at <= ?2 AND (held.until_at IS NULL OR held.until_at > ?2)
                AND (held.ends_at IS NULL OR held.ends_at > ?2) AND (trustee.until_at IS NULL OR trustee.until_at > ?2)
              ORDER BY held.name"
        ),
        params![account.as_str(), at.timestamp_micros()],
        delegation,
    )
}

/// What others have entrusted to the account at `now`, by the name of the account that entrusts: up to `limit` behind an account's name.
///
/// # Errors
/// The views cannot be read.
pub fn list_received_delegations(
    reader: &Reader,
    account: &AccountId,
    now: Timestamp,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Delegation>, ViewsError> {
    reader.list(
        select_lasting!(
            "INDEXED BY delegations_by_trustee",
            "held.trustee_account = ?1 AND truster.name > ?3 ORDER BY truster.name LIMIT ?4"
        ),
        params![account.as_str(), now.timestamp_micros(), after.unwrap_or_default(), limit_of(limit)],
        delegation,
    )
}

/// Delegations that have reached their end at `now` and are not recorded as ended, the longest ended first: up to `limit` behind the first
/// `offset`.
///
/// # Errors
/// The views cannot be read.
pub fn list_due_delegations(reader: &Reader, now: Timestamp, offset: usize, limit: usize) -> Result<Vec<DueDelegation>, ViewsError> {
    reader.list(
        "SELECT account, delegation FROM delegations
          WHERE until_position IS NULL AND ends_at IS NOT NULL AND ends_at <= ?1
          ORDER BY ends_at, account, delegation LIMIT ?2 OFFSET ?3",
        params![now.timestamp_micros(), limit_of(limit), limit_of(offset)],
        |row| Ok(DueDelegation { account: text(row, 0)?, delegation: text(row, 1)? }),
    )
}

/// Delegations to accounts that are closed and that are not recorded as ended: up to `limit` behind the first `offset`.
///
/// # Errors
/// The views cannot be read.
pub fn list_delegations_to_closed_accounts(reader: &Reader, offset: usize, limit: usize) -> Result<Vec<DueDelegation>, ViewsError> {
    reader.list(
        "SELECT held.account, held.delegation
           FROM closed_accounts AS trustee
          CROSS JOIN delegations AS held ON held.trustee_account = trustee.account AND held.until_position IS NULL
          ORDER BY trustee.account, held.account
          LIMIT ?1 OFFSET ?2",
        [limit_of(limit), limit_of(offset)],
        |row| Ok(DueDelegation { account: text(row, 0)?, delegation: text(row, 1)? }),
    )
}
