//! Records that delegations have reached their end (requirement I5).
//!
//! Nobody waits for it: whoever acts is refused from the end on, recorded or not.
//! Two at once are harmless: what one has recorded is not there for the other.

use std::error::Error;

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::clock::{Clock, Timestamp};
use ambar_domain::ids::{AccountId, IdSource};
use ambar_projections::delegations::{DueDelegation, list_due_delegations};
use ambar_projections::{Views, ViewsError};
use ambar_storage::aggregate_store::{Aggregates, CommandError};
use thiserror::Error;

use crate::context;
use crate::walk::{NotEnded, Walks};

/// What one run recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Delegations whose end was recorded.
    pub delegations_expired: usize,
}

/// Why a run did not record everything; what it recorded stays recorded.
#[derive(Debug, Error)]
pub enum DelegationExpiryError {
    /// The due delegations cannot be found.
    #[error("the delegations that have ended cannot be found")]
    Views(#[from] ViewsError),
    /// The end of a delegation cannot be recorded.
    #[error("the end of a delegation of account {account} cannot be recorded")]
    Record {
        /// Who had entrusted its registry.
        account: AccountId,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Records the end of delegations that have reached it. One that cannot be recorded keeps none of the others waiting.
///
/// # Errors
/// [`DelegationExpiryError`], the first of them.
pub async fn reconcile(
    views: &Views,
    aggregates: &Aggregates,
    clock: &dyn Clock,
    ids: &dyn IdSource,
) -> Result<Report, DelegationExpiryError> {
    let (now, mut walks) = (clock.now(), Walks::new());
    let due = |offset, limit| list_due_delegations(&views.reader()?, now, offset, limit);
    let delegations_expired = walks.end_each(due, |delegation| expire(aggregates, now, ids, delegation)).await;
    walks.finish(Report { delegations_expired })
}

/// Whether there was one to expire.
async fn expire(
    aggregates: &Aggregates,
    now: Timestamp,
    ids: &dyn IdSource,
    due: DueDelegation,
) -> Result<bool, NotEnded<DelegationExpiryError>> {
    let DueDelegation { account, delegation } = due;
    let command = AccountCommand::ExpireDelegation { delegation, now };
    match aggregates.accounts.execute(account.as_str(), command, &context::of_job("delegation_expiry", ids)).await {
        Ok(()) => Ok(true),
        // The account was closed, and the delegation with it; or the delegation has ended or lasts longer by now.
        Err(CommandError::Refused(AccountError::NotFound | AccountError::DelegationNotFound)) => Ok(false),
        Err(error) => Err(NotEnded::by(error, |source| DelegationExpiryError::Record { account, source })),
    }
}

#[cfg(test)]
mod tests;
