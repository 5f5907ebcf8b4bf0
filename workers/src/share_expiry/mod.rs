//! Records that shares have reached their end (requirement S3).
//!
//! Nobody waits for it: whoever pulls is refused from the end on, recorded or not.
//! Two at once are harmless: what one has recorded is not there for the other.

use std::error::Error;

use ambar_domain::clock::{Clock, Timestamp};
use ambar_domain::ids::IdSource;
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::shares::{DueShare, list_due_shares};
use ambar_projections::{Views, ViewsError};
use ambar_storage::aggregate_store::{Aggregates, CommandError};
use thiserror::Error;

use crate::context;
use crate::walk::{NotEnded, Walks};

/// What one run recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Shares whose end was recorded.
    pub shares_expired: usize,
}

/// Why a run did not record everything; what it recorded stays recorded.
#[derive(Debug, Error)]
pub enum ShareExpiryError {
    /// The due shares cannot be found.
    #[error("the shares that have ended cannot be found")]
    Views(#[from] ViewsError),
    /// The end of a share cannot be recorded.
    #[error("the end of a share of {repository} cannot be recorded")]
    Record {
        /// What is shared.
        repository: RepositoryName,
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
    let (now, mut walks) = (clock.now(), Walks::new());
    let due = |offset, limit| list_due_shares(&views.reader()?, now, offset, limit);
    let shares_expired = walks.end_each(due, |share| expire(aggregates, now, ids, share)).await;
    walks.finish(Report { shares_expired })
}

/// Whether there was one to expire.
async fn expire(aggregates: &Aggregates, now: Timestamp, ids: &dyn IdSource, share: DueShare) -> Result<bool, NotEnded<ShareExpiryError>> {
    let DueShare { repository, account } = share;
    let command = RepositoryCommand::ExpireShare { account, now };
    match aggregates.repositories.execute(repository.as_str(), command, &context::of_job("share_expiry", ids)).await {
        Ok(()) => Ok(true),
        // The repository went, and the share with it; or the share has ended or lasts longer by now.
        Err(CommandError::Refused(RepositoryError::NotFound | RepositoryError::ShareNotFound)) => Ok(false),
        Err(error) => Err(NotEnded::by(error, |source| ShareExpiryError::Record { repository, source })),
    }
}

#[cfg(test)]
mod tests;
