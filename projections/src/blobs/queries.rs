//! Questions about blobs and their links.

use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use rusqlite::params;

use super::apply::CONDEMNED;
use crate::columns::{size, text};
use crate::error::ViewsError;
use crate::names::DigestKey;
use crate::reader::Reader;

/// A blob that was not swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob {
    /// Size in bytes.
    pub size_bytes: u64,
    /// Which storing of the digest it is, from 1.
    pub generation: u32,
    /// It will be swept unless somebody spares it.
    pub condemned: bool,
}

/// The size of the blob, if the repository may serve it.
///
/// # Errors
/// The views cannot be read.
pub fn find_link(reader: &Reader, repository: &RepositoryName, wanted: &Digest) -> Result<Option<u64>, ViewsError> {
    reader.find(
        "SELECT link.size_bytes
           FROM repository_names AS place
           JOIN digests AS named ON named.hash = ?2
           JOIN blob_links AS link ON link.repository = place.id AND link.digest = named.id AND link.until_position IS NULL
          WHERE place.name = ?1",
        params![repository.as_str(), DigestKey::new(wanted)],
        |row| size(row, 0),
    )
}

/// Up to `limit` of an organization's repositories that may serve the blob, the longest known first.
///
/// # Errors
/// The views cannot be read.
pub fn repositories_linking(reader: &Reader, organization: &str, wanted: &Digest, limit: usize) -> Result<Vec<RepositoryName>, ViewsError> {
    reader.list(
        "SELECT place.name
           FROM digests AS named
           JOIN organization_names AS owner ON owner.name = ?2
           JOIN blob_links AS link
             ON link.digest = named.id AND link.organization = owner.id AND link.until_position IS NULL
           JOIN repository_names AS place ON place.id = link.repository
          WHERE named.hash = ?1
          ORDER BY link.repository
          LIMIT ?3",
        params![DigestKey::new(wanted), organization, i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| text(row, 0),
    )
}

/// The blob, unless it was never stored or has been swept.
///
/// # Errors
/// The views cannot be read.
pub fn find_blob(reader: &Reader, wanted: &Digest) -> Result<Option<Blob>, ViewsError> {
    reader.find(
        "SELECT blob.size_bytes, blob.generation, blob.state
           FROM digests AS named
           JOIN blobs AS blob ON blob.digest = named.id AND blob.state IN (1, 2)
          WHERE named.hash = ?1",
        params![DigestKey::new(wanted)],
        |row| Ok(Blob { size_bytes: size(row, 0)?, generation: row.get(1)?, condemned: row.get::<_, i64>(2)? == CONDEMNED }),
    )
}
