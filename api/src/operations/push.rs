//! Pushing a manifest: content first, then the repository, so that what the log says is held is always there.

use std::collections::BTreeMap;

use ambar_domain::blob::BlobCommand;
use ambar_domain::blob_link::BlobLinkCommand;
use ambar_domain::digest::Digest;
use ambar_domain::ids::AccountId;
use ambar_domain::level::Visibility;
use ambar_domain::manifest::ManifestFacts;
use ambar_domain::policy::access::may_create;
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use ambar_projections::{blobs, repositories};
use ambar_storage::aggregate_store::{CommandContext, CommandError};
use bytes::Bytes;

use super::admission::{admit, stay_admitted};
use super::{OperationError, caller, link_blob, step};
use crate::state::AppState;

/// A manifest on its way into a repository. The caller has verified the digest and the facts, and that the pusher may push here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Where to.
    pub repository: RepositoryName,
    /// The account that owns the organization.
    pub account: AccountId,
    /// The digest of the bytes.
    pub digest: Digest,
    /// The manifest itself.
    pub bytes: Bytes,
    /// What it is made of.
    pub facts: ManifestFacts,
    /// The versions that point at it from now on.
    pub tags: Vec<Tag>,
}

impl Push {
    /// The blobs it needs, each once, with the size it states.
    fn required(&self) -> BTreeMap<&Digest, u64> {
        self.facts.required_blobs().map(|blob| (&blob.digest, blob.size_bytes)).collect()
    }
}

/// Stores the manifest and points its tags at it; creates the repository if it is the first. What is already so is no event.
///
/// # Errors
/// [`OperationError::BlobsUnknown`] and [`OperationError::BlobSize`] if what the manifest names is not what the repository holds.
pub async fn push_manifest(state: &AppState, context: &CommandContext, push: &Push) -> Result<(), OperationError> {
    if is_already_so(state, push).await? {
        return Ok(());
    }
    check_blobs(state, push).await?;
    state.blobs.put(&push.digest, push.bytes.clone()).await?;
    let exists = repositories::repository_exists(&state.views.reader()?, &push.repository)?;
    if exists {
        // One task, polled in this order: both appends go into the same commit, the blob's first.
        let (stored, pushed) = tokio::join!(store(state, context, push), execute(state, context, push));
        stored?;
        match pushed {
            // Deleted a moment ago.
            Err(CommandError::Refused(RepositoryError::NotFound)) => {
                require_creation(state, context, &push.repository)?;
                admit(state, context, &push.account, &push.repository).await?;
                create_and_push(state, context, push).await?;
                stay_admitted(state, context, &push.account, &push.repository).await?;
            }
            pushed => pushed?,
        }
    } else {
        require_creation(state, context, &push.repository)?;
        let (stored, admitted) = tokio::join!(store(state, context, push), admit(state, context, &push.account, &push.repository));
        stored.and(admitted)?;
        create_and_push(state, context, push).await?;
        stay_admitted(state, context, &push.account, &push.repository).await?;
    }
    link_again(state, context, push).await
}

/// Looks behind the newest event of all, so that a tag that has just been moved by another is moved back.
async fn is_already_so(state: &AppState, push: &Push) -> Result<bool, OperationError> {
    let held = |state: &AppState| -> Result<bool, OperationError> {
        let reader = state.views.reader()?;
        let Some(row) = repositories::find_manifest(&reader, &push.repository, &push.digest)? else { return Ok(false) };
        if row.media_type != push.facts.media_type {
            return Ok(false);
        }
        for tag in &push.tags {
            if repositories::find_tag(&reader, &push.repository, tag)?.is_none_or(|row| row.digest != push.digest) {
                return Ok(false);
            }
        }
        Ok(true)
    };
    if !held(state)? {
        return Ok(false);
    }
    state.views.catch_up().await?;
    held(state)
}

/// Every blob that the manifest names must be linked here, with the size it states.
async fn check_blobs(state: &AppState, push: &Push) -> Result<(), OperationError> {
    let required = push.required();
    if find_missing(state, push, &required)?.is_empty() {
        return Ok(());
    }
    state.views.catch_up().await?;
    let digests = find_missing(state, push, &required)?;
    if digests.is_empty() { Ok(()) } else { Err(OperationError::BlobsUnknown { digests }) }
}

fn find_missing(state: &AppState, push: &Push, required: &BTreeMap<&Digest, u64>) -> Result<Vec<Digest>, OperationError> {
    let reader = state.views.reader()?;
    let snapshot = reader.snapshot()?;
    let mut missing = Vec::new();
    for (digest, stated) in required {
        match blobs::find_link(&snapshot, &push.repository, digest)? {
            Some(actual) if actual != *stated => {
                return Err(OperationError::BlobSize { digest: (*digest).clone(), stated: *stated, actual });
            }
            Some(_) => {}
            None => missing.push((*digest).clone()),
        }
    }
    Ok(missing)
}

/// A grant on an image that was there a moment ago does not make another one (requirement P6).
fn require_creation(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<(), OperationError> {
    let Some(caller) = caller(state, context)? else { return Ok(()) };
    let facts = state.views.access_facts(&caller, repository);
    if may_create(&caller, &facts, state.clock.now()) { Ok(()) } else { Err(OperationError::Denied) }
}

async fn store(state: &AppState, context: &CommandContext, push: &Push) -> Result<(), OperationError> {
    let command = BlobCommand::Store { size_bytes: push.facts.size_bytes };
    Ok(state.aggregates.blobs.execute(push.digest.as_str(), command, &step(state, context)).await?)
}

async fn create_and_push(state: &AppState, context: &CommandContext, push: &Push) -> Result<(), OperationError> {
    let create = RepositoryCommand::Create { account: push.account.clone(), visibility: Visibility::Private };
    let create_context = step(state, context);
    let create = state.aggregates.repositories.execute(push.repository.as_str(), create, &create_context);
    // The stream's lock is taken in this order, so the manifest follows on the creation in the same commit.
    let (created, pushed) = tokio::join!(create, execute(state, context, push));
    created?;
    match pushed {
        Err(CommandError::Refused(RepositoryError::NotFound)) => Ok(execute(state, context, push).await?),
        pushed => Ok(pushed?),
    }
}

async fn execute(state: &AppState, context: &CommandContext, push: &Push) -> Result<(), CommandError<RepositoryError>> {
    let Push { account, digest, facts, tags, .. } = push.clone();
    let command = RepositoryCommand::PushManifest { account, digest, manifest: facts, tags };
    state.aggregates.repositories.execute(push.repository.as_str(), command, &step(state, context)).await
}

/// A blob may have been deleted from the repository between the check and the append; the manifest won, so the link comes back.
async fn link_again(state: &AppState, context: &CommandContext, push: &Push) -> Result<(), OperationError> {
    let required = push.required();
    for digest in find_missing(state, push, &required)? {
        let link = BlobLinkCommand::Upload { size_bytes: required[&digest] };
        link_blob(state, context, &push.repository, &digest, link).await?;
    }
    Ok(())
}
