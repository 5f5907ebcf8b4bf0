//! What events tell about use.

use ambar_domain::repository::{ManifestPulls, RepositoryEvent};
use ambar_domain::user::UserEvent;
use rusqlite::params;

use super::queries::day_of;
use crate::fold::{ApplyError, Fold, size};

/// Must come before the events' own day is counted anywhere: at the first event of an account on a day, keeps what it stored until then.
pub(crate) fn begin_day(fold: &Fold<'_>, account: i64) -> Result<(), ApplyError> {
    fold.change(
        "INSERT INTO account_storage_days (account, day, bytes)
         SELECT term, ?2, (SELECT coalesce(sum(size_bytes), 0) FROM repository_cards WHERE account = ?1)
           FROM event_terms
          WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM account_storage_days WHERE account = term AND day = ?2)",
        params![account, day_of(fold.place.at)],
    )?;
    Ok(())
}

pub(crate) fn apply_repository(fold: &mut Fold<'_>, name: &str, event: &RepositoryEvent) -> Result<(), ApplyError> {
    match event {
        RepositoryEvent::DownloadsCounted { pulls, downloaded_bytes } => {
            let repository = fold.repository_id(name)?;
            count_pulls(fold, repository, pulls)?;
            count_bytes(fold, repository, *downloaded_bytes)
        }
        RepositoryEvent::ManifestDeleted { digest } => {
            let (repository, digest) = (fold.repository_id(name)?, fold.digest_id(digest)?);
            fold.change("DELETE FROM manifest_downloads WHERE repository = ?1 AND digest = ?2", [repository, digest])?;
            Ok(())
        }
        RepositoryEvent::Deleted {} => {
            let repository = fold.repository_id(name)?;
            fold.change("DELETE FROM manifest_downloads WHERE repository = ?1", [repository])?;
            Ok(())
        }
        RepositoryEvent::Created { .. }
        | RepositoryEvent::VisibilityChanged { .. }
        | RepositoryEvent::CategoryChanged { .. }
        | RepositoryEvent::DescriptionChanged { .. }
        | RepositoryEvent::ManifestPushed { .. }
        | RepositoryEvent::VersionPushed { .. }
        | RepositoryEvent::VersionDeleted { .. }
        | RepositoryEvent::AccessGranted { .. }
        | RepositoryEvent::AccessRevoked { .. }
        | RepositoryEvent::ShareCreated { .. }
        | RepositoryEvent::ShareChanged { .. }
        | RepositoryEvent::ShareEnded { .. }
        | RepositoryEvent::ShareExpired { .. } => Ok(()),
    }
}

fn count_pulls(fold: &mut Fold<'_>, repository: i64, pulls: &[ManifestPulls]) -> Result<(), ApplyError> {
    for ManifestPulls { digest, count, last_at } in pulls {
        let (digest, count) = (fold.digest_id(digest)?, size(*count)?);
        let last_at = last_at.map_or(fold.place.at, |at| at.timestamp_micros());
        fold.change(
            "INSERT INTO manifest_downloads (repository, digest, pulls, last_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET pulls = pulls + ?3, last_at = max(last_at, ?4)",
            [repository, digest, count, last_at],
        )?;
    }
    Ok(())
}

fn count_bytes(fold: &Fold<'_>, repository: i64, bytes: u64) -> Result<(), ApplyError> {
    fold.change(
        "INSERT INTO account_download_days (account, day, bytes)
         SELECT account, ?2, ?3 FROM repositories WHERE repository = ?1 AND until_position IS NULL
             ON CONFLICT DO UPDATE SET bytes = bytes + ?3",
        params![repository, day_of(fold.place.at), size(bytes)?],
    )?;
    Ok(())
}

pub(crate) fn apply_user(fold: &Fold<'_>, event: &UserEvent) -> Result<(), ApplyError> {
    if let UserEvent::AccessKeyUsed { access_key, used_at } = event {
        fold.change(
            "INSERT INTO access_key_uses (access_key, used_at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET used_at = max(used_at, ?2)",
            params![access_key.as_str(), used_at.timestamp_micros()],
        )?;
    }
    Ok(())
}
