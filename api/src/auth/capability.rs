//! Proofs of a right on one repository.

use std::sync::Arc;

use ambar_domain::ids::AccountId;
use ambar_domain::level::Level;
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::blobs::UploadId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use uuid::Uuid;

use super::identity::{Held, Identity};
use super::logins::{Authenticated, authenticate};
use crate::call::Call;
use crate::error::ApiError;
use crate::extract::Actions;

/// The caller may read the repository.
#[derive(Debug)]
pub(crate) struct Puller {
    repository: RepositoryName,
}

/// The caller may push to the repository, existing or yet to be.
#[derive(Debug)]
pub(crate) struct Pusher {
    repository: RepositoryName,
    identity: Arc<Identity>,
    owner: AccountId,
}

/// The caller may delete in the repository.
#[derive(Debug)]
pub(crate) struct Deleter {
    repository: RepositoryName,
    owner: AccountId,
}

/// The caller opened this upload session and may still push to the repository.
#[derive(Debug)]
pub(crate) struct Uploader {
    repository: RepositoryName,
    identity: Arc<Identity>,
    upload: UploadId,
}

impl Puller {
    pub(crate) async fn prove(call: &Call, repository: &str) -> Result<Self, ApiError> {
        let repository: RepositoryName = repository.parse()?;
        require(call, &repository, Actions::PULL, "pull", Level::Read).await?;
        Ok(Self { repository })
    }

    pub(crate) fn repository(&self) -> &RepositoryName {
        &self.repository
    }
}

impl Pusher {
    pub(crate) async fn prove(call: &Call, repository: &str) -> Result<Self, ApiError> {
        let repository: RepositoryName = repository.parse()?;
        let (identity, held) = require(call, &repository, Actions::PUSH, "pull,push", Level::Edit).await?;
        Ok(Self { repository, identity, owner: held.owner })
    }

    pub(crate) fn repository(&self) -> &RepositoryName {
        &self.repository
    }

    /// Proves the right again, behind a body that took its time: what was revoked meanwhile must not be used any more.
    pub(crate) async fn still(&self, call: &Call) -> Result<(), ApiError> {
        still(call, &self.identity, &self.repository).await
    }

    /// The account of the pusher, for which uploads count.
    pub(crate) fn account(&self) -> Option<&AccountId> {
        self.identity.account()
    }

    /// The account that owns the organization.
    pub(crate) fn owner(&self) -> &AccountId {
        &self.owner
    }
}

impl Deleter {
    pub(crate) async fn prove(call: &Call, repository: &str) -> Result<Self, ApiError> {
        let repository: RepositoryName = repository.parse()?;
        let (_, held) = require(call, &repository, Actions::DELETE, "delete", Level::Manage).await?;
        Ok(Self { repository, owner: held.owner })
    }

    /// As [`Pusher::owner`].
    pub(crate) fn owner(&self) -> &AccountId {
        &self.owner
    }

    pub(crate) fn repository(&self) -> &RepositoryName {
        &self.repository
    }
}

impl Uploader {
    /// An upload goes on after its token has run out, and whatever the token was made for: the session's id proves that its user
    /// could open it. That the user may still push, and the access key still works, is looked up as always.
    pub(crate) async fn prove(call: &Call, repository: &str, session: &str) -> Result<Self, ApiError> {
        let repository: RepositoryName = repository.parse()?;
        let unauthenticated = || refuse(&repository, "pull,push", false);
        let Authenticated { identity, expired } = authenticate(call).map_err(|error| with_scope(error, &repository, "pull,push"))?;
        let upload = identity.user().and_then(|user| open_session(call, &repository, user.as_str(), session));
        if identity.is_anonymous() || (expired && upload.is_none()) {
            return Err(unauthenticated());
        }
        require_level(call, &identity, &repository, Level::Edit).await?.ok_or(ApiError::Denied)?;
        Ok(Self { repository, upload: upload.ok_or(ApiError::UploadUnknown)?, identity })
    }

    /// As [`Pusher::still`].
    pub(crate) async fn still(&self, call: &Call) -> Result<(), ApiError> {
        still(call, &self.identity, &self.repository).await
    }

    pub(crate) fn repository(&self) -> &RepositoryName {
        &self.repository
    }

    /// As [`Pusher::account`].
    pub(crate) fn account(&self) -> Option<&AccountId> {
        self.identity.account()
    }

    pub(crate) fn upload(&self) -> UploadId {
        self.upload
    }
}

/// A token may have run out since the request began; that its user and login may push must hold.
async fn still(call: &Call, identity: &Identity, repository: &RepositoryName) -> Result<(), ApiError> {
    let state = call.state();
    // Somebody who was blocked is not current.
    let is_known = identity.is_current(&state.views) && !identity.is_over(state.clock.now());
    let again = if is_known { None } else { Some(authenticate(call).map_err(|error| with_scope(error, repository, "pull,push"))?) };
    let identity = again.as_ref().map_or(identity, |again| &again.identity);
    require_level(call, identity, repository, Level::Edit).await?.map(|_| ()).ok_or(ApiError::Denied)
}

/// Whether the pusher may read another repository: by what is held there now, whatever a token was made for.
///
/// A mount names its source in the query, which clients ask no token for; the level is what protects it.
pub(crate) fn readable(call: &Call, pusher: &Pusher, repository: &RepositoryName) -> bool {
    pusher.identity.held(call.state(), repository).is_some_and(|held| held.level >= Level::Read)
}

/// A new upload session: its id, and the name it goes by in URLs, which is good for this repository and user only.
pub(crate) fn new_session(call: &Call, pusher: &Pusher) -> (UploadId, String) {
    let upload = UploadId(call.state().ids.uuid());
    let user = pusher.identity.user().map(ambar_domain::ids::UserId::as_str).unwrap_or_default();
    let name = session_name(call, &pusher.repository, user, upload);
    (upload, name)
}

fn session_name(call: &Call, repository: &RepositoryName, user: &str, upload: UploadId) -> String {
    let mac = hmac::sign(call.state().keys.current().upload(), session_text(repository, user, upload).as_bytes());
    format!("{upload}.{}", URL_SAFE_NO_PAD.encode(mac.as_ref()))
}

/// Neither an upload id nor a user id holds a space, so no two sessions have the same text.
fn session_text(repository: &RepositoryName, user: &str, upload: UploadId) -> String {
    format!("{upload} {user} {repository}")
}

fn open_session(call: &Call, repository: &RepositoryName, user: &str, name: &str) -> Option<UploadId> {
    let (id, mac) = name.split_once('.')?;
    let upload = UploadId(Uuid::try_parse(id).ok()?);
    let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
    let text = session_text(repository, user, upload);
    let is_ours = call.state().keys.all().any(|keys| hmac::verify(keys.upload(), text.as_bytes(), &mac).is_ok());
    is_ours.then_some(upload)
}

async fn require(
    call: &Call,
    repository: &RepositoryName,
    actions: Actions,
    names: &str,
    level: Level,
) -> Result<(Arc<Identity>, Held), ApiError> {
    let Authenticated { identity, expired } = authenticate(call).map_err(|error| with_scope(error, repository, names))?;
    if expired {
        return Err(refuse(repository, names, false));
    }
    if !identity.covers(repository, actions) {
        return Err(refuse(repository, names, true));
    }
    match require_level(call, &identity, repository, level).await? {
        Some(held) => Ok((identity, held)),
        None if identity.is_anonymous() => Err(refuse(repository, names, false)),
        None => Err(ApiError::Denied),
    }
}

/// What the caller holds, if it is enough. Before it is not, everything that was ever granted is taken into account.
async fn require_level(call: &Call, identity: &Identity, repository: &RepositoryName, level: Level) -> Result<Option<Held>, ApiError> {
    let state = call.state();
    let enough = |held: Option<Held>| held.filter(|held| held.level >= level);
    if let Some(held) = enough(identity.held(state, repository)) {
        return Ok(Some(held));
    }
    if identity.is_anonymous() && !state.settings.anonymous_pull {
        return Ok(None);
    }
    state.views.catch_up().await?;
    Ok(enough(identity.held(state, repository)))
}

fn refuse(repository: &RepositoryName, actions: &str, insufficient_scope: bool) -> ApiError {
    ApiError::Unauthenticated { scope: Some(format!("repository:{repository}:{actions}")), insufficient_scope }
}

fn with_scope(error: ApiError, repository: &RepositoryName, actions: &str) -> ApiError {
    match error {
        ApiError::Unauthenticated { insufficient_scope, .. } => refuse(repository, actions, insufficient_scope),
        error => error,
    }
}
