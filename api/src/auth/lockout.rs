//! Stops guessing: who fails too often in a row is refused for a while, also with the right secret.
//!
//! What has failed is remembered in memory, by each node for itself: a restart forgets it, and with several nodes each allows as many
//! failures. Only what exists is remembered, so that inventing names pushes nobody out.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use ambar_domain::clock::Timestamp;
use chrono::Duration;
use lru::LruCache;

/// Of how many the failures are remembered, some 100 bytes each.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

/// How often something may fail in a row, and what has failed so far.
pub(crate) struct Lockout<K> {
    allowed: u32,
    lasts: Duration,
    failures: Mutex<LruCache<K, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    in_a_row: u32,
    last_at: Timestamp,
}

impl<K: Hash + Eq + Clone> Lockout<K> {
    /// After `allowed` failures in a row everything is refused until `lasts` has passed since the last of them.
    pub(crate) fn new(allowed: u32, lasts: Duration) -> Self {
        Self { allowed, lasts, failures: Mutex::new(LruCache::new(REMEMBERED)) }
    }

    pub(crate) fn is_locked(&self, who: &K, now: Timestamp) -> bool {
        self.failures().get(who).is_some_and(|failures| self.locks(failures, now))
    }

    /// Counts a failure; answers whether it is the one that locks. What is locked already does not stay so for longer by more of them.
    pub(crate) fn failed(&self, who: &K, now: Timestamp) -> bool {
        let mut remembered = self.failures();
        let failures = remembered.get_or_insert_mut(who.clone(), || Failures { in_a_row: 0, last_at: now });
        if self.locks(failures, now) {
            return false;
        }
        let before = if failures.in_a_row >= self.allowed { 0 } else { failures.in_a_row };
        *failures = Failures { in_a_row: before + 1, last_at: now };
        self.locks(failures, now)
    }

    pub(crate) fn succeeded(&self, who: &K) {
        self.failures().pop(who);
    }

    fn locks(&self, failures: &Failures, now: Timestamp) -> bool {
        failures.in_a_row >= self.allowed && now < failures.last_at + self.lasts
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, LruCache<K, Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn lockout() -> Lockout<&'static str> {
        Lockout::new(3, Duration::seconds(60))
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
}
