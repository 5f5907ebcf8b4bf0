//! Ends what accounts that are closed were given by others: shares of images, and delegations (requirement O4).
//!
//! Nobody waits for it: neither is of any use to an account that is closed, recorded or not. But they count for those that gave them, and an
//! image that is shared cannot be made public. What is given to an account while it is being closed ends as well.
//! Two at once are harmless: what one has ended is not there for the other.

use std::error::Error;

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::clock::Clock;
use ambar_domain::ids::{AccountId, IdSource};
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_projections::delegations::{self, DueDelegation};
use ambar_projections::shares::{self, DueShare};
use ambar_projections::{Views, ViewsError};
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext, CommandError};
use thiserror::Error;

/// Shares, and delegations, that one run ends; the next one comes soon.
const BATCH: usize = 500;

/// What one run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Shares with accounts that are closed.
    pub shares_ended: u64,
    /// Delegations to accounts that are closed.
    pub delegations_revoked: u64,
}

/// Why a run broke off; what it ended until then stays ended.
#[derive(Debug, Error)]
pub enum ClosedAccountsError {
    /// What closed accounts were given cannot be found.
    #[error("what closed accounts were given cannot be found")]
    Views(#[from] ViewsError),
    /// A share cannot be ended.
    #[error("a share of {repository} with a closed account cannot be ended")]
    Share {
        /// What is shared.
        repository: String,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A delegation cannot be revoked.
    #[error("a delegation of account {account} to a closed account cannot be revoked")]
    Delegation {
        /// Who had entrusted its registry.
        account: AccountId,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Ends what closed accounts were given. What cannot be ended keeps nothing else waiting.
///
/// # Errors
/// [`ClosedAccountsError`], the first of them.
pub async fn reconcile(
    views: &Views,
    aggregates: &Aggregates,
    clock: &dyn Clock,
    ids: &dyn IdSource,
) -> Result<Report, ClosedAccountsError> {
    let shares = shares::list_shares_with_closed_accounts(&views.reader()?, BATCH)?;
    let delegations = delegations::list_delegations_to_closed_accounts(&views.reader()?, BATCH)?;
    let (mut report, mut failed) = (Report::default(), None);
    for share in shares {
        match end_share(aggregates, clock, ids, share).await {
            Ok(()) => report.shares_ended += 1,
            Err(error) => drop(failed.get_or_insert(error)),
        }
    }
    for delegation in delegations {
        match revoke(aggregates, clock, ids, delegation).await {
            Ok(()) => report.delegations_revoked += 1,
            Err(error) => drop(failed.get_or_insert(error)),
        }
    }
    failed.map_or(Ok(report), Err)
}

async fn end_share(aggregates: &Aggregates, clock: &dyn Clock, ids: &dyn IdSource, share: DueShare) -> Result<(), ClosedAccountsError> {
    let DueShare { repository, account } = share;
    let command = RepositoryCommand::EndShare { account, now: clock.now() };
    match aggregates.repositories.execute(repository.as_str(), command, &context(ids)).await {
        // The repository went, and the share with it; or the share has reached its end, which is recorded as that.
        Ok(()) | Err(CommandError::Refused(RepositoryError::NotFound | RepositoryError::ShareNotFound)) => Ok(()),
        Err(error) => Err(ClosedAccountsError::Share { repository: repository.to_string(), source: Box::new(error) }),
    }
}

async fn revoke(aggregates: &Aggregates, clock: &dyn Clock, ids: &dyn IdSource, due: DueDelegation) -> Result<(), ClosedAccountsError> {
    let DueDelegation { account, delegation } = due;
    let command = AccountCommand::RevokeDelegation { delegation, now: clock.now() };
    match aggregates.accounts.execute(account.as_str(), command, &context(ids)).await {
        // The account was closed, and the delegation with it; or the delegation has reached its end, which is recorded as that.
        Ok(()) | Err(CommandError::Refused(AccountError::NotFound | AccountError::DelegationNotFound)) => Ok(()),
        Err(error) => Err(ClosedAccountsError::Delegation { account, source: Box::new(error) }),
    }
}

fn context(ids: &dyn IdSource) -> CommandContext {
    let request_id = ids.uuid().simple().to_string();
    CommandContext::new(ids.uuid(), Actor::Worker { job: "closed_accounts" }, request_id, "local".to_owned())
}

#[cfg(test)]
mod tests;
