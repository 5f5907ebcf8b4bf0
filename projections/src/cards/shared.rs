//! Questions about the repositories that others share with an account.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::AccountId;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::Category;
use rusqlite::{Result, Row, ToSql, params};

use super::card::{RepositoryCard, card, select_cards};
use super::query::CardOrder;
use crate::columns::{limit_of, optional_time, size};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A repository that is shared with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedCard {
    /// The repository; its account is the one that shares it.
    pub card: RepositoryCard,
    /// When the share ends; without it, when it is ended.
    pub until: Option<Timestamp>,
}

/// Which of the repositories that are shared with an account are wanted.
#[derive(Debug, Clone)]
pub struct SharedCardQuery {
    /// The account that they are shared with.
    pub receiver: AccountId,
    /// The moment at which the shares last.
    pub now: Timestamp,
    /// Only those of this organization.
    pub organization: Option<OrganizationName>,
    /// Only those whose name inside the organization contains this.
    pub name_contains: Option<String>,
    /// Only those of this category.
    pub category: Option<Category>,
    /// Only those that the account of this name shares.
    pub account_name: Option<String>,
}

impl SharedCardQuery {
    /// Everything that is shared with the account at the moment `now`.
    #[must_use]
    pub fn of(receiver: AccountId, now: Timestamp) -> Self {
        Self { receiver, now, organization: None, name_contains: None, category: None, account_name: None }
    }
}

/// What a [`SharedCardQuery`] asks for, in its parameters 1 to 6.
macro_rules! wanted_shared_cards {
    () => {
        " FROM shares AS share
          CROSS JOIN repository_cards AS card ON card.repository = share.repository
         WHERE share.account = ?1 AND share.until_position IS NULL AND (share.ends_at IS NULL OR share.ends_at > ?2)
           AND (?3 IS NULL OR card.organization = (SELECT id FROM organization_names WHERE name = ?3))
           AND (?4 IS NULL OR instr(card.path, ?4) > 0)
           AND (?5 IS NULL OR card.category = ?5)
           AND (?6 IS NULL OR card.account IN (SELECT sharer.id FROM accounts AS sharing JOIN event_terms AS sharer ON sharer.term = sharing.account
                                                WHERE sharing.name = ?6 AND sharing.until_position IS NULL))"
    };
}

macro_rules! page_of_shared_cards {
    ($order:literal) => {
        page_of_shared_cards!($order, $order, "")
    };
    ($order:literal, $order_of_page:literal, $more:literal) => {
        select_cards!(
            ", page.ends_at",
            concat!(
                "(SELECT card.repository, share.ends_at",
                wanted_shared_cards!(),
                $more,
                " ORDER BY ",
                $order,
                " LIMIT ?7 OFFSET ?8) AS page CROSS JOIN repository_cards AS card ON card.repository = page.repository"
            ),
            concat!("ORDER BY ", $order_of_page)
        )
    };
}

fn shared_card(row: &Row<'_>) -> Result<SharedCard> {
    Ok(SharedCard { card: card(row)?, until: optional_time(row, 15)? })
}

fn values(query: &SharedCardQuery) -> Vec<Box<dyn ToSql>> {
    vec![
        Box::new(query.receiver.to_string()),
        Box::new(query.now.timestamp_micros()),
        Box::new(query.organization.as_ref().map(ToString::to_string)),
        Box::new(query.name_contains.clone()),
        Box::new(query.category.map(Category::as_str)),
        Box::new(query.account_name.clone()),
    ]
}

/// What is wanted, sorted: up to `limit` behind the first `offset`, and how many there are in all.
///
/// # Errors
/// The views cannot be read.
pub fn list_shared_cards(
    reader: &Reader,
    query: &SharedCardQuery,
    order: CardOrder,
    descending: bool,
    offset: usize,
    limit: usize,
) -> Result<(Vec<SharedCard>, u64), ViewsError> {
    let sql = match (order, descending) {
        (CardOrder::Name, false) => page_of_shared_cards!("card.path, card.repository"),
        (CardOrder::Name, true) => page_of_shared_cards!("card.path DESC, card.repository DESC"),
        (CardOrder::UpdatedAt, false) => page_of_shared_cards!("card.updated_at, card.repository"),
        (CardOrder::UpdatedAt, true) => page_of_shared_cards!("card.updated_at DESC, card.repository DESC"),
        (CardOrder::TagCount, false) => page_of_shared_cards!("card.tag_count, card.repository"),
        (CardOrder::TagCount, true) => page_of_shared_cards!("card.tag_count DESC, card.repository DESC"),
        (CardOrder::Size, false) => page_of_shared_cards!("card.size_bytes, card.repository"),
        (CardOrder::Size, true) => page_of_shared_cards!("card.size_bytes DESC, card.repository DESC"),
        (CardOrder::PullCount, false) => page_of_shared_cards!("card.pull_count, card.repository"),
        (CardOrder::PullCount, true) => page_of_shared_cards!("card.pull_count DESC, card.repository DESC"),
    };
    let mut page = values(query);
    page.extend([Box::new(limit_of(limit)) as Box<dyn ToSql>, Box::new(limit_of(offset))]);
    let cards = reader.list(sql, rusqlite::params_from_iter(page), shared_card)?;
    Ok((cards, count_shared_cards(reader, query)?))
}

fn count_shared_cards(reader: &Reader, query: &SharedCardQuery) -> Result<u64, ViewsError> {
    let SharedCardQuery { organization: None, name_contains: None, category: None, account_name: None, .. } = query else {
        let count = concat!("SELECT count(*)", wanted_shared_cards!());
        let counted = reader.find(count, rusqlite::params_from_iter(values(query)), |row| size(row, 0))?;
        return Ok(counted.unwrap_or(0));
    };
    // Every share that lasts is of a repository that there is: none needs to be looked at.
    let counted = reader.find(COUNT_SHARES, params![query.receiver.as_str(), query.now.timestamp_micros()], |row| size(row, 0))?;
    Ok(counted.unwrap_or(0))
}

pub(crate) const COUNT_SHARES: &str =
    "SELECT count(*) FROM shares WHERE account = ?1 AND until_position IS NULL AND (ends_at IS NULL OR ends_at > ?2)";

/// What is wanted, in the order of the numbers: up to `limit` behind the one numbered `after`.
///
/// # Errors
/// The views cannot be read.
pub fn list_shared_cards_after(
    reader: &Reader,
    query: &SharedCardQuery,
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<SharedCard>, ViewsError> {
    let mut page = values(query);
    page.extend([Box::new(limit_of(limit)) as Box<dyn ToSql>, Box::new(0), Box::new(after.unwrap_or(0))]);
    let sql = page_of_shared_cards!("share.repository", "card.repository", " AND share.repository > ?9");
    reader.list(sql, rusqlite::params_from_iter(page), shared_card)
}
