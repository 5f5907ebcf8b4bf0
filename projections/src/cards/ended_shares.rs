//! Questions about the repositories that were shared and are no more: by the account that shared them, and by one that had a share.
//!
//! Whoever had a share is told what it knew by it, and nothing of what the repository has become since.

use ambar_domain::level::Visibility;
use ambar_domain::repository::{Category, Description};
use rusqlite::{Row, ToSql, params_from_iter};

use super::card::{RepositoryCard, card, select_cards};
use super::query::{CardOrder, CardQuery};
use super::shared::SharedCardQuery;
use crate::columns::{limit_of, size, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;
use crate::shares::EXPIRED;

/// Which part of a list is wanted, and in which order.
#[derive(Debug, Clone, Copy)]
pub struct EndedPage {
    /// By the number of the name if nothing else is wanted.
    pub order: Option<CardOrder>,
    /// Downwards.
    pub descending: bool,
    /// Only what is behind this number.
    pub after: Option<i64>,
    /// How many come before the page.
    pub offset: usize,
    /// How many it has at most.
    pub limit: usize,
}

impl EndedPage {
    /// As the last parameters of a query.
    fn values(self) -> [Box<dyn ToSql>; 3] {
        [Box::new(self.order.map_or(0, CardOrder::number)), Box::new(limit_of(self.limit)), Box::new(limit_of(self.offset))]
    }
}

/// The repositories of which a share began and none lasts at ?2, counted since they were created; `$whose` names the shares. One that came to
/// its end, which ?3 stands for, ended then, whenever that was recorded.
macro_rules! ended_shares {
    ($whose:literal) => {
        concat!(
            "(SELECT share.repository, share.owner, min(share.created_at) AS shared_at,
                     max(CASE share.ending WHEN ?3 THEN share.ends_at ELSE coalesce(share.until_at, share.ends_at) END) AS ended_at
                FROM shares AS share
                JOIN repositories AS held
                  ON held.repository = share.repository AND held.until_position IS NULL AND held.account = share.owner
               WHERE ",
            $whose,
            " AND share.from_position > held.from_position
               GROUP BY share.repository
              HAVING NOT max(share.until_position IS NULL AND (share.ends_at IS NULL OR share.ends_at > ?2))) AS ended
             CROSS JOIN repository_cards AS card ON card.repository = ended.repository
             WHERE card.repository > ?4
               AND (?5 IS NULL OR card.organization = (SELECT id FROM organization_names WHERE name = ?5))
               AND (?6 IS NULL OR instr(card.path, ?6) > 0)"
        )
    };
}

/// Those that the account ?1 shared.
macro_rules! ended_by_owner {
    () => {
        concat!(
            " FROM ",
            ended_shares!("share.owner = ?1"),
            " AND (?7 IS NULL OR card.category = ?7)
              AND (?8 IS NULL OR card.public = ?8)
              AND (?9 IS NULL OR card.organization IN (SELECT organization FROM organization_grants WHERE user = ?9 AND until_position IS NULL)
                   OR card.repository IN (SELECT repository FROM repository_grants WHERE user = ?9 AND until_position IS NULL))"
        )
    };
}

/// Those that were shared with the account ?1.
macro_rules! ended_by_receiver {
    () => {
        concat!(
            " FROM ",
            ended_shares!("share.account = ?1"),
            " AND (?7 IS NULL OR ended.owner IN (SELECT account FROM accounts WHERE name = ?7))"
        )
    };
}

macro_rules! page_of_owner {
    ($direction:literal) => {
        page_of_owner!(
            $direction,
            "CASE ?10 WHEN 1 THEN card.path WHEN 2 THEN card.updated_at WHEN 3 THEN card.tag_count
                     WHEN 4 THEN card.size_bytes WHEN 5 THEN card.pull_count ELSE 0 END"
        )
    };
    ($direction:literal, $key:literal) => {
        page_of_owner!(concat!(" ORDER BY ", $key, $direction, ", card.repository", $direction);)
    };
    ($order:expr;) => {
        select_cards!(
            "",
            concat!(
                "(SELECT card.repository",
                ended_by_owner!(),
                $order,
                " LIMIT ?11 OFFSET ?12) AS page CROSS JOIN repository_cards AS card ON card.repository = page.repository"
            ),
            $order
        )
    };
}

/// The newest end takes the place of every order but that by name: what the others tell has changed since.
macro_rules! page_of_receiver {
    ($direction:literal) => {
        concat!(
            "SELECT card.repository, card.organization, (SELECT name FROM repository_names WHERE id = card.repository), ended.owner,
                    (SELECT name FROM accounts WHERE account = ended.owner), ended.shared_at, ended.ended_at",
            ended_by_receiver!(),
            " ORDER BY CASE ?8 WHEN 0 THEN 0 WHEN 1 THEN card.path ELSE ended.ended_at END",
            $direction,
            ", card.repository",
            $direction,
            " LIMIT ?9 OFFSET ?10"
        )
    };
}

/// What the account of the query shared until before its moment, `shared_at`: a page.
///
/// # Errors
/// The views cannot be read.
pub fn list_ended_cards(reader: &Reader, query: &CardQuery, page: EndedPage) -> Result<Vec<RepositoryCard>, ViewsError> {
    let sql = if page.descending { page_of_owner!(" DESC") } else { page_of_owner!("") };
    reader.list(sql, params_from_iter(of_owner(query, page.after).into_iter().chain(page.values())), card)
}

/// How many there are in all. Who needs that to agree with the pages asks for both inside a [`crate::Snapshot`].
///
/// # Errors
/// The views cannot be read.
pub fn count_ended_cards(reader: &Reader, query: &CardQuery) -> Result<u64, ViewsError> {
    count(reader, concat!("SELECT count(*)", ended_by_owner!()), of_owner(query, None))
}

/// What was shared with the receiver of the query until before its moment: a page of cards that tell of the share alone. Their times are when
/// it began and ended.
///
/// Which kind the repositories are of is not told any more, so that none is found by it.
///
/// # Errors
/// The views cannot be read.
pub fn list_ended_shares(reader: &Reader, query: &SharedCardQuery, page: EndedPage) -> Result<Vec<RepositoryCard>, ViewsError> {
    if query.category.is_some() {
        return Ok(Vec::new());
    }
    let sql = if page.descending { page_of_receiver!(" DESC") } else { page_of_receiver!("") };
    reader.list(sql, params_from_iter(of_receiver(query, page.after).into_iter().chain(page.values())), ended_share)
}

/// How many there are in all, as with [`count_ended_cards`].
///
/// # Errors
/// The views cannot be read.
pub fn count_ended_shares(reader: &Reader, query: &SharedCardQuery) -> Result<u64, ViewsError> {
    if query.category.is_some() {
        return Ok(0);
    }
    count(reader, concat!("SELECT count(*)", ended_by_receiver!()), of_receiver(query, None))
}

fn count(reader: &Reader, sql: &'static str, wanted: Vec<Box<dyn ToSql>>) -> Result<u64, ViewsError> {
    Ok(reader.find(sql, params_from_iter(wanted), |row| size(row, 0))?.unwrap_or(0))
}

fn of_owner(query: &CardQuery, after: Option<i64>) -> Vec<Box<dyn ToSql>> {
    vec![
        Box::new(query.account.to_string()),
        Box::new(query.shared_at.map(|at| at.timestamp_micros())),
        Box::new(EXPIRED),
        Box::new(after.unwrap_or(0)),
        Box::new(query.organization.as_ref().map(ToString::to_string)),
        Box::new(query.name_contains.clone()),
        Box::new(query.category.map(Category::as_str)),
        Box::new(query.visibility.map(|visibility| visibility == Visibility::Public)),
        Box::new(query.visible_to.as_ref().map(ToString::to_string)),
    ]
}

fn of_receiver(query: &SharedCardQuery, after: Option<i64>) -> Vec<Box<dyn ToSql>> {
    vec![
        Box::new(query.receiver.to_string()),
        Box::new(query.now.timestamp_micros()),
        Box::new(EXPIRED),
        Box::new(after.unwrap_or(0)),
        Box::new(query.organization.as_ref().map(ToString::to_string)),
        Box::new(query.name_contains.clone()),
        Box::new(query.account_name.clone()),
    ]
}

fn ended_share(row: &Row<'_>) -> rusqlite::Result<RepositoryCard> {
    Ok(RepositoryCard {
        id: row.get(0)?,
        organization_id: row.get(1)?,
        name: text(row, 2)?,
        account: text(row, 3)?,
        account_name: text(row, 4)?,
        category: Category::default(),
        description: Description::default(),
        visibility: Visibility::Private,
        size_bytes: 0,
        tag_count: 0,
        created_at: time(row, 5)?,
        updated_at: time(row, 6)?,
        creator: None,
        creator_name: None,
        pull_count: 0,
    })
}
