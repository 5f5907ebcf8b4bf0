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
    /// All of it is wanted, or all of a kind.
    Straight,
    /// The same from a boundary of the order on, upwards: see [`super::stretches`].
    Onwards(CardOrder),
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
            (Key::Number, false) => $what!(concat!("card.repository > ?8 AND ", $where), "card.repository"),
            (Key::Number, true) => $what!(concat!("card.repository > ?8 AND ", $where), "card.repository DESC"),
            (Key::Of(CardOrder::Name), false) => $what!($where, "card.path, card.repository"),
            (Key::Of(CardOrder::Name), true) => $what!($where, "card.path DESC, card.repository DESC"),
            (Key::Of(CardOrder::UpdatedAt), false) => $what!($where, "card.updated_at, card.repository"),
            (Key::Of(CardOrder::UpdatedAt), true) => $what!($where, "card.updated_at DESC, card.repository DESC"),
            (Key::Of(CardOrder::TagCount), false) => $what!($where, "card.tag_count, card.repository"),
            (Key::Of(CardOrder::TagCount), true) => $what!($where, "card.tag_count DESC, card.repository DESC"),
        }
    };
}

/// The cards of a page of those that meet a condition.
macro_rules! cards_of_page {
    ($where:expr, $order:expr) => {
        select_cards!(
            "",
            concat!(
                "(SELECT card.repository FROM repository_cards AS card WHERE card.account = ?1 AND ",
                $where,
                " ORDER BY ",
                $order,
                " LIMIT ?10 OFFSET ?11) AS page
                  CROSS JOIN repository_cards AS card ON card.repository = page.repository"
            ),
            concat!("ORDER BY ", $order)
        )
    };
}

/// The cards of a page of a kind, from a boundary on.
macro_rules! cards_onwards {
    ($column:literal) => {
        cards_of_page!(
            concat!(
                "(card.",
                $column,
                ", card.repository) >= ((SELECT ",
                $column,
                " FROM repository_cards WHERE repository = ?12), ?12) AND ",
                of_kind!()
            ),
            concat!("card.", $column, ", card.repository")
        )
    };
}

/// The numbers of all.
macro_rules! numbers {
    ($where:expr, $order:literal) => {
        concat!("SELECT card.repository FROM repository_cards AS card WHERE card.account = ?1 AND ", $where, " ORDER BY ", $order)
    };
}

/// What of a place is wanted: the numbers, each behind what it is sorted by.
macro_rules! keys {
    ($place:ident) => {
        $place!("CASE ?9 WHEN 1 THEN card.path WHEN 2 THEN card.updated_at WHEN 3 THEN card.tag_count ELSE 0 END, card.repository")
    };
}

/// The statement for a page that is walked to; for what was found, for the numbers of all cards in the order of the page.
pub(crate) fn walk(walk: Walk, page: Page) -> &'static str {
    match walk {
        Walk::Straight => walk!(cards_of_page, of_kind!(), page),
        Walk::Onwards(CardOrder::Name) => cards_onwards!("path"),
        Walk::Onwards(CardOrder::UpdatedAt) => cards_onwards!("updated_at"),
        Walk::Onwards(CardOrder::TagCount) => cards_onwards!("tag_count"),
        Walk::Telling => {
            walk!(cards_of_page, concat!("(?2 IS NULL OR ", of_organization!(), ") AND ", seen!(), " AND ", of_kind!()), page)
        }
        Walk::Looking => {
            walk!(cards_of_page, concat!("(?2 IS NULL OR ", of_organization!(), ") AND ", seen!(), " AND ", described!()), page)
        }
        // Asks for a parameter that every statement has, and nothing of the entries that are passed.
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
