//! Questions about accounts, users, groups and access keys.

use ambar_domain::access_key::{AccessKeyId, LoginKeyHash};
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, GroupId, ProjectId, UserId};
use ambar_domain::level::Role;
use ambar_domain::names::{AccountName, GroupName, ProjectName, UserName};
use rusqlite::{Result, Row, params};

use crate::columns::{role, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// What a login with an access key is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Whose key it is.
    pub user: UserId,
    /// That user's account.
    pub account: AccountId,
    /// The project that a login names before the `@`.
    pub project_name: ProjectName,
    /// SHA-256 of the login key, in hex.
    pub login_key_hash: LoginKeyHash,
    /// The key is enabled and its user may use access keys.
    pub enabled: bool,
    /// The user holds an administrator role, directly or through a group.
    pub administrator: bool,
}

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

/// A user that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub user: UserId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: UserName,
    /// May sign in to the console.
    pub console_access: bool,
    /// May use access keys.
    pub programmatic_access: bool,
    /// Holds an administrator role, directly or through a group.
    pub administrator: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A group that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub group: GroupId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: GroupName,
    /// When it was created.
    pub created_at: Timestamp,
}

/// An access key that was not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Its public id.
    pub access_key: AccessKeyId,
    /// It is not switched off.
    pub enabled: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

/// Whose key this is, and what proves it; `None` if there is no such key, or its user or account is gone.
///
/// # Errors
/// The views cannot be read.
pub fn find_login(reader: &Reader, access_key: &AccessKeyId) -> Result<Option<Login>, ViewsError> {
    reader.find(
        "SELECT key.user, person.account, account.project_name, key.login_key_hash,
                state.enabled AND methods.programmatic, EXISTS (SELECT 1 FROM administrators WHERE user = key.user)
           FROM access_keys AS key
           JOIN access_key_states AS state
             ON state.user = key.user AND state.access_key = key.access_key AND state.until_position IS NULL
           JOIN user_access_methods AS methods ON methods.user = key.user AND methods.until_position IS NULL
           JOIN users AS person ON person.user = key.user AND person.until_position IS NULL
           JOIN accounts AS account ON account.account = person.account AND account.until_position IS NULL
          WHERE key.access_key = ?1 AND key.until_position IS NULL",
        [access_key.as_str()],
        |row| {
            Ok(Login {
                user: text(row, 0)?,
                account: text(row, 1)?,
                project_name: text(row, 2)?,
                login_key_hash: LoginKeyHash::new(row.get(3)?),
                enabled: row.get(4)?,
                administrator: row.get(5)?,
            })
        },
    )
}

/// Completes a query of users, whose columns [`user`] reads, by what it looks for.
macro_rules! select_users {
    ($where:literal) => {
        concat!(
            "SELECT person.user, person.account, person.name, methods.console, methods.programmatic,
                    EXISTS (SELECT 1 FROM administrators WHERE user = person.user), person.from_at
               FROM users AS person
               JOIN user_access_methods AS methods ON methods.user = person.user AND methods.until_position IS NULL
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
        console_access: row.get(3)?,
        programmatic_access: row.get(4)?,
        administrator: row.get(5)?,
        created_at: time(row, 6)?,
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

/// How many users of the account are administrators. The last one must stay.
///
/// # Errors
/// The views cannot be read.
pub fn count_administrators(reader: &Reader, account: &AccountId) -> Result<u64, ViewsError> {
    let count = reader.find(
        "SELECT count(*) FROM users AS person
          WHERE person.account = ?1 AND person.until_position IS NULL
            AND EXISTS (SELECT 1 FROM administrators WHERE user = person.user)",
        [account.as_str()],
        |row| crate::columns::size(row, 0),
    )?;
    Ok(count.unwrap_or(0))
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

fn group(row: &Row<'_>) -> Result<Group> {
    Ok(Group { group: text(row, 0)?, account: text(row, 1)?, name: text(row, 2)?, created_at: time(row, 3)? })
}

/// The group of that name in the account.
///
/// # Errors
/// The views cannot be read.
pub fn find_group(reader: &Reader, account: &AccountId, name: &GroupName) -> Result<Option<Group>, ViewsError> {
    reader.find(
        "SELECT user_group, account, name, from_at FROM user_groups
          WHERE account = ?1 AND name = ?2 AND until_position IS NULL ORDER BY from_position DESC",
        [account.as_str(), name.as_str()],
        group,
    )
}

/// The group of that id.
///
/// # Errors
/// The views cannot be read.
pub fn find_group_by_id(reader: &Reader, id: &GroupId) -> Result<Option<Group>, ViewsError> {
    reader.find(
        "SELECT user_group, account, name, from_at FROM user_groups WHERE user_group = ?1 AND until_position IS NULL",
        [id.as_str()],
        group,
    )
}

/// The account's groups, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_groups(reader: &Reader, account: &AccountId) -> Result<Vec<Group>, ViewsError> {
    reader.list(
        "SELECT user_group, account, name, from_at FROM user_groups
          WHERE account = ?1 AND until_position IS NULL ORDER BY name, user_group",
        [account.as_str()],
        group,
    )
}

/// The users in the group that still exist, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_group_members(reader: &Reader, id: &GroupId) -> Result<Vec<User>, ViewsError> {
    reader.list(
        select_users!(
            "person.user IN (SELECT user FROM memberships WHERE user_group = ?1 AND until_position IS NULL)
             ORDER BY person.name, person.user"
        ),
        [id.as_str()],
        user,
    )
}

/// The roles the group carries.
///
/// # Errors
/// The views cannot be read.
pub fn list_group_roles(reader: &Reader, id: &GroupId) -> Result<Vec<Role>, ViewsError> {
    reader.list("SELECT role FROM group_roles WHERE user_group = ?1 AND until_position IS NULL ORDER BY role", [id.as_str()], |row| {
        role(row, 0)
    })
}

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

/// The user's access keys, the oldest first.
///
/// # Errors
/// The views cannot be read.
pub fn list_access_keys(reader: &Reader, id: &UserId) -> Result<Vec<AccessKey>, ViewsError> {
    reader.list(
        "SELECT key.access_key, state.enabled, key.from_at
           FROM access_keys AS key
           JOIN access_key_states AS state
             ON state.user = key.user AND state.access_key = key.access_key AND state.until_position IS NULL
          WHERE key.user = ?1 AND key.until_position IS NULL
          ORDER BY key.from_position",
        params![id.as_str()],
        |row| Ok(AccessKey { access_key: text(row, 0)?, enabled: row.get(1)?, created_at: time(row, 2)? }),
    )
}
