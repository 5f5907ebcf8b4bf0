//! Lists of an account's repositories.
//!
//! How a list is made depends on what is asked for, so that none takes much longer than what it shows. What nothing limits but its kind is
//! counted already and read from the index of its order, near an end or a boundary. What is otherwise limited is looked for where it
//! stands, once for the page and its total: among an organization's cards, among those that grants show, behind the search by name, and only
//! else among all of the account's; and then it is sorted. Where much of the account is wanted, walking over the index finds a page sooner.
//!
//! A page and its total are several queries: who needs them to agree asks inside a [`crate::Snapshot`].

use rusqlite::Row;
use rusqlite::types::FromSql;

use super::card::{RepositoryCard, card};
use super::look::Look;
use super::names::Place as Found;
use super::page::{Key, Page};
use super::query::{CardOrder, CardQuery};
use super::statements::{self, Place, Walk};
use super::stretches;
use super::wanted::Values;
use crate::columns::limit_of;
use crate::error::ViewsError;
use crate::reader::Reader;

/// So many entries of an index are passed sooner than the boundary before a page is found.
const NEAR: u64 = if cfg!(test) { 2 } else { 128 };

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
    let look = Look::new(reader, query)?;
    let page = Page { key: Key::Of(order), descending, after: 0, offset: offset as u64, limit: limit as u64 };
    if let Some(total) = look.much()? {
        let (near, backwards) = page.counted_from_the_nearer_end(total);
        if let Some(walk) = look.walk(near, total) {
            let is_far = walk == Walk::Straight && near.offset > NEAR;
            let (page, backwards) = if is_far { page.ascending(total) } else { (near, backwards) };
            let mut cards = match page.limit {
                0 => Vec::new(),
                _ if is_far => walked_onwards(&look, order, page)?,
                _ => walked(&look, walk, page)?,
            };
            if backwards {
                cards.reverse();
            }
            return Ok((cards, total));
        }
    }
    let (numbers, total) = sorted(&look, page)?;
    Ok((cards(reader, numbers)?, total))
}

/// What is wanted, in the order of the numbers: up to `limit` behind the one numbered `after`. What comes and goes meanwhile moves no other.
///
/// # Errors
/// The views cannot be read.
pub fn list_cards_after(reader: &Reader, query: &CardQuery, after: Option<i64>, limit: usize) -> Result<Vec<RepositoryCard>, ViewsError> {
    let look = Look::new(reader, query)?;
    let page = Page { key: Key::Number, descending: false, after: after.unwrap_or(0), offset: 0, limit: limit as u64 };
    if let Some(found) = look.wanted_as_found() {
        let behind = found.iter().map(|place| place.repository).filter(|number| *number > page.after);
        return cards(reader, behind.take(limit).collect());
    }
    match look.walk(page, look.likely()?) {
        Some(walk) => walked(&look, walk, page),
        None => cards(reader, sorted(&look, page)?.0),
    }
}

/// The page at the end of a walk over the index of its order.
fn walked(look: &Look<'_>, walk: Walk, page: Page) -> Result<Vec<RepositoryCard>, ViewsError> {
    let (sql, values) = (statements::walk(walk, page), values(look, page));
    match look.wanted_as_found() {
        Some(found) if walk == Walk::Found => cards(look.reader, walked_among(look.reader, sql, values, found, page)?),
        _ => look.reader.list(sql, values.and(rows(page.limit)).and(rows(page.offset)).all(), card),
    }
}

/// The page, which is far from both ends of the index, from the last boundary before it.
fn walked_onwards(look: &Look<'_>, order: CardOrder, page: Page) -> Result<Vec<RepositoryCard>, ViewsError> {
    let Some(start) = stretches::start(look.reader, look.account, &look.query, order, page.offset)? else {
        return walked(look, Walk::Straight, page);
    };
    let (sql, values) = (statements::walk(Walk::Onwards(order), page), values(look, page));
    let values = values.and(rows(page.limit)).and(rows(page.offset - start.passed)).and(start.repository);
    look.reader.list(sql, values.all(), card)
}

/// The numbers of a page, among all numbers in its order, of those that were found.
fn walked_among(reader: &Reader, sql: &'static str, values: Values, found: &[Found], page: Page) -> Result<Vec<i64>, ViewsError> {
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(Vec::new()) };
    let index = |number: i64| number.checked_sub(first.repository).and_then(|index| usize::try_from(index).ok());
    let mut is_found = vec![false; index(last.repository).map_or(0, |last| last + 1)];
    for index in found.iter().filter_map(|place| index(place.repository)) {
        is_found[index] = true;
    }
    let (mut numbers, mut before) = (Vec::new(), page.offset);
    reader.each(sql, values.first(8), |row| {
        let number = row.get(0)?;
        if index(number).and_then(|index| is_found.get(index)).is_some_and(|found| *found) {
            match before.checked_sub(1) {
                Some(left) => before = left,
                None => numbers.push(number),
            }
        }
        Ok((numbers.len() as u64) < page.limit)
    })?;
    Ok(numbers)
}

/// The numbers of a page's cards, which are sorted out of what their place has, and how many are wanted there.
fn sorted(look: &Look<'_>, page: Page) -> Result<(Vec<i64>, u64), ViewsError> {
    match page.key {
        Key::Of(CardOrder::Name) => sorted_by::<String>(look, page),
        Key::Of(_) | Key::Number => sorted_by::<i64>(look, page),
    }
}

fn sorted_by<K: FromSql + Ord>(look: &Look<'_>, page: Page) -> Result<(Vec<i64>, u64), ViewsError> {
    let place = look.place();
    let (sql, values) = (statements::keys(place), values(look, page));
    let key = |row: &Row<'_>| Ok((row.get::<_, K>(0)?, row.get(1)?));
    let keys = match &look.found {
        Some(found) if place == Place::Names => {
            let mut found: Vec<_> = found.iter().map(|place| [place.organization, place.repository]).collect();
            // As they stand in the file.
            found.sort_unstable();
            look.reader.list_each(sql, values, found, key)?
        }
        _ => look.reader.list(sql, values.all(), key)?,
    };
    let total = keys.len() as u64;
    Ok((page.cut(keys), total))
}

fn cards(reader: &Reader, numbers: Vec<i64>) -> Result<Vec<RepositoryCard>, ViewsError> {
    reader.list_each(statements::CARD, Values::default(), numbers.into_iter().map(|number| [number]), card)
}

fn values(look: &Look<'_>, page: Page) -> Values {
    let order = match page.key {
        Key::Number => 0,
        Key::Of(order) => order.number(),
    };
    Values::of(look.account, &look.query).and(page.after).and(order)
}

fn rows(number: u64) -> i64 {
    limit_of(usize::try_from(number).unwrap_or(usize::MAX))
}
