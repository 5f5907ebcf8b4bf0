//! A query of cards at work: what is known before a card is looked at, and which way leads to a page with the least of them.

use super::names::Place as Found;
use super::page::{Key, Page};
use super::query::CardQuery;
use super::statements::{Place, Walk};
use super::{counts, search};
use crate::error::ViewsError;
use crate::reader::Reader;

/// An index is walked over only if at least one card in so many is wanted: what is wanted may stand at its end.
const FEW: u64 = 4;
/// The same for a page by number, which needs no total and little of the walk if what is wanted stands all over it.
const FEW_BY_NUMBER: u64 = 64;
/// The same for what the search by name has found, which is looked up otherwise: a step of a walk takes that much less.
const FEW_FOUND: u64 = 32;
/// Where cards have to be looked up on the walk, a page goes no further than one in so many of those that are wanted.
const NEAR: u64 = 8;
/// Looking up a card that was found takes about as long as so many in a sweep.
const SWEPT: u64 = 4;
/// Names are searched for what stands among at least one card in so many; if it is less, it is swept.
const SEARCHED: u64 = 16;

/// A query at work.
pub(super) struct Look<'a> {
    pub(super) reader: &'a Reader,
    pub(super) query: CardQuery,
    /// The number of the account, or 0, which has nothing.
    pub(super) account: i64,
    /// How many cards the account has; 0 where all of them or of a kind are wanted and nothing is to be weighed.
    all: u64,
    /// How many of them are in sight: a sweep reads these.
    in_sight: u64,
    /// What the search by name has found in sight, in the order of the numbers, if that was worth it.
    pub(super) found: Option<Vec<Found>>,
}

impl<'a> Look<'a> {
    pub(super) fn new(reader: &'a Reader, query: &CardQuery) -> Result<Self, ViewsError> {
        let account = reader.find("SELECT id FROM event_terms WHERE term = ?1", [query.account.as_str()], |row| row.get(0))?.unwrap_or(0);
        let mut look = Self { reader, query: query.simplified(), account, all: 0, in_sight: 0, found: None };
        if !look.is_all_of_a_kind() {
            look.all = counts::of_account(reader, account)?;
            look.in_sight = look.count_in_sight()?;
            look.found = look.search()?;
        }
        Ok(look)
    }

    /// How many cards the organization has, or organizations show to the user; single ones that the user sees are taken for few.
    fn count_in_sight(&self) -> Result<u64, ViewsError> {
        let CardQuery { organization, visible_to, .. } = &self.query;
        let of_any_kind = CardQuery { category: None, visibility: None, ..self.query.clone() };
        match (organization, visible_to) {
            (None, None) => Ok(self.all),
            (Some(_), _) => counts::of_kind(self.reader, self.account, &of_any_kind),
            (None, Some(_)) => counts::granted_with_organizations(self.reader, self.account, &of_any_kind),
        }
    }

    fn search(&self) -> Result<Option<Vec<Found>>, ViewsError> {
        let is_worth_it = self.in_sight.saturating_mul(SEARCHED) >= self.all;
        let Some(text) = self.query.name_contains.as_ref().filter(|_| is_worth_it) else { return Ok(None) };
        let mut found = search::search(self.reader, self.account, self.all, text)?;
        if let Some(name) = &self.query.organization {
            let sql = "SELECT id FROM organization_names WHERE name = ?1";
            let number: Option<i64> = self.reader.find(sql, [name.as_str()], |row| row.get(0))?;
            found.retain(|place| Some(place.organization) == number);
        }
        if let Some(user) = &self.query.visible_to {
            let granted = |sql| self.reader.list(sql, [user.as_str()], |row| row.get::<_, i64>(0));
            let sql = "SELECT organization FROM organization_grants WHERE user = ?1 AND until_position IS NULL ORDER BY organization";
            let organizations = granted(sql)?;
            let sql = "SELECT repository FROM repository_grants WHERE user = ?1 AND until_position IS NULL ORDER BY repository";
            let repositories = granted(sql)?;
            found.retain(|place| {
                organizations.binary_search(&place.organization).is_ok() || repositories.binary_search(&place.repository).is_ok()
            });
        }
        Ok(Some(found))
    }

    fn is_of_any_kind(&self) -> bool {
        self.query.category.is_none() && self.query.visibility.is_none()
    }

    /// Whether an entry of any index tells that a card is wanted.
    fn index_tells(&self) -> bool {
        self.query.name_contains.is_none()
    }

    /// Whether all cards are wanted, or all of a kind: how many they are, and where in an order, is counted.
    fn is_all_of_a_kind(&self) -> bool {
        let CardQuery { organization, visible_to, shared_at, .. } = &self.query;
        self.index_tells() && organization.is_none() && visible_to.is_none() && shared_at.is_none()
    }

    /// What the search by name has found, if all of that is wanted.
    pub(super) fn wanted_as_found(&self) -> Option<&[Found]> {
        self.found.as_deref().filter(|_| self.is_of_any_kind() && self.query.shared_at.is_none())
    }

    /// Where to look for what is wanted.
    pub(super) fn place(&self) -> Place {
        match &self.found {
            Some(found) if (found.len() as u64).saturating_mul(SWEPT) <= self.in_sight => Place::Names,
            _ if self.query.organization.is_some() => Place::Organization,
            _ if self.query.visible_to.is_some() => Place::Grants,
            _ => Place::Account,
        }
    }

    /// How many are wanted, if that is known without a look at them.
    fn known(&self) -> Result<Option<u64>, ViewsError> {
        let CardQuery { organization, name_contains, visible_to, shared_at, .. } = &self.query;
        let known = match (self.wanted_as_found(), organization, visible_to) {
            (Some(found), ..) => found.len() as u64,
            _ if shared_at.is_some() || name_contains.is_some() => return Ok(None),
            (_, Some(_), Some(_)) => return Ok(None),
            (_, _, None) => counts::of_kind(self.reader, self.account, &self.query)?,
            (_, None, Some(_)) => {
                counts::granted_with_organizations(self.reader, self.account, &self.query)?
                    + counts::granted_alone(self.reader, self.account, &self.query)?
            }
        };
        Ok(Some(known))
    }

    /// How many are wanted in all, if that is known and may be so many that an index is walked over.
    pub(super) fn much(&self) -> Result<Option<u64>, ViewsError> {
        let few = if self.found.is_some() { FEW_FOUND } else { FEW };
        if self.in_sight.saturating_mul(few) < self.all { Ok(None) } else { self.known() }
    }

    /// About how many are wanted, as far as that takes no look at them. What cannot be told is taken for much among all cards, since counting
    /// takes longer than a walk over them, and for little elsewhere.
    pub(super) fn likely(&self) -> Result<u64, ViewsError> {
        let CardQuery { organization, visible_to, .. } = &self.query;
        if self.index_tells() && self.is_of_any_kind() && organization.is_none() && visible_to.is_some() {
            return Ok(self.in_sight);
        }
        Ok(self.known()?.unwrap_or(if self.place() == Place::Account { self.all } else { 0 }))
    }

    /// How the index is walked over to a page, if it is, where `wanted` are wanted in all.
    pub(super) fn walk(&self, page: Page, wanted: u64) -> Option<Walk> {
        let is_much = |few| wanted.saturating_mul(few) >= self.all;
        let few = if matches!(page.key, Key::Number) { FEW_BY_NUMBER } else { FEW };
        let is_near = page.offset.saturating_add(page.limit).saturating_mul(NEAR) <= wanted;
        match self.wanted_as_found() {
            _ if self.is_all_of_a_kind() => Some(Walk::Straight),
            Some(_) => Some(Walk::Found).filter(|_| is_much(FEW_FOUND) && !matches!(page.key, Key::Number)),
            None if is_much(few) && self.index_tells() => Some(Walk::Telling),
            None if is_much(few) && is_near => Some(Walk::Looking),
            None => None,
        }
    }
}
