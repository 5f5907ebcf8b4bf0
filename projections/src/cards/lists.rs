//! Lists of an account's repositories.
//!
//! How a list is made depends on what is asked for, so that none takes much longer than what it shows. What nothing limits is counted already
//! and read from the index of its order. What is limited is looked for where it stands: among an organization's cards, among those that grants
//! show, behind the search by name, and only else among all of the account's; and then it is sorted. Where most of the account's cards are
//! wanted, walking over the index finds a page sooner.
//!
//! A page and its total are several queries: who needs them to agree asks inside a [`crate::Snapshot`].

use super::card::{RepositoryCard, card};
use super::query::{CardOrder, CardQuery};
use super::statements::{self, Key, Page, Place, Way};
use super::wanted::Values;
use super::{counts, names};
use crate::columns::{limit_of, size};
use crate::error::ViewsError;
use crate::reader::Reader;

/// An index is walked over only if at least one card in so many is wanted: what is wanted may stand at its end.
const FEW: u64 = 4;
/// The same for a page by number, which needs no total and little of the walk if what is wanted stands all over it.
const FEW_BY_NUMBER: u64 = 64;
/// Where cards have to be looked up on the walk, a page goes no further than one in so many of those that are wanted.
const NEAR: u64 = 8;
/// What the search by name has found is looked up one by one if it is no more than one card in so many.
const FOUND: u64 = 16;

/// A query at work.
struct Look<'a> {
    reader: &'a Reader,
    query: CardQuery,
    /// What the search by name has found, if that is what limits the list most.
    found: Option<Vec<names::Place>>,
    /// How many cards the account has; 0 where all of them are wanted and nothing is to be weighed.
    all: u64,
}

impl<'a> Look<'a> {
    fn new(reader: &'a Reader, query: &CardQuery) -> Result<Self, ViewsError> {
        let query = query.simplified();
        let found = match &query.name_contains {
            Some(text) if query.organization.is_none() && query.visible_to.is_none() => {
                Some(names::search(reader, query.account.as_str(), text)?)
            }
            _ => None,
        };
        let mut look = Self { reader, query, found, all: 0 };
        if !look.is_all() {
            look.all = counts::of_account(reader, look.query.account.as_str())?;
        }
        Ok(look)
    }

    fn is_of_any_kind(&self) -> bool {
        self.query.category.is_none() && self.query.visibility.is_none()
    }

    /// Whether an entry of any index tells that a card is wanted.
    fn index_tells(&self) -> bool {
        self.is_of_any_kind() && self.query.name_contains.is_none()
    }

    fn is_all(&self) -> bool {
        let CardQuery { organization, visible_to, shared_at, .. } = &self.query;
        self.index_tells() && organization.is_none() && visible_to.is_none() && shared_at.is_none()
    }

    fn place(&self) -> Place {
        match &self.found {
            _ if self.query.organization.is_some() => Place::Organization,
            _ if self.query.visible_to.is_some() => Place::Grants,
            Some(found) if found.len() as u64 * FOUND <= self.all => Place::Names,
            _ => Place::Account,
        }
    }

    /// How many are wanted, if that is known without a look at them.
    fn known(&self) -> Result<Option<u64>, ViewsError> {
        let CardQuery { organization, name_contains, visible_to, shared_at, .. } = &self.query;
        let known = match (&self.found, organization, visible_to) {
            _ if shared_at.is_some() => return Ok(None),
            (Some(found), ..) if self.is_of_any_kind() => found.len() as u64,
            _ if name_contains.is_some() => return Ok(None),
            (_, Some(_), Some(_)) => return Ok(None),
            (_, _, None) => counts::of_kind(self.reader, &self.query)?,
            (_, None, Some(_)) => {
                counts::granted_with_organizations(self.reader, &self.query)? + counts::granted_alone(self.reader, &self.query)?
            }
        };
        Ok(Some(known))
    }

    /// About how many are wanted, as far as that takes no look at them. What cannot be told is taken for much among all cards, since counting
    /// takes longer than a walk over them, and for little elsewhere.
    fn likely(&self) -> Result<u64, ViewsError> {
        let CardQuery { organization, visible_to, .. } = &self.query;
        if self.index_tells() && organization.is_none() && visible_to.is_some() {
            return counts::granted_with_organizations(self.reader, &self.query);
        }
        Ok(self.known()?.unwrap_or(if self.place() == Place::Account { self.all } else { 0 }))
    }

    fn total(&self) -> Result<u64, ViewsError> {
        if let Some(known) = self.known()? {
            return Ok(known);
        }
        let (sql, needed) = statements::total(self.place());
        let parameters = Values::of(&self.query).and(0).and(0).and(0).and(0).and(self.found());
        Ok(self.reader.find(sql, parameters.first(needed), |row| size(row, 0))?.unwrap_or(0))
    }

    /// What the search by name has found, as a parameter.
    fn found(&self) -> Option<String> {
        if self.place() != Place::Names {
            return None;
        }
        let found = self.found.as_deref().unwrap_or_default().iter();
        let places: Vec<_> = found.map(|names::Place { repository, organization }| format!("\"{repository}\":{organization}")).collect();
        Some(format!("{{{}}}", places.join(",")))
    }

    /// The way to a page, where `wanted` are wanted in all.
    fn way(&self, page: Page, wanted: u64) -> Way {
        let few = if matches!(page.key, Key::Number) { FEW_BY_NUMBER } else { FEW };
        let (is_much, is_near) = (wanted * few >= self.all, page.offset.saturating_add(page.limit).saturating_mul(NEAR) <= wanted);
        match () {
            () if self.is_all() => Way::Index,
            () if is_much && self.index_tells() => Way::IndexThatTells,
            () if is_much && is_near => Way::IndexAndCards,
            () => Way::Sorted(self.place()),
        }
    }

    fn page(&self, page: Page, wanted: u64) -> Result<Vec<RepositoryCard>, ViewsError> {
        let (sql, needed) = statements::page(self.way(page, wanted), page);
        let order = match page.key {
            Key::Number => 0,
            Key::Of(CardOrder::Name) => 1,
            Key::Of(CardOrder::UpdatedAt) => 2,
            Key::Of(CardOrder::TagCount) => 3,
            Key::Of(CardOrder::Size) => 4,
        };
        let parameters = Values::of(&self.query).and(page.after).and(rows(page.limit)).and(rows(page.offset)).and(order).and(self.found());
        self.reader.list(sql, parameters.first(needed), card)
    }
}

fn rows(number: u64) -> i64 {
    limit_of(usize::try_from(number).unwrap_or(usize::MAX))
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
    let look = Look::new(reader, query)?;
    let total = look.total()?;
    let offset = (offset as u64).min(total);
    let limit = (limit as u64).min(total - offset);
    // What is nearer to the end is counted from there.
    let behind = total - offset - limit;
    let backwards = behind < offset;
    let page = Page { key: Key::Of(order), descending: descending != backwards, after: 0, offset: offset.min(behind), limit };
    let mut cards = if limit == 0 { Vec::new() } else { look.page(page, total)? };
    if backwards {
        cards.reverse();
    }
    Ok((cards, total))
}

/// What is wanted, in the order of the numbers: up to `limit` behind the one numbered `after`. What comes and goes meanwhile moves no other.
///
/// # Errors
/// The views cannot be read.
pub fn list_cards_after(reader: &Reader, query: &CardQuery, after: Option<i64>, limit: usize) -> Result<Vec<RepositoryCard>, ViewsError> {
    let look = Look::new(reader, query)?;
    let likely = if look.is_all() { 0 } else { look.likely()? };
    look.page(Page { key: Key::Number, descending: false, after: after.unwrap_or(0), offset: 0, limit: limit as u64 }, likely)
}
