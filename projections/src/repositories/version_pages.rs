//! Versions page by page, each going on where the one before ended, whatever comes and goes meanwhile.

use std::fmt;
use std::str::FromStr;

use ambar_domain::clock::Timestamp;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use rusqlite::params;
use thiserror::Error;

use super::versions::{Version, select_versions, version, wanted_tags};
use crate::columns::limit_of;
use crate::error::ViewsError;
use crate::reader::Reader;

/// In which order pages of versions come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageOrder {
    /// By tag, as its bytes sort.
    #[default]
    Tag,
    /// What was pushed last comes first.
    Newest,
}

/// Where a version stands in either order. Its text form is the time in microseconds since 1970 and the tag, with `:` between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionPlace {
    /// When it was pushed.
    pub updated_at: Timestamp,
    /// The tag.
    pub tag: Tag,
}

impl fmt::Display for VersionPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.updated_at.timestamp_micros(), self.tag)
    }
}

/// The text is no place of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a version's place is a number and a tag with ':' between them")]
pub struct InvalidVersionPlace;

impl FromStr for VersionPlace {
    type Err = InvalidVersionPlace;

    fn from_str(text: &str) -> Result<Self, InvalidVersionPlace> {
        let (micros, tag) = text.split_once(':').ok_or(InvalidVersionPlace)?;
        let updated_at = micros.parse().ok().and_then(Timestamp::from_timestamp_micros).ok_or(InvalidVersionPlace)?;
        Ok(Self { updated_at, tag: tag.parse().map_err(|_| InvalidVersionPlace)? })
    }
}

/// A page of the tags behind a place. The place is a bound of the walk over the index, so it is one where there is none, too.
macro_rules! page_behind {
    ($behind:literal, $order:literal) => {
        select_versions!(
            concat!(
                "(SELECT tag.id",
                wanted_tags!(),
                " AND ",
                $behind,
                " ORDER BY ",
                $order,
                " LIMIT ?6) AS page CROSS JOIN tags AS tag ON tag.id = page.id"
            ),
            concat!("ORDER BY ", $order)
        )
    };
}

/// The statement for a page.
pub(crate) fn statement(order: PageOrder) -> &'static str {
    match order {
        PageOrder::Tag => page_behind!("tag.name > ?5 AND ?4 IS NOT NULL", "tag.name"),
        PageOrder::Newest => page_behind!("(tag.from_at, tag.name) < (?4, ?5)", "tag.from_at DESC, tag.name DESC"),
    }
}

/// The versions whose tag contains a text, or all: up to `limit` behind a place.
///
/// # Errors
/// The views cannot be read.
pub fn list_versions_behind(
    reader: &Reader,
    repository: &RepositoryName,
    contains: Option<&str>,
    order: PageOrder,
    behind: Option<&VersionPlace>,
    limit: usize,
) -> Result<Vec<Version>, ViewsError> {
    let (micros, tag) = behind.map_or((i64::MAX, ""), |place| (place.updated_at.timestamp_micros(), place.tag.as_str()));
    let exactly = None::<&str>;
    reader.list(statement(order), params![repository.as_str(), contains, exactly, micros, tag, limit_of(limit)], version)
}
