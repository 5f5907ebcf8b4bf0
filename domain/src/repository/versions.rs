//! Which manifests a repository holds and which tag points at which: both directions, always in step.
//!
//! Every question costs a look-up, never a walk over all tags: a repository may hold 100,000 of them. In a snapshot only the
//! direction manifest → tags is written, so no snapshot can hold two that disagree.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Live, RepositoryError, RepositoryEvent};
use crate::digest::Digest;
use crate::tag::Tag;

/// The manifests and tags of one repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Versions {
    manifest_of: BTreeMap<Tag, Digest>,
    /// Sorted; most manifests have one tag, for which a vector is a fifth of a set's size.
    tags_of: BTreeMap<Digest, Vec<Tag>>,
}

impl Versions {
    pub(super) fn holds(&self, manifest: &Digest) -> bool {
        self.tags_of.contains_key(manifest)
    }

    pub(super) fn find_manifest(&self, tag: &Tag) -> Option<&Digest> {
        self.manifest_of.get(tag)
    }

    /// The tags on a manifest, sorted; `None` if it is not held.
    pub(super) fn find_tags(&self, manifest: &Digest) -> Option<&[Tag]> {
        self.tags_of.get(manifest).map(Vec::as_slice)
    }

    pub(super) fn hold(&mut self, manifest: Digest) {
        self.tags_of.entry(manifest).or_default();
    }

    /// Points the tag at the manifest and away from the one it pointed at.
    pub(super) fn point(&mut self, tag: Tag, manifest: Digest) {
        self.remove_tag(&tag);
        let tags = self.tags_of.entry(manifest.clone()).or_default();
        if let Err(place) = tags.binary_search(&tag) {
            tags.insert(place, tag.clone());
        }
        self.manifest_of.insert(tag, manifest);
    }

    pub(super) fn remove_tag(&mut self, tag: &Tag) {
        let Some(manifest) = self.manifest_of.remove(tag) else { return };
        if let Some(tags) = self.tags_of.get_mut(&manifest)
            && let Ok(place) = tags.binary_search(tag)
        {
            tags.remove(place);
        }
    }

    pub(super) fn remove_manifest(&mut self, manifest: &Digest) {
        for tag in self.tags_of.remove(manifest).unwrap_or_default() {
            self.manifest_of.remove(&tag);
        }
    }
}

impl Live {
    /// Removes all of them, or none.
    pub(super) fn delete_versions(&self, tags: Vec<Tag>) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        let delete = |tag| match self.versions.find_manifest(&tag).cloned() {
            Some(digest) => Ok(RepositoryEvent::VersionDeleted { tag, digest }),
            None => Err(RepositoryError::VersionNotFound { tag }),
        };
        let mut named = BTreeSet::new();
        tags.into_iter().filter(|tag| named.insert(tag.clone())).map(delete).collect()
    }

    /// Removes it with every version on it.
    pub(super) fn delete_manifest(&self, digest: Digest) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        let Some(tags) = self.versions.find_tags(&digest) else { return Err(RepositoryError::ManifestNotFound { digest }) };
        let untag = |tag: &Tag| RepositoryEvent::VersionDeleted { tag: tag.clone(), digest: digest.clone() };
        let mut events: Vec<_> = tags.iter().map(untag).collect();
        events.push(RepositoryEvent::ManifestDeleted { digest });
        Ok(events)
    }
}

impl Serialize for Versions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.tags_of.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Versions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut versions = Self::default();
        for (manifest, tags) in BTreeMap::<Digest, Vec<Tag>>::deserialize(deserializer)? {
            for tag in tags {
                versions.point(tag, manifest.clone());
            }
            versions.hold(manifest);
        }
        Ok(versions)
    }
}
