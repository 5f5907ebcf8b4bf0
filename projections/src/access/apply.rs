//! What organizations and repositories change about who may do what.

use ambar_domain::ids::UserId;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::organization::OrganizationEvent;
use ambar_domain::repository::RepositoryEvent;
use rusqlite::params;

use crate::fold::{ApplyError, Fold};

/// The number a level is stored as.
pub(crate) fn level_code(level: Level) -> i64 {
    match level {
        Level::Read => 1,
        Level::Edit => 2,
        Level::Manage => 3,
    }
}

pub(crate) fn apply_organization(fold: &mut Fold<'_>, name: &str, event: &OrganizationEvent) -> Result<(), ApplyError> {
    const END: &str = "UPDATE organization_grants SET until_position = ?3, until_at = ?4
                        WHERE organization = ?1 AND user = ?2 AND until_position IS NULL";
    let at = fold.place;
    match event {
        OrganizationEvent::AccessGranted { user, level, previous_level } => {
            let organization = fold.organization_id(name)?;
            if previous_level.is_some() {
                fold.end("grant", END, params![organization, user.as_str(), at.position, at.at])?;
            }
            fold.insert(
                "INSERT INTO organization_grants (organization, user, level, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![organization, user.as_str(), level_code(*level), at.position, at.at],
            )?;
        }
        OrganizationEvent::AccessRevoked { user, .. } => {
            let organization = fold.organization_id(name)?;
            fold.end("grant", END, params![organization, user.as_str(), at.position, at.at])?;
        }
        OrganizationEvent::Deleted {} => {
            let organization = fold.organization_id(name)?;
            fold.change(
                "UPDATE organization_grants SET until_position = ?2, until_at = ?3 WHERE organization = ?1 AND until_position IS NULL",
                params![organization, at.position, at.at],
            )?;
        }
        OrganizationEvent::Created { .. }
        | OrganizationEvent::RepositoryAdmitted { .. }
        | OrganizationEvent::RepositoryReleaseBegun { .. }
        | OrganizationEvent::RepositoryReleased { .. } => {}
    }
    Ok(())
}

pub(crate) fn apply_repository(fold: &mut Fold<'_>, name: &str, event: &RepositoryEvent) -> Result<(), ApplyError> {
    match event {
        RepositoryEvent::Created { visibility, .. } => {
            let repository = fold.repository_id(name)?;
            begin_visibility(fold, repository, *visibility)
        }
        RepositoryEvent::VisibilityChanged { visibility } => {
            let repository = fold.repository_id(name)?;
            end_visibility(fold, repository)?;
            begin_visibility(fold, repository, *visibility)
        }
        RepositoryEvent::AccessGranted { user, level, previous_level } => {
            let repository = fold.repository_id(name)?;
            if previous_level.is_some() {
                end_grant(fold, repository, user)?;
            }
            begin_grant(fold, repository, user, *level)
        }
        RepositoryEvent::AccessRevoked { user, .. } => {
            let repository = fold.repository_id(name)?;
            end_grant(fold, repository, user)
        }
        RepositoryEvent::Deleted {} => {
            let repository = fold.repository_id(name)?;
            end_visibility(fold, repository)?;
            end_grants(fold, repository)
        }
        RepositoryEvent::ShareCreated { .. }
        | RepositoryEvent::ShareChanged { .. }
        | RepositoryEvent::ShareEnded { .. }
        | RepositoryEvent::ShareExpired { .. }
        | RepositoryEvent::CategoryChanged { .. }
        | RepositoryEvent::DescriptionChanged { .. }
        | RepositoryEvent::ManifestPushed { .. }
        | RepositoryEvent::VersionPushed { .. }
        | RepositoryEvent::VersionDeleted { .. }
        | RepositoryEvent::ManifestDeleted { .. }
        | RepositoryEvent::DownloadsCounted { .. } => Ok(()),
    }
}

fn begin_visibility(fold: &Fold<'_>, repository: i64, visibility: Visibility) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO repository_visibility (repository, public, from_position, from_at) VALUES (?1, ?2, ?3, ?4)",
        params![repository, visibility == Visibility::Public, fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_visibility(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    fold.end(
        "visibility",
        "UPDATE repository_visibility SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL",
        params![repository, fold.place.position, fold.place.at],
    )
}

fn begin_grant(fold: &Fold<'_>, repository: i64, user: &UserId, level: Level) -> Result<(), ApplyError> {
    fold.insert(
        "INSERT INTO repository_grants (repository, user, level, from_position, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![repository, user.as_str(), level_code(level), fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_grants(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    fold.change(
        "UPDATE repository_grants SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL",
        params![repository, fold.place.position, fold.place.at],
    )?;
    Ok(())
}

fn end_grant(fold: &Fold<'_>, repository: i64, user: &UserId) -> Result<(), ApplyError> {
    fold.end(
        "grant",
        "UPDATE repository_grants SET until_position = ?3, until_at = ?4
          WHERE repository = ?1 AND user = ?2 AND until_position IS NULL",
        params![repository, user.as_str(), fold.place.position, fold.place.at],
    )
}
