//! Ends what accounts that are closed were given by others, shares of images and delegations, and deletes what they own (requirement O4).
//!
//! An account closes when it has no organizations. One that is being created at that moment may be left to it, with what was pushed into it,
//! by a push that was let in before or by a crash. It is deleted, so that its name is free: its repositories first, as whoever manages them
//! would, then itself.
//!
//! Nobody waits for it: neither is of any use to an account that is closed, recorded or not. But what it was given counts for those that gave
//! it, and an image that is shared cannot be made public. What is given to an account while it is being closed ends as well.
//!
//! Two at once are harmless: what one has ended is not there for the other. A run that a crash stops leaves the rest to the next.

mod given;
mod owned;

use std::error::Error;

use ambar_domain::clock::Clock;
use ambar_domain::ids::{AccountId, IdSource};
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::delegations::list_delegations_to_closed_accounts;
use ambar_projections::organizations::list_organizations_of_closed_accounts;
use ambar_projections::repositories::list_repositories_of_closed_accounts;
use ambar_projections::shares::list_shares_with_closed_accounts;
use ambar_projections::{Views, ViewsError};
use ambar_storage::aggregate_store::{Aggregates, CommandContext};
use thiserror::Error;

use crate::context;
use crate::walk::Walks;

/// What one run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Shares with accounts that are closed.
    pub shares_ended: usize,
    /// Delegations to accounts that are closed.
    pub delegations_revoked: usize,
    /// Repositories of accounts that are closed.
    pub repositories_deleted: usize,
    /// Organizations of accounts that are closed.
    pub organizations_deleted: usize,
}

/// Why a run did not end everything; what it ended stays ended.
#[derive(Debug, Error)]
pub enum ClosedAccountsError {
    /// What closed accounts were given, or own, cannot be found.
    #[error("what closed accounts were given or own cannot be found")]
    Views(#[from] ViewsError),
    /// A share cannot be ended.
    #[error("a share of {repository} with a closed account cannot be ended")]
    Share {
        /// What is shared.
        repository: RepositoryName,
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
    /// A repository cannot be deleted.
    #[error("the repository {repository} of a closed account cannot be deleted")]
    Repository {
        /// Which.
        repository: RepositoryName,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// An organization cannot be deleted.
    #[error("the organization {organization} of a closed account cannot be deleted")]
    Organization {
        /// Which.
        organization: OrganizationName,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// What a run acts with.
#[derive(Clone, Copy)]
struct Job<'a> {
    aggregates: &'a Aggregates,
    clock: &'a dyn Clock,
    ids: &'a dyn IdSource,
}

impl Job<'_> {
    fn context(&self) -> CommandContext {
        context::of_job("closed_accounts", self.ids)
    }
}

/// Ends what closed accounts were given, and deletes what they own. What cannot be ended keeps nothing else waiting.
///
/// # Errors
/// [`ClosedAccountsError`], the first of them.
pub async fn reconcile(
    views: &Views,
    aggregates: &Aggregates,
    clock: &dyn Clock,
    ids: &dyn IdSource,
) -> Result<Report, ClosedAccountsError> {
    let (job, mut walks) = (Job { aggregates, clock, ids }, Walks::new());
    let shares = |offset, limit| list_shares_with_closed_accounts(&views.reader()?, offset, limit);
    let delegations = |offset, limit| list_delegations_to_closed_accounts(&views.reader()?, offset, limit);
    let repositories = |offset, limit| list_repositories_of_closed_accounts(&views.reader()?, offset, limit);
    let organizations = |offset, limit| list_organizations_of_closed_accounts(&views.reader()?, offset, limit);
    let report = Report {
        shares_ended: walks.end_each(shares, |share| given::end_share(job, share)).await,
        delegations_revoked: walks.end_each(delegations, |delegation| given::revoke_delegation(job, delegation)).await,
        repositories_deleted: walks.end_each(repositories, |(name, account)| owned::delete_repository(job, name, account)).await,
        organizations_deleted: walks.end_each(organizations, |(name, account)| owned::delete_organization(job, name, account)).await,
    };
    walks.finish(report)
}

#[cfg(test)]
mod tests;
