//! How many streams of events the users of an account have open at once. Exports are among them.
//!
//! A stream looks at the log whenever something is recorded, an export goes through all of it, for as long as it is open. In memory, by each node for itself.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ambar_domain::ids::AccountId;

/// The open streams of every account.
#[derive(Debug)]
pub(crate) struct EventStreams {
    at_once: Option<NonZeroU32>,
    open: Mutex<HashMap<AccountId, u32>>,
}

/// A stream that is open until this is dropped.
#[derive(Debug)]
pub(crate) struct OpenStream {
    streams: Arc<EventStreams>,
    account: AccountId,
}

impl EventStreams {
    pub(super) fn new(at_once: Option<NonZeroU32>) -> Arc<Self> {
        Arc::new(Self { at_once, open: Mutex::default() })
    }

    /// One more, if the account may have it.
    pub(crate) fn open(self: &Arc<Self>, account: &AccountId) -> Option<OpenStream> {
        let mut open = self.counts();
        let count = open.entry(account.clone()).or_default();
        if self.at_once.is_some_and(|at_once| *count >= at_once.get()) {
            return None;
        }
        *count += 1;
        Some(OpenStream { streams: self.clone(), account: account.clone() })
    }

    /// How many are open.
    pub(super) fn count(&self) -> u32 {
        self.counts().values().sum()
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<AccountId, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.counts();
        if let Some(count) = open.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_so_many_open_at_once_and_another_as_many() {
        let streams = EventStreams::new(NonZeroU32::new(2));
        let [acme, globex] = ["1", "2"].map(|digit| digit.repeat(32).parse::<AccountId>().unwrap());
        let (first, second) = (streams.open(&acme), streams.open(&acme));
        assert!(first.is_some() && second.is_some() && streams.open(&acme).is_none());
        assert!(streams.open(&globex).is_some());
        assert_eq!(streams.count(), 2, "what is closed does not count");
        drop(first);
        assert!(streams.open(&acme).is_some());
        drop(second);
        assert!(streams.counts().is_empty(), "nothing is left of accounts without one");
    }

    #[test]
    fn without_a_limit_there_are_as_many_as_are_wanted() {
        let (streams, account) = (EventStreams::new(None), "1".repeat(32).parse().unwrap());
        let open: Vec<_> = (0..100).map_while(|_| streams.open(&account)).collect();
        assert_eq!((open.len(), streams.count()), (100, 100));
    }
}
