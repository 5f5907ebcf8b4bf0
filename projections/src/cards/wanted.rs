//! What a [`CardQuery`] asks for, in SQL: the conditions, and the places where cards that meet them are looked for.
//!
//! The parameters are the same everywhere: 1 account, 2 organization, 3 part of the name, 4 category, 5 public, 6 user, 7 moment, 8 the number
//! behind which the list goes on, 9 order; then 10 limit and 11 offset of a page and 12 the boundary from which it is walked to, or 10
//! organization and 11 repository of one card. Each statement has the first of them, up to the last that it needs.

use ambar_domain::level::Visibility;
use ambar_domain::repository::Category;
use rusqlite::{ParamsFromIter, ToSql, params_from_iter};

use super::query::CardQuery;

/// The cards' organization is the one that is asked for.
macro_rules! of_organization {
    () => {
        "card.organization = (SELECT id FROM organization_names WHERE name = ?2)"
    };
}

/// The organizations on which the user has a grant.
macro_rules! granted_organizations {
    () => {
        "SELECT organization FROM organization_grants WHERE user = ?6 AND until_position IS NULL"
    };
}

/// Behind the number that the list goes on from, and shared if that is asked for.
macro_rules! behind {
    () => {
        "+card.repository > ?8
         AND (?7 IS NULL
              OR EXISTS (SELECT 1 FROM shares
                          WHERE repository = card.repository AND until_position IS NULL AND (ends_at IS NULL OR ends_at > ?7)))"
    };
}

/// What an entry of any of the cards' indexes tells.
macro_rules! seen {
    () => {
        concat!(
            behind!(),
            " AND (?6 IS NULL
                   OR card.organization IN (",
            granted_organizations!(),
            ")
                   OR card.repository IN (SELECT repository FROM repository_grants WHERE user = ?6 AND until_position IS NULL))"
        )
    };
}

/// The kind that cards are counted by.
macro_rules! of_kind {
    () => {
        "(?4 IS NULL OR card.category = ?4) AND (?5 IS NULL OR card.public = ?5)"
    };
}

/// What the card itself tells.
macro_rules! described {
    () => {
        concat!("(?3 IS NULL OR instr(card.path, ?3) > 0) AND ", of_kind!())
    };
}

/// All cards of the account, in one sweep.
macro_rules! of_account {
    ($columns:expr) => {
        concat!("SELECT ", $columns, " FROM repository_cards AS card WHERE card.account = ?1 AND ", seen!(), " AND ", described!())
    };
}

/// Those of the organization that is asked for, which stand side by side.
macro_rules! in_organization {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM repository_cards AS card WHERE card.account = ?1 AND ",
            of_organization!(),
            " AND ",
            seen!(),
            " AND ",
            described!()
        )
    };
}

/// The cards on which the user has a grant, and not on their organizations.
macro_rules! granted_alone {
    () => {
        concat!(
            "repository_grants AS held CROSS JOIN repository_cards AS card ON card.repository = held.repository
              WHERE held.user = ?6 AND held.until_position IS NULL AND card.account = ?1
                AND card.organization NOT IN (",
            granted_organizations!(),
            ")"
        )
    };
}

/// What the user sees, from the grants: the cards of whole organizations, and single ones.
macro_rules! granted {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM organization_grants AS held
              CROSS JOIN repository_cards AS card ON card.account = ?1 AND card.organization = held.organization
              WHERE held.user = ?6 AND held.until_position IS NULL AND ",
            behind!(),
            " AND ",
            described!(),
            " UNION ALL SELECT ",
            $columns,
            " FROM ",
            granted_alone!(),
            " AND ",
            behind!(),
            " AND ",
            described!()
        )
    };
}

/// One card that the search by name has found and the user sees.
macro_rules! named {
    ($columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM repository_cards AS card
              WHERE card.account = ?1 AND card.organization = ?10 AND card.repository BETWEEN ?11 AND ?11 AND ",
            behind!(),
            " AND ",
            of_kind!()
        )
    };
}

pub(super) use {
    behind, described, granted, granted_alone, granted_organizations, in_organization, named, of_account, of_kind, of_organization, seen,
};

/// The parameters that are the same in every statement of a query.
#[derive(Default)]
pub(super) struct Values(Vec<Box<dyn ToSql>>);

impl Values {
    pub(super) fn of(account: i64, query: &CardQuery) -> Self {
        Self(vec![
            Box::new(account),
            Box::new(query.organization.as_ref().map(ToString::to_string)),
            Box::new(query.name_contains.clone()),
            Box::new(query.category.map(Category::as_str)),
            Box::new(query.visibility.map(|visibility| visibility == Visibility::Public)),
            Box::new(query.visible_to.as_ref().map(ToString::to_string)),
            Box::new(query.shared_at.map(|at| at.timestamp_micros())),
        ])
    }

    /// The next one.
    pub(super) fn and(mut self, value: impl ToSql + 'static) -> Self {
        self.0.push(Box::new(value));
        self
    }

    /// The first so many of them.
    pub(super) fn first(self, number: usize) -> ParamsFromIter<std::iter::Take<std::vec::IntoIter<Box<dyn ToSql>>>> {
        params_from_iter(self.0.into_iter().take(number))
    }

    /// All of them.
    pub(super) fn all(self) -> ParamsFromIter<Vec<Box<dyn ToSql>>> {
        params_from_iter(self.0)
    }
}

impl IntoIterator for Values {
    type Item = Box<dyn ToSql>;
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
