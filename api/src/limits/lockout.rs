//! Stops guessing: what fails too often in a row is refused for a while, also with the right secret (requirements I2, I6).
//!
//! What has failed is remembered in memory, by each node for itself: a restart forgets it, and with several nodes each allows as many
//! failures. Only what exists is remembered, so that inventing names pushes nobody out. That something is locked is no event, and why is in
//! ADR 8.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::UserId;
use chrono::Duration;
use lru::LruCache;

use super::{Limits, REMEMBERED};

/// What is locked, as the metrics name one and several of it.
type Named = (&'static str, &'static str);

const USERS: Named = ("user", "users");
const KEYS: Named = ("key", "keys");

/// How often something may fail in a row, and what has failed so far.
pub(crate) struct Lockout<K> {
    named: Named,
    /// No number locks nothing.
    after: Option<NonZeroU32>,
    lasts: Duration,
    /// How far apart failures may be to be in a row; `None` is however far.
    reset: Option<Duration>,
    failures: Mutex<LruCache<K, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    in_a_row: u32,
    last_at: Timestamp,
}

impl Lockout<UserId> {
    /// Of users, by wrong passwords.
    pub(super) fn of_users(limits: &Limits) -> Self {
        Self::new(USERS, limits.lock_user_after, limits.user_lock_lifetime, limits.lock_reset)
    }
}

impl Lockout<AccessKeyId> {
    /// Of access keys, by wrong signatures.
    pub(super) fn of_keys(limits: &Limits) -> Self {
        Self::new(KEYS, limits.lock_key_after, limits.key_lock_lifetime, limits.lock_reset)
    }
}

impl<K: Hash + Eq + Clone> Lockout<K> {
    /// After so many failures in a row everything is refused until `lasts` has passed since the last of them.
    fn new(named: Named, after: Option<NonZeroU32>, lasts: Duration, reset: Option<Duration>) -> Self {
        Self { named, after, lasts, reset, failures: Mutex::new(LruCache::new(REMEMBERED)) }
    }

    pub(crate) fn is_locked(&self, who: &K, now: Timestamp) -> bool {
        self.failures().get(who).is_some_and(|failures| self.locks(failures, now))
    }

    /// Counts a failure; answers whether it is the one that locks. What is locked already does not stay so for longer by more of them.
    pub(crate) fn failed(&self, who: &K, now: Timestamp) -> bool {
        let Some(after) = self.after else { return false };
        let mut remembered = self.failures();
        let failures = remembered.get_or_insert_mut(who.clone(), || Failures { in_a_row: 0, last_at: now });
        if self.locks(failures, now) {
            return false;
        }
        let is_over = failures.in_a_row >= after.get() || self.reset.is_some_and(|reset| now - failures.last_at >= reset);
        let before = if is_over { 0 } else { failures.in_a_row };
        *failures = Failures { in_a_row: before + 1, last_at: now };
        let locks = self.locks(failures, now);
        count_locks(self.named, locks.into());
        locks
    }

    pub(crate) fn succeeded(&self, who: &K) {
        self.failures().pop(who);
    }

    /// Brings the metric up to date that tells how many are locked.
    pub(super) fn show(&self, now: Timestamp) {
        let locked = self.failures().iter().filter(|(_, failures)| self.locks(failures, now)).count();
        metrics::gauge!("ambar_locked", "what" => self.named.1).set(locked as f64);
    }

    fn locks(&self, failures: &Failures, now: Timestamp) -> bool {
        self.after.is_some_and(|after| failures.in_a_row >= after.get()) && now < failures.last_at + self.lasts
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, LruCache<K, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that nothing has been locked so far, so that the first lock is seen as an increase.
pub(super) fn describe() {
    metrics::describe_counter!("ambar_locks_total", "Locks of users and access keys, for wrong passwords and signatures.");
    metrics::describe_gauge!("ambar_locked", "Users and access keys that are locked now, on this node.");
    [USERS, KEYS].into_iter().for_each(|named| count_locks(named, 0));
}

fn count_locks((one, _): Named, more: u64) {
    metrics::counter!("ambar_locks_total", "what" => one).increment(more);
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn lockout() -> Lockout<&'static str> {
        Lockout::new(USERS, NonZeroU32::new(3), Duration::seconds(60), None)
    }

    /// Fails at these seconds; answers which failures lock.
    fn fail<const N: usize>(lockout: &Lockout<&'static str>, seconds: [i64; N]) -> [bool; N] {
        seconds.map(|second| lockout.failed(&"ann", at(second)))
    }

    #[test]
    fn who_fails_too_often_in_a_row_is_locked_until_some_time_after_the_last_failure() {
        let lockout = lockout();
        assert_eq!(fail(&lockout, [0, 10, 20]), [false, false, true]);
        assert!(lockout.is_locked(&"ann", at(79)) && !lockout.is_locked(&"otto", at(79)));
        assert!(!lockout.is_locked(&"ann", at(80)));
    }

    #[test]
    fn failures_while_locked_make_it_no_longer() {
        let lockout = lockout();
        fail(&lockout, [0, 0, 0, 50]);
        assert!(!lockout.is_locked(&"ann", at(60)));
    }

    #[test]
    fn a_success_between_failures_begins_anew() {
        let lockout = lockout();
        fail(&lockout, [0, 0]);
        lockout.succeeded(&"ann");
        assert_eq!(fail(&lockout, [1, 1]), [false, false]);
        assert!(!lockout.is_locked(&"ann", at(1)));
    }

    #[test]
    fn the_count_begins_anew_after_a_lock() {
        let lockout = lockout();
        fail(&lockout, [0, 0, 0]);
        assert_eq!(fail(&lockout, [60, 60, 60]), [false, false, true]);
    }

    #[test]
    fn failures_that_are_too_far_apart_are_not_in_a_row() {
        let lockout = Lockout { reset: Some(Duration::seconds(30)), ..lockout() };
        assert_eq!(fail(&lockout, [0, 29, 59, 60, 61]), [false, false, false, false, true]);
        assert!(lockout.is_locked(&"ann", at(120)) && !lockout.is_locked(&"ann", at(121)));
    }

    #[test]
    fn without_a_number_nothing_is_locked() {
        let lockout = Lockout { after: None, ..lockout() };
        assert!((0..1_000).all(|_| !lockout.failed(&"ann", at(0))));
        assert!(!lockout.is_locked(&"ann", at(0)));
    }
}
