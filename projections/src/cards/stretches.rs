//! How many cards stand before some of them, in each order of lists: a page far inside a list is found without walking over all before it.
//!
//! About one card in [`APART`] is a boundary. Its number alone tells, so that views are the same however they came to be. A boundary knows how
//! many cards of each kind there are from the boundary before it, or from the first card, up to it. What is behind the last one is not
//! counted: in the order of the last change that is what was pushed lately, so that most pushes change nothing here.

use ambar_domain::level::Visibility;
use ambar_domain::repository::Category;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef};
use rusqlite::{Row, ToSql, params};

use super::query::{CardOrder, CardQuery};
use crate::columns::text;
use crate::error::ViewsError;
use crate::fold::{ApplyError, Fold};
use crate::reader::Reader;

/// One card in so many is a boundary: a page is found by adding up one row for each boundary and passing about so many cards.
const APART: u64 = if cfg!(test) { 3 } else { 512 };

/// Private and public ones of each category.
const KINDS: usize = 2 * Category::ALL.len();

/// Whether the card of that number is a boundary, in every order. The bits of numbers that follow each other are mixed (`SplitMix64`).
pub(crate) fn is_boundary(repository: i64) -> bool {
    let mut bits = repository.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)).is_multiple_of(APART)
}

/// What cards are counted by.
fn kind(category: Category, public: bool) -> usize {
    2 * category as usize + usize::from(public)
}

/// How many cards there are of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counts([u32; KINDS]);

impl Counts {
    fn add(&mut self, kind: usize) {
        self.0[kind] += 1;
    }

    fn add_all(&mut self, others: &Self) {
        for (cards, more) in self.0.iter_mut().zip(others.0) {
            *cards += more;
        }
    }

    fn without(&self, others: &Self) -> Result<Self, ApplyError> {
        let mut left = self.clone();
        for (cards, fewer) in left.0.iter_mut().zip(others.0) {
            *cards = cards.checked_sub(fewer).ok_or(ApplyError::NothingToEnd("card of a stretch"))?;
        }
        Ok(left)
    }

    /// How many of them are of a kind that is asked for.
    fn wanted(&self, query: &CardQuery) -> u64 {
        let public = |visibility| visibility == Visibility::Public;
        let categories = Category::ALL.into_iter().filter(|category| query.category.is_none_or(|wanted| wanted == *category));
        let kinds = categories.flat_map(|category| [false, true].map(|public| (category, public)));
        let wanted = kinds.filter(|(_, is_public)| query.visibility.is_none_or(|visibility| public(visibility) == *is_public));
        wanted.map(|(category, public)| u64::from(self.0[kind(category, public)])).sum()
    }
}

impl FromSql for Counts {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let blob = value.as_blob()?;
        let (numbers, []) = blob.as_chunks() else { return Err(FromSqlError::InvalidType) };
        let numbers: &[_; KINDS] =
            numbers.try_into().map_err(|_| FromSqlError::InvalidBlobSize { expected_size: 4 * KINDS, blob_size: blob.len() })?;
        Ok(Self(numbers.map(u32::from_be_bytes)))
    }
}

impl ToSql for Counts {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.map(u32::to_be_bytes).concat().into())
    }
}

/// A card as the orders place it.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) account: i64,
    pub(super) organization: i64,
    pub(super) repository: i64,
    pub(super) kind: usize,
    pub(super) path: String,
    pub(super) updated_at: i64,
    pub(super) tag_count: i64,
    pub(super) size_bytes: i64,
    pub(super) pull_count: i64,
}

impl Card {
    pub(super) fn find(fold: &Fold<'_>, repository: i64) -> Result<Self, ApplyError> {
        fold.find(
            "card",
            "SELECT account, organization, repository, category, public, path, updated_at, tag_count, size_bytes, pull_count
               FROM repository_cards WHERE repository = ?1",
            [repository],
            |row| {
                Ok(Self {
                    account: row.get(0)?,
                    organization: row.get(1)?,
                    repository: row.get(2)?,
                    kind: kind(text(row, 3)?, row.get(4)?),
                    path: row.get(5)?,
                    updated_at: row.get(6)?,
                    tag_count: row.get(7)?,
                    size_bytes: row.get(8)?,
                    pull_count: row.get(9)?,
                })
            },
        )
    }

    /// What it is sorted by.
    fn key(&self, order: CardOrder) -> ToSqlOutput<'_> {
        match order {
            CardOrder::Name => self.path.as_str().into(),
            CardOrder::UpdatedAt => self.updated_at.into(),
            CardOrder::TagCount => self.tag_count.into(),
            CardOrder::Size => self.size_bytes.into(),
            CardOrder::PullCount => self.pull_count.into(),
        }
    }
}

/// The card stands in every order from now on.
pub(super) fn join(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    let card = Card::find(fold, repository)?;
    CardOrder::ALL.into_iter().try_for_each(|order| arrive(fold, &card, order))
}

/// The card stands in no order from now on.
pub(super) fn leave(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    let card = Card::find(fold, repository)?;
    CardOrder::ALL.into_iter().try_for_each(|order| depart(fold, &card, order))
}

/// The card is of the same name and kind as before; what else it is sorted by has changed.
pub(super) fn shift(fold: &Fold<'_>, before: &Card, card: &Card) -> Result<(), ApplyError> {
    shift_in(fold, CardOrder::UpdatedAt, before, card, [before.updated_at, card.updated_at])?;
    shift_in(fold, CardOrder::TagCount, before, card, [before.tag_count, card.tag_count])?;
    shift_in(fold, CardOrder::Size, before, card, [before.size_bytes, card.size_bytes])?;
    shift_in(fold, CardOrder::PullCount, before, card, [before.pull_count, card.pull_count])
}

/// In an order, where it has stood at the first key and stands at the second.
fn shift_in(fold: &Fold<'_>, order: CardOrder, before: &Card, card: &Card, [from, to]: [i64; 2]) -> Result<(), ApplyError> {
    if from == to {
        return Ok(());
    }
    let between = "SELECT 1 FROM card_stretches
                    WHERE account = ?1 AND sorted_by = ?2 AND (key, repository) > (?4, ?3) AND (key, repository) < (?5, ?3) LIMIT 1";
    let way = params![card.account, order.number(), card.repository, from.min(to), from.max(to)];
    if !is_boundary(card.repository) && fold.find_optional(between, way, |_| Ok(()))?.is_none() {
        return Ok(());
    }
    depart(fold, before, order)?;
    arrive(fold, card, order)
}

/// Where the card comes to stand, the stretch up to the next boundary grows by it; or begins with it, and what was before it is its own.
fn arrive(fold: &Fold<'_>, card: &Card, order: CardOrder) -> Result<(), ApplyError> {
    let next = Boundary::next(fold, card, order)?;
    let mut own = Counts::default();
    if is_boundary(card.repository) {
        own = count_back(fold, card, order)?;
        let sql = "INSERT INTO card_stretches (account, sorted_by, key, repository, cards) VALUES (?1, ?2, ?3, ?4, ?5)";
        fold.insert(sql, params![card.account, order.number(), card.key(order), card.repository, own])?;
    }
    let Some(next) = next else { return Ok(()) };
    let mut cards = next.cards.without(&own)?;
    cards.add(card.kind);
    next.write(fold, card, order, &cards)
}

/// Where the card has stood, the stretch up to the next boundary shrinks by it; or is joined with the card's own.
fn depart(fold: &Fold<'_>, card: &Card, order: CardOrder) -> Result<(), ApplyError> {
    let next = Boundary::next(fold, card, order)?;
    let mut own = Counts::default();
    if is_boundary(card.repository) {
        let sql = "DELETE FROM card_stretches WHERE account = ?1 AND sorted_by = ?2 AND key = ?3 AND repository = ?4 RETURNING cards";
        own = fold.find("boundary", sql, params![card.account, order.number(), card.key(order), card.repository], |row| row.get(0))?;
    }
    let Some(next) = next else { return Ok(()) };
    let mut left = Counts::default();
    left.add(card.kind);
    let mut cards = next.cards.without(&left)?;
    cards.add_all(&own);
    next.write(fold, card, order, &cards)
}

/// A boundary, and the cards between the one before and it.
struct Boundary {
    key: Value,
    repository: i64,
    cards: Counts,
}

impl Boundary {
    /// The first one behind the card.
    fn next(fold: &Fold<'_>, card: &Card, order: CardOrder) -> Result<Option<Self>, ApplyError> {
        fold.find_optional(
            "SELECT key, repository, cards FROM card_stretches
              WHERE account = ?1 AND sorted_by = ?2 AND (key, repository) > (?3, ?4) ORDER BY key, repository LIMIT 1",
            params![card.account, order.number(), card.key(order), card.repository],
            |row| Ok(Self { key: row.get(0)?, repository: row.get(1)?, cards: row.get(2)? }),
        )
    }

    fn write(&self, fold: &Fold<'_>, card: &Card, order: CardOrder, cards: &Counts) -> Result<(), ApplyError> {
        let sql = "UPDATE card_stretches SET cards = ?5 WHERE account = ?1 AND sorted_by = ?2 AND key = ?3 AND repository = ?4";
        fold.end("boundary", sql, params![card.account, order.number(), self.key, self.repository, cards])
    }
}

/// What stands before a card, the nearest first.
macro_rules! back {
    ($column:literal) => {
        concat!(
            "SELECT repository, category, public FROM repository_cards WHERE account = ?1 AND (",
            $column,
            ", repository) < (?2, ?3) ORDER BY ",
            $column,
            " DESC, repository DESC"
        )
    };
}

/// The statement for what stands before a card in an order.
pub(crate) fn back(order: CardOrder) -> &'static str {
    match order {
        CardOrder::Name => back!("path"),
        CardOrder::UpdatedAt => back!("updated_at"),
        CardOrder::TagCount => back!("tag_count"),
        CardOrder::Size => back!("size_bytes"),
        CardOrder::PullCount => back!("pull_count"),
    }
}

/// What there is from the boundary before the card up to it.
fn count_back(fold: &Fold<'_>, card: &Card, order: CardOrder) -> Result<Counts, ApplyError> {
    let mut cards = Counts::default();
    fold.each(back(order), params![card.account, card.key(order), card.repository], |row: &Row<'_>| {
        cards.add(kind(text(row, 1)?, row.get(2)?));
        Ok(!is_boundary(row.get(0)?))
    })?;
    Ok(cards)
}

/// From where a page is walked to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// The boundary.
    pub(super) repository: i64,
    /// How many cards of the kinds that are asked for stand before it.
    pub(super) passed: u64,
}

/// The last boundary before which no more than `offset` cards of the kinds that are asked for stand.
pub(super) fn start(reader: &Reader, account: i64, query: &CardQuery, order: CardOrder, offset: u64) -> Result<Option<Start>, ViewsError> {
    let (mut start, mut passed) = (None, 0);
    let sql = "SELECT repository, cards FROM card_stretches WHERE account = ?1 AND sorted_by = ?2 ORDER BY key, repository";
    reader.each(sql, params![account, order.number()], |row| {
        passed += row.get::<_, Counts>(1)?.wanted(query);
        if passed > offset {
            return Ok(false);
        }
        start = Some(Start { repository: row.get(0)?, passed });
        Ok(true)
    })?;
    Ok(start)
}
