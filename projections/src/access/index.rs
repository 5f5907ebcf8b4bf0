//! What decides about access now, in memory: a check on the way of a pull reads no file.
//!
//! SQLite forgets what a connection has read whenever anything was written, and a check would cost as many reads anew: some twenty times what it
//! takes here (`docs/performance.md`). The rows stay what is so: the index is loaded from them, and what an event changes is read from them in
//! the event's own transaction.
//!
//! A fact is kept under a keyed hash of its topic of 128 bits instead of under names and ids: 50 to 100 bytes for each repository, with the
//! room that a table has in reserve, and less for each grant, share and user. Nobody outside knows the keys, and that two topics have one hash
//! is less likely than a fault of the memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Level;
use ambar_domain::policy::access::{AccessFacts, Caller, Share};
use ambar_domain::repository_name::RepositoryName;
use rusqlite::Connection;

use super::facts::{self, Entrusted, Fact, Id, Repository, UserState};
use super::topics::{Changed, Topic};

type Table<T> = HashMap<Fingerprint, T>;

/// Facts by topic.
#[derive(Debug, Default)]
pub(crate) struct Index {
    fingerprints: Fingerprints,
    organizations: Table<Id>,
    repositories: Table<Repository>,
    levels: Table<Level>,
    shares: Table<Share>,
    users: Table<UserState>,
    entrusted: Table<Vec<Entrusted>>,
}

/// Facts that have changed, as they are now.
#[derive(Debug)]
pub(crate) struct Refreshed(Vec<(Topic<String>, Fact)>);

impl Refreshed {
    /// Reads them from the rows, which show the changes already.
    pub(crate) fn read(connection: &Connection, changed: &Changed) -> rusqlite::Result<Self> {
        changed.topics().map(|topic| Ok((topic.clone(), facts::read(connection, topic)?))).collect::<rusqlite::Result<_>>().map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn topics(&self) -> impl Iterator<Item = &Topic<String>> {
        self.0.iter().map(|(topic, _)| topic)
    }
}

impl Index {
    /// Everything that the rows tell.
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut index = Self::default();
        facts::read_all(connection, |topic, fact| index.set(&topic, &fact))?;
        Ok(index)
    }

    pub(super) fn refresh(&mut self, refreshed: &Refreshed) {
        for (topic, fact) in &refreshed.0 {
            self.set(topic, fact);
        }
    }

    fn set(&mut self, topic: &Topic<String>, fact: &Fact) {
        let at = self.fingerprints.of(topic);
        match fact {
            Fact::Organization(owner) => drop(self.organizations.insert(at, *owner)),
            Fact::Repository(repository) => drop(self.repositories.insert(at, *repository)),
            Fact::Level(level) => drop(self.levels.insert(at, *level)),
            Fact::Share(share) => drop(self.shares.insert(at, *share)),
            Fact::User(state) => drop(self.users.insert(at, *state)),
            Fact::Entrusted(entrusted) => drop(self.entrusted.insert(at, entrusted.clone())),
            Fact::Nothing => self.remove(topic, &at),
        }
    }

    fn remove(&mut self, topic: &Topic<String>, at: &Fingerprint) {
        match topic {
            Topic::Organization(_) => drop(self.organizations.remove(at)),
            Topic::Repository(_) => drop(self.repositories.remove(at)),
            Topic::OrganizationGrant { .. } | Topic::RepositoryGrant { .. } => drop(self.levels.remove(at)),
            Topic::Share { .. } => drop(self.shares.remove(at)),
            Topic::User(_) => drop(self.users.remove(at)),
            Topic::Delegations(_) => drop(self.entrusted.remove(at)),
            Topic::Proofs(_) | Topic::Account(_) => {}
        }
    }

    /// As [`access_facts`](super::access_facts), for the caller as the user that it is in the account that it is of.
    pub(crate) fn facts(&self, caller: &Caller, name: &RepositoryName) -> AccessFacts {
        let (organization, repository) = (name.organization_str(), name.as_str());
        let Some(owner) = self.find(&self.organizations, Topic::Organization(organization)) else { return AccessFacts::default() };
        let found = self.find(&self.repositories, Topic::Repository(repository));
        // What one account left under a name that another has taken over is nobody's.
        if found.is_some_and(|found| found.creator != *owner) {
            return AccessFacts::default();
        }
        let facts = AccessFacts { owner: Some(owner.account()), visibility: found.map(|found| found.visibility), ..AccessFacts::default() };
        let (Caller::User { user, account: home, .. } | Caller::Delegate { user, home, .. }) = caller else { return facts };
        let (user, account) = (user.as_str(), home.as_str());
        AccessFacts {
            organization_grant: self.find(&self.levels, Topic::OrganizationGrant { organization, user }).copied(),
            repository_grant: self.find(&self.levels, Topic::RepositoryGrant { repository, user }).copied(),
            share: self.find(&self.shares, Topic::Share { repository, account }).copied(),
            ..facts
        }
    }

    pub(crate) fn user(&self, user: &UserId) -> Option<UserState> {
        self.find(&self.users, Topic::User(user.as_str())).copied()
    }

    pub(crate) fn entrusted(&self, truster: &AccountId, trustee: &AccountId, now: Timestamp) -> Option<Entrusted> {
        let all = self.find(&self.entrusted, Topic::Delegations(truster.as_str()))?;
        all.iter().find(|entrusted| entrusted.trustee.is(trustee) && entrusted.until.is_none_or(|until| now < until)).copied()
    }

    /// How many facts there are, one for each account that entrusts something.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        let names = self.organizations.len() + self.repositories.len();
        names + self.levels.len() + self.shares.len() + self.users.len() + self.entrusted.len()
    }

    fn find<'a, T>(&self, table: &'a Table<T>, topic: Topic<&str>) -> Option<&'a T> {
        table.get(&self.fingerprints.of(&topic))
    }
}

/// The hash of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Fingerprint([u64; 2]);

/// The keys of the hash's two halves, of which every index has its own. Those of one thread differ by a count: `SipHash`, which they are for, takes
/// such keys for others.
#[derive(Debug, Clone, Default)]
struct Fingerprints([RandomState; 2]);

impl Fingerprints {
    /// The same whether the topic owns its texts or borrows them.
    fn of<S: Hash>(&self, topic: &Topic<S>) -> Fingerprint {
        Fingerprint(self.0.each_ref().map(|state| state.hash_one(topic)))
    }
}
