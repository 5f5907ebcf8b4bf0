//! What users change.

use ambar_domain::ids::AccountId;
use ambar_domain::level::Role;
use ambar_domain::names::UserName;
use ambar_domain::password::PasswordHash;
use ambar_domain::user::UserEvent;
use rusqlite::params;

use super::access_keys::apply_access_key;
use super::role_text;
use crate::blocks;
use crate::fold::{ApplyError, Fold};
use crate::identity::logins::apply_login;

pub(crate) fn apply_user(fold: &mut Fold<'_>, user: &str, event: &UserEvent) -> Result<(), ApplyError> {
    match event {
        UserEvent::Created { account, name, console_access, programmatic_access } => {
            begin_user(fold, user, account, name)?;
            begin_access_methods(fold, user, *console_access, *programmatic_access)
        }
        UserEvent::AccessMethodsChanged { console_access, programmatic_access } => {
            end_access_methods(fold, user)?;
            begin_access_methods(fold, user, *console_access, *programmatic_access)
        }
        UserEvent::DescriptionChanged { description } => fold.end(
            "user",
            "UPDATE users SET description = ?2 WHERE user = ?1 AND until_position IS NULL",
            params![user, description.as_str()],
        ),
        UserEvent::RoleGranted { role } => begin_role(fold, user, *role),
        UserEvent::RoleRevoked { role } => end_role(fold, user, *role),
        UserEvent::AccessKeyCreated { .. }
        | UserEvent::AccessKeyResealed { .. }
        | UserEvent::AccessKeyDisabled { .. }
        | UserEvent::AccessKeyEnabled { .. }
        | UserEvent::AccessKeyDeleted { .. } => apply_access_key(fold, user, event),
        UserEvent::PasswordSet { password_hash } => {
            end_password(fold, user)?;
            begin_password(fold, user, password_hash)
        }
        UserEvent::LoginIssued { .. } | UserEvent::LoginRevoked { .. } => apply_login(fold, user, event),
        // The view of use tells of it.
        UserEvent::AccessKeyUsed { .. } => Ok(()),
        // They are kept nowhere.
        UserEvent::TokenIssued { .. } | UserEvent::TemporaryKeyIssued { .. } => Ok(()),
        // The view of blocks tells of them.
        UserEvent::Blocked { .. } | UserEvent::Unblocked { .. } => Ok(()),
        UserEvent::Deleted {} => delete_user(fold, user),
    }
}

fn begin_user(fold: &Fold<'_>, user: &str, account: &AccountId, name: &UserName) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO users (user, account, name, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![user, account.as_str(), name.as_str(), fold.place.position, fold.place.at],
    )?;
    Ok(())
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

fn begin_role(fold: &Fold<'_>, user: &str, role: Role) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO user_roles (user, account, role, from_position, from_at) SELECT user, account, ?2, ?3, ?4 FROM users WHERE user = ?1",
        params![user, role_text(role), fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_role(fold: &Fold<'_>, user: &str, role: Role) -> Result<(), ApplyError> {
    fold.end(
        "role",
        "UPDATE user_roles SET until_position = ?3, until_at = ?4 WHERE user = ?1 AND role = ?2 AND until_position IS NULL",
        params![user, role_text(role), fold.place.position, fold.place.at],
    )
}

fn begin_password(fold: &Fold<'_>, user: &str, password_hash: &PasswordHash) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO user_passwords (user, password_hash, from_position, from_at) VALUES (?1, ?2, ?3, ?4)",
        params![user, password_hash.as_str(), fold.place.position, fold.place.at],
    )?;
    Ok(())
}

/// A user has one password or none.
fn end_password(fold: &Fold<'_>, user: &str) -> Result<(), ApplyError> {
    fold.change(
        "UPDATE user_passwords SET until_position = ?2, until_at = ?3 WHERE user = ?1 AND until_position IS NULL",
        params![user, fold.place.position, fold.place.at],
    )?;
    Ok(())
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
