//! What happens to access keys.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::user::UserEvent;
use rusqlite::params;

use crate::fold::{ApplyError, Fold};
use crate::identity::logins::end_logins_made_by;

/// Begins, changes and ends access keys; of a user's other events there is nothing to tell here.
pub(super) fn apply_access_key(fold: &Fold<'_>, user: &str, event: &UserEvent) -> Result<(), ApplyError> {
    if let UserEvent::AccessKeyCreated { access_key, login_key_hash, sealed_secret, description } = event {
        fold.insert(
            "INSERT INTO access_keys (access_key, user, login_key_hash, sealed_secret, description, from_position, from_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                access_key.as_str(),
                user,
                login_key_hash.as_str(),
                sealed_secret.as_str(),
                description.as_str(),
                fold.place.position,
                fold.place.at
            ],
        )?;
        begin_state(fold, user, access_key, true)?;
    } else if let UserEvent::AccessKeyResealed { access_key, sealed_secret } = event {
        fold.end(
            "access key",
            "UPDATE access_keys SET sealed_secret = ?3 WHERE user = ?1 AND access_key = ?2 AND until_position IS NULL",
            params![user, access_key.as_str(), sealed_secret.as_str()],
        )?;
    } else if let UserEvent::AccessKeyDisabled { access_key } = event {
        change_state(fold, user, access_key, false)?;
    } else if let UserEvent::AccessKeyEnabled { access_key } = event {
        change_state(fold, user, access_key, true)?;
    } else if let UserEvent::AccessKeyDeleted { access_key } = event {
        delete(fold, user, access_key)?;
    }
    Ok(())
}

fn change_state(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId, enabled: bool) -> Result<(), ApplyError> {
    end_state(fold, user, access_key)?;
    begin_state(fold, user, access_key, enabled)
}

fn begin_state(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId, enabled: bool) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO access_key_states (user, access_key, enabled, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![user, access_key.as_str(), enabled, fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_state(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId) -> Result<(), ApplyError> {
    fold.end(
        "access key",
        "UPDATE access_key_states SET until_position = ?3, until_at = ?4
          WHERE user = ?1 AND access_key = ?2 AND until_position IS NULL",
        params![user, access_key.as_str(), fold.place.position, fold.place.at],
    )
}

fn delete(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId) -> Result<(), ApplyError> {
    end_state(fold, user, access_key)?;
    fold.end(
        "access key",
        "UPDATE access_keys SET until_position = ?3, until_at = ?4 WHERE user = ?1 AND access_key = ?2 AND until_position IS NULL",
        params![user, access_key.as_str(), fold.place.position, fold.place.at],
    )?;
    end_logins_made_by(fold, user, access_key)
}
