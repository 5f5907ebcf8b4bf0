//! The statements of lists: one for each way to a page and each order of it.

use super::card::select_cards;
use super::page::{Key, Page};
use super::query::CardOrder;
use super::wanted::{behind, described, granted, granted_alone, granted_organizations, in_organization, named, of_account};
use super::wanted::{of_kind, of_organization, seen};

/// Where wanted cards are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Account,
    Organization,
    Grants,
    Names,
}

/// How the index of an order is walked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Walk {
    /// All of it is wanted.
    Straight,
    /// It tells what is wanted.
    Telling,
    /// With a look at each card.
    Looking,
    /// All of it is read, and the search by name has found what is wanted.
    Found,
}

/// What is wanted in an order, walked over by its index: what is read on the walk, under which condition, in which order and direction.
macro_rules! walk {
    ($what:ident, $where:expr, $page:expr) => {
        match ($page.key, $page.descending) {
            (Key::Number, false) => $what!(concat!("card.repository > ?8 AND ", $where), "card.repository", in_place),
            (Key::Number, true) => $what!(concat!("card.repository > ?8 AND ", $where), "card.repository DESC", in_place),
            (Key::Of(CardOrder::Name), false) => $what!($where, "card.path, card.repository", upwards),
            (Key::Of(CardOrder::Name), true) => $what!($where, "card.path DESC, card.repository DESC", downwards),
            (Key::Of(CardOrder::UpdatedAt), false) => $what!($where, "card.updated_at, card.repository", upwards),
            (Key::Of(CardOrder::UpdatedAt), true) => $what!($where, "card.updated_at DESC, card.repository DESC", downwards),
            (Key::Of(CardOrder::TagCount), false) => $what!($where, "card.tag_count, card.repository", upwards),
            (Key::Of(CardOrder::TagCount), true) => $what!($where, "card.tag_count DESC, card.repository DESC", downwards),
            (Key::Of(CardOrder::Size), false) => $what!($where, "card.size_bytes, card.repository", upwards),
            (Key::Of(CardOrder::Size), true) => $what!($where, "card.size_bytes DESC, card.repository DESC", downwards),
        }
    };
}

/// The cards of a page of those that meet a condition.
macro_rules! cards_of_page {
    ($where:expr, $order:literal, $direction:ident) => {
        cards_of_page!(concat!("card.account = ?1 AND ", $where), $order, $order;)
    };
    ($where:expr, $order:expr, $of_page:expr;) => {
        select_cards!(
            "",
            concat!(
                "(SELECT card.repository FROM repository_cards AS card WHERE ",
                $where,
                " ORDER BY ",
                $order,
                " LIMIT ?10 OFFSET ?11) AS page
                  CROSS JOIN repository_cards AS card ON card.repository = page.repository AND card.account = ?1"
            ),
            concat!("ORDER BY ", $of_page)
        )
    };
}

/// The cards of a page of all. Where the account's entries end is not looked for on the walk, which takes half as long so: its cards are counted,
/// and no page goes further. If it did, what is another's would not be shown.
macro_rules! cards_of_stretch {
    ($where:expr, $order:literal, in_place) => {
        cards_of_page!($where, $order, in_place)
    };
    ($where:expr, $order:literal, upwards) => {
        cards_of_page!(concat!("card.account >= ?1 AND ", $where), concat!("card.account, ", $order), $order;)
    };
    ($where:expr, $order:literal, downwards) => {
        cards_of_page!(concat!("card.account <= ?1 AND ", $where), concat!("card.account DESC, ", $order), $order;)
    };
}

/// The numbers of all.
macro_rules! numbers {
    ($where:expr, $order:literal, $direction:ident) => {
        concat!("SELECT card.repository FROM repository_cards AS card WHERE card.account = ?1 AND ", $where, " ORDER BY ", $order)
    };
}

/// What of a place is wanted: the numbers, each behind what it is sorted by.
macro_rules! keys {
    ($place:ident) => {
        $place!(
            "CASE ?9 WHEN 1 THEN card.path WHEN 2 THEN card.updated_at WHEN 3 THEN card.tag_count WHEN 4 THEN card.size_bytes ELSE 0 END,
             card.repository"
        )
    };
}

/// The statement for a page that is walked to; for what was found, for the numbers of all cards in the order of the page.
pub(crate) fn walk(walk: Walk, page: Page) -> &'static str {
    match walk {
        // Asks for a parameter that every statement has, and nothing of the entries that are passed.
        Walk::Straight => walk!(cards_of_stretch, "?8 IS NOT NULL", page),
        Walk::Telling => walk!(cards_of_page, concat!("(?2 IS NULL OR ", of_organization!(), ") AND ", seen!()), page),
        Walk::Looking => {
            walk!(cards_of_page, concat!("(?2 IS NULL OR ", of_organization!(), ") AND ", seen!(), " AND ", described!()), page)
        }
        Walk::Found => walk!(numbers, "?8 IS NOT NULL", page),
    }
}

/// The statement for what of a place is wanted.
pub(crate) fn keys(place: Place) -> &'static str {
    match place {
        Place::Account => keys!(of_account),
        Place::Organization => keys!(in_organization),
        Place::Grants => keys!(granted),
        Place::Names => keys!(named),
    }
}

/// One card by its number, parameter 1.
pub(crate) const CARD: &str = select_cards!("", "repository_cards AS card", "WHERE card.repository = ?1");
