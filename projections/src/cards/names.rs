//! The names of an account's repositories, some dozens of them in a row, and the search for a part of them.
//!
//! They change when a repository comes or goes, and no push touches them. A row has the names whose numbers are not below its own and below
//! the next row's, in the order of the numbers.

use std::fmt;

use memchr::memmem::Finder;
use memchr::{memchr_iter, memrchr};
use rusqlite::{Result, Row, params};

use crate::error::ViewsError;
use crate::fold::{ApplyError, Fold};
use crate::reader::Reader;

/// How large a row grows: four of them fit on a page of the file, and none of usual names needs a second one.
const ROW_BYTES: usize = 900;

/// Where a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) repository: i64,
    pub(super) organization: i64,
}

impl Place {
    /// As it is written: the numbers of the repository and the organization.
    fn read(text: &str) -> Option<Self> {
        let (repository, organization) = text.split_once('/')?;
        Some(Self { repository: repository.parse().ok()?, organization: organization.parse().ok()? })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.repository, self.organization)
    }
}

/// A row of the table, taken apart.
struct Names {
    first: i64,
    /// In the order of the repositories' numbers.
    names: Vec<(Place, String)>,
}

impl Names {
    /// The row that a number belongs into, if there is one.
    fn find(fold: &Fold<'_>, account: &str, repository: i64) -> Result<Option<Self>, ApplyError> {
        let sql = "SELECT first, names, places FROM card_names WHERE account = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1";
        let found = fold.find_optional(sql, params![account, repository], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        let Some((first, names, places)) = found else { return Ok(None) };
        let places = places.lines().filter_map(Place::read);
        Ok(Some(Self { first, names: places.zip(names.lines().map(str::to_owned)).collect() }))
    }

    fn bytes(&self) -> usize {
        self.names.iter().map(|(place, name)| place.to_string().len() + name.len() + 2).sum()
    }

    fn write(&self, fold: &Fold<'_>, account: &str) -> Result<(), ApplyError> {
        let (places, names): (Vec<_>, Vec<_>) = self.names.iter().map(|(place, name)| (place.to_string(), name.as_str())).unzip();
        fold.insert(
            "INSERT INTO card_names (account, first, names, places) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account, first) DO UPDATE SET names = excluded.names, places = excluded.places",
            params![account, self.first, names.join("\n"), places.join("\n")],
        )?;
        Ok(())
    }
}

/// The account has a repository of that name from now on.
pub(super) fn add(fold: &Fold<'_>, account: &str, place: Place, name: &str) -> Result<(), ApplyError> {
    let alone = Names { first: place.repository, names: vec![(place, name.to_owned())] };
    let Some(mut row) = Names::find(fold, account, place.repository)? else { return alone.write(fold, account) };
    let behind = row.names.partition_point(|(other, _)| *other < place);
    let (is_last, is_full) = (behind == row.names.len(), row.bytes() + alone.bytes() > ROW_BYTES);
    if is_last && is_full {
        return alone.write(fold, account);
    }
    row.names.insert(behind, (place, name.to_owned()));
    if is_full {
        let names = row.names.split_off(row.names.len() / 2);
        if let Some((place, _)) = names.first() {
            Names { first: place.repository, names }.write(fold, account)?;
        }
    }
    row.write(fold, account)
}

/// The account has that repository no more.
pub(super) fn remove(fold: &Fold<'_>, account: &str, repository: i64) -> Result<(), ApplyError> {
    let nothing = || ApplyError::NothingToEnd("name of a card");
    let mut row = Names::find(fold, account, repository)?.ok_or_else(nothing)?;
    let index = row.names.binary_search_by_key(&repository, |(place, _)| place.repository).map_err(|_| nothing())?;
    row.names.remove(index);
    if row.names.is_empty() {
        return fold.end("row of names", "DELETE FROM card_names WHERE account = ?1 AND first = ?2", params![account, row.first]);
    }
    row.write(fold, account)
}

/// Where the account's names are that contain a text, in the order of the repositories' numbers.
pub(super) fn search(reader: &Reader, account: &str, text: &str) -> Result<Vec<Place>, ViewsError> {
    // No name has a line break, which stands between them.
    if text.contains('\n') {
        return Ok(Vec::new());
    }
    let (finder, mut found) = (Finder::new(text), Vec::new());
    let sql = "SELECT names, places FROM card_names WHERE account = ?1 ORDER BY first";
    reader.list(sql, [account], |row| find_in(row, &finder, &mut found))?;
    Ok(found)
}

/// Most rows have none: they are read as bytes, and taken apart only where there is one.
fn find_in(row: &Row<'_>, finder: &Finder<'_>, found: &mut Vec<Place>) -> Result<()> {
    let names = row.get_ref(0)?.as_bytes()?;
    let Some(first) = finder.find(names) else { return Ok(()) };
    let line = memchr_iter(b'\n', &names[..first]).count();
    let begin = memrchr(b'\n', &names[..first]).map_or(0, |end| end + 1);
    let lines = names[begin..].split(|byte| *byte == b'\n').zip(row.get_ref(1)?.as_str()?.lines().skip(line));
    found.extend(lines.filter(|(name, _)| finder.find(name).is_some()).filter_map(|(_, place)| Place::read(place)));
    Ok(())
}
