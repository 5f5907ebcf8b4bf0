//! What a closed account owns.
//!
//! Every step is the closed account's: what another account has under the name by now stays as it is. A push that is on its way looks behind
//! its end whether the organization still counts what it has brought, and takes that back if not; what it brings back the next run deletes.

use ambar_domain::ids::AccountId;
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::aggregate_store::CommandError;

use super::{ClosedAccountsError, Job};
use crate::walk::NotEnded;

/// Whether there was one to delete, which its organization counts no more then.
pub(super) async fn delete_repository(
    job: Job<'_>,
    repository: RepositoryName,
    account: AccountId,
) -> Result<bool, NotEnded<ClosedAccountsError>> {
    let told = |source| ClosedAccountsError::Repository { repository: repository.clone(), source };
    let begin = OrganizationCommand::BeginReleaseOfRepository { repository: repository.clone() };
    tell_organization(job, &repository, begin.of(account.clone())).await.map_err(|error| NotEnded::by(error, told))?;
    let delete = RepositoryCommand::Delete { account: Some(account.clone()) };
    let is_deleted = match job.aggregates.repositories.execute(repository.as_str(), delete, &job.context()).await {
        Ok(()) => true,
        Err(CommandError::Refused(RepositoryError::NotFound | RepositoryError::ForeignAccount)) => false,
        Err(error) => return Err(NotEnded::by(error, told)),
    };
    let release = OrganizationCommand::ReleaseRepository { repository: repository.clone() };
    tell_organization(job, &repository, release.of(account)).await.map_err(|error| NotEnded::by(error, told))?;
    Ok(is_deleted)
}

/// Tells the organization that a repository goes. One that is gone, or another account's by now, does not count it; and a push that has
/// admitted it again may have brought it back.
async fn tell_organization(
    job: Job<'_>,
    repository: &RepositoryName,
    command: OrganizationCommand,
) -> Result<(), CommandError<OrganizationError>> {
    match job.aggregates.organizations.execute(repository.organization_str(), command, &job.context()).await {
        Err(CommandError::Refused(
            OrganizationError::NotFound | OrganizationError::ForeignAccount | OrganizationError::RepositoryReadmitted,
        )) => Ok(()),
        told => told,
    }
}

/// Whether there was one to delete, and nothing in it that a push brings at this moment.
///
/// What it has admitted, and has no repository for, goes before: a crash has left it.
pub(super) async fn delete_organization(
    job: Job<'_>,
    organization: OrganizationName,
    account: AccountId,
) -> Result<bool, NotEnded<ClosedAccountsError>> {
    for _ in 0..2 {
        let delete = OrganizationCommand::Delete { account: account.clone() };
        match job.aggregates.organizations.execute(organization.as_str(), delete, &job.context()).await {
            Ok(()) => return Ok(true),
            Err(CommandError::Refused(OrganizationError::NotEmpty { repositories })) => {
                for repository in repositories {
                    delete_repository(job, repository, account.clone()).await?;
                }
            }
            Err(CommandError::Refused(OrganizationError::NotFound | OrganizationError::ForeignAccount)) => break,
            Err(error) => return Err(NotEnded::by(error, |source| ClosedAccountsError::Organization { organization, source })),
        }
    }
    Ok(false)
}
