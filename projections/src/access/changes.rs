//! When who somebody is changed last: so that an answer can be kept until a change concerns it.
//!
//! What an answer depends on, and events change, are its [topics](Topic). The changes are counted, and for each topic there is the number of its
//! last one. An answer is stamped with how many there had been when it was looked up, and holds until one of its topics has changed since.
//! Topics share a fixed number of places by their hash: two in one place make an answer be looked up once too often, and never once too
//! rarely.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use ambar_domain::policy::access::Caller;

use super::topics::Topic;
use crate::identity::Login;

/// How many places topics are spread over.
const PLACES: u16 = 4096;

/// How many topics an answer has at most.
const TOPICS: usize = 5;

/// A place beside those that topics have, for stamps with fewer: nothing changes there.
const UNUSED: u16 = PLACES;

/// What an answer depends on, and as of when it was looked up.
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
            Caller::User { user, account, .. } => {
                let [user, account] = [user.as_str(), account.as_str()];
                Self::new(generation, [Topic::User(user), Topic::Proofs(user), Topic::Account(account)])
            }
            Caller::Delegate { user, home, account, .. } => {
                let [user, home, truster] = [user.as_str(), home.as_str(), account.as_str()];
                let [home, entrusting] = [Topic::Account(home), Topic::Account(truster)];
                Self::new(generation, [Topic::User(user), Topic::Proofs(user), home, entrusting, Topic::Delegations(truster)])
            }
        }
    }

    /// For what a login is checked against, beside what [its user](crate::access::UserState) may do and whether it is blocked.
    ///
    /// The generation is as above.
    #[must_use]
    pub fn of_login(generation: u64, login: &Login) -> Self {
        let [proofs, home] = [Topic::Proofs(login.user.as_str()), Topic::Account(login.account.as_str())];
        let truster = login.on_behalf_of.as_ref().map_or(home, |account| Topic::Account(account.as_str()));
        Self::new(generation, [proofs, home, truster])
    }

    fn new<const N: usize>(generation: u64, topics: [Topic<&str>; N]) -> Self {
        const { assert!(N <= TOPICS, "a topic without a place would never end an answer") };
        let mut places = [UNUSED; TOPICS];
        for (to, topic) in places.iter_mut().zip(topics) {
            *to = place(&topic);
        }
        Self { generation, places }
    }
}

/// Where a topic has its place. Others may have the same.
fn place<S: Hash>(topic: &Topic<S>) -> u16 {
    let mut hasher = DefaultHasher::new();
    topic.hash(&mut hasher);
    (hasher.finish() % u64::from(PLACES)) as u16
}

/// The last changes of all topics. One thread notes them, and everybody looks.
#[derive(Debug)]
pub(super) struct Changes {
    count: AtomicU64,
    last: Box<[AtomicU64]>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { count: AtomicU64::new(0), last: (0..=PLACES).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Changes {
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Whether no topic of the stamp has changed since.
    pub(super) fn is_current(&self, stamp: &Stamp) -> bool {
        stamp.places.iter().all(|place| self.last[usize::from(*place)].load(Ordering::Acquire) <= stamp.generation)
    }

    /// To be called when what has changed can be seen.
    pub(super) fn note<'a>(&self, topics: impl Iterator<Item = &'a Topic<String>>) {
        self.note_at(topics.filter(|topic| is_of_callers(topic)).map(place));
    }

    /// Another file is in use: nothing is known of how it differs.
    pub(super) fn note_everything(&self) {
        self.note_at(0..PLACES);
    }

    /// The places first: whoever reads the new count does so after them, and sees what it stands for.
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

/// Whether a stamp may have it.
fn is_of_callers<S>(topic: &Topic<S>) -> bool {
    match topic {
        Topic::User(_) | Topic::Proofs(_) | Topic::Account(_) | Topic::Delegations(_) => true,
        Topic::Organization(_)
        | Topic::Repository(_)
        | Topic::OrganizationGrant { .. }
        | Topic::RepositoryGrant { .. }
        | Topic::Share { .. } => false,
    }
}
