//! Questions about public images.

use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::Category;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use rusqlite::params;

use crate::cards::{RepositoryCard, card, select_cards};
use crate::columns::{limit_of, lines, text};
use crate::error::ViewsError;
use crate::reader::{Reader, Snapshot};

/// A public image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicImage {
    /// The image, as every list shows it.
    pub card: RepositoryCard,
    /// Its newest version.
    pub newest: Option<NewestVersion>,
}

/// The version that was pushed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestVersion {
    /// Its name.
    pub tag: Tag,
    /// What it runs on: operating system, architecture and variant with `/` between them.
    pub platforms: Vec<String>,
}

/// Which public images are wanted.
#[derive(Debug, Clone, Default)]
pub struct CenterQuery {
    /// Only those whose name inside the organization contains this.
    pub name_contains: Option<String>,
    /// Only those of this organization.
    pub organization: Option<OrganizationName>,
    /// Only those of this category.
    pub category: Option<Category>,
}

/// One page, by name and number, out of the index of public cards. What one account left under a name that another has taken over is nobody's.
pub(crate) const PAGE: &str = select_cards!(
    "",
    "(SELECT card.repository, card.path
        FROM repository_cards AS card
       WHERE card.public = 1 AND (card.path, card.repository) > (?1, ?2)
         AND (?3 IS NULL OR instr(card.path, ?3) > 0)
         AND (?4 IS NULL OR card.organization = (SELECT id FROM organization_names WHERE name = ?4))
         AND (?5 IS NULL OR card.category = ?5)
         AND EXISTS (SELECT 1 FROM repositories AS held
                       JOIN organizations AS home
                         ON home.organization = card.organization AND home.account = held.account AND home.until_position IS NULL
                      WHERE held.repository = card.repository AND held.until_position IS NULL)
       ORDER BY card.path, card.repository LIMIT ?6) AS page
     CROSS JOIN repository_cards AS card ON card.repository = page.repository",
    "ORDER BY page.path, page.repository"
);

/// Up to `limit` public images behind the one of a name, by name inside the organization.
///
/// What is named alike there is sorted by number. All that they tell is of one moment, so that nothing shows of an image that has just become
/// private.
///
/// # Errors
/// The views cannot be read.
pub fn list_public_images(
    snapshot: &Snapshot<'_>,
    query: &CenterQuery,
    after: Option<&RepositoryName>,
    limit: usize,
) -> Result<Vec<PublicImage>, ViewsError> {
    let number = after.map(|name| find_number(snapshot, name)).transpose()?.flatten();
    let cards = snapshot.list(
        PAGE,
        params![
            after.map_or("", RepositoryName::path),
            number.unwrap_or(0),
            query.name_contains.as_ref().filter(|text| !text.is_empty()),
            query.organization.as_ref().map(OrganizationName::as_str),
            query.category.map(Category::as_str),
            limit_of(limit)
        ],
        card,
    )?;
    cards.into_iter().map(|card| Ok(PublicImage { newest: find_newest(snapshot, card.id)?, card })).collect()
}

/// The number of a public image. That of another would tell where it stands among them; what is named alike is listed again then.
fn find_number(reader: &Reader, name: &RepositoryName) -> Result<Option<i64>, ViewsError> {
    reader.find(
        "SELECT card.repository
           FROM repository_names AS place
           JOIN repository_cards AS card ON card.repository = place.id AND card.public = 1
          WHERE place.name = ?1",
        [name.as_str()],
        |row| row.get(0),
    )
}

fn find_newest(reader: &Reader, repository: i64) -> Result<Option<NewestVersion>, ViewsError> {
    reader.find(
        "SELECT tag.name, manifest.platforms
           FROM tags AS tag
           JOIN manifests AS manifest ON manifest.id = tag.manifest
          WHERE tag.repository = ?1 AND tag.until_position IS NULL
          ORDER BY tag.from_at DESC, tag.name DESC LIMIT 1",
        [repository],
        |row| Ok(NewestVersion { tag: text(row, 0)?, platforms: lines(row, 1)? }),
    )
}
