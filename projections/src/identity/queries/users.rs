//! Questions about users and what makes them administrators.

use ambar_domain::clock::Timestamp;
use ambar_domain::description::UserDescription;
use ambar_domain::ids::{AccountId, GroupId, UserId};
use ambar_domain::level::Role;
use ambar_domain::names::UserName;
use rusqlite::{Result, Row};

use crate::columns::{optional_time, role, size, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A user that exists: one whose account is closed does no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub user: UserId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: UserName,
    /// Who it is.
    pub description: UserDescription,
    /// May sign in to the console.
    pub console_access: bool,
    /// May use access keys.
    pub programmatic_access: bool,
    /// Holds an administrator role, directly or through a group.
    pub administrator: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its newest block ends, or did; `None` if there is none, or it was lifted.
    pub blocked_until: Option<Timestamp>,
}

/// Completes a query of users, whose columns [`user`] reads, by what it looks for.
macro_rules! select_users {
    ($where:literal) => {
        concat!(
            "SELECT person.user, person.account, person.name, methods.console, methods.programmatic,
                    EXISTS (SELECT 1 FROM administrators WHERE user = person.user), person.from_at, block.ends_at,
                    person.description
               FROM users AS person
               JOIN user_access_methods AS methods ON methods.user = person.user AND methods.until_position IS NULL
               JOIN accounts AS home ON home.account = person.account AND home.until_position IS NULL
               LEFT JOIN user_blocks AS block ON block.user = person.user AND block.until_position IS NULL
              WHERE person.until_position IS NULL AND ",
            $where
        )
    };
}

fn user(row: &Row<'_>) -> Result<User> {
    Ok(User {
        user: text(row, 0)?,
        account: text(row, 1)?,
        name: text(row, 2)?,
        description: text(row, 8)?,
        console_access: row.get(3)?,
        programmatic_access: row.get(4)?,
        administrator: row.get(5)?,
        created_at: time(row, 6)?,
        blocked_until: optional_time(row, 7)?,
    })
}

/// The user of that name in the account.
///
/// # Errors
/// The views cannot be read.
pub fn find_user(reader: &Reader, account: &AccountId, name: &UserName) -> Result<Option<User>, ViewsError> {
    reader.find(
        select_users!("person.account = ?1 AND person.name = ?2 ORDER BY person.from_position DESC"),
        [account.as_str(), name.as_str()],
        user,
    )
}

/// The user of that id.
///
/// # Errors
/// The views cannot be read.
pub fn find_user_by_id(reader: &Reader, id: &UserId) -> Result<Option<User>, ViewsError> {
    reader.find(select_users!("person.user = ?1"), [id.as_str()], user)
}

/// The account's users, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_users(reader: &Reader, account: &AccountId) -> Result<Vec<User>, ViewsError> {
    reader.list(select_users!("person.account = ?1 ORDER BY person.name, person.user"), [account.as_str()], user)
}

/// Those of them that are administrators, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_administrators(reader: &Reader, account: &AccountId) -> Result<Vec<User>, ViewsError> {
    reader.list(
        select_users!("person.user IN (SELECT user FROM administrators_of_accounts WHERE account = ?1) ORDER BY person.name, person.user"),
        [account.as_str()],
        user,
    )
}

/// The users in the group that still exist, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_group_members(reader: &Reader, group: &GroupId) -> Result<Vec<User>, ViewsError> {
    reader.list(
        select_users!(
            "person.user IN (SELECT user FROM memberships WHERE user_group = ?1 AND until_position IS NULL)
             ORDER BY person.name, person.user"
        ),
        [group.as_str()],
        user,
    )
}

/// How many users of the account are administrators. The last one must stay.
///
/// # Errors
/// The views cannot be read.
pub fn count_administrators(reader: &Reader, account: &AccountId) -> Result<u64, ViewsError> {
    let count = reader.find(
        "SELECT count(*) FROM users
          WHERE user IN (SELECT user FROM administrators_of_accounts WHERE account = ?1) AND until_position IS NULL",
        [account.as_str()],
        |row| size(row, 0),
    )?;
    Ok(count.unwrap_or(0))
}

/// How many of them can get in: with a password, or with an access key that works.
///
/// # Errors
/// The views cannot be read.
pub fn count_administrators_with_access(reader: &Reader, account: &AccountId) -> Result<u64, ViewsError> {
    let count = reader.find(WITH_ACCESS, [account.as_str()], |row| size(row, 0))?;
    Ok(count.unwrap_or(0))
}

pub(crate) const WITH_ACCESS: &str = "SELECT count(*) FROM users AS person
   JOIN user_access_methods AS methods ON methods.user = person.user AND methods.until_position IS NULL
  WHERE person.user IN (SELECT user FROM administrators_of_accounts WHERE account = ?1) AND person.until_position IS NULL
    AND (EXISTS (SELECT 1 FROM working_access_keys WHERE user = person.user)
         OR (methods.console AND EXISTS (SELECT 1 FROM user_passwords WHERE user = person.user AND until_position IS NULL)))";

/// The roles the user holds itself, not those of its groups.
///
/// # Errors
/// The views cannot be read.
pub fn list_user_roles(reader: &Reader, id: &UserId) -> Result<Vec<Role>, ViewsError> {
    reader.list("SELECT role FROM user_roles WHERE user = ?1 AND until_position IS NULL ORDER BY role", [id.as_str()], |row| role(row, 0))
}

/// The groups that make the user an administrator.
///
/// # Errors
/// The views cannot be read.
pub fn list_administrator_groups(reader: &Reader, id: &UserId) -> Result<Vec<GroupId>, ViewsError> {
    reader.list(
        "SELECT member.user_group FROM memberships AS member
          WHERE member.user = ?1 AND member.until_position IS NULL
            AND EXISTS (SELECT 1 FROM group_roles WHERE user_group = member.user_group AND until_position IS NULL)
          ORDER BY member.user_group",
        [id.as_str()],
        |row| text(row, 0),
    )
}
