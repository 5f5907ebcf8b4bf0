//! Records what was used since the last run: how often images were pulled (requirement M7), and which access keys were used (requirement I3).
//!
//! Who pulls an image of several architectures asks for its index, and then for one of the manifests that it lists by that one's digest. That is
//! one pull, and counts for the index: what an index lists counts only when it is asked for with a tag of its own.
//!
//! Two at once are harmless: each takes counts that the other does not have.

use std::error::Error;

use ambar_domain::digest::Digest;
use ambar_domain::ids::IdSource;
use ambar_domain::repository::{ManifestPulls, RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::user::{UserCommand, UserError};
use ambar_projections::repositories::is_listed;
use ambar_projections::{Views, ViewsError};
use ambar_storage::aggregate_store::{Aggregates, CommandError};
use ambar_storage::usage::{Downloads, Pulls, Usage};
use thiserror::Error;

use crate::context;

/// How many manifests one event counts at most, so that no event grows without bound.
const MAX_MANIFESTS: usize = 1_000;

/// What one run recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Repositories that something was downloaded from.
    pub repositories: u64,
    /// Access keys that were used.
    pub access_keys: u64,
}

/// Why not everything was recorded. Downloads that were not are counted with the next ones.
#[derive(Debug, Error)]
pub enum UsageError {
    /// Downloads cannot be recorded.
    #[error("the downloads of {repository} cannot be recorded")]
    Downloads {
        /// From where.
        repository: RepositoryName,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The use of a key cannot be recorded; its next use in an hour will be.
    #[error("the use of an access key cannot be recorded")]
    AccessKey(#[source] Box<dyn Error + Send + Sync>),
}

/// Records what was counted. What cannot be recorded keeps nothing else waiting.
///
/// # Errors
/// [`UsageError`], the first of them.
pub async fn reconcile(usage: &Usage, views: &Views, aggregates: &Aggregates, ids: &dyn IdSource) -> Result<Report, UsageError> {
    let counts = usage.take();
    let (mut report, mut failed) = (Report::default(), None);
    for (repository, downloads) in counts.downloads {
        match record_downloads(usage, views, aggregates, ids, &repository, downloads).await {
            Ok(()) => report.repositories += 1,
            Err(error) => drop(failed.get_or_insert(error)),
        }
    }
    for (access_key, (user, used_at)) in counts.access_keys {
        let command = UserCommand::NoteAccessKeyUse { access_key, used_at };
        match aggregates.users.execute(user.as_str(), command, &context::of_job("usage", ids)).await {
            Ok(()) => report.access_keys += 1,
            // The key went, or its user.
            Err(CommandError::Refused(UserError::NotFound | UserError::AccessKeyNotFound)) => {}
            Err(error) => drop(failed.get_or_insert(UsageError::AccessKey(Box::new(error)))),
        }
    }
    failed.map_or(Ok(report), Err)
}

async fn record_downloads(
    usage: &Usage,
    views: &Views,
    aggregates: &Aggregates,
    ids: &dyn IdSource,
    repository: &RepositoryName,
    mut downloads: Downloads,
) -> Result<(), UsageError> {
    while !downloads.pulls.is_empty() || downloads.bytes > 0 {
        let part = take_part(&mut downloads);
        if let Err(NotRecorded { is_certain, source }) = record_part(views, aggregates, ids, repository, &part).await {
            if is_certain {
                usage.give_back(repository, part);
            }
            usage.give_back(repository, downloads);
            return Err(UsageError::Downloads { repository: repository.clone(), source });
        }
    }
    Ok(())
}

/// Why a part was not recorded, or may not have been.
struct NotRecorded {
    is_certain: bool,
    source: Box<dyn Error + Send + Sync>,
}

async fn record_part(
    views: &Views,
    aggregates: &Aggregates,
    ids: &dyn IdSource,
    repository: &RepositoryName,
    part: &Downloads,
) -> Result<(), NotRecorded> {
    let pulls = count(views, repository, part).map_err(|error| NotRecorded { is_certain: true, source: error.into() })?;
    let command = RepositoryCommand::CountDownloads { pulls, downloaded_bytes: part.bytes };
    match aggregates.repositories.execute(repository.as_str(), command, &context::of_job("usage", ids)).await {
        // The repository went, and its counts with it.
        Ok(()) | Err(CommandError::Refused(RepositoryError::NotFound)) => Ok(()),
        Err(error) => Err(NotRecorded { is_certain: is_certainly_not_recorded(&error), source: error.into() }),
    }
}

/// As much as goes into one event.
fn take_part(downloads: &mut Downloads) -> Downloads {
    let mut part = Downloads { bytes: std::mem::take(&mut downloads.bytes), ..Downloads::default() };
    let manifests: Vec<_> = downloads.pulls.keys().take(MAX_MANIFESTS).cloned().collect();
    part.pulls.extend(manifests.iter().filter_map(|manifest| downloads.pulls.remove_entry(manifest)));
    part
}

/// How many pulls of each manifest count.
fn count(views: &Views, repository: &RepositoryName, downloads: &Downloads) -> Result<Vec<ManifestPulls>, ViewsError> {
    let reader = views.reader()?;
    let count = |(digest, Pulls { by_tag, by_digest, last_at }): (&Digest, &Pulls)| {
        let is_part_of_another = *by_digest > 0 && is_listed(&reader, repository, digest)?;
        let count = if is_part_of_another { *by_tag } else { by_tag.saturating_add(*by_digest) };
        Ok(ManifestPulls { digest: digest.clone(), count, last_at: Some(*last_at) })
    };
    downloads.pulls.iter().map(count).collect()
}

/// Counting twice would be worse than not at all.
fn is_certainly_not_recorded<E: Error>(error: &CommandError<E>) -> bool {
    match error {
        CommandError::Refused(_) | CommandError::Conflict | CommandError::Unavailable(_) | CommandError::Failed(_) => true,
        CommandError::OutcomeUnknown(_) | CommandError::NotVisible(_) => false,
    }
}

#[cfg(test)]
mod tests;
