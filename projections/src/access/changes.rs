//! When access changed last, and for whom: so that an answer can be kept until a change concerns it.
//!
//! What an answer depends on, and events change, are its [topics](Topic). The changes of access are counted, and for each topic there is the
//! number of its last one. An answer is stamped with how many there had been when it was looked up, and holds until one of its topics has
//! changed since. Topics share a fixed number of places by their hash: two in one place make an answer be looked up once too often, and
//! never once too rarely.

use std::sync::atomic::{AtomicU64, Ordering};

use ambar_domain::ids::AccountId;
use ambar_domain::policy::access::Caller;
use ambar_domain::repository_name::RepositoryName;

use super::topics::{Changed, PLACES, Topic};

/// How many topics an answer has at most.
const TOPICS: usize = 6;

/// A place beside those that topics have, for stamps with fewer: nothing changes there.
const UNUSED: u16 = PLACES;

/// What an answer about access depends on, and as of when it was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    generation: u64,
    places: [u16; TOPICS],
}

impl Stamp {
    /// For that somebody is this caller.
    ///
    /// The generation is [`Views::generation_of_access`](crate::Views::generation_of_access) from before the look.
    #[must_use]
    pub fn of_caller(generation: u64, caller: &Caller) -> Self {
        match caller {
            Caller::Anonymous => Self::new(generation, []),
            Caller::User { user, account, .. } => Self::new(generation, [Topic::User(user.as_str()), Topic::Account(account.as_str())]),
            Caller::Delegate { user, home, account, .. } => {
                let (entrusting, home) = (account.as_str(), Topic::Account(home.as_str()));
                Self::new(generation, [Topic::User(user.as_str()), home, Topic::Account(entrusting), Topic::Delegations(entrusting)])
            }
        }
    }

    /// For what the caller, for as long as it is one, holds on a repository in an organization of that account.
    #[must_use]
    pub fn of_level(generation: u64, caller: &Caller, owner: &AccountId, repository: &RepositoryName) -> Self {
        let (organization, repository) = (repository.organization_str(), repository.as_str());
        let [owner, named, placed] = [Topic::Account(owner.as_str()), Topic::Name(organization), Topic::Name(repository)];
        match caller {
            Caller::Anonymous => Self::new(generation, [owner, named, placed]),
            Caller::User { user, account: home, .. } | Caller::Delegate { user, home, .. } => {
                let granted = [organization, repository].map(|on| Topic::Grant { on, user: user.as_str() });
                let shared = Topic::Share { of: repository, account: home.as_str() };
                Self::new(generation, [owner, named, placed, granted[0], granted[1], shared])
            }
        }
    }

    fn new<const N: usize>(generation: u64, topics: [Topic<'_>; N]) -> Self {
        const { assert!(N <= TOPICS, "a topic without a place would never end an answer") };
        let mut places = [UNUSED; TOPICS];
        for (place, topic) in places.iter_mut().zip(topics) {
            *place = topic.place();
        }
        Self { generation, places }
    }
}

/// The last changes of all topics. One thread notes them, and everybody looks.
#[derive(Debug)]
pub(crate) struct Changes {
    count: AtomicU64,
    last: Box<[AtomicU64]>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { count: AtomicU64::new(0), last: (0..=PLACES).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Changes {
    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Whether no topic of the stamp has changed since.
    pub(crate) fn is_current(&self, stamp: &Stamp) -> bool {
        stamp.places.iter().all(|place| self.last[usize::from(*place)].load(Ordering::Acquire) <= stamp.generation)
    }

    /// To be called when the views show what has changed.
    pub(crate) fn note(&self, changed: &Changed) {
        self.note_at(changed.places());
    }

    /// Another file is in use: nothing is known of how it differs.
    pub(crate) fn note_everything(&self) {
        self.note_at(0..PLACES);
    }

    /// The places first: whoever reads the new count does so after them, and sees in the views what it stands for.
    fn note_at(&self, places: impl Iterator<Item = u16>) {
        let next = self.count() + 1;
        let mut is_any = false;
        for place in places {
            self.last[usize::from(place)].store(next, Ordering::Release);
            is_any = true;
        }
        if is_any {
            self.count.store(next, Ordering::Release);
        }
    }
}
