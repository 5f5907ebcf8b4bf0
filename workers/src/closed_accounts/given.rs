//! What a closed account was given by others.

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_projections::delegations::DueDelegation;
use ambar_projections::shares::DueShare;
use ambar_storage::aggregate_store::CommandError;

use super::{ClosedAccountsError, Job};
use crate::walk::NotEnded;

/// Whether there was one to end.
pub(super) async fn end_share(job: Job<'_>, share: DueShare) -> Result<bool, NotEnded<ClosedAccountsError>> {
    let DueShare { repository, account } = share;
    let command = RepositoryCommand::EndShare { account, now: job.clock.now() };
    match job.aggregates.repositories.execute(repository.as_str(), command, &job.context()).await {
        Ok(()) => Ok(true),
        // The repository went, and the share with it; or the share has reached its end, which is recorded as that.
        Err(CommandError::Refused(RepositoryError::NotFound | RepositoryError::ShareNotFound)) => Ok(false),
        Err(error) => Err(NotEnded::by(error, |source| ClosedAccountsError::Share { repository, source })),
    }
}

/// Whether there was one to revoke.
pub(super) async fn revoke_delegation(job: Job<'_>, due: DueDelegation) -> Result<bool, NotEnded<ClosedAccountsError>> {
    let DueDelegation { account, delegation } = due;
    let command = AccountCommand::RevokeDelegation { delegation, now: job.clock.now() };
    match job.aggregates.accounts.execute(account.as_str(), command, &job.context()).await {
        Ok(()) => Ok(true),
        // The account was closed, and the delegation with it; or the delegation has reached its end, which is recorded as that.
        Err(CommandError::Refused(AccountError::NotFound | AccountError::DelegationNotFound)) => Ok(false),
        Err(error) => Err(NotEnded::by(error, |source| ClosedAccountsError::Delegation { account, source })),
    }
}
