//! What happens to temporary logins.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::ids::AccountId;
use ambar_domain::login::{LoginRight, LoginScope};
use ambar_domain::user::UserEvent;
use rusqlite::params;

use crate::fold::{ApplyError, Fold};

/// Begins and ends logins; of a user's other events there is nothing to tell here.
pub(super) fn apply_login(fold: &Fold<'_>, user: &str, event: &UserEvent) -> Result<(), ApplyError> {
    const END: &str = "UPDATE logins SET until_position = ?3, until_at = ?4 WHERE user = ?1 AND login = ?2 AND until_position IS NULL";
    let at = fold.place;
    if let UserEvent::LoginIssued { login, name, login_key_hash, until, access_key, scope, on_behalf_of } = event {
        // One of the same id may be there that has ended by itself.
        fold.change(END, params![user, login.as_str(), at.position, at.at])?;
        let access_key = access_key.as_ref().map(AccessKeyId::as_str);
        let (limited, ends_at) = (!scope.is_everything(), until.timestamp_micros());
        let on_behalf_of = on_behalf_of.as_ref().map(AccountId::as_str);
        // Whoever asks for its own login, and not with an access key, has signed in with its password.
        let by_password = access_key.is_none() && fold.user().is_some_and(|actor| actor.as_str() == user);
        fold.insert(
            "INSERT INTO logins (login, user, name, login_key_hash, access_key, limited, on_behalf_of, ends_at, from_position, from_at,
                                 password_set)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
                     (SELECT from_position FROM user_passwords WHERE user = ?2 AND until_position IS NULL AND ?11))",
            params![
                login.as_str(),
                user,
                name.as_str(),
                login_key_hash.as_str(),
                access_key,
                limited,
                on_behalf_of,
                ends_at,
                at.position,
                at.at,
                by_password
            ],
        )?;
        limit_login(fold, user, login, scope)?;
    } else if let UserEvent::LoginRevoked { login } = event {
        fold.end("temporary login", END, params![user, login.as_str(), at.position, at.at])?;
    }
    Ok(())
}

/// The repositories that a login is good for, if it is not good for all.
fn limit_login(fold: &Fold<'_>, user: &str, login: &AccessKeyId, scope: &LoginScope) -> Result<(), ApplyError> {
    for limit in scope.repositories().unwrap_or_default() {
        fold.insert(
            "INSERT INTO login_repositories (login, user, from_position, repository, push) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![login.as_str(), user, fold.place.position, limit.repository.as_str(), limit.right == LoginRight::Push],
        )?;
    }
    Ok(())
}

/// The user's logins that were asked for with one of its keys, when that goes.
pub(super) fn end_logins_made_by(fold: &Fold<'_>, user: &str, access_key: &AccessKeyId) -> Result<(), ApplyError> {
    fold.change(
        "UPDATE logins SET until_position = ?3, until_at = ?4 WHERE user = ?1 AND access_key = ?2 AND until_position IS NULL",
        params![user, access_key.as_str(), fold.place.position, fold.place.at],
    )?;
    Ok(())
}
