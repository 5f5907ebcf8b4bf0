//! Failed logins, by the address that they come from, whoever they name.
//!
//! Some may fail; from then on an address has to wait before each further attempt, right or wrong. Logins and tokens that were found good
//! before are not attempts: who has logged in goes on, whatever others do behind the same address.
//!
//! In memory, by each node for itself, of so many addresses: who has more of them than that guesses faster, and no secret here is guessed
//! by that.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambar_domain::client_address::ClientAddress;
use ambar_domain::clock::{Clock, Timestamp};
use lru::LruCache;

use super::rate::Rate;
use super::{Limits, REMEMBERED};

/// The longest wait: one failure in a minute is the least that can be allowed.
const LONGEST: chrono::Duration = chrono::Duration::minutes(1);

/// The addresses from which logins failed lately.
pub(crate) struct FailedLogins {
    per_minute: Option<NonZeroU32>,
    clock: Arc<dyn Clock>,
    addresses: Mutex<LruCache<ClientAddress, OfAddress>>,
}

struct OfAddress {
    failed: Rate,
    /// Until when it has to wait.
    waits_until: Option<Timestamp>,
}

impl FailedLogins {
    pub(super) fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        Self { per_minute: limits.failed_logins_per_minute, clock, addresses: Mutex::new(LruCache::new(REMEMBERED)) }
    }

    /// How long the address has to wait before the next attempt, if it has to.
    pub(crate) fn wait(&self, address: ClientAddress) -> Option<Duration> {
        self.per_minute?;
        let now = self.clock.now();
        let until = self.addresses().peek(&address)?.waits_until?;
        let wait = until - now;
        // Longer than the longest is what a clock makes of it that was set back.
        if wait > LONGEST { None } else { wait.to_std().ok().filter(|wait| !wait.is_zero()) }
    }

    /// An attempt failed.
    pub(crate) fn failed(&self, address: ClientAddress) {
        let Some(per_minute) = self.per_minute else { return };
        let now = self.clock.now();
        let mut addresses = self.addresses();
        let fresh = || OfAddress { failed: Rate::per_minute(per_minute, &self.clock), waits_until: None };
        let known = addresses.get_or_insert_mut(address, fresh);
        if let Some(wait) = known.failed.spend() {
            known.waits_until = chrono::Duration::from_std(wait).ok().map(|wait| now + wait);
        }
    }

    fn addresses(&self) -> MutexGuard<'_, LruCache<ClientAddress, OfAddress>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that no login has failed so far, so that the first failure is seen as an increase.
pub(super) fn describe() {
    metrics::describe_counter!("ambar_failed_logins_total", "Logins, passwords and signatures that were wrong.");
    count(0);
}

/// One more failed, wherever it came from.
pub(crate) fn count_failed_login() {
    count(1);
}

fn count(more: u64) {
    metrics::counter!("ambar_failed_logins_total").increment(more);
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use ambar_domain::clock::ManualClock;
    use chrono::DateTime;

    use super::*;

    fn failed_logins(per_minute: u32) -> (FailedLogins, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
        let limits = Limits { failed_logins_per_minute: NonZeroU32::new(per_minute), ..Limits::default() };
        (FailedLogins::new(&limits, clock.clone()), clock)
    }

    fn address(number: u8) -> ClientAddress {
        IpAddr::from([192, 0, 2, number]).into()
    }

    #[test]
    fn an_address_waits_when_too_many_have_failed_and_others_do_not() {
        let (failed, clock) = failed_logins(6);
        for _ in 0..6 {
            assert_eq!(failed.wait(address(1)), None);
            failed.failed(address(1));
        }
        assert_eq!(failed.wait(address(1)), Some(Duration::from_secs(10)));
        assert_eq!(failed.wait(address(2)), None);
        clock.advance(chrono::Duration::seconds(10));
        assert_eq!(failed.wait(address(1)), None);
        failed.failed(address(1));
        assert_eq!(failed.wait(address(1)), Some(Duration::from_secs(10)));
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let (failed, _) = failed_logins(0);
        (0..1_000).for_each(|_| failed.failed(address(1)));
        assert_eq!(failed.wait(address(1)), None);
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_waiting() {
        let (failed, clock) = failed_logins(1);
        failed.failed(address(1));
        clock.advance(chrono::Duration::hours(-1));
        assert_eq!(failed.wait(address(1)), None);
    }
}
