//! Questions about accounts.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, ProjectId};
use ambar_domain::names::{AccountName, ProjectName};
use rusqlite::{Result, Row};

use crate::columns::{text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// An account that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub account: AccountId,
    /// Its name, unique in the region.
    pub name: AccountName,
    /// The name of its project.
    pub project_name: ProjectName,
    /// The id of its project.
    pub project_id: ProjectId,
    /// When it was opened.
    pub opened_at: Timestamp,
}

fn account(row: &Row<'_>) -> Result<Account> {
    Ok(Account {
        account: text(row, 0)?,
        name: text(row, 1)?,
        project_name: text(row, 2)?,
        project_id: text(row, 3)?,
        opened_at: time(row, 4)?,
    })
}

/// The account of that name.
///
/// # Errors
/// The views cannot be read.
pub fn find_account_by_name(reader: &Reader, name: &AccountName) -> Result<Option<Account>, ViewsError> {
    reader.find(
        "SELECT account, name, project_name, project_id, from_at FROM accounts
          WHERE name = ?1 AND until_position IS NULL ORDER BY from_position DESC",
        [name.as_str()],
        account,
    )
}

/// The account of that id.
///
/// # Errors
/// The views cannot be read.
pub fn find_account(reader: &Reader, id: &AccountId) -> Result<Option<Account>, ViewsError> {
    reader.find(
        "SELECT account, name, project_name, project_id, from_at FROM accounts WHERE account = ?1 AND until_position IS NULL",
        [id.as_str()],
        account,
    )
}

/// The account of that name which was closed last.
///
/// # Errors
/// The views cannot be read.
pub fn find_closed_account(reader: &Reader, name: &AccountName) -> Result<Option<AccountId>, ViewsError> {
    reader.find(
        "SELECT account FROM accounts WHERE name = ?1 AND until_position IS NOT NULL ORDER BY until_position DESC",
        [name.as_str()],
        |row| text(row, 0),
    )
}

/// Every account, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_accounts(reader: &Reader) -> Result<Vec<Account>, ViewsError> {
    reader.list(
        "SELECT account, name, project_name, project_id, from_at FROM accounts WHERE until_position IS NULL ORDER BY name, account",
        [],
        account,
    )
}
