//! What blobs, their links and the end of a repository change.

use ambar_domain::blob::BlobEvent;
use ambar_domain::blob_link::{BlobLinkEvent, parse_stream_id};
use ambar_domain::digest::Digest;
use ambar_domain::repository::RepositoryEvent;
use rusqlite::params;

use crate::fold::{ApplyError, Fold, size};

/// States of a blob.
pub(super) const STORED: i64 = 1;
pub(super) const CONDEMNED: i64 = 2;
const SWEPT: i64 = 3;

pub(crate) fn apply_blob(fold: &mut Fold<'_>, stream_id: &str, event: &BlobEvent) -> Result<(), ApplyError> {
    let digest: Digest =
        stream_id.parse().map_err(|_| ApplyError::StreamId { stream_id: stream_id.to_owned(), expected: "digest of a blob" })?;
    let digest = fold.digest_id(&digest)?;
    match event {
        BlobEvent::Stored { size_bytes, generation } => {
            fold.insert(
                "INSERT INTO blobs (digest, size_bytes, generation, state) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (digest) DO UPDATE SET size_bytes = excluded.size_bytes, generation = excluded.generation, state = excluded.state",
                params![digest, size(*size_bytes)?, generation, STORED],
            )?;
            Ok(())
        }
        BlobEvent::Condemned { .. } => change_state(fold, digest, CONDEMNED),
        BlobEvent::Spared { .. } => change_state(fold, digest, STORED),
        BlobEvent::Swept { .. } => change_state(fold, digest, SWEPT),
    }
}

fn change_state(fold: &Fold<'_>, digest: i64, state: i64) -> Result<(), ApplyError> {
    fold.end("blob", "UPDATE blobs SET state = ?2 WHERE digest = ?1", params![digest, state])
}

pub(crate) fn apply_link(fold: &mut Fold<'_>, stream_id: &str, event: &BlobLinkEvent) -> Result<(), ApplyError> {
    let (repository, digest) = parse_stream_id(stream_id)
        .ok_or_else(|| ApplyError::StreamId { stream_id: stream_id.to_owned(), expected: "repository and digest" })?;
    let organization = fold.organization_id(repository.organization_str())?;
    let repository = fold.repository_id(repository.as_str())?;
    let digest = fold.digest_id(&digest)?;
    let at = fold.place;
    match event {
        BlobLinkEvent::Uploaded { size_bytes } | BlobLinkEvent::Mounted { size_bytes, .. } => {
            fold.insert(
                "INSERT INTO blob_links (repository, digest, organization, size_bytes, from_position, from_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![repository, digest, organization, size(*size_bytes)?, at.position, at.at],
            )?;
        }
        // Nothing to end is right here: the repository may have gone before, and its links with it.
        BlobLinkEvent::Released {} => {
            fold.change(
                "UPDATE blob_links SET until_position = ?3, until_at = ?4
                  WHERE digest = ?2 AND repository = ?1 AND until_position IS NULL",
                params![repository, digest, at.position, at.at],
            )?;
        }
    }
    Ok(())
}

pub(crate) fn apply_repository(fold: &mut Fold<'_>, name: &str, event: &RepositoryEvent) -> Result<(), ApplyError> {
    if let RepositoryEvent::Deleted {} = event {
        let repository = fold.repository_id(name)?;
        fold.change(
            "UPDATE blob_links SET until_position = ?2, until_at = ?3 WHERE repository = ?1 AND until_position IS NULL",
            params![repository, fold.place.position, fold.place.at],
        )?;
    }
    Ok(())
}
