//! What is used is counted in memory, and becomes events now and then: an event for every pull would be a log of little else.
//!
//! A process that is killed takes along what it has counted since the last time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Digest;
use ambar_domain::ids::UserId;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Reference;
use chrono::Duration;

/// A key's use is worth an event when the last one was so long ago.
const KEY_USE_EVERY: Duration = Duration::hours(1);

/// Counts what requests use.
#[derive(Debug, Default)]
pub struct Usage(Mutex<Counting>);

#[derive(Debug, Default)]
struct Counting {
    counts: Counts,
    /// When each key's last use was counted. There are two keys a user.
    key_uses: HashMap<AccessKeyId, Timestamp>,
}

/// What was used for a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// What was downloaded, by repository.
    pub downloads: HashMap<RepositoryName, Downloads>,
    /// Whose key it is, and when it was used.
    pub access_keys: HashMap<AccessKeyId, (UserId, Timestamp)>,
}

/// What was downloaded from a repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Downloads {
    /// How each manifest was pulled.
    pub pulls: HashMap<Digest, Pulls>,
    /// How many bytes of blobs were asked for.
    pub bytes: u64,
}

/// How often a manifest was pulled, by what it was asked for with, and when last. Who pulls an image of several architectures by its tag goes on by
/// the digest of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulls {
    /// How many times with a tag.
    pub by_tag: u64,
    /// How many times with its digest.
    pub by_digest: u64,
    /// The last time, either way.
    pub last_at: Timestamp,
}

impl Pulls {
    fn one(reference: &Reference, at: Timestamp) -> Self {
        let (by_tag, by_digest) = match reference {
            Reference::Tag(_) => (1, 0),
            Reference::Digest(_) => (0, 1),
        };
        Self { by_tag, by_digest, last_at: at }
    }

    fn add(&mut self, more: Self) {
        self.by_tag = self.by_tag.saturating_add(more.by_tag);
        self.by_digest = self.by_digest.saturating_add(more.by_digest);
        self.last_at = self.last_at.max(more.last_at);
    }
}

impl Usage {
    /// A manifest is sent to somebody who asked for it so.
    pub fn pulled(&self, repository: &RepositoryName, reference: &Reference, manifest: &Digest, at: Timestamp) {
        let counting = &mut *self.lock();
        let downloads = counting.counts.downloads_of(repository);
        downloads.count(manifest, Pulls::one(reference, at));
    }

    /// Somebody asks for so many bytes of a blob. Whether all arrive is not waited for.
    pub fn downloaded(&self, repository: &RepositoryName, bytes: u64) {
        let counting = &mut *self.lock();
        let downloads = counting.counts.downloads_of(repository);
        downloads.bytes = downloads.bytes.saturating_add(bytes);
    }

    /// Somebody has proved with an access key who they are.
    pub fn used(&self, user: &UserId, access_key: &AccessKeyId, at: Timestamp) {
        let counting = &mut *self.lock();
        if counting.key_uses.get(access_key).is_some_and(|last| at < *last + KEY_USE_EVERY) {
            return;
        }
        counting.key_uses.insert(access_key.clone(), at);
        counting.counts.access_keys.insert(access_key.clone(), (user.clone(), at));
    }

    /// What was counted since the last time.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut self.lock().counts)
    }

    /// Counts again what could not be recorded.
    pub fn give_back(&self, repository: &RepositoryName, downloads: Downloads) {
        let counting = &mut *self.lock();
        let counted = counting.counts.downloads_of(repository);
        counted.bytes = counted.bytes.saturating_add(downloads.bytes);
        downloads.pulls.iter().for_each(|(manifest, pulls)| counted.count(manifest, *pulls));
    }

    fn lock(&self) -> MutexGuard<'_, Counting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Downloads {
    fn count(&mut self, manifest: &Digest, more: Pulls) {
        match self.pulls.get_mut(manifest) {
            Some(pulls) => pulls.add(more),
            None => drop(self.pulls.insert(manifest.clone(), more)),
        }
    }
}

impl Counts {
    fn downloads_of(&mut self, repository: &RepositoryName) -> &mut Downloads {
        self.downloads.entry(repository.clone()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn digest(digit: char) -> Digest {
        format!("sha256:{}", digit.to_string().repeat(64)).parse().expect("a digest")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::seconds(second)
    }

    fn pulls(by_tag: u64, by_digest: u64, last: i64) -> Pulls {
        Pulls { by_tag, by_digest, last_at: at(last) }
    }

    fn tag() -> Reference {
        Reference::Tag("v1".parse().expect("a tag"))
    }

    #[test]
    fn pulls_and_bytes_add_up_until_they_are_taken() {
        let (usage, name) = (Usage::default(), "team/web".parse().expect("a name"));
        for (second, manifest) in [(1, 'a'), (2, 'b'), (3, 'a')] {
            usage.pulled(&name, &tag(), &digest(manifest), at(second));
        }
        usage.pulled(&name, &Reference::Digest(digest('a')), &digest('a'), at(4));
        usage.downloaded(&name, 7);
        usage.downloaded(&name, 5);
        let taken = usage.take().downloads.remove(&name).expect("what was counted");
        assert_eq!(taken, Downloads { pulls: HashMap::from([(digest('a'), pulls(2, 1, 4)), (digest('b'), pulls(1, 0, 2))]), bytes: 12 });
        assert_eq!(usage.take(), Counts::default());
    }

    #[test]
    fn what_could_not_be_recorded_is_counted_with_what_came_since() {
        let (usage, name) = (Usage::default(), "team/web".parse().expect("a name"));
        usage.pulled(&name, &tag(), &digest('a'), at(1));
        usage.downloaded(&name, 7);
        let lost = usage.take().downloads.remove(&name).expect("what was counted");
        usage.pulled(&name, &Reference::Digest(digest('a')), &digest('a'), at(2));
        usage.give_back(&name, lost);
        let taken = usage.take().downloads.remove(&name).expect("what was counted");
        assert_eq!(taken, Downloads { pulls: HashMap::from([(digest('a'), pulls(1, 1, 2))]), bytes: 7 });
    }

    #[test]
    fn the_use_of_a_key_counts_once_an_hour() {
        let (usage, start) = (Usage::default(), Timestamp::UNIX_EPOCH);
        let (user, key) = (UserId::from(Uuid::nil()), "AKAMBAR0000000000001".parse().expect("an access key"));
        let used_after = |minutes| {
            usage.used(&user, &key, start + Duration::minutes(minutes));
            usage.take().access_keys.remove(&key).map(|(_, at)| (at - start).num_minutes())
        };
        assert_eq!([0, 59, 60, 90, 121].map(used_after), [Some(0), None, Some(60), None, Some(121)]);
    }
}
