//! Repositories as a whole: their beginning, their properties, and their end.

use ambar_domain::digest::Digest;
use ambar_domain::ids::AccountId;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::policy::access::may_create;
use ambar_domain::repository::{Category, Description, RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::{Reference, Tag};
use ambar_projections::{access, repositories};
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::admission::{admit, begin_release, release, stay_admitted};
use super::{OperationError, caller, require, step};
use crate::state::AppState;

/// What a repository is to be like; what is not given stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Properties {
    /// Who may pull without a grant.
    pub visibility: Option<Visibility>,
    /// What kind of software it holds.
    pub category: Option<Category>,
    /// What it is for.
    pub description: Option<Description>,
}

/// Creates an empty repository, private unless `properties` say otherwise. Pushes create theirs in passing.
///
/// # Errors
/// [`OperationError::Repository`] if it exists; [`OperationError::Denied`] without edit on the organization (requirement P6).
pub async fn create_repository(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    properties: Properties,
) -> Result<(), OperationError> {
    let facts = access::access_facts(&state.views.reader()?, context.actor.user(), repository)?;
    if caller(state, context)?.is_some_and(|caller| !may_create(&caller, &facts, state.clock.now())) {
        return Err(OperationError::Denied);
    }
    let account = facts.owner.ok_or(OperationError::Denied)?;
    admit(state, context, &account, repository).await?;
    let create = RepositoryCommand::CreateNew {
        account: account.clone(),
        visibility: properties.visibility.unwrap_or(Visibility::Private),
        category: properties.category.unwrap_or_default(),
        description: properties.description.unwrap_or_default(),
    };
    state.aggregates.repositories.execute(repository.as_str(), create, &step(state, context)).await?;
    stay_admitted(state, context, &account, repository).await
}

/// Changes what is given.
///
/// # Errors
/// [`OperationError::Repository`] if there is no such repository; [`OperationError::Denied`] without edit on it (requirement G1).
pub async fn change_properties(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    properties: Properties,
) -> Result<(), OperationError> {
    let owner = require_level(state, context, repository, Level::Edit)?;
    let Properties { visibility, category, description } = properties;
    let command = RepositoryCommand::ChangeProperties { visibility, category, description, now: state.clock.now() };
    tell(state, context, repository, owner, command).await
}

/// Points a version at what another one, or a digest, names in the same repository.
///
/// # Errors
/// [`OperationError::Repository`] if there is no such thing, or if the version points at something else and `replaces` is false;
/// [`OperationError::Denied`] without edit on the repository.
pub async fn point_version(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    tag: Tag,
    target: Reference,
    replaces: bool,
) -> Result<(), OperationError> {
    let owner = require_level(state, context, repository, Level::Edit)?;
    let command = RepositoryCommand::PointVersion { tag, target, replaces };
    tell(state, context, repository, owner, command).await
}

/// Removes versions, all of them or none; what they point at stays pullable by digest (requirement M6).
///
/// # Errors
/// [`OperationError::Repository`] if one does not exist; [`OperationError::Denied`] without manage on the repository.
pub async fn delete_versions(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    tags: Vec<Tag>,
) -> Result<(), OperationError> {
    let owner = require_level(state, context, repository, Level::Manage)?;
    let command = RepositoryCommand::DeleteVersions { tags };
    tell(state, context, repository, owner, command).await
}

/// Removes a manifest with every version on it (requirement M6).
///
/// # Errors
/// [`OperationError::Repository`] if the repository does not hold it; [`OperationError::Denied`] without manage on the repository.
pub async fn delete_manifest(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    digest: Digest,
) -> Result<(), OperationError> {
    let owner = require_level(state, context, repository, Level::Manage)?;
    let command = RepositoryCommand::DeleteManifest { digest };
    tell(state, context, repository, owner, command).await
}

/// Deletes a repository with its versions, manifests, grants and blob links.
///
/// Its end ends everything of it for readers at once. A crash behind it leaves a name that the organization still counts, and deleting it
/// again goes on. The links' own streams stay as they are, and the next upload sets them right (see [`super::link_blob`]).
///
/// # Errors
/// [`OperationError::Repository`] if there is no such repository; [`OperationError::Denied`].
pub async fn delete_repository(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<(), OperationError> {
    let owner = require_level(state, context, repository, Level::Manage)?;
    let mut deleted = Err(RepositoryError::NotFound);
    loop {
        begin_release(state, context, repository).await?;
        // The operator also clears away what an account left under a name that another has taken over.
        let delete = RepositoryCommand::Delete { account: owner.clone().filter(|_| context.actor.user().is_some()) };
        match state.aggregates.repositories.execute(repository.as_str(), delete, &step(state, context)).await {
            Ok(()) => deleted = Ok(()),
            Err(CommandError::Refused(RepositoryError::NotFound)) => {}
            Err(error) => return Err(error.into()),
        }
        let released = release(state, context, repository).await?;
        state.views.catch_up().await?;
        match (repositories::find_account(&state.views.reader()?, repository)?, released) {
            // Another deletion has ended in between what a push brought.
            (None, false) => continue,
            // A push has brought it back.
            (None, true) | (Some(_), false) => {}
            // And yet it was let go of: another deletion had begun behind the push.
            (Some(account), true) => match stay_admitted(state, context, &account, repository).await {
                Ok(()) | Err(OperationError::Denied) => {}
                Err(error) => return Err(error),
            },
        }
        return deleted.map_err(OperationError::Repository);
    }
}

/// Tells the repository, if it is still of the account that the actor has proved a right in.
pub(super) async fn tell(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    owner: Option<AccountId>,
    command: RepositoryCommand,
) -> Result<(), OperationError> {
    let command = command.of(owner.ok_or(OperationError::Repository(RepositoryError::NotFound))?);
    Ok(state.aggregates.repositories.execute(repository.as_str(), command, &step(state, context)).await?)
}

/// The account that owns the organization, unless there is none and the operator asks.
pub(super) fn require_level(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    level: Level,
) -> Result<Option<AccountId>, OperationError> {
    let facts = access::access_facts(&state.views.reader()?, context.actor.user(), repository)?;
    require(state, context, &facts, level)?;
    Ok(facts.owner)
}
