//! Questions about what belongs to a manifest, and what lists it.

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use rusqlite::params;

use crate::columns::{digest, limit_of, size, text, time};
use crate::error::ViewsError;
use crate::names::DigestKey;
use crate::reader::Reader;

/// The tags of indexes that list the manifest, by tag: up to `limit` behind `after`.
///
/// # Errors
/// The views cannot be read.
pub fn list_referencing_tags(
    reader: &Reader,
    repository: &RepositoryName,
    listed: &Digest,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Tag>, ViewsError> {
    reader.list(
        "SELECT DISTINCT tag.name
           FROM repository_names AS place
           JOIN digests AS named ON named.hash = ?2
           JOIN manifest_references AS reference
             ON reference.digest = named.id AND reference.repository = place.id AND reference.kind = 3
           JOIN tags AS tag ON tag.manifest = reference.manifest AND tag.until_position IS NULL
          WHERE place.name = ?1 AND (?3 IS NULL OR tag.name > ?3)
          ORDER BY tag.name
          LIMIT ?4",
        params![repository.as_str(), DigestKey::new(listed), after, limit_of(limit)],
        |row| text(row, 0),
    )
}

/// Whether an index that the repository holds lists the manifest, tagged or not.
///
/// # Errors
/// The views cannot be read.
pub fn is_listed(reader: &Reader, repository: &RepositoryName, manifest: &Digest) -> Result<bool, ViewsError> {
    let found = reader.find(
        "SELECT 1
           FROM repository_names AS place
           JOIN digests AS named ON named.hash = ?2
           JOIN manifest_references AS reference
             ON reference.digest = named.id AND reference.repository = place.id AND reference.kind = 3
           JOIN manifests AS listing ON listing.id = reference.manifest AND listing.until_position IS NULL
          WHERE place.name = ?1
          LIMIT 1",
        params![repository.as_str(), DigestKey::new(manifest)],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// A manifest that says that it belongs to another: a signature, say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accessory {
    /// The number of its stay in the repository.
    pub id: i64,
    /// The manifest.
    pub digest: Digest,
    /// What it is.
    pub artifact_type: Option<String>,
    /// Size of its config and layers.
    pub size_bytes: u64,
    /// When it was pushed.
    pub pushed_at: Timestamp,
}

/// The manifests that say that they belong to `subject`, in the order they were pushed: up to `limit` behind the first `offset`, and how
/// many there are in all.
///
/// # Errors
/// The views cannot be read.
pub fn list_accessories(
    reader: &Reader,
    repository: &RepositoryName,
    subject: &Digest,
    offset: usize,
    limit: usize,
) -> Result<(Vec<Accessory>, u64), ViewsError> {
    macro_rules! of_subject {
        () => {
            " FROM repository_names AS place
              JOIN digests AS subject ON subject.hash = ?2
              JOIN manifests AS manifest
                ON manifest.repository = place.id AND manifest.subject = subject.id AND manifest.until_position IS NULL
              JOIN digests AS named ON named.id = manifest.digest
             WHERE place.name = ?1"
        };
    }
    let accessories = reader.list(
        concat!(
            "SELECT manifest.id, named.hash, manifest.artifact_type, manifest.content_bytes, manifest.from_at",
            of_subject!(),
            " ORDER BY manifest.id LIMIT ?3 OFFSET ?4"
        ),
        params![repository.as_str(), DigestKey::new(subject), limit_of(limit), limit_of(offset)],
        |row| {
            let (id, digest, size_bytes) = (row.get(0)?, digest(row, 1)?, size(row, 3)?);
            Ok(Accessory { id, digest, artifact_type: row.get(2)?, size_bytes, pushed_at: time(row, 4)? })
        },
    )?;
    let count = concat!("SELECT count(*)", of_subject!());
    let total = reader.find(count, params![repository.as_str(), DigestKey::new(subject)], |row| size(row, 0))?;
    Ok((accessories, total.unwrap_or(0)))
}
