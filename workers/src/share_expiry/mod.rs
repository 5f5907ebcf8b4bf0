//! Records that shares have reached their end (requirement S3).
//!
//! Nobody waits for it: whoever pulls is refused from the end on, recorded or not.
//! Two at once are harmless: what one has recorded is no event for the other.

use std::error::Error;

use ambar_domain::clock::Clock;
use ambar_domain::ids::IdSource;
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_projections::shares::{self, DueShare};
use ambar_projections::{Views, ViewsError};
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext, CommandError};
use thiserror::Error;

/// Shares that one run records; the next one comes soon.
const BATCH: usize = 500;

/// What one run recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Shares whose end was recorded.
    pub shares_expired: u64,
}

/// Why a run broke off; what it recorded until then stays recorded.
#[derive(Debug, Error)]
pub enum ShareExpiryError {
    /// The due shares cannot be found.
    #[error("the shares that have ended cannot be found")]
    Views(#[from] ViewsError),
    /// The end of a share cannot be recorded.
    #[error("the end of a share of {repository} cannot be recorded")]
    Record {
        /// What is shared.
        repository: String,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Records the end of shares that have reached it. One that cannot be recorded keeps none of the others waiting.
///
/// # Errors
/// [`ShareExpiryError`], the first of them.
pub async fn reconcile(views: &Views, aggregates: &Aggregates, clock: &dyn Clock, ids: &dyn IdSource) -> Result<Report, ShareExpiryError> {
    let due = shares::list_due_shares(&views.reader()?, clock.now(), BATCH)?;
    let (mut report, mut failed) = (Report::default(), None);
    for share in due {
        match expire(aggregates, clock, ids, share).await {
            Ok(()) => report.shares_expired += 1,
            Err(error) => drop(failed.get_or_insert(error)),
        }
    }
    failed.map_or(Ok(report), Err)
}

async fn expire(aggregates: &Aggregates, clock: &dyn Clock, ids: &dyn IdSource, share: DueShare) -> Result<(), ShareExpiryError> {
    let DueShare { repository, account } = share;
    let request_id = ids.uuid().simple().to_string();
    let context = CommandContext::new(ids.uuid(), Actor::Worker { job: "share_expiry" }, request_id, "local".to_owned());
    let command = RepositoryCommand::ExpireShare { account, now: clock.now() };
    match aggregates.repositories.execute(repository.as_str(), command, &context).await {
        // The repository went, and the share with it.
        Ok(()) | Err(CommandError::Refused(RepositoryError::NotFound)) => Ok(()),
        Err(error) => Err(ShareExpiryError::Record { repository: repository.to_string(), source: Box::new(error) }),
    }
}

#[cfg(test)]
mod tests;
