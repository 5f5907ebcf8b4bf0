//! What groups change.

use ambar_domain::description::GroupDescription;
use ambar_domain::group::GroupEvent;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Role;
use ambar_domain::names::GroupName;
use rusqlite::params;

use super::role_text;
use crate::fold::{ApplyError, Fold};

pub(crate) fn apply_group(fold: &mut Fold<'_>, group: &str, event: &GroupEvent) -> Result<(), ApplyError> {
    match event {
        GroupEvent::Created { account, name, description } => create_group(fold, group, account, name, description),
        GroupEvent::Renamed { name } => fold.end(
            "group",
            "UPDATE user_groups SET name = ?2 WHERE user_group = ?1 AND until_position IS NULL",
            params![group, name.as_str()],
        ),
        GroupEvent::DescriptionChanged { description } => fold.end(
            "group",
            "UPDATE user_groups SET description = ?2 WHERE user_group = ?1 AND until_position IS NULL",
            params![group, description.as_str()],
        ),
        GroupEvent::RoleGranted { role } => begin_role(fold, group, *role),
        GroupEvent::RoleRevoked { role } => end_role(fold, group, *role),
        GroupEvent::MemberAdded { user } => begin_membership(fold, group, user),
        GroupEvent::MemberRemoved { user } => end_membership(fold, group, user),
        // There never was one.
        GroupEvent::CreationAbandoned { .. } => Ok(()),
        GroupEvent::Deleted {} => delete_group(fold, group),
    }
}

fn create_group(
    fold: &Fold<'_>,
    group: &str,
    account: &AccountId,
    name: &GroupName,
    description: &GroupDescription,
) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO user_groups (user_group, account, name, description, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![group, account.as_str(), name.as_str(), description.as_str(), fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn begin_role(fold: &Fold<'_>, group: &str, role: Role) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO group_roles (user_group, account, role, from_position, from_at)
         SELECT user_group, account, ?2, ?3, ?4 FROM user_groups WHERE user_group = ?1",
        params![group, role_text(role), fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_role(fold: &Fold<'_>, group: &str, role: Role) -> Result<(), ApplyError> {
    fold.end(
        "role",
        "UPDATE group_roles SET until_position = ?3, until_at = ?4 WHERE user_group = ?1 AND role = ?2 AND until_position IS NULL",
        params![group, role_text(role), fold.place.position, fold.place.at],
    )
}

fn begin_membership(fold: &Fold<'_>, group: &str, user: &UserId) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO memberships (user_group, user, from_position, from_at) VALUES (?1, ?2, ?3, ?4)",
        params![group, user.as_str(), fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_membership(fold: &Fold<'_>, group: &str, user: &UserId) -> Result<(), ApplyError> {
    fold.end(
        "membership",
        "UPDATE memberships SET until_position = ?3, until_at = ?4 WHERE user_group = ?1 AND user = ?2 AND until_position IS NULL",
        params![group, user.as_str(), fold.place.position, fold.place.at],
    )
}

fn delete_group(fold: &Fold<'_>, group: &str) -> Result<(), ApplyError> {
    let row = || (group, fold.place.position, fold.place.at);
    fold.end("group", "UPDATE user_groups SET until_position = ?2, until_at = ?3 WHERE user_group = ?1 AND until_position IS NULL", row())?;
    fold.change("UPDATE group_roles SET until_position = ?2, until_at = ?3 WHERE user_group = ?1 AND until_position IS NULL", row())?;
    fold.change("UPDATE memberships SET until_position = ?2, until_at = ?3 WHERE user_group = ?1 AND until_position IS NULL", row())?;
    Ok(())
}
