//! Questions about versions (tags) as people see them: with sizes, times, pulls and who pushed.

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Digest;
use ambar_domain::ids::UserId;
use ambar_domain::names::UserName;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use ambar_schemas::oci::media_type::{DOCKER_MANIFEST_LIST, OCI_INDEX};
use rusqlite::{Result, Row, params};

use crate::columns::{digest, limit_of, lines, optional_digest, optional_text, optional_time, size, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A version that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The number that the tag has had since it was first pushed into the repository.
    pub id: i64,
    /// The number of the repository's name.
    pub repository_id: i64,
    /// The tag.
    pub tag: Tag,
    /// What it points at.
    pub digest: Digest,
    /// The media type of that manifest.
    pub media_type: String,
    /// Size of the manifest's own bytes.
    pub manifest_bytes: u64,
    /// Size of its config and layers; for an index, the sum over the manifests in it that are held here, the first 128.
    pub size_bytes: u64,
    /// Its config; an index has none.
    pub config: Option<Digest>,
    /// It lists manifests instead of being an image.
    pub is_index: bool,
    /// When the tag was first pushed into the repository.
    pub created_at: Timestamp,
    /// When it was pointed at what it points at.
    pub updated_at: Timestamp,
    /// The user who did that, if it was one.
    pub pushed_by: Option<UserId>,
    /// That user's name, if it is one of the owning account.
    pub pushed_by_name: Option<UserName>,
    /// What it runs on, as `operating system/architecture[/variant]`; empty where it does not say.
    pub platforms: Vec<String>,
    /// How often its manifest was pulled, by whatever tag, as far as that is recorded.
    pub pull_count: u64,
    /// When that was the last time.
    pub last_pulled_at: Option<Timestamp>,
}

/// Which versions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VersionFilter<'a> {
    /// All.
    #[default]
    All,
    /// Those whose tag contains this.
    Contains(&'a str),
    /// The one of this tag.
    Exactly(&'a str),
}

/// What versions are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VersionOrder {
    /// By tag, as its bytes sort.
    #[default]
    Tag,
    /// By the last push, then by tag.
    UpdatedAt,
}

/// Begins a query of versions, whose columns [`version`] reads, of the tags that `$from` gives as `tag`. `place` names their repository.
///
/// The number and the first time of a tag are those of its first row since the repository was created.
macro_rules! select_versions {
    ($from:expr, $rest:expr) => {
        concat!(
            "SELECT first.id, tag.repository, tag.name, named.hash, manifest.media_type, manifest.size_bytes,
                    manifest.content_bytes
                        + (SELECT coalesce(sum(child.content_bytes), 0)
                             FROM manifest_references AS reference
                             JOIN manifests AS child
                               ON child.repository = tag.repository AND child.digest = reference.digest AND child.until_position IS NULL
                            WHERE reference.manifest = manifest.id AND reference.kind = 3 AND reference.ordinal < 128),
                    configured.hash, first.from_at, tag.from_at, tag.pushed_by, pusher.name, manifest.platforms,
                    coalesce(pulled.pulls, 0), pulled.last_at
               FROM ",
            $from,
            " JOIN repositories AS repository ON repository.repository = tag.repository AND repository.until_position IS NULL
              JOIN tags AS first
                ON first.id = (SELECT id FROM tags
                                WHERE repository = tag.repository AND name = tag.name AND from_position >= repository.from_position
                                ORDER BY from_position LIMIT 1)
              JOIN manifests AS manifest ON manifest.id = tag.manifest
              JOIN digests AS named ON named.id = manifest.digest
              LEFT JOIN manifest_references AS config ON config.manifest = manifest.id AND config.ordinal = 0 AND config.kind = 1
              LEFT JOIN digests AS configured ON configured.id = config.digest
              LEFT JOIN users AS pusher ON pusher.user = tag.pushed_by AND pusher.account = repository.account
              LEFT JOIN manifest_downloads AS pulled ON pulled.repository = tag.repository AND pulled.digest = manifest.digest ",
            $rest
        )
    };
}

pub(super) fn version(row: &Row<'_>) -> Result<Version> {
    let media_type: String = row.get(4)?;
    Ok(Version {
        id: row.get(0)?,
        repository_id: row.get(1)?,
        tag: text(row, 2)?,
        digest: digest(row, 3)?,
        is_index: media_type == OCI_INDEX || media_type == DOCKER_MANIFEST_LIST,
        media_type,
        manifest_bytes: size(row, 5)?,
        size_bytes: size(row, 6)?,
        config: optional_digest(row, 7)?,
        created_at: time(row, 8)?,
        updated_at: time(row, 9)?,
        pushed_by: optional_text(row, 10)?,
        pushed_by_name: optional_text(row, 11)?,
        platforms: lines(row, 12)?,
        pull_count: size(row, 13)?,
        last_pulled_at: optional_time(row, 14)?,
    })
}

/// The version of that tag.
///
/// # Errors
/// The views cannot be read.
pub fn find_version(reader: &Reader, repository: &RepositoryName, tag: &Tag) -> Result<Option<Version>, ViewsError> {
    reader.find(
        select_versions!(
            "repository_names AS place
             CROSS JOIN tags AS tag ON tag.repository = place.id AND tag.name = ?2 AND tag.until_position IS NULL",
            "WHERE place.name = ?1"
        ),
        [repository.as_str(), tag.as_str()],
        version,
    )
}

/// The tags that are wanted of the repository ?1.
macro_rules! wanted_tags {
    () => {
        " FROM tags AS tag
         WHERE tag.repository = (SELECT id FROM repository_names WHERE name = ?1) AND tag.until_position IS NULL
           AND (?2 IS NULL OR instr(tag.name, ?2) > 0) AND (?3 IS NULL OR tag.name = ?3)"
    };
}

pub(super) use {select_versions, wanted_tags};

/// A page of them: cut out first, so that only what is on it is looked up elsewhere.
macro_rules! page_of_versions {
    ($order:literal) => {
        select_versions!(
            concat!(
                "(SELECT tag.id",
                wanted_tags!(),
                " ORDER BY ",
                $order,
                " LIMIT ?4 OFFSET ?5) AS page CROSS JOIN tags AS tag ON tag.id = page.id"
            ),
            concat!("ORDER BY ", $order)
        )
    };
}

/// The versions that are wanted, sorted: up to `limit` behind the first `offset`, and how many there are in all.
///
/// These are two queries: who needs them to agree asks inside a [`crate::Snapshot`].
///
/// # Errors
/// The views cannot be read.
pub fn list_versions(
    reader: &Reader,
    repository: &RepositoryName,
    filter: VersionFilter<'_>,
    order: VersionOrder,
    descending: bool,
    offset: usize,
    limit: usize,
) -> Result<(Vec<Version>, u64), ViewsError> {
    let sql = match (order, descending) {
        (VersionOrder::Tag, false) => page_of_versions!("tag.name"),
        (VersionOrder::Tag, true) => page_of_versions!("tag.name DESC"),
        (VersionOrder::UpdatedAt, false) => page_of_versions!("tag.from_at, tag.name"),
        (VersionOrder::UpdatedAt, true) => page_of_versions!("tag.from_at DESC, tag.name DESC"),
    };
    let (contains, exactly) = match filter {
        VersionFilter::All => (None, None),
        VersionFilter::Contains(part) => (Some(part), None),
        VersionFilter::Exactly(tag) => (None, Some(tag)),
    };
    let page = params![repository.as_str(), contains, exactly, limit_of(limit), limit_of(offset)];
    let versions = reader.list(sql, page, version)?;
    let count = concat!("SELECT count(*)", wanted_tags!());
    let total = reader.find(count, params![repository.as_str(), contains, exactly], |row| size(row, 0))?;
    Ok((versions, total.unwrap_or(0)))
}
