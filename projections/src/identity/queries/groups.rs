//! Questions about groups.

use ambar_domain::clock::Timestamp;
use ambar_domain::description::GroupDescription;
use ambar_domain::ids::{AccountId, GroupId, UserId};
use ambar_domain::level::Role;
use ambar_domain::names::GroupName;
use rusqlite::{Result, Row};

use crate::columns::{role, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A group that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub group: GroupId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: GroupName,
    /// What it is for.
    pub description: GroupDescription,
    /// When it was created.
    pub created_at: Timestamp,
}

fn group(row: &Row<'_>) -> Result<Group> {
    Ok(Group { group: text(row, 0)?, account: text(row, 1)?, name: text(row, 2)?, description: text(row, 3)?, created_at: time(row, 4)? })
}

/// The group of that name in the account.
///
/// # Errors
/// The views cannot be read.
pub fn find_group(reader: &Reader, account: &AccountId, name: &GroupName) -> Result<Option<Group>, ViewsError> {
    reader.find(
        "SELECT user_group, account, name, description, from_at FROM user_groups
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
        "SELECT user_group, account, name, description, from_at FROM user_groups WHERE user_group = ?1 AND until_position IS NULL",
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
        "SELECT user_group, account, name, description, from_at FROM user_groups
          WHERE account = ?1 AND until_position IS NULL ORDER BY name, user_group",
        [account.as_str()],
        group,
    )
}

/// The groups that the user is in, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_groups_of_user(reader: &Reader, user: &UserId) -> Result<Vec<Group>, ViewsError> {
    reader.list(
        "SELECT user_group, account, name, description, from_at FROM user_groups
          WHERE user_group IN (SELECT user_group FROM memberships WHERE user = ?1 AND until_position IS NULL) AND until_position IS NULL
          ORDER BY name, user_group",
        [user.as_str()],
        group,
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
