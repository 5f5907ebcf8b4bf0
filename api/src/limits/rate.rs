//! So many in a time, by the registry's own clock.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use ambar_domain::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter, clock};

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
    limiter: RateLimiter<NotKeyed, InMemoryState, Time, NoOpMiddleware<Nanos>>,
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
        Self { limiter: RateLimiter::direct_with_clock(quota, time.clone()), quota, time }
    }

    /// Lets one through, or says how long the next has to wait.
    pub(super) fn take(&mut self) -> Result<(), Duration> {
        let Err(wait) = self.attempt() else { return Ok(()) };
        if wait <= self.quota.burst_size_replenished_in() {
            return Err(wait);
        }
        // Nobody has to wait so long but for a clock that was set back.
        *self = Self::new(self.quota, self.time.clone());
        self.attempt()
    }

    fn attempt(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|not_until| not_until.wait_time_from(clock::Clock::now(&self.time)))
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
    fn a_clock_that_is_set_back_keeps_nobody_waiting() {
        let (mut rate, clock) = rate(1);
        assert_eq!(rate.take(), Ok(()));
        clock.advance(chrono::Duration::hours(-1));
        assert_eq!([rate.take(), rate.take()], [Ok(()), Err(Duration::from_secs(1))]);
    }
}
