//! What a tag pointed at, and who moved it.

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Digest;
use ambar_domain::ids::UserId;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use ambar_storage::event_log::Position;
use rusqlite::params;

use crate::columns::{digest, limit_of, optional_text, optional_time, position, time};
use crate::error::ViewsError;
use crate::place::PositionKey;
use crate::reader::Reader;

/// What a tag pointed at for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// Where in the log that began: what the next page of a list goes on from.
    pub position: Position,
    /// The manifest.
    pub digest: Digest,
    /// The repository still holds it, so the tag can be pointed at it again.
    pub held: bool,
    /// From when.
    pub from: Timestamp,
    /// Which user pointed the tag at it, if it was one.
    pub pushed_by: Option<UserId>,
    /// Until when; `None` is still.
    pub until: Option<Timestamp>,
    /// Which user ended that, if it was one.
    pub ended_by: Option<UserId>,
}

/// What the tag has pointed at since the repository was created, the newest first: up to `limit` of what began before a place in the log.
///
/// # Errors
/// The views cannot be read.
pub fn list_version_history(
    reader: &Reader,
    repository: &RepositoryName,
    tag: &Tag,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<VersionRecord>, ViewsError> {
    reader.list(
        "SELECT named.hash,
                EXISTS (SELECT 1 FROM manifests
                         WHERE repository = manifest.repository AND digest = manifest.digest AND until_position IS NULL),
                tag.from_at, tag.pushed_by, tag.until_at, tag.ended_by, tag.from_position
           FROM repository_names AS place
           JOIN repositories AS repository ON repository.repository = place.id AND repository.until_position IS NULL
           JOIN tags AS tag ON tag.repository = place.id AND tag.name = ?2 AND tag.from_position >= repository.from_position
           JOIN manifests AS manifest ON manifest.id = tag.manifest
           JOIN digests AS named ON named.id = manifest.digest
          WHERE place.name = ?1 AND tag.from_position < ?3
          ORDER BY tag.from_position DESC
          LIMIT ?4",
        params![repository.as_str(), tag.as_str(), PositionKey::before(before), limit_of(limit)],
        |row| {
            Ok(VersionRecord {
                digest: digest(row, 0)?,
                held: row.get(1)?,
                from: time(row, 2)?,
                pushed_by: optional_text(row, 3)?,
                until: optional_time(row, 4)?,
                ended_by: optional_text(row, 5)?,
                position: position(row, 6)?,
            })
        },
    )
}
