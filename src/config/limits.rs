//! What is limited: the section `[limits]` of the file, and the flags and variables of the same names.

use std::num::NonZeroU32;

use ambar_api::{Limits, Settings};
use anyhow::Result;
use chrono::Duration;
use clap::Args;
use serde::Deserialize;

use super::{first, minutes, within};

/// What can be said of limits, in the file and on the command line alike; 0 is no limit where the help says so.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitArgs {
    /// Largest layer, of 1 byte at least [default: 10737418240, 10 GiB]
    #[arg(long, env = "AMBAR_MAX_LAYER_BYTES", value_name = "BYTES")]
    pub(crate) max_layer_bytes: Option<u64>,
    /// Organizations an account may have; with 0 nobody makes another one [default: 5]
    #[arg(long, env = "AMBAR_ORGANIZATION_QUOTA", value_name = "NUMBER")]
    pub(crate) organization_quota: Option<u32>,
    /// Layers that the users of an account may upload at once; 0 is no limit [default: 20]
    #[arg(long, env = "AMBAR_UPLOADS_AT_ONCE", value_name = "NUMBER")]
    pub(crate) uploads_at_once: Option<u32>,
    /// Layer uploads that the users of an account may start in a second; 0 is no limit [default: 20]
    #[arg(long, env = "AMBAR_UPLOADS_PER_SECOND", value_name = "NUMBER")]
    pub(crate) uploads_per_second: Option<u32>,
    /// Logins from one address that may fail in a minute before further ones have to wait; 0 is no limit [default: 30]
    #[arg(long, env = "AMBAR_FAILED_LOGINS_PER_MINUTE", value_name = "NUMBER")]
    pub(crate) failed_logins_per_minute: Option<u32>,
    /// Refused layer uploads in a minute that a user is blocked for; 0 blocks nobody for it [default: 600]
    #[arg(long, env = "AMBAR_BLOCK_AFTER_REFUSED_UPLOADS", value_name = "NUMBER")]
    pub(crate) block_after_refused_uploads: Option<u32>,
    /// Failed or refused logins in a minute that an address is blocked for; 0 blocks nobody for it [default: 120]
    #[arg(long, env = "AMBAR_BLOCK_AFTER_FAILED_LOGINS", value_name = "NUMBER")]
    pub(crate) block_after_failed_logins: Option<u32>,
    /// Streams and exports of events that the users of an account may have open at once; 0 is no limit [default: 20]
    #[arg(long, env = "AMBAR_EVENT_STREAMS", value_name = "NUMBER")]
    pub(crate) event_streams: Option<u32>,
    /// IAM tokens and temporary access keys that a user may take in a minute; 0 is no limit [default: 600]
    #[arg(long, env = "AMBAR_TOKENS_PER_MINUTE", value_name = "NUMBER")]
    pub(crate) tokens_per_minute: Option<u32>,
    /// How long a block lasts, at least a minute [default: 30]
    #[arg(long, env = "AMBAR_BLOCK_MINUTES", value_name = "MINUTES")]
    pub(crate) block_minutes: Option<u32>,
    /// Wrong passwords in a row that a user's password is locked for; 0 locks nobody [default: 5]
    #[arg(long, env = "AMBAR_LOCK_USER_AFTER", value_name = "NUMBER")]
    pub(crate) lock_user_after: Option<u32>,
    /// How long a user's password stays locked, at least a minute [default: 15]
    #[arg(long, env = "AMBAR_LOCK_USER_MINUTES", value_name = "MINUTES")]
    pub(crate) lock_user_minutes: Option<u32>,
    /// Wrong signatures in a row that an access key is locked for; 0 locks none [default: 5]
    #[arg(long, env = "AMBAR_LOCK_KEY_AFTER", value_name = "NUMBER")]
    pub(crate) lock_key_after: Option<u32>,
    /// How long an access key stays locked, at least a minute [default: 5]
    #[arg(long, env = "AMBAR_LOCK_KEY_MINUTES", value_name = "MINUTES")]
    pub(crate) lock_key_minutes: Option<u32>,
    /// After how long without another one wrong passwords and signatures count no more; 0 is never, but for a right one or the end of a
    /// lock [default: 0]
    #[arg(long, env = "AMBAR_LOCK_RESET_MINUTES", value_name = "MINUTES")]
    pub(crate) lock_reset_minutes: Option<u32>,
}

/// What is limited, complete and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LimitConfig {
    pub(crate) max_layer_bytes: u64,
    pub(crate) organization_quota: u32,
    pub(crate) uploads_at_once: u32,
    pub(crate) uploads_per_second: u32,
    pub(crate) failed_logins_per_minute: u32,
    pub(crate) block_after_refused_uploads: u32,
    pub(crate) block_after_failed_logins: u32,
    pub(crate) event_streams: u32,
    pub(crate) tokens_per_minute: u32,
    pub(crate) block_minutes: u32,
    pub(crate) lock_user_after: u32,
    pub(crate) lock_user_minutes: u32,
    pub(crate) lock_key_after: u32,
    pub(crate) lock_key_minutes: u32,
    pub(crate) lock_reset_minutes: u32,
}

impl LimitConfig {
    /// Puts flags and variables over the file over the defaults.
    pub(super) fn resolve(args: LimitArgs, file: LimitArgs) -> Result<Self> {
        let default = Self::default();
        let config = Self {
            max_layer_bytes: first(args.max_layer_bytes, file.max_layer_bytes, default.max_layer_bytes),
            organization_quota: first(args.organization_quota, file.organization_quota, default.organization_quota),
            uploads_at_once: first(args.uploads_at_once, file.uploads_at_once, default.uploads_at_once),
            uploads_per_second: first(args.uploads_per_second, file.uploads_per_second, default.uploads_per_second),
            failed_logins_per_minute: first(args.failed_logins_per_minute, file.failed_logins_per_minute, default.failed_logins_per_minute),
            block_after_refused_uploads: first(
                args.block_after_refused_uploads,
                file.block_after_refused_uploads,
                default.block_after_refused_uploads,
            ),
            block_after_failed_logins: first(
                args.block_after_failed_logins,
                file.block_after_failed_logins,
                default.block_after_failed_logins,
            ),
            event_streams: first(args.event_streams, file.event_streams, default.event_streams),
            tokens_per_minute: first(args.tokens_per_minute, file.tokens_per_minute, default.tokens_per_minute),
            block_minutes: first(args.block_minutes, file.block_minutes, default.block_minutes),
            lock_user_after: first(args.lock_user_after, file.lock_user_after, default.lock_user_after),
            lock_user_minutes: first(args.lock_user_minutes, file.lock_user_minutes, default.lock_user_minutes),
            lock_key_after: first(args.lock_key_after, file.lock_key_after, default.lock_key_after),
            lock_key_minutes: first(args.lock_key_minutes, file.lock_key_minutes, default.lock_key_minutes),
            lock_reset_minutes: first(args.lock_reset_minutes, file.lock_reset_minutes, default.lock_reset_minutes),
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        within("max_layer_bytes", self.max_layer_bytes, 1..=1 << 50)?;
        within("organization_quota", self.organization_quota, 0..=1_000_000)?;
        // As many as are looked through for each upload without anybody noticing.
        within("uploads_at_once", self.uploads_at_once, 0..=1_000)?;
        within("uploads_per_second", self.uploads_per_second, 0..=1_000_000)?;
        within("failed_logins_per_minute", self.failed_logins_per_minute, 0..=1_000_000)?;
        within("block_after_refused_uploads", self.block_after_refused_uploads, 0..=1_000_000)?;
        within("block_after_failed_logins", self.block_after_failed_logins, 0..=1_000_000)?;
        within("event_streams", self.event_streams, 0..=1_000_000)?;
        within("tokens_per_minute", self.tokens_per_minute, 0..=1_000_000)?;
        within("block_minutes", self.block_minutes, 1..=10_080)?;
        within("lock_user_after", self.lock_user_after, 0..=1_000_000)?;
        within("lock_user_minutes", self.lock_user_minutes, 1..=10_080)?;
        within("lock_key_after", self.lock_key_after, 0..=1_000_000)?;
        within("lock_key_minutes", self.lock_key_minutes, 1..=10_080)?;
        within("lock_reset_minutes", self.lock_reset_minutes, 0..=10_080)
    }
}

/// The defaults are those of the surfaces.
impl Default for LimitConfig {
    fn default() -> Self {
        let Settings { max_blob_bytes, organization_quota, limits, .. } = Settings::default();
        let number = |limit: Option<NonZeroU32>| limit.map_or(0, NonZeroU32::get);
        Self {
            max_layer_bytes: max_blob_bytes,
            organization_quota,
            uploads_at_once: number(limits.uploads_at_once),
            uploads_per_second: number(limits.uploads_per_second),
            failed_logins_per_minute: number(limits.failed_logins_per_minute),
            block_after_refused_uploads: number(limits.block_after_refused_uploads),
            block_after_failed_logins: number(limits.block_after_failed_logins),
            event_streams: number(limits.event_streams),
            tokens_per_minute: number(limits.tokens_per_minute),
            block_minutes: minutes(limits.block_lifetime),
            lock_user_after: number(limits.lock_user_after),
            lock_user_minutes: minutes(limits.user_lock_lifetime),
            lock_key_after: number(limits.lock_key_after),
            lock_key_minutes: minutes(limits.key_lock_lifetime),
            lock_reset_minutes: limits.lock_reset.map_or(0, minutes),
        }
    }
}

impl From<&LimitConfig> for Limits {
    fn from(config: &LimitConfig) -> Self {
        Self {
            uploads_at_once: NonZeroU32::new(config.uploads_at_once),
            uploads_per_second: NonZeroU32::new(config.uploads_per_second),
            failed_logins_per_minute: NonZeroU32::new(config.failed_logins_per_minute),
            block_after_refused_uploads: NonZeroU32::new(config.block_after_refused_uploads),
            block_after_failed_logins: NonZeroU32::new(config.block_after_failed_logins),
            event_streams: NonZeroU32::new(config.event_streams),
            tokens_per_minute: NonZeroU32::new(config.tokens_per_minute),
            block_lifetime: Duration::minutes(config.block_minutes.into()),
            lock_user_after: NonZeroU32::new(config.lock_user_after),
            user_lock_lifetime: Duration::minutes(config.lock_user_minutes.into()),
            lock_key_after: NonZeroU32::new(config.lock_key_after),
            key_lock_lifetime: Duration::minutes(config.lock_key_minutes.into()),
            lock_reset: NonZeroU32::new(config.lock_reset_minutes).map(|reset| Duration::minutes(reset.get().into())),
        }
    }
}
