//! How many layers the users of an account upload at once, and how many uploads they start in a second (requirement P7).
//!
//! An upload counts from its `POST` until it is finished or given up, for as long as bytes of it come, and a minute longer. So what a client
//! leaves behind when it breaks off soon takes nobody's place; the session itself stays, and goes on as soon as there is a place again. A
//! mount that finds its blob uploads nothing and does not count.
//!
//! The places are the account's: one user may have them all. But while others of the account want some, a quarter of the places is theirs if nothing
//! is being sent there: an upload of who has more than the rest loses its place, and goes on as one that was left behind.
//!
//! In memory, by each node for itself: a restart begins anew.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambar_domain::clock::{Clock, Timestamp};
use ambar_domain::ids::{AccountId, UserId};
use ambar_storage::blobs::UploadId;
use lru::LruCache;

use super::rate::Rate;
use super::{Limits, REMEMBERED};

/// How long an upload counts of which nothing comes: many times what clients take from the `POST` to the first byte.
const COUNTS_FOR: chrono::Duration = chrono::Duration::minutes(1);

/// When to come again where it is not known when another upload ends. Docker waits as long by itself.
const WAIT_FOR_A_PLACE: Duration = Duration::from_secs(5);

/// Why an upload may not go on now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooManyUploads {
    AtOnce,
    PerSecond {
        /// Until one more may start.
        wait: Duration,
    },
}

impl TooManyUploads {
    /// When to try again.
    pub(crate) fn wait(self) -> Duration {
        match self {
            Self::AtOnce => WAIT_FOR_A_PLACE,
            Self::PerSecond { wait } => wait,
        }
    }
}

/// The uploads of every account.
pub(crate) struct Uploads {
    at_once: Option<NonZeroU32>,
    per_second: Option<NonZeroU32>,
    clock: Arc<dyn Clock>,
    accounts: Mutex<LruCache<AccountId, OfAccount>>,
}

struct OfAccount {
    started: Option<Rate>,
    /// A few dozen at most, so looked through.
    under_way: Vec<Upload>,
}

struct Upload {
    id: UploadId,
    user: UserId,
    /// Requests that bring bytes of it now.
    bringing: u32,
    /// When the last of them began or ended.
    last_at: Timestamp,
}

impl Uploads {
    pub(super) fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        let accounts = Mutex::new(LruCache::new(REMEMBERED));
        Self { at_once: limits.uploads_at_once, per_second: limits.uploads_per_second, clock, accounts }
    }

    /// Begins to count an upload, if one more may start.
    pub(crate) fn start(&self, account: &AccountId, user: &UserId, id: UploadId) -> Result<(), TooManyUploads> {
        if self.is_unlimited() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut accounts = self.accounts();
        let of_account = accounts.get_or_insert_mut_ref(account, || self.of_account());
        let place = of_account.find_place(self.at_once, user, now)?;
        if let Some(started) = &mut of_account.started {
            started.take().map_err(|wait| TooManyUploads::PerSecond { wait })?;
        }
        of_account.take_place(place, Upload::new(id, user, now));
        Ok(())
    }

    /// Counts an upload for as long as the answer lives. One that did not count any more needs a place anew.
    pub(crate) fn bring(&self, account: &AccountId, user: &UserId, id: UploadId) -> Result<Bringing<'_>, TooManyUploads> {
        if !self.is_unlimited() {
            let now = self.clock.now();
            let mut accounts = self.accounts();
            let of_account = accounts.get_or_insert_mut_ref(account, || self.of_account());
            if of_account.find(id).is_none() {
                let place = of_account.find_place(self.at_once, user, now)?;
                of_account.take_place(place, Upload::new(id, user, now));
            }
            if let Some(upload) = of_account.find(id) {
                (upload.bringing, upload.last_at) = (upload.bringing + 1, now);
            }
        }
        Ok(Bringing { uploads: self, account: account.clone(), id })
    }

    /// The upload is finished or given up.
    pub(crate) fn end(&self, account: &AccountId, id: UploadId) {
        if let Some(account) = self.accounts().get_mut(account) {
            account.under_way.retain(|upload| upload.id != id);
        }
    }

    /// How many count now.
    pub(crate) fn count(&self) -> usize {
        let now = self.clock.now();
        self.accounts().iter().map(|(_, account)| account.under_way.iter().filter(|upload| upload.counts(now)).count()).sum()
    }

    fn is_unlimited(&self) -> bool {
        self.at_once.is_none() && self.per_second.is_none()
    }

    fn of_account(&self) -> OfAccount {
        OfAccount { started: self.per_second.map(|number| Rate::per_second(number, &self.clock)), under_way: Vec::new() }
    }

    fn accounts(&self) -> MutexGuard<'_, LruCache<AccountId, OfAccount>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OfAccount {
    fn find(&mut self, id: UploadId) -> Option<&mut Upload> {
        self.under_way.iter_mut().find(|upload| upload.id == id)
    }

    /// A place for one more upload of the user, once those are gone that do not count any more.
    fn find_place(&mut self, at_once: Option<NonZeroU32>, user: &UserId, now: Timestamp) -> Result<Place, TooManyUploads> {
        self.under_way.retain(|upload| upload.counts(now));
        match at_once.map(|at_once| at_once.get() as usize) {
            Some(at_once) if self.under_way.len() >= at_once => self.find_surplus(at_once, user).ok_or(TooManyUploads::AtOnce),
            Some(_) | None => Ok(Place::Free),
        }
    }

    /// The upload of which nothing has come for the longest time, of a user who has more places than all but a quarter of them. It is for
    /// whoever has less than that quarter.
    fn find_surplus(&self, at_once: usize, user: &UserId) -> Option<Place> {
        let (quarter, held) = (at_once / 4, |user: &UserId| self.under_way.iter().filter(|upload| upload.user == *user).count());
        if held(user) >= quarter {
            return None;
        }
        let surplus = self.under_way.iter().filter(|upload| upload.bringing == 0 && held(&upload.user) > at_once - quarter);
        surplus.min_by_key(|upload| upload.last_at).map(|upload| Place::Of(upload.id))
    }

    fn take_place(&mut self, place: Place, upload: Upload) {
        if let Place::Of(other) = place {
            self.under_way.retain(|upload| upload.id != other);
        }
        self.under_way.push(upload);
    }
}

/// Where there is room for an upload.
enum Place {
    Free,
    /// Another upload has it, and loses it.
    Of(UploadId),
}

impl Upload {
    fn new(id: UploadId, user: &UserId, now: Timestamp) -> Self {
        Self { id, user: user.clone(), bringing: 0, last_at: now }
    }

    /// Either way: a clock may be set back.
    fn counts(&self, now: Timestamp) -> bool {
        self.bringing > 0 || (now - self.last_at).abs() < COUNTS_FOR
    }
}

/// Bytes of an upload come.
pub(crate) struct Bringing<'a> {
    uploads: &'a Uploads,
    account: AccountId,
    id: UploadId,
}

impl Drop for Bringing<'_> {
    fn drop(&mut self) {
        if self.uploads.is_unlimited() {
            return;
        }
        let now = self.uploads.clock.now();
        if let Some(upload) = self.uploads.accounts().get_mut(&self.account).and_then(|account| account.find(self.id)) {
            (upload.bringing, upload.last_at) = (upload.bringing.saturating_sub(1), now);
        }
    }
}

#[cfg(test)]
mod tests;
