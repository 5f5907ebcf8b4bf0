//! What keeps one account, one address or one guesser from taking more than its share (requirements P7, P8).
//!
//! [`Uploads`] and [`FailedLogins`] say what has to wait, and [`Lockout`] what is guessed at no more. What was refused is counted as an
//! [`Offence`] of the user or the address, and who goes far over the limits is blocked for a while, which is an event. The decisions are in
//! ADR 9.
//!
//! Addresses count only where they are known to be the client's own: [`Call::client_address`](crate::call::Call::client_address).

mod blocked_addresses;
mod event_streams;
mod failed_logins;
mod lockout;
mod offence;
mod rate;
mod refusals;
mod settings;
mod uploads;

use std::num::NonZeroUsize;
use std::sync::Arc;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::ids::UserId;
use ambar_projections::blocks::count_blocks;

pub(crate) use event_streams::OpenStream;
pub(crate) use failed_logins::count_failed_login;
pub(crate) use offence::{Offence, judge};
pub(crate) use refusals::{Limit, count_refusal};
pub use settings::Limits;
pub(crate) use uploads::{Bringing, TooManyUploads};

use self::blocked_addresses::BlockedAddresses;
use self::event_streams::EventStreams;
use self::failed_logins::FailedLogins;
use self::lockout::Lockout;
use self::offence::Offences;
use self::rate::Rates;
use self::uploads::Uploads;
use crate::state::{AppState, Settings};

/// Of how many accounts, users and addresses each limit remembers what they did, some 200 bytes each.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

/// Everything that limits count.
pub(crate) struct Limiters {
    pub(crate) uploads: Uploads,
    pub(crate) failed_logins: FailedLogins,
    pub(crate) wrong_passwords: Lockout<UserId>,
    pub(crate) wrong_signatures: Lockout<AccessKeyId>,
    pub(crate) blocked_addresses: BlockedAddresses,
    pub(crate) event_streams: Arc<EventStreams>,
    /// Tokens and temporary access keys, which are events.
    pub(crate) tokens: Rates<UserId>,
    offences: Offences,
}

impl Limiters {
    pub(crate) fn new(state: &AppState) -> Self {
        describe();
        show_settings(&state.settings);
        let (limits, clock) = (&state.settings.limits, &state.clock);
        Self {
            uploads: Uploads::new(limits, clock.clone()),
            failed_logins: FailedLogins::new(limits, clock.clone()),
            wrong_passwords: Lockout::of_users(limits),
            wrong_signatures: Lockout::of_keys(limits),
            blocked_addresses: BlockedAddresses::new(),
            event_streams: EventStreams::new(limits.event_streams),
            tokens: Rates::per_minute(limits.tokens_per_minute, clock.clone()),
            offences: Offences::new(limits, clock.clone()),
        }
    }

    /// Brings those metrics up to date that tell how things stand.
    pub(crate) fn show(&self, state: &AppState) {
        metrics::gauge!("ambar_layer_uploads").set(self.uploads.count() as f64);
        metrics::gauge!("ambar_event_streams").set(f64::from(self.event_streams.count()));
        self.wrong_passwords.show(state.clock.now());
        self.wrong_signatures.show(state.clock.now());
        let counted = state.views.reader().and_then(|reader| count_blocks(&reader, state.clock.now()));
        if let Ok((users, addresses)) = counted {
            metrics::gauge!("ambar_blocked", "what" => "users").set(users as f64);
            metrics::gauge!("ambar_blocked", "what" => "addresses").set(addresses as f64);
        }
    }
}

/// Says what each metric means, and that nothing has happened so far.
fn describe() {
    metrics::describe_gauge!(
        "ambar_limit",
        "How much is allowed, by limit; 0 is no limit, but of organizations. What ends in _minutes is how long; lock_reset_minutes 0 is never."
    );
    refusals::describe();
    failed_logins::describe();
    offence::describe();
    lockout::describe();
    metrics::describe_gauge!("ambar_blocked", "Users and addresses that are blocked now.");
    metrics::describe_gauge!("ambar_layer_uploads", "Layer uploads that count as under way.");
    metrics::describe_gauge!("ambar_event_streams", "Streams and exports of events that are open.");
}

/// Says what the limits are; 0 is none, and of `lock_reset_minutes` never. Those of blocks and locks are in minutes.
fn show_settings(settings: &Settings) {
    let limits = &settings.limits;
    for (limit, value) in [
        (Limit::UploadsAtOnce.as_str(), limits.uploads_at_once),
        (Limit::UploadsPerSecond.as_str(), limits.uploads_per_second),
        (Limit::FailedLoginsPerMinute.as_str(), limits.failed_logins_per_minute),
        ("block_after_refused_uploads", limits.block_after_refused_uploads),
        ("block_after_failed_logins", limits.block_after_failed_logins),
        (Limit::EventStreams.as_str(), limits.event_streams),
        (Limit::TokensPerMinute.as_str(), limits.tokens_per_minute),
        (Limit::WrongPasswords.as_str(), limits.lock_user_after),
        (Limit::WrongSignatures.as_str(), limits.lock_key_after),
    ] {
        metrics::gauge!("ambar_limit", "limit" => limit).set(value.map_or(0.0, |value| f64::from(value.get())));
    }
    for (limit, lasts) in [
        ("block_minutes", limits.block_lifetime),
        ("lock_user_minutes", limits.user_lock_lifetime),
        ("lock_key_minutes", limits.key_lock_lifetime),
        ("lock_reset_minutes", limits.lock_reset.unwrap_or_default()),
    ] {
        metrics::gauge!("ambar_limit", "limit" => limit).set(lasts.num_minutes() as f64);
    }
    metrics::gauge!("ambar_limit", "limit" => Limit::LayerBytes.as_str()).set(settings.max_blob_bytes as f64);
    metrics::gauge!("ambar_limit", "limit" => Limit::Organizations.as_str()).set(f64::from(settings.organization_quota));
}
