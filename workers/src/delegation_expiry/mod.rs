//! Records that delegations have reached their end (requirement I5).
//!
//! Nobody waits for it: whoever acts is refused from the end on, recorded or not.
//! Two at once are harmless: what one has recorded is no event for the other.

use std::error::Error;

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::clock::Clock;
use ambar_domain::ids::{AccountId, IdSource};
use ambar_projections::delegations::{self, DueDelegation};
use ambar_projections::{Views, ViewsError};
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext, CommandError};
use thiserror::Error;

/// Delegations that one run records; the next one comes soon.
const BATCH: usize = 500;

/// What one run recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Delegations whose end was recorded.
    pub delegations_expired: u64,
}

/// Why a run broke off; what it recorded until then stays recorded.
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
    let due = delegations::list_due_delegations(&views.reader()?, clock.now(), BATCH)?;
    let (mut report, mut failed) = (Report::default(), None);
    for delegation in due {
        match expire(aggregates, clock, ids, delegation).await {
            Ok(()) => report.delegations_expired += 1,
            Err(error) => drop(failed.get_or_insert(error)),
        }
    }
    failed.map_or(Ok(report), Err)
}

async fn expire(aggregates: &Aggregates, clock: &dyn Clock, ids: &dyn IdSource, due: DueDelegation) -> Result<(), DelegationExpiryError> {
    let DueDelegation { account, delegation } = due;
    let request_id = ids.uuid().simple().to_string();
    let context = CommandContext::new(ids.uuid(), Actor::Worker { job: "delegation_expiry" }, request_id, "local".to_owned());
    let command = AccountCommand::ExpireDelegation { delegation, now: clock.now() };
    match aggregates.accounts.execute(account.as_str(), command, &context).await {
        // The account was closed, and the delegation with it.
        Ok(()) | Err(CommandError::Refused(AccountError::NotFound)) => Ok(()),
        Err(error) => Err(DelegationExpiryError::Record { account, source: Box::new(error) }),
    }
}

#[cfg(test)]
mod tests;
