//! How many cards there are of each kind, kept when a repository comes, goes or is described: no push touches them.

use rusqlite::params;

use super::query::CardQuery;
use super::wanted::{Values, granted_alone, granted_organizations, of_kind, of_organization};
use crate::columns::size;
use crate::error::ViewsError;
use crate::fold::{ApplyError, Fold};
use crate::reader::Reader;

/// The card counts from now on, as what it is.
pub(super) fn join(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    fold.end(
        "card",
        "INSERT INTO card_counts (account, organization, category, public, cards)
         SELECT account, organization, category, public, 1 FROM repository_cards WHERE repository = ?1
         ON CONFLICT (account, organization, category, public) DO UPDATE SET cards = cards + 1",
        [repository],
    )
}

/// The card counts no more as what it still is.
pub(super) fn leave(fold: &Fold<'_>, repository: i64) -> Result<(), ApplyError> {
    let (account, organization, category, public): (i64, i64, String, bool) = fold.find(
        "card",
        "SELECT account, organization, category, public FROM repository_cards WHERE repository = ?1",
        [repository],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let of_its_kind = params![account, organization, category, public];
    let left = fold.find_number(
        "count of cards",
        "UPDATE card_counts SET cards = cards - 1
          WHERE account = ?1 AND organization = ?2 AND category = ?3 AND public = ?4 RETURNING cards",
        of_its_kind,
    )?;
    if left == 0 {
        let sql = "DELETE FROM card_counts WHERE account = ?1 AND organization = ?2 AND category = ?3 AND public = ?4";
        fold.end("count of cards", sql, of_its_kind)?;
    }
    Ok(())
}

/// How many cards an account has.
pub(super) fn of_account(reader: &Reader, account: i64) -> Result<u64, ViewsError> {
    let sql = "SELECT coalesce(sum(cards), 0) FROM card_counts WHERE account = ?1";
    Ok(reader.find(sql, [account], |row| size(row, 0))?.unwrap_or(0))
}

/// How many of a kind there are, as far as the kind is asked for, and in one organization if it is. Who sees them is not asked.
pub(super) fn of_kind(reader: &Reader, account: i64, query: &CardQuery) -> Result<u64, ViewsError> {
    let sql = if query.organization.is_some() {
        concat!(
            "SELECT coalesce(sum(cards), 0) FROM card_counts AS card WHERE card.account = ?1 AND ",
            of_organization!(),
            " AND ",
            of_kind!()
        )
    } else {
        concat!("SELECT coalesce(sum(cards), 0) FROM card_counts AS card WHERE card.account = ?1 AND ", of_kind!())
    };
    Ok(reader.find(sql, Values::of(account, query).first(5), |row| size(row, 0))?.unwrap_or(0))
}

/// How many of a kind the user sees by grants on whole organizations.
pub(super) fn granted_with_organizations(reader: &Reader, account: i64, query: &CardQuery) -> Result<u64, ViewsError> {
    let sql = concat!(
        "SELECT coalesce(sum(card.cards), 0)
           FROM organization_grants AS held
           CROSS JOIN card_counts AS card ON card.account = ?1 AND card.organization = held.organization
          WHERE held.user = ?6 AND held.until_position IS NULL AND ",
        of_kind!()
    );
    Ok(reader.find(sql, Values::of(account, query).first(6), |row| size(row, 0))?.unwrap_or(0))
}

/// How many of a kind the user sees by grants on them alone.
pub(super) fn granted_alone(reader: &Reader, account: i64, query: &CardQuery) -> Result<u64, ViewsError> {
    let sql = concat!("SELECT count(*) FROM ", granted_alone!(), " AND ", of_kind!());
    Ok(reader.find(sql, Values::of(account, query).first(6), |row| size(row, 0))?.unwrap_or(0))
}
