//! How much is too much, as the operator wants it (requirements P7, P8).

use std::num::NonZeroU32;

use chrono::Duration;

/// What is limited, each for itself; `None` is no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How many layers the users of an account may be uploading at once.
    pub uploads_at_once: Option<NonZeroU32>,
    /// How many layer uploads they may start in a second.
    pub uploads_per_second: Option<NonZeroU32>,
    /// How many logins may fail from an address in a minute before further ones have to wait.
    pub failed_logins_per_minute: Option<NonZeroU32>,
    /// How many refused uploads in a minute a user is blocked for.
    pub block_after_refused_uploads: Option<NonZeroU32>,
    /// How many failed or refused logins in a minute an address is blocked for.
    pub block_after_failed_logins: Option<NonZeroU32>,
    /// How many streams and exports of events the users of an account may have open at once.
    pub event_streams: Option<NonZeroU32>,
    /// How many tokens and temporary access keys a user may take in a minute.
    pub tokens_per_minute: Option<NonZeroU32>,
    /// How long a block lasts.
    pub block_lifetime: Duration,
    /// How many wrong passwords in a row a user is locked for.
    pub lock_user_after: Option<NonZeroU32>,
    /// How long that lasts, from the last of them.
    pub user_lock_lifetime: Duration,
    /// How many wrong signatures in a row an access key is locked for.
    pub lock_key_after: Option<NonZeroU32>,
    /// How long that lasts, from the last of them.
    pub key_lock_lifetime: Duration,
    /// How far apart failures may be to be in a row; `None` is however far.
    pub lock_reset: Option<Duration>,
}

/// The defaults of the product: the configuration has them from here.
impl Default for Limits {
    fn default() -> Self {
        Self {
            uploads_at_once: NonZeroU32::new(20),
            uploads_per_second: NonZeroU32::new(20),
            failed_logins_per_minute: NonZeroU32::new(30),
            // Twice what a hundred Docker clients that push at once through one account, and try again as they do, are refused.
            block_after_refused_uploads: NonZeroU32::new(600),
            block_after_failed_logins: NonZeroU32::new(120),
            event_streams: NonZeroU32::new(20),
            tokens_per_minute: NonZeroU32::new(600),
            block_lifetime: Duration::minutes(30),
            lock_user_after: NonZeroU32::new(5),
            user_lock_lifetime: Duration::minutes(15),
            lock_key_after: NonZeroU32::new(5),
            key_lock_lifetime: Duration::minutes(5),
            lock_reset: None,
        }
    }
}
