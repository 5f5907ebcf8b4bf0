//! What a repository changes about its shares.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::repository::{RepositoryEvent, ShareDescription};
use rusqlite::params;

use crate::fold::{ApplyError, Fold};

/// How a row ended.
pub(super) const CHANGED: i64 = 1;
pub(super) const ENDED: i64 = 2;
pub(crate) const EXPIRED: i64 = 3;
pub(super) const REPOSITORY_DELETED: i64 = 4;

pub(crate) fn apply(fold: &mut Fold<'_>, name: &str, event: &RepositoryEvent) -> Result<(), ApplyError> {
    match event {
        RepositoryEvent::ShareCreated { account, until, description } => begin(fold, name, account, *until, description),
        RepositoryEvent::ShareChanged { account, until, description } => change(fold, name, account, *until, description),
        RepositoryEvent::ShareEnded { account } => end(fold, name, account, ENDED),
        RepositoryEvent::ShareExpired { account, .. } => end(fold, name, account, EXPIRED),
        RepositoryEvent::Deleted {} => end_all(fold, name),
        RepositoryEvent::Created { .. }
        | RepositoryEvent::VisibilityChanged { .. }
        | RepositoryEvent::CategoryChanged { .. }
        | RepositoryEvent::DescriptionChanged { .. }
        | RepositoryEvent::ManifestPushed { .. }
        | RepositoryEvent::VersionPushed { .. }
        | RepositoryEvent::VersionDeleted { .. }
        | RepositoryEvent::ManifestDeleted { .. }
        | RepositoryEvent::AccessGranted { .. }
        | RepositoryEvent::AccessRevoked { .. }
        | RepositoryEvent::DownloadsCounted { .. } => Ok(()),
    }
}

fn begin(
    fold: &mut Fold<'_>,
    name: &str,
    account: &AccountId,
    until: Option<Timestamp>,
    description: &ShareDescription,
) -> Result<(), ApplyError> {
    let repository = fold.repository_id(name)?;
    let (user, at) = (fold.user(), fold.place);
    fold.insert(
        "INSERT INTO shares (repository, owner, account, ends_at, description, created_at, creator, written_by, from_position, from_at)
         SELECT repository, account, ?2, ?3, ?4, ?6, ?7, ?7, ?5, ?6
           FROM repositories WHERE repository = ?1 AND until_position IS NULL",
        params![
            repository,
            account.as_str(),
            until.map(micros),
            description.as_str(),
            at.position,
            at.at,
            user.as_ref().map(UserId::as_str)
        ],
    )?;
    Ok(())
}

fn end_all(fold: &mut Fold<'_>, name: &str) -> Result<(), ApplyError> {
    let repository = fold.repository_id(name)?;
    fold.change(
        "UPDATE shares SET until_position = ?2, until_at = ?3, ending = ?4, ended_by = ?5 WHERE repository = ?1 AND until_position IS NULL",
        params![repository, fold.place.position, fold.place.at, REPOSITORY_DELETED, fold.user().as_ref().map(UserId::as_str)],
    )?;
    Ok(())
}

fn change(
    fold: &mut Fold<'_>,
    name: &str,
    account: &AccountId,
    until: Option<Timestamp>,
    description: &ShareDescription,
) -> Result<(), ApplyError> {
    end(fold, name, account, CHANGED)?;
    let repository = fold.repository_id(name)?;
    let (user, at) = (fold.user(), fold.place);
    fold.insert(
        "INSERT INTO shares (repository, owner, account, ends_at, description, created_at, creator, written_by, from_position, from_at)
         SELECT repository, owner, account, ?3, ?4, created_at, creator, ?7, ?5, ?6
           FROM shares WHERE repository = ?1 AND account = ?2 AND until_position = ?5",
        params![
            repository,
            account.as_str(),
            until.map(micros),
            description.as_str(),
            at.position,
            at.at,
            user.as_ref().map(UserId::as_str)
        ],
    )?;
    Ok(())
}

fn end(fold: &mut Fold<'_>, name: &str, account: &AccountId, ending: i64) -> Result<(), ApplyError> {
    let repository = fold.repository_id(name)?;
    // What ends by itself is ended by nobody, whoever's command recorded it.
    let user = if ending == EXPIRED { None } else { fold.user() };
    fold.end(
        "share",
        "UPDATE shares SET until_position = ?3, until_at = ?4, ending = ?5, ended_by = ?6
          WHERE repository = ?1 AND account = ?2 AND until_position IS NULL",
        params![repository, account.as_str(), fold.place.position, fold.place.at, ending, user.as_ref().map(UserId::as_str)],
    )
}

/// Never rounded up: a share does not last longer here than where it was decided about.
fn micros(until: Timestamp) -> i64 {
    until.timestamp_micros()
}
