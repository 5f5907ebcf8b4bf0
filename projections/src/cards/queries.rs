//! Questions about repositories as lists show them.
//!
//! A page and its total are two queries: who needs them to agree asks inside a [`crate::Snapshot`].

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Visibility;
use ambar_domain::names::{AccountName, UserName};
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::{Category, Description};
use ambar_domain::repository_name::RepositoryName;
use rusqlite::{Result, Row, ToSql, params};

use crate::columns::{limit_of, optional_text, size, text, time};
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

/// What a list is sorted by; what is equal is sorted by the number of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CardOrder {
    /// The name inside the organization.
    #[default]
    Name,
    /// The last change.
    UpdatedAt,
    /// How many tags there are.
    TagCount,
    /// The size.
    Size,
}

/// Which repositories of an account are wanted.
#[derive(Debug, Clone)]
pub struct CardQuery {
    /// The account that owns them.
    pub account: AccountId,
    /// Only those of this organization.
    pub organization: Option<OrganizationName>,
    /// Only those whose name inside the organization contains this.
    pub name_contains: Option<String>,
    /// Only those of this category.
    pub category: Option<Category>,
    /// Only those.
    pub visibility: Option<Visibility>,
    /// Only those on which this user has a grant, or on whose organization. `None` for administrators, who see all.
    pub visible_to: Option<UserId>,
    /// Only those of which a share lasts at this moment.
    pub shared_at: Option<Timestamp>,
}

impl CardQuery {
    /// Everything that the account owns.
    #[must_use]
    pub fn of(account: AccountId) -> Self {
        Self { account, organization: None, name_contains: None, category: None, visibility: None, visible_to: None, shared_at: None }
    }

    fn is_all(&self) -> bool {
        let Self { account: _, organization, name_contains, category, visibility, visible_to, shared_at } = self;
        let limits = [organization.is_some(), name_contains.is_some(), category.is_some(), visibility.is_some()];
        !limits.contains(&true) && visible_to.is_none() && shared_at.is_none()
    }
}

/// Begins a query of cards, whose columns [`card`] reads. What follows names `card`.
macro_rules! select_cards {
    ($more:literal, $from:expr, $rest:expr) => {
        concat!(
            "SELECT card.repository, card.organization, place.name, card.account, owner.name, card.category, said.description, card.public,
                    card.size_bytes, card.tag_count, card.created_at, card.updated_at, card.creator, creator.name,
                    coalesce((SELECT pulls FROM repository_downloads WHERE repository = card.repository), 0)",
            $more,
            " FROM ",
            $from,
            " JOIN repository_names AS place ON place.id = card.repository
              JOIN accounts AS owner ON owner.account = card.account
              LEFT JOIN repository_descriptions AS said ON said.repository = card.repository AND said.until_position IS NULL
              LEFT JOIN users AS creator ON creator.user = card.creator ",
            $rest
        )
    };
}

pub(super) use select_cards;

pub(super) fn card(row: &Row<'_>) -> Result<RepositoryCard> {
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

/// What a [`CardQuery`] asks for, in its parameters 1 to 7.
macro_rules! wanted_cards {
    () => {
        wanted_cards!("card.account")
    };
    ($account:literal) => {
        concat!(
            $account,
            " = ?1 AND (?2 IS NULL OR card.organization = (SELECT id FROM organization_names WHERE name = ?2))
         AND (?3 IS NULL OR instr(card.path, ?3) > 0)
         AND (?4 IS NULL OR card.category = ?4)
         AND (?5 IS NULL OR card.public = ?5)
         AND (?6 IS NULL
              OR card.organization IN (SELECT organization FROM organization_grants WHERE user = ?6 AND until_position IS NULL)
              OR card.repository IN (SELECT repository FROM repository_grants WHERE user = ?6 AND until_position IS NULL))
         AND (?7 IS NULL
              OR EXISTS (SELECT 1 FROM shares
                          WHERE repository = card.repository AND until_position IS NULL AND (ends_at IS NULL OR ends_at > ?7)))"
        )
    };
}

/// The same where there is a parameter 2: the `+` has the organization's cards alone looked at, by their index.
macro_rules! wanted_cards_of_organization {
    () => {
        concat!("card.organization = (SELECT id FROM organization_names WHERE name = ?2) AND ", wanted_cards!("+card.account"))
    };
}

/// A page of cards: cut out first, so that only what is on it is looked up elsewhere.
macro_rules! page_of_cards {
    ($where:expr, $sorted:expr, $order:literal) => {
        select_cards!(
            "",
            concat!(
                "(SELECT card.repository FROM repository_cards AS card WHERE ",
                $where,
                " ORDER BY ",
                $sorted,
                " LIMIT ?8 OFFSET ?9) AS page CROSS JOIN repository_cards AS card ON card.repository = page.repository"
            ),
            concat!("ORDER BY ", $order)
        )
    };
}

/// A page of all that an account owns is read from the index of its order. One of less is sorted out of a sweep over the account's cards, which
/// the `+` makes of it: in the order of an index they would be read one here and one there.
macro_rules! sorted_cards {
    ($all:expr, $of_organization:expr, $order:literal) => {
        if $all {
            page_of_cards!("card.account = ?1", $order, $order)
        } else if $of_organization {
            page_of_cards!(wanted_cards_of_organization!(), concat!("+", $order), $order)
        } else {
            page_of_cards!(wanted_cards!(), concat!("+", $order), $order)
        }
    };
}

/// The values of a query's parameters.
type Values = Vec<Box<dyn ToSql>>;

fn values(query: &CardQuery) -> Values {
    vec![
        Box::new(query.account.as_str().to_owned()),
        Box::new(query.organization.as_ref().map(ToString::to_string)),
        Box::new(query.name_contains.clone()),
        Box::new(query.category.map(Category::as_str)),
        Box::new(query.visibility.map(|visibility| visibility == Visibility::Public)),
        Box::new(query.visible_to.as_ref().map(ToString::to_string)),
        Box::new(query.shared_at.map(|at| at.timestamp_micros())),
    ]
}

/// What is wanted, sorted: up to `limit` behind the first `offset`, and how many there are in all.
///
/// # Errors
/// The views cannot be read.
pub fn list_cards(
    reader: &Reader,
    query: &CardQuery,
    order: CardOrder,
    descending: bool,
    offset: usize,
    limit: usize,
) -> Result<(Vec<RepositoryCard>, u64), ViewsError> {
    let (all, of_organization) = (query.is_all(), query.organization.is_some());
    let sql = match (order, descending) {
        (CardOrder::Name, false) => sorted_cards!(all, of_organization, "card.path, card.repository"),
        (CardOrder::Name, true) => sorted_cards!(all, of_organization, "card.path DESC, card.repository DESC"),
        (CardOrder::UpdatedAt, false) => sorted_cards!(all, of_organization, "card.updated_at, card.repository"),
        (CardOrder::UpdatedAt, true) => sorted_cards!(all, of_organization, "card.updated_at DESC, card.repository DESC"),
        (CardOrder::TagCount, false) => sorted_cards!(all, of_organization, "card.tag_count, card.repository"),
        (CardOrder::TagCount, true) => sorted_cards!(all, of_organization, "card.tag_count DESC, card.repository DESC"),
        (CardOrder::Size, false) => sorted_cards!(all, of_organization, "card.size_bytes, card.repository"),
        (CardOrder::Size, true) => sorted_cards!(all, of_organization, "card.size_bytes DESC, card.repository DESC"),
    };
    let mut page = values(query);
    page.extend([Box::new(limit_of(limit)) as Box<dyn ToSql>, Box::new(limit_of(offset))]);
    let cards = reader.list(sql, rusqlite::params_from_iter(page), card)?;
    let total = if all {
        let count = "SELECT count(*) FROM repository_cards WHERE account = ?1";
        reader.find(count, [query.account.as_str()], |row| size(row, 0))?
    } else {
        let count = if of_organization {
            concat!("SELECT count(*) FROM repository_cards AS card WHERE ", wanted_cards_of_organization!())
        } else {
            concat!("SELECT count(*) FROM repository_cards AS card WHERE ", wanted_cards!())
        };
        reader.find(count, rusqlite::params_from_iter(values(query)), |row| size(row, 0))?
    };
    Ok((cards, total.unwrap_or(0)))
}

/// What is wanted, in the order of the numbers: up to `limit` behind the one numbered `after`. What comes and goes meanwhile moves no other.
///
/// # Errors
/// The views cannot be read.
pub fn list_cards_after(reader: &Reader, query: &CardQuery, after: Option<i64>, limit: usize) -> Result<Vec<RepositoryCard>, ViewsError> {
    let mut page = values(query);
    page.extend([Box::new(limit_of(limit)) as Box<dyn ToSql>, Box::new(0), Box::new(after.unwrap_or(0))]);
    let sql = page_of_cards!(concat!(wanted_cards!(), " AND card.repository > ?10"), "card.repository", "card.repository");
    reader.list(sql, rusqlite::params_from_iter(page), card)
}

/// What an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountOverview {
    /// Its organizations.
    pub organizations: u64,
    /// Its repositories.
    pub repositories: u64,
    /// The tags in them.
    pub tags: u64,
    /// The sum of the repositories' sizes: what two of them share counts twice.
    pub size_bytes: u64,
}

/// How much the account has.
///
/// # Errors
/// The views cannot be read.
pub fn account_overview(reader: &Reader, account: &AccountId) -> Result<AccountOverview, ViewsError> {
    let overview = reader.find(
        "SELECT (SELECT count(*) FROM organizations WHERE account = ?1 AND until_position IS NULL),
                count(*), coalesce(sum(tag_count), 0), coalesce(sum(size_bytes), 0)
           FROM repository_cards WHERE account = ?1",
        params![account.as_str()],
        |row| {
            let (organizations, repositories, tags) = (size(row, 0)?, size(row, 1)?, size(row, 2)?);
            Ok(AccountOverview { organizations, repositories, tags, size_bytes: size(row, 3)? })
        },
    )?;
    Ok(overview.unwrap_or_default())
}
