//! So many in a time, by the registry's own clock.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambar_domain::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter, clock};
use lru::LruCache;

use super::REMEMBERED;

/// The registry's clock, as the limiter wants it.
#[derive(Clone)]
struct Time(Arc<dyn Clock>);

impl clock::Clock for Time {
    type Instant = Nanos;

    /// Before 1970 and behind 2554 it stands still.
    fn now(&self) -> Nanos {
        let since_1970 = self.0.now().timestamp_nanos_opt().unwrap_or(i64::MAX);
        u64::try_from(since_1970).unwrap_or(0).into()
    }
}

/// Lets so many through in a time: all of them at once if need be, and then as many as the time that passes makes room for.
pub(super) struct Rate {
    limiter: RateLimiter<NotKeyed, InMemoryState, Time, StateInformationMiddleware>,
    quota: Quota,
    time: Time,
}

impl Rate {
    pub(super) fn per_second(number: NonZeroU32, clock: &Arc<dyn Clock>) -> Self {
        Self::new(Quota::per_second(number), Time(clock.clone()))
    }

    pub(super) fn per_minute(number: NonZeroU32, clock: &Arc<dyn Clock>) -> Self {
        Self::new(Quota::per_minute(number), Time(clock.clone()))
    }

    fn new(quota: Quota, time: Time) -> Self {
        let limiter = RateLimiter::direct_with_clock(quota, time.clone()).with_middleware();
        Self { limiter, quota, time }
    }

    /// Lets one through, or says how long the next has to wait.
    pub(super) fn take(&mut self) -> Result<(), Duration> {
        self.take_and_count().map(drop)
    }

    /// Counts one that has passed, and says how long the next has to wait, if it has to.
    pub(super) fn spend(&mut self) -> Option<Duration> {
        match self.take_and_count() {
            Ok(0) => Some(self.quota.replenish_interval()),
            Ok(_) => None,
            Err(wait) => Some(wait),
        }
    }

    /// How many more there is room for.
    fn take_and_count(&mut self) -> Result<u32, Duration> {
        match self.attempt() {
            // Nobody has to wait so long but for a clock that was set back.
            Err(wait) if wait > self.quota.burst_size_replenished_in() => {
                *self = Self::new(self.quota, self.time.clone());
                self.attempt()
            }
            taken => taken,
        }
    }

    fn attempt(&self) -> Result<u32, Duration> {
        let taken = self.limiter.check();
        let now = clock::Clock::now(&self.time);
        taken.map(|state| state.remaining_burst_capacity()).map_err(|not_until| not_until.wait_time_from(now))
    }
}

/// The same for each of many, of whom those are remembered that were seen last.
pub(crate) struct Rates<K> {
    /// No number lets all through.
    per_minute: Option<NonZeroU32>,
    clock: Arc<dyn Clock>,
    known: Mutex<LruCache<K, Rate>>,
}

impl<K: Hash + Eq + Clone> Rates<K> {
    pub(super) fn per_minute(per_minute: Option<NonZeroU32>, clock: Arc<dyn Clock>) -> Self {
        Self { per_minute, clock, known: Mutex::new(LruCache::new(REMEMBERED)) }
    }

    /// Lets one through, or says how long the next has to wait.
    pub(crate) fn take(&self, who: &K) -> Result<(), Duration> {
        self.take_from(&mut self.known(), who)
    }

    /// Counts one; whether it is one too many. Then the count begins anew.
    pub(super) fn is_too_many(&self, who: &K) -> bool {
        let mut known = self.known();
        let is_too_many = self.take_from(&mut known, who).is_err();
        if is_too_many {
            known.pop(who);
        }
        is_too_many
    }

    fn take_from(&self, known: &mut LruCache<K, Rate>, who: &K) -> Result<(), Duration> {
        let Some(per_minute) = self.per_minute else { return Ok(()) };
        known.get_or_insert_mut_ref(who, || Rate::per_minute(per_minute, &self.clock)).take()
    }

    fn known(&self) -> MutexGuard<'_, LruCache<K, Rate>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ambar_domain::clock::ManualClock;
    use chrono::DateTime;

    use super::*;

    fn rate(number: u32) -> (Rate, Arc<ManualClock>) {
        let manual = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
        let clock: Arc<dyn Clock> = manual.clone();
        (Rate::per_second(NonZeroU32::new(number).unwrap(), &clock), manual)
    }

    #[test]
    fn so_many_pass_at_once_and_then_one_for_each_part_of_the_time() {
        let (mut rate, clock) = rate(4);
        assert_eq!([rate.take(), rate.take(), rate.take(), rate.take()], [Ok(()); 4]);
        assert_eq!(rate.take(), Err(Duration::from_millis(250)));
        clock.advance(chrono::Duration::milliseconds(250));
        assert_eq!([rate.take(), rate.take()], [Ok(()), Err(Duration::from_millis(250))]);
        clock.advance(chrono::Duration::seconds(1));
        assert_eq!([rate.take(), rate.take(), rate.take(), rate.take()], [Ok(()); 4]);
    }

    #[test]
    fn what_has_passed_is_counted_and_the_next_waits_when_there_is_no_room_for_it() {
        let (mut rate, clock) = rate(2);
        let wait = Some(Duration::from_millis(500));
        assert_eq!([rate.spend(), rate.spend(), rate.spend()], [None, wait, wait]);
        clock.advance(chrono::Duration::milliseconds(500));
        assert_eq!(rate.spend(), wait);
        clock.advance(chrono::Duration::seconds(1));
        assert_eq!([rate.spend(), rate.spend()], [None, wait]);
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_waiting() {
        let (mut rate, clock) = rate(1);
        assert_eq!(rate.take(), Ok(()));
        clock.advance(chrono::Duration::hours(-1));
        assert_eq!([rate.take(), rate.take()], [Ok(()), Err(Duration::from_secs(1))]);
    }
}
