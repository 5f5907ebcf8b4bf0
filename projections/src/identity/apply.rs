//! What accounts, users and groups change.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::account::AccountEvent;
use ambar_domain::group::GroupEvent;
use ambar_domain::level::Role;
use ambar_domain::user::UserEvent;
use rusqlite::params;

use super::logins::{apply_login, end_logins_made_by};
use crate::blocks;
use crate::fold::{ApplyError, Fold};

/// The text a role is stored as.
pub(super) fn role_text(role: Role) -> &'static str {
    match role {
        Role::SwrAdministrator => "swr_administrator",
        Role::TenantAdministrator => "tenant_administrator",
    }
}

pub(crate) fn apply_account(fold: &mut Fold<'_>, account: &str, event: &AccountEvent) -> Result<(), ApplyError> {
    let at = fold.place;
    match event {
        AccountEvent::Opened { name, project_name, project_id } => {
            fold.insert(
                "INSERT INTO accounts (account, name, project_name, project_id, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![account, name.as_str(), project_name.as_str(), project_id.as_str(), at.position, at.at],
            )?;
            Ok(())
        }
        // The organizations themselves tell who owns them, and delegations have a view of their own.
        AccountEvent::OrganizationSlotClaimed { .. }
        | AccountEvent::OrganizationSlotReleased { .. }
        | AccountEvent::DelegationGranted { .. }
        | AccountEvent::DelegationChanged { .. }
        | AccountEvent::DelegationRevoked { .. }
        | AccountEvent::DelegationExpired { .. } => Ok(()),
        AccountEvent::Closed {} => fold.end(
            "account",
            "UPDATE accounts SET until_position = ?2, until_at = ?3 WHERE account = ?1 AND until_position IS NULL",
            params![account, at.position, at.at],
        ),
    }
}

pub(crate) fn apply_user(fold: &mut Fold<'_>, user: &str, event: &UserEvent) -> Result<(), ApplyError> {
    let at = fold.place;
    match event {
        UserEvent::Created { account, name, console_access, programmatic_access } => {
            fold.insert(
                "INSERT INTO users (user, account, name, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![user, account.as_str(), name.as_str(), at.position, at.at],
            )?;
            begin_access_methods(fold, user, *console_access, *programmatic_access)
        }
        UserEvent::AccessMethodsChanged { console_access, programmatic_access } => {
            end_access_methods(fold, user)?;
            begin_access_methods(fold, user, *console_access, *programmatic_access)
        }
        UserEvent::RoleGranted { role } => {
            fold.insert(
                "INSERT INTO user_roles (user, account, role, from_position, from_at) SELECT user, account, ?2, ?3, ?4 FROM users WHERE user = ?1",
                params![user, role_text(*role), at.position, at.at],
            )?;
            Ok(())
        }
        UserEvent::RoleRevoked { role } => fold.end(
            "role",
            "UPDATE user_roles SET until_position = ?3, until_at = ?4 WHERE user = ?1 AND role = ?2 AND until_position IS NULL",
            params![user, role_text(*role), at.position, at.at],
        ),
        UserEvent::AccessKeyCreated { access_key, login_key_hash, sealed_secret, description } => {
            fold.insert(
                "INSERT INTO access_keys (access_key, user, login_key_hash, sealed_secret, description, from_position, from_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    access_key.as_str(),
                    user,
                    login_key_hash.as_str(),
                    sealed_secret.as_str(),
                    description.as_str(),
                    at.position,
                    at.at
                ],
            )?;
            begin_key_state(fold, user, access_key, true)
        }
        UserEvent::AccessKeyDisabled { access_key } => change_key_state(fold, user, access_key, false),
        UserEvent::AccessKeyEnabled { access_key } => change_key_state(fold, user, access_key, true),
        UserEvent::AccessKeyDeleted { access_key } => delete_access_key(fold, user, access_key),
        UserEvent::PasswordSet { password_hash } => {
            end_password(fold, user)?;
            fold.insert(
                "INSERT INTO user_passwords (user, password_hash, from_position, from_at) VALUES (?1, ?2, ?3, ?4)",
                params![user, password_hash.as_str(), at.position, at.at],
            )?;
            Ok(())
        }
        UserEvent::LoginIssued { .. } | UserEvent::LoginRevoked { .. } => apply_login(fold, user, event),
        // The view of use tells of it.
        UserEvent::AccessKeyUsed { .. } => Ok(()),
        // The view of blocks tells of them.
        UserEvent::Blocked { .. } | UserEvent::Unblocked { .. } => Ok(()),
        UserEvent::Deleted {} => delete_user(fold, user),
    }
}

fn begin_access_methods(fold: &Fold<'_>, user: &str, console: bool, programmatic: bool) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO user_access_methods (user, console, programmatic, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![user, console, programmatic, fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_access_methods(fold: &Fold<'_>, user: &str) -> Result<(), ApplyError> {
    fold.end(
        "user",
        "UPDATE user_access_methods SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL",
        params![user, fold.place.position, fold.place.at],
    )
}

/// A user has one password or none.
fn end_password(fold: &Fold<'_>, user: &str) -> Result<(), ApplyError> {
    fold.change(
        "UPDATE user_passwords SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL",
        params![user, fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn change_key_state(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId, enabled: bool) -> Result<(), ApplyError> {
    end_key_state(fold, user, access_key)?;
    begin_key_state(fold, user, access_key, enabled)
}

fn begin_key_state(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId, enabled: bool) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO access_key_states (user, access_key, enabled, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![user, access_key.as_str(), enabled, fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_key_state(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId) -> Result<(), ApplyError> {
    fold.end(
        "access key",
        "UPDATE access_key_states SET until_position = ?3, until_at = ?4
          WHERE user = ?1 AND access_key = ?2 AND until_position IS NULL",
        params![user, access_key.as_str(), fold.place.position, fold.place.at],
    )
}

fn delete_access_key(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId) -> Result<(), ApplyError> {
    end_key_state(fold, user, access_key)?;
    fold.end(
        "access key",
        "UPDATE access_keys SET until_position = ?3, until_at = ?4 WHERE user = ?1 AND access_key = ?2 AND until_position IS NULL",
        params![user, access_key.as_str(), fold.place.position, fold.place.at],
    )?;
    end_logins_made_by(fold, user, access_key)
}

fn delete_user(fold: &Fold<'_>, user: &str) -> Result<(), ApplyError> {
    let row = || (user, fold.place.position, fold.place.at);
    fold.end("user", "UPDATE users SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL", row())?;
    end_access_methods(fold, user)?;
    end_password(fold, user)?;
    fold.change("UPDATE user_roles SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL", row())?;
    fold.change("UPDATE access_key_states SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL", row())?;
    fold.change("UPDATE access_keys SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL", row())?;
    fold.change("UPDATE logins SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL", row())?;
    blocks::end_user(fold, user)
}

pub(crate) fn apply_group(fold: &mut Fold<'_>, group: &str, event: &GroupEvent) -> Result<(), ApplyError> {
    let at = fold.place;
    match event {
        GroupEvent::Created { account, name, description } => {
            fold.insert(
                "INSERT INTO user_groups (user_group, account, name, description, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![group, account.as_str(), name.as_str(), description.as_str(), at.position, at.at],
            )?;
            Ok(())
        }
        GroupEvent::RoleGranted { role } => {
            fold.insert(
                "INSERT INTO group_roles (user_group, account, role, from_position, from_at)
                 SELECT user_group, account, ?2, ?3, ?4 FROM user_groups WHERE user_group = ?1",
                params![group, role_text(*role), at.position, at.at],
            )?;
            Ok(())
        }
        GroupEvent::RoleRevoked { role } => fold.end(
            "role",
            "UPDATE group_roles SET until_position = ?3, until_at = ?4
              WHERE user_group = ?1 AND role = ?2 AND until_position IS NULL",
            params![group, role_text(*role), at.position, at.at],
        ),
        GroupEvent::MemberAdded { user } => {
            fold.insert(
                "INSERT INTO memberships (user_group, user, from_position, from_at) VALUES (?1, ?2, ?3, ?4)",
                params![group, user.as_str(), at.position, at.at],
            )?;
            Ok(())
        }
        GroupEvent::MemberRemoved { user } => fold.end(
            "membership",
            "UPDATE memberships SET until_position = ?3, until_at = ?4
              WHERE user_group = ?1 AND user = ?2 AND until_position IS NULL",
            params![group, user.as_str(), at.position, at.at],
        ),
        GroupEvent::Deleted {} => delete_group(fold, group),
    }
}

fn delete_group(fold: &Fold<'_>, group: &str) -> Result<(), ApplyError> {
    let row = || (group, fold.place.position, fold.place.at);
    fold.end("group", "UPDATE user_groups SET until_position = ?2, until_at = ?3 WHERE user_group = ?1 AND until_position IS NULL", row())?;
    fold.change("UPDATE group_roles SET until_position = ?2, until_at = ?3 WHERE user_group = ?1 AND until_position IS NULL", row())?;
    fold.change("UPDATE memberships SET until_position = ?2, until_at = ?3 WHERE user_group = ?1 AND until_position IS NULL", row())?;
    Ok(())
}
