//! Who goes far over the limits, and what comes of it: a block (requirement P8).
//!
//! Whoever is refused an upload is known, so its user is blocked. Of failed logins nothing is known but where they come from, so the address is:
//! if the user that they name were blocked, anybody could keep anybody out.

use std::sync::Arc;

use ambar_domain::block::BlockCause;
use ambar_domain::client_address::ClientAddress;
use ambar_domain::clock::Clock;
use ambar_domain::ids::UserId;
use ambar_storage::aggregate_store::{Actor, CommandContext};

use super::Limits;
use super::rate::Rates;
use crate::call::Call;
use crate::error::{ApiError, chain};
use crate::operations::{block_address, block_user};
use crate::to_the_end::to_the_end;

/// What a request did that counts against its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offence {
    /// It was refused an upload.
    RefusedUpload,
    /// Its login was wrong, or it came while its address had to wait.
    FailedLogin,
}

/// What users and addresses did lately.
pub(super) struct Offences {
    of_users: Rates<UserId>,
    of_addresses: Rates<ClientAddress>,
}

impl Offences {
    pub(super) fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        Self {
            of_users: Rates::per_minute(limits.block_after_refused_uploads, clock.clone()),
            of_addresses: Rates::per_minute(limits.block_after_failed_logins, clock),
        }
    }
}

/// Says that nobody has been blocked so far, so that the first block is seen as an increase.
pub(super) fn describe() {
    metrics::describe_counter!("ambar_blocks_total", "Blocks of users and addresses, by what they are for.");
    count_block("user", BlockCause::RefusedUploads, 0);
    count_block("address", BlockCause::FailedLogins, 0);
}

fn count_block(what: &'static str, cause: BlockCause, more: u64) {
    metrics::counter!("ambar_blocks_total", "what" => what, "cause" => cause.as_str()).increment(more);
}

/// Counts the offence, and blocks who has committed too many. Whatever comes of it, the request has had its answer.
pub(crate) async fn judge(call: &Call, offence: Offence) {
    let blocked = match offence {
        Offence::RefusedUpload => judge_user(call).await,
        Offence::FailedLogin => judge_address(call).await,
    };
    if let Err(error) = blocked {
        tracing::error!(request_id = call.request_id, error = chain(&error), "a block could not be recorded");
    }
}

async fn judge_user(call: &Call) -> Result<(), ApiError> {
    let (offences, cause) = (&call.registry.limits.offences, BlockCause::RefusedUploads);
    let Some(user) = call.identity().and_then(|identity| identity.user().cloned()) else { return Ok(()) };
    if !offences.of_users.is_too_many(&user) {
        return Ok(());
    }
    count_block("user", cause, 1);
    tracing::warn!(%user, request_id = call.request_id, "a user is blocked: far too many refused uploads");
    let (state, context) = (call.state().clone(), context(call));
    to_the_end(async move { Ok(block_user(&state, &context, &user, cause).await?) }).await
}

async fn judge_address(call: &Call) -> Result<(), ApiError> {
    let (limits, cause) = (&call.registry.limits, BlockCause::FailedLogins);
    let Some(address) = call.client_address() else { return Ok(()) };
    if !limits.offences.of_addresses.is_too_many(&address) {
        return Ok(());
    }
    if limits.blocked_addresses.is_full(&call.state().views, &*call.state().clock) {
        tracing::warn!(%address, request_id = call.request_id, "an address is not blocked: too many others are");
        return Ok(());
    }
    count_block("address", cause, 1);
    tracing::warn!(%address, request_id = call.request_id, "an address is blocked: far too many failed logins");
    let (state, context) = (call.state().clone(), context(call));
    to_the_end(async move { Ok(block_address(&state, &context, address, cause).await?) }).await
}

/// The registry itself blocks, and not who sent the request; the request is the reason.
fn context(call: &Call) -> CommandContext {
    let source_address = call.source_address().unwrap_or_else(|| "unknown".to_owned());
    CommandContext::new(call.state().ids.uuid(), Actor::Worker { job: "limits" }, call.request_id.clone(), source_address)
}
