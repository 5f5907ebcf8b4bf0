//! What an account changes about its delegations.

use ambar_domain::account::AccountEvent;
use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::{DelegationDescription, Trustee};
use ambar_domain::ids::{AccountId, DelegationId, UserId};
use ambar_domain::level::Level;
use ambar_domain::names::{DelegationName, ServiceName};
use rusqlite::params;

use crate::access::level_code;
use crate::fold::{ApplyError, Fold};

pub(crate) fn apply(fold: &Fold<'_>, account: &str, event: &AccountEvent) -> Result<(), ApplyError> {
    match event {
        AccountEvent::DelegationGranted { delegation, name, trustee, level, until, description } => {
            grant(fold, (account, delegation), (name, trustee), (*level, *until, description))
        }
        AccountEvent::DelegationChanged { delegation, level, until, description } => {
            end(fold, account, delegation)?;
            go_on(fold, (account, delegation), (*level, *until, description))
        }
        AccountEvent::DelegationRevoked { delegation } | AccountEvent::DelegationExpired { delegation, .. } => {
            end(fold, account, delegation)
        }
        AccountEvent::Closed {} => end_all(fold, account),
        AccountEvent::Opened { .. } | AccountEvent::OrganizationSlotClaimed { .. } | AccountEvent::OrganizationSlotReleased { .. } => {
            Ok(())
        }
    }
}

/// What is entrusted, and until when.
type Terms<'a> = (Option<Level>, Option<Timestamp>, &'a DelegationDescription);

fn grant(
    fold: &Fold<'_>,
    (account, delegation): (&str, &DelegationId),
    (name, trustee): (&DelegationName, &Trustee),
    (level, until, description): Terms<'_>,
) -> Result<(), ApplyError> {
    let (at, user) = (fold.place, fold.user());
    fold.insert(
        "INSERT INTO delegations (account, delegation, name, trustee_account, trustee_service, level, ends_at, description,
                                  granted_at, creator, from_position, from_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?11, ?9, ?10, ?11)",
        params![
            account,
            delegation.as_str(),
            name.as_str(),
            trustee.account().map(AccountId::as_str),
            trustee.service().map(ServiceName::as_str),
            level.map(level_code),
            until.map(micros),
            description.as_str(),
            user.as_ref().map(UserId::as_str),
            at.position,
            at.at,
        ],
    )?;
    Ok(())
}

/// The one that has just ended, on other terms.
fn go_on(fold: &Fold<'_>, (account, delegation): (&str, &DelegationId), (level, until, description): Terms<'_>) -> Result<(), ApplyError> {
    let at = fold.place;
    fold.insert(
        "INSERT INTO delegations (account, delegation, name, trustee_account, trustee_service, level, ends_at, description,
                                  granted_at, creator, from_position, from_at)
         SELECT account, delegation, name, trustee_account, trustee_service, ?3, ?4, ?5, granted_at, creator, ?6, ?7
           FROM delegations WHERE account = ?1 AND delegation = ?2 AND until_position = ?6",
        params![account, delegation.as_str(), level.map(level_code), until.map(micros), description.as_str(), at.position, at.at],
    )?;
    Ok(())
}

fn end_all(fold: &Fold<'_>, account: &str) -> Result<(), ApplyError> {
    fold.change(
        "UPDATE delegations SET until_position = ?2, until_at = ?3 WHERE account = ?1 AND until_position IS NULL",
        params![account, fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end(fold: &Fold<'_>, account: &str, delegation: &DelegationId) -> Result<(), ApplyError> {
    fold.end(
        "delegation",
        "UPDATE delegations SET until_position = ?3, until_at = ?4 WHERE account = ?1 AND delegation = ?2 AND until_position IS NULL",
        params![account, delegation.as_str(), fold.place.position, fold.place.at],
    )
}

/// Never rounded up: a delegation does not last longer here than where it was decided about.
fn micros(until: Timestamp) -> i64 {
    until.timestamp_micros()
}
