//! Questions about repositories, their manifests and tags.

use ambar_domain::digest::Digest;
use ambar_domain::ids::AccountId;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use rusqlite::{Result, Row, params};

use crate::columns::{digest, limit_of, size, text};
use crate::error::ViewsError;
use crate::names::DigestKey;
use crate::reader::Reader;

/// What is needed to serve a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestRow {
    /// Its digest.
    pub digest: Digest,
    /// The media type it was pushed with.
    pub media_type: String,
    /// Size of its bytes.
    pub size_bytes: u64,
}

/// A manifest that refers to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// Its digest.
    pub digest: Digest,
    /// The media type it was pushed with.
    pub media_type: String,
    /// Size of its bytes.
    pub size_bytes: u64,
    /// What kind of artifact it is.
    pub artifact_type: Option<String>,
}

/// A place in the order in which a repository's manifests were pushed. It counts pushes of others too, so it is not for clients' eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct PushOrder(i64);

fn manifest(row: &Row<'_>) -> Result<ManifestRow> {
    Ok(ManifestRow { digest: digest(row, 0)?, media_type: row.get(1)?, size_bytes: size(row, 2)? })
}

/// What the tag points at.
///
/// # Errors
/// The views cannot be read.
pub fn find_tag(reader: &Reader, repository: &RepositoryName, tag: &Tag) -> Result<Option<ManifestRow>, ViewsError> {
    reader.find(
        "SELECT named.hash, manifest.media_type, manifest.size_bytes
           FROM repository_names AS place
           JOIN tags AS tag ON tag.repository = place.id AND tag.name = ?2 AND tag.until_position IS NULL
           JOIN manifests AS manifest ON manifest.id = tag.manifest
           JOIN digests AS named ON named.id = manifest.digest
          WHERE place.name = ?1",
        [repository.as_str(), tag.as_str()],
        manifest,
    )
}

/// The manifest, if the repository holds it.
///
/// # Errors
/// The views cannot be read.
pub fn find_manifest(reader: &Reader, repository: &RepositoryName, wanted: &Digest) -> Result<Option<ManifestRow>, ViewsError> {
    reader.find(
        "SELECT named.hash, manifest.media_type, manifest.size_bytes
           FROM repository_names AS place
           JOIN digests AS named ON named.hash = ?2
           JOIN manifests AS manifest
             ON manifest.repository = place.id AND manifest.digest = named.id AND manifest.until_position IS NULL
          WHERE place.name = ?1",
        params![repository.as_str(), DigestKey::new(wanted)],
        manifest,
    )
}

/// Up to `limit` tags behind `after`, in the order of their bytes.
///
/// # Errors
/// The views cannot be read.
pub fn list_tags(reader: &Reader, repository: &RepositoryName, after: Option<&str>, limit: usize) -> Result<Vec<String>, ViewsError> {
    reader.list(
        "SELECT tag.name
           FROM tags AS tag
          WHERE tag.repository = (SELECT id FROM repository_names WHERE name = ?1)
            AND tag.until_position IS NULL AND tag.name > ?2
          ORDER BY tag.name
          LIMIT ?3",
        params![repository.as_str(), after.unwrap_or_default(), i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| row.get(0),
    )
}

/// Whether there is such a repository.
///
/// # Errors
/// The views cannot be read.
pub fn repository_exists(reader: &Reader, repository: &RepositoryName) -> Result<bool, ViewsError> {
    let found = reader.find(
        "SELECT 1
           FROM repository_names AS place
           JOIN repositories AS repository ON repository.repository = place.id AND repository.until_position IS NULL
          WHERE place.name = ?1",
        [repository.as_str()],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// The account that the repository was created for, if there is such a repository.
///
/// # Errors
/// The views cannot be read.
pub fn find_account(reader: &Reader, repository: &RepositoryName) -> Result<Option<AccountId>, ViewsError> {
    reader.find(
        "SELECT repository.account
           FROM repository_names AS place
           JOIN repositories AS repository ON repository.repository = place.id AND repository.until_position IS NULL
          WHERE place.name = ?1",
        [repository.as_str()],
        |row| text(row, 0),
    )
}

/// The organization's repositories, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_repositories(reader: &Reader, organization: &OrganizationName) -> Result<Vec<RepositoryName>, ViewsError> {
    reader.list(
        // '0' is the character behind '/', so that the range is every name that begins with the organization and a slash.
        "SELECT place.name
           FROM repository_names AS place
           JOIN repositories AS repository ON repository.repository = place.id AND repository.until_position IS NULL
          WHERE place.name > ?1 || '/' AND place.name < ?1 || '0'
          ORDER BY place.name",
        [organization.as_str()],
        |row| text(row, 0),
    )
}

/// Repositories of accounts that are closed: up to `limit` behind the first `offset`.
///
/// # Errors
/// The views cannot be read.
pub fn list_repositories_of_closed_accounts(
    reader: &Reader,
    offset: usize,
    limit: usize,
) -> Result<Vec<(RepositoryName, AccountId)>, ViewsError> {
    reader.list(
        // By the cards, which are found by their account.
        "SELECT place.name, owner.account
           FROM closed_accounts AS owner
          CROSS JOIN event_terms AS number ON number.term = owner.account
          CROSS JOIN repository_cards AS card ON card.account = number.id
           JOIN repository_names AS place ON place.id = card.repository
          ORDER BY owner.account, card.repository
          LIMIT ?1 OFFSET ?2",
        [limit_of(limit), limit_of(offset)],
        |row| Ok((text(row, 0)?, text(row, 1)?)),
    )
}

/// Where the manifest was pushed last, whether the repository still holds it or not; `None` if it never did.
///
/// # Errors
/// The views cannot be read.
pub fn find_push_order(reader: &Reader, repository: &RepositoryName, wanted: &Digest) -> Result<Option<PushOrder>, ViewsError> {
    reader.find(
        "SELECT manifest.id
           FROM repository_names AS place
           JOIN digests AS named ON named.hash = ?2
           JOIN manifests AS manifest ON manifest.repository = place.id AND manifest.digest = named.id
          WHERE place.name = ?1
          ORDER BY manifest.from_position DESC
          LIMIT 1",
        params![repository.as_str(), DigestKey::new(wanted)],
        |row| row.get(0).map(PushOrder),
    )
}

/// Up to `limit` manifests that refer to `subject`, which need not exist, in the order they were pushed: those behind `after`, and of
/// one kind if it is given.
///
/// # Errors
/// The views cannot be read.
pub fn list_referrers(
    reader: &Reader,
    repository: &RepositoryName,
    subject: &Digest,
    artifact_type: Option<&str>,
    after: PushOrder,
    limit: usize,
) -> Result<Vec<Referrer>, ViewsError> {
    reader.list(
        "SELECT named.hash, manifest.media_type, manifest.size_bytes, manifest.artifact_type
           FROM repository_names AS place
           JOIN digests AS subject ON subject.hash = ?2
           JOIN manifests AS manifest
             ON manifest.repository = place.id AND manifest.subject = subject.id AND manifest.until_position IS NULL
           JOIN digests AS named ON named.id = manifest.digest
          WHERE place.name = ?1 AND manifest.id > ?4 AND (?3 IS NULL OR manifest.artifact_type = ?3)
          ORDER BY manifest.id
          LIMIT ?5",
        params![repository.as_str(), DigestKey::new(subject), artifact_type, after.0, i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| Ok(Referrer { digest: digest(row, 0)?, media_type: row.get(1)?, size_bytes: size(row, 2)?, artifact_type: row.get(3)? }),
    )
}

/// Whether a manifest that the repository holds now names the blob as its config or a layer, or the manifest as a child.
///
/// # Errors
/// The views cannot be read.
pub fn is_blob_referenced(reader: &Reader, repository: &RepositoryName, wanted: &Digest) -> Result<bool, ViewsError> {
    let found = reader.find(
        "SELECT 1
           FROM repository_names AS place
           JOIN digests AS named ON named.hash = ?2
           JOIN manifest_references AS reference ON reference.digest = named.id AND reference.repository = place.id
           JOIN manifests AS manifest ON manifest.id = reference.manifest AND manifest.until_position IS NULL
          WHERE place.name = ?1
          LIMIT 1",
        params![repository.as_str(), DigestKey::new(wanted)],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}
