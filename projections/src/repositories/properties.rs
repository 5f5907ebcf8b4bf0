//! Questions about what people say of a repository, and said before.

use ambar_domain::clock::Timestamp;
use ambar_domain::repository::{Category, Description};
use ambar_domain::repository_name::RepositoryName;
use rusqlite::{Row, params};

use crate::columns::{limit_of, optional_text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A property that was given another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertyChange {
    /// The category, from then on.
    Category(Category),
    /// The description, from then on.
    Description(Description),
}

/// How category and description of the repository changed since it was created, the newest first: up to `limit` behind the first `offset`.
///
/// # Errors
/// The views cannot be read.
pub fn list_property_history(
    reader: &Reader,
    repository: &RepositoryName,
    offset: usize,
    limit: usize,
) -> Result<Vec<(Timestamp, PropertyChange)>, ViewsError> {
    reader.list(
        "SELECT changed.from_at, changed.category, changed.description
           FROM repository_names AS place
           JOIN repositories AS repository ON repository.repository = place.id AND repository.until_position IS NULL
           JOIN (SELECT repository, from_position, from_at, category, NULL AS description FROM repository_categories
                 UNION ALL
                 SELECT repository, from_position, from_at, NULL, description FROM repository_descriptions) AS changed
             ON changed.repository = place.id AND changed.from_position >= repository.from_position
          WHERE place.name = ?1
          ORDER BY changed.from_position DESC
          LIMIT ?2 OFFSET ?3",
        params![repository.as_str(), limit_of(limit), limit_of(offset)],
        |row| Ok((time(row, 0)?, change(row)?)),
    )
}

fn change(row: &Row<'_>) -> rusqlite::Result<PropertyChange> {
    match optional_text(row, 1)? {
        Some(category) => Ok(PropertyChange::Category(category)),
        None => Ok(PropertyChange::Description(optional_text(row, 2)?.unwrap_or_default())),
    }
}
