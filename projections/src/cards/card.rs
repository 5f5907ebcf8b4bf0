//! A card, and how it is read.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Visibility;
use ambar_domain::names::{AccountName, UserName};
use ambar_domain::repository::{Category, Description};
use ambar_domain::repository_name::RepositoryName;
use rusqlite::{Result, Row};

use crate::columns::{optional_text, size, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A repository that exists, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryCard {
    /// The number of its name: the same for a repository of that name that comes later.
    pub id: i64,
    /// The number of its organization's name.
    pub organization_id: i64,
    /// Its whole name.
    pub name: RepositoryName,
    /// The account that owns it.
    pub account: AccountId,
    /// That account's name.
    pub account_name: AccountName,
    /// What kind of software it holds.
    pub category: Category,
    /// What it is for.
    pub description: Description,
    /// Who may pull without a grant.
    pub visibility: Visibility,
    /// Size of the configs and layers of everything that a tag names, each digest once.
    pub size_bytes: u64,
    /// How many tags it has.
    pub tag_count: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When a tag, a manifest or a property was changed last.
    pub updated_at: Timestamp,
    /// The user who created it, if it was one.
    pub creator: Option<UserId>,
    /// That user's name.
    pub creator_name: Option<UserName>,
    /// How often its manifests were pulled, as far as that is recorded.
    pub pull_count: u64,
}

/// Begins a query of cards, whose columns [`card`] reads. What follows names `card`.
macro_rules! select_cards {
    ($more:literal, $from:expr, $rest:expr) => {
        concat!(
            "SELECT card.repository, card.organization, place.name, owning.term, owner.name, card.category, said.description, card.public,
                    card.size_bytes, card.tag_count, card.created_at, card.updated_at, creating.term, creator.name,
                    card.pull_count",
            $more,
            " FROM ",
            $from,
            " JOIN repository_names AS place ON place.id = card.repository
              JOIN event_terms AS owning ON owning.id = card.account
              JOIN accounts AS owner ON owner.account = owning.term
              LEFT JOIN repository_descriptions AS said ON said.repository = card.repository AND said.until_position IS NULL
              LEFT JOIN event_terms AS creating ON creating.id = card.creator
              LEFT JOIN users AS creator ON creator.user = creating.term ",
            $rest
        )
    };
}

pub(crate) use select_cards;

pub(crate) fn card(row: &Row<'_>) -> Result<RepositoryCard> {
    Ok(RepositoryCard {
        id: row.get(0)?,
        organization_id: row.get(1)?,
        name: text(row, 2)?,
        account: text(row, 3)?,
        account_name: text(row, 4)?,
        category: text(row, 5)?,
        description: optional_text(row, 6)?.unwrap_or_default(),
        visibility: if row.get(7)? { Visibility::Public } else { Visibility::Private },
        size_bytes: size(row, 8)?,
        tag_count: size(row, 9)?,
        created_at: time(row, 10)?,
        updated_at: time(row, 11)?,
        creator: optional_text(row, 12)?,
        creator_name: optional_text(row, 13)?,
        pull_count: size(row, 14)?,
    })
}

/// The repository of that name.
///
/// # Errors
/// The views cannot be read.
pub fn find_card(reader: &Reader, name: &RepositoryName) -> Result<Option<RepositoryCard>, ViewsError> {
    reader.find(select_cards!("", "repository_cards AS card", "WHERE place.name = ?1"), [name.as_str()], card)
}
