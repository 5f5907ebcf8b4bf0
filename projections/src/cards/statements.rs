//! The statements of lists: one for each way to a page and each order of it.

use super::card::select_cards;
use super::query::CardOrder;
use super::wanted::{behind, described, granted, granted_alone, granted_organizations, in_organization, named, of_account};
use super::wanted::{of_kind, of_organization, seen};

/// What a page is sorted by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Number,
    Of(CardOrder),
}

/// The part of a list that is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) key: Key,
    pub(crate) descending: bool,
    /// Only what is behind this number.
    pub(crate) after: i64,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// Where wanted cards are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Account,
    Organization,
    Grants,
    Names,
}

/// How a page comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A stretch of the index of its order.
    Index,
    /// Walking over that index, which tells what is wanted.
    IndexThatTells,
    /// Walking over that index, with a look at each card.
    IndexAndCards,
    /// Sorting what a place has.
    Sorted(Place),
}

/// The pages of an order, walked over by its index.
macro_rules! walk {
    ($where:expr, $page:expr) => {
        match ($page.key, $page.descending) {
            (Key::Number, false) => walk!(concat!("card.repository > ?8 AND ", $where), "card.repository"; ),
            (Key::Number, true) => walk!(concat!("card.repository > ?8 AND ", $where), "card.repository DESC"; ),
            (Key::Of(CardOrder::Name), false) => walk!($where, "card.path, card.repository"; ),
            (Key::Of(CardOrder::Name), true) => walk!($where, "card.path DESC, card.repository DESC"; ),
            (Key::Of(CardOrder::UpdatedAt), false) => walk!($where, "card.updated_at, card.repository"; ),
            (Key::Of(CardOrder::UpdatedAt), true) => walk!($where, "card.updated_at DESC, card.repository DESC"; ),
            (Key::Of(CardOrder::TagCount), false) => walk!($where, "card.tag_count, card.repository"; ),
            (Key::Of(CardOrder::TagCount), true) => walk!($where, "card.tag_count DESC, card.repository DESC"; ),
            (Key::Of(CardOrder::Size), false) => walk!($where, "card.size_bytes, card.repository"; ),
            (Key::Of(CardOrder::Size), true) => walk!($where, "card.size_bytes DESC, card.repository DESC"; ),
        }
    };
    ($where:expr, $order:literal;) => {
        select_cards!(
            "",
            concat!(
                "(SELECT card.repository FROM repository_cards AS card WHERE card.account = ?1 AND ",
                $where,
                " ORDER BY ",
                $order,
                " LIMIT ?9 OFFSET ?10) AS page CROSS JOIN repository_cards AS card ON card.repository = page.repository"
            ),
            concat!("ORDER BY ", $order)
        )
    };
}

/// The pages of what a place has, sorted out of it.
macro_rules! sort {
    ($place:ident, $page:expr) => {
        if $page.descending { sort!($place, "sorted DESC, repository DESC", "page.sorted DESC, page.repository DESC"; ) }
        else { sort!($place, "sorted, repository", "page.sorted, page.repository"; ) }
    };
    ($place:ident, $order:literal, $of_page:literal;) => {
        select_cards!(
            "",
            concat!(
                "(SELECT repository, sorted FROM ",
                $place!(
                    "card.repository AS repository,
                     CASE ?11 WHEN 1 THEN card.path WHEN 2 THEN card.updated_at WHEN 3 THEN card.tag_count WHEN 4 THEN card.size_bytes END
                     AS sorted"
                ),
                " ORDER BY ",
                $order,
                " LIMIT ?9 OFFSET ?10) AS page CROSS JOIN repository_cards AS card ON card.repository = page.repository"
            ),
            concat!("ORDER BY ", $of_page)
        )
    };
}

/// How many a place has.
macro_rules! count {
    ($place:ident) => {
        concat!("SELECT count(*) FROM ", $place!("1"))
    };
}

/// The statement for a page, and how many parameters it has.
pub(crate) fn page(way: Way, page: Page) -> (&'static str, usize) {
    match way {
        Way::Index => (walk!("+card.repository > ?8", page), 10),
        Way::IndexThatTells => (walk!(concat!("(?2 IS NULL OR ", of_organization!(), ") AND ", seen!()), page), 10),
        Way::IndexAndCards => (walk!(concat!("(?2 IS NULL OR ", of_organization!(), ") AND ", seen!(), " AND ", described!()), page), 10),
        Way::Sorted(Place::Account) => (sort!(of_account, page), 11),
        Way::Sorted(Place::Organization) => (sort!(in_organization, page), 11),
        Way::Sorted(Place::Grants) => (sort!(granted, page), 11),
        Way::Sorted(Place::Names) => (sort!(named, page), 12),
    }
}

/// The statement that counts what a place has, and how many parameters it has.
pub(crate) fn total(place: Place) -> (&'static str, usize) {
    match place {
        Place::Account => (count!(of_account), 8),
        Place::Organization => (count!(in_organization), 8),
        Place::Grants => (count!(granted), 8),
        Place::Names => (count!(named), 12),
    }
}
