//! Under which master key the secrets of access keys are sealed, and sealing them under another one (ADR 13).
//!
//! Only the operator of the machine asks for either.

use std::sync::atomic::Ordering;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::user::{UserCommand, UserError};
use ambar_projections::identity::{self, SealedKey};
use ambar_storage::aggregate_store::{Actor, CommandContext, CommandError};
use futures::stream::{self, StreamExt};

use super::{OperationError, step};
use crate::state::AppState;

/// Sealed secrets looked at at a time.
const PAGE: usize = 500;

/// Secrets sealed at once: their events share a flush.
const AT_ONCE: usize = 32;

/// Most access keys that are named.
const NAMED: usize = 3;

/// How many access keys, disabled ones included, have their secrets sealed how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sealings {
    /// Under the master key.
    pub current: u64,
    /// Under the one before, or in the form that says under which no more than that it opens.
    pub to_be_resealed: u64,
    /// Under none that is given: calls that are signed with these fail.
    pub lost: u64,
    /// Some of those.
    pub some_lost: Vec<AccessKeyId>,
}

/// Looks at the secrets of all access keys.
///
/// # Errors
/// The views cannot be read.
pub fn sealings(state: &AppState) -> Result<Sealings, OperationError> {
    let (mut found, mut after) = (Sealings::default(), None);
    loop {
        let page = identity::list_sealed_secrets(&state.views.reader()?, after.as_ref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.access_key.clone());
        for SealedKey { access_key, sealed_secret, .. } in page {
            if state.keys.is_sealed_now(&sealed_secret) {
                found.current += 1;
            } else if state.keys.open(&access_key, &sealed_secret).is_ok() {
                found.to_be_resealed += 1;
            } else {
                found.lost += 1;
                if found.some_lost.len() < NAMED {
                    found.some_lost.push(access_key);
                }
            }
        }
    }
}

/// Seals the secret of every access key that is sealed otherwise under the master key, each by an event of its own; answers how many.
///
/// Those that cannot be opened are left as they are. Done again, it goes on where it was broken off; a node that stops breaks it off.
///
/// # Errors
/// [`OperationError::Denied`] for all but the operator.
pub async fn reseal_secrets(state: &AppState, context: &CommandContext) -> Result<u64, OperationError> {
    let Actor::Operator { .. } = context.actor else { return Err(OperationError::Denied) };
    let (mut resealed, mut after) = (0, None);
    loop {
        let page = identity::list_sealed_secrets(&state.views.reader()?, after.as_ref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(resealed) };
        after = Some(last.access_key.clone());
        if state.stopping.load(Ordering::Relaxed) {
            return Ok(resealed);
        }
        // All of the page end before one that failed is told: what has begun may be recorded.
        let results: Vec<_> = stream::iter(page).map(|key| reseal(state, context, key)).buffer_unordered(AT_ONCE).collect().await;
        for done in results {
            resealed += u64::from(done?);
        }
    }
}

async fn reseal(state: &AppState, context: &CommandContext, key: SealedKey) -> Result<bool, OperationError> {
    let SealedKey { user, access_key, sealed_secret } = key;
    if state.keys.is_sealed_now(&sealed_secret) {
        return Ok(false);
    }
    let Ok(secret) = state.keys.open(&access_key, &sealed_secret) else { return Ok(false) };
    let sealed_secret = state.keys.seal(&*state.ids, &access_key, &secret);
    let command = UserCommand::ResealAccessKey { access_key, sealed_secret };
    match state.aggregates.users.execute(user.as_str(), command, &step(state, context)).await {
        Ok(()) => Ok(true),
        // Deleted since it was listed.
        Err(CommandError::Refused(UserError::NotFound | UserError::AccessKeyNotFound)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
