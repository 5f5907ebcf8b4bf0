//! The names of an account's repositories, many of them in a row, kept for the search for a part of them.
//!
//! They change when a repository comes or goes, and no push touches them. A row has the names whose numbers are not below its own and below
//! the next row's, in the order of the numbers; each stands in a line, and where it is at the same place of another row.

use memchr::memchr_iter;
use rusqlite::params;

use crate::fold::{ApplyError, Fold};

/// How many bytes of names a row has at most: with the rest of the row they fit on a page of the file. In tests it is soon full.
const ROW_BYTES: usize = if cfg!(test) { 300 } else { 3_900 };

/// Where a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) repository: i64,
    pub(crate) organization: i64,
}

impl Place {
    /// How many bytes it is written in.
    const BYTES: usize = 16;

    /// As it is written: the numbers of the repository and the organization.
    fn bytes(self) -> [u8; Self::BYTES] {
        (u128::from(self.repository.cast_unsigned()) << 64 | u128::from(self.organization.cast_unsigned())).to_be_bytes()
    }

    fn written(bytes: [u8; Self::BYTES]) -> Self {
        let both = u128::from_be_bytes(bytes);
        // Each half is what was written into it.
        Self { repository: ((both >> 64) as u64).cast_signed(), organization: (both as u64).cast_signed() }
    }

    /// All that are written in a row.
    pub(super) fn read_all(row: &[u8]) -> impl Iterator<Item = Self> {
        row.as_chunks().0.iter().copied().map(Self::written)
    }

    /// The one of a line.
    pub(super) fn read(row: &[u8], line: usize) -> Option<Self> {
        row.as_chunks().0.get(line).copied().map(Self::written)
    }
}

/// A row of names and that of their places. Every line has its end.
struct Names {
    first: i64,
    names: String,
    places: Vec<u8>,
}

impl Names {
    fn of(place: Place, name: &str) -> Self {
        Self { first: place.repository, names: format!("{name}\n"), places: place.bytes().to_vec() }
    }

    /// The row that a number belongs into, if there is one.
    fn find(fold: &Fold<'_>, account: i64, repository: i64) -> Result<Option<Self>, ApplyError> {
        fold.find_optional(
            "SELECT row.first, row.names, there.places
               FROM card_names AS row JOIN card_places AS there ON there.names = row.id
              WHERE row.account = ?1 AND row.first <= ?2 ORDER BY row.first DESC LIMIT 1",
            params![account, repository],
            |row| Ok(Self { first: row.get(0)?, names: row.get(1)?, places: row.get(2)? }),
        )
    }

    /// The first line whose number is not below this, and whether it is this.
    fn line_of(&self, repository: i64) -> (usize, bool) {
        let line = Place::read_all(&self.places).take_while(|place| place.repository < repository).count();
        (line, Place::read(&self.places, line).is_some_and(|place| place.repository == repository))
    }

    fn insert(&mut self, line: usize, other: &Self) {
        self.names.insert_str(begin_of(&self.names, line), &other.names);
        let place = line * Place::BYTES;
        self.places.splice(place..place, other.places.iter().copied());
    }

    fn remove(&mut self, line: usize) {
        self.names.replace_range(begin_of(&self.names, line)..begin_of(&self.names, line + 1), "");
        self.places.drain(line * Place::BYTES..(line + 1) * Place::BYTES);
    }

    /// Takes the second half of the lines away, of which there are at least two.
    fn split(&mut self) -> Option<Self> {
        let line = self.places.len() / Place::BYTES / 2;
        let (names, places) = (self.names.split_off(begin_of(&self.names, line)), self.places.split_off(line * Place::BYTES));
        let first = Place::read(&places, 0)?.repository;
        Some(Self { first, names, places })
    }

    fn write(&self, fold: &Fold<'_>, account: i64) -> Result<(), ApplyError> {
        let id = fold.find_number(
            "row of names",
            "INSERT INTO card_names (account, first, names) VALUES (?1, ?2, ?3)
             ON CONFLICT (account, first) DO UPDATE SET names = excluded.names RETURNING id",
            params![account, self.first, self.names],
        )?;
        fold.end(
            "row of places",
            "INSERT INTO card_places (names, places) VALUES (?1, ?2) ON CONFLICT (names) DO UPDATE SET places = excluded.places",
            params![id, self.places],
        )
    }

    fn delete(&self, fold: &Fold<'_>, account: i64) -> Result<(), ApplyError> {
        let sql = "DELETE FROM card_names WHERE account = ?1 AND first = ?2 RETURNING id";
        let id = fold.find_number("row of names", sql, params![account, self.first])?;
        fold.end("row of places", "DELETE FROM card_places WHERE names = ?1", [id])
    }
}

/// Where a line begins; behind the last one is the end.
fn begin_of(text: &str, line: usize) -> usize {
    line.checked_sub(1).map_or(0, |before| memchr_iter(b'\n', text.as_bytes()).nth(before).map_or(text.len(), |end| end + 1))
}

/// The account has a repository of that name from now on.
pub(super) fn add(fold: &Fold<'_>, account: i64, place: Place, name: &str) -> Result<(), ApplyError> {
    count_change(fold, account)?;
    let alone = Names::of(place, name);
    let Some(mut row) = Names::find(fold, account, place.repository)? else { return alone.write(fold, account) };
    let (line, _) = row.line_of(place.repository);
    let is_full = row.names.len() + alone.names.len() > ROW_BYTES;
    if is_full && begin_of(&row.names, line) == row.names.len() {
        return alone.write(fold, account);
    }
    row.insert(line, &alone);
    if is_full && let Some(half) = row.split() {
        half.write(fold, account)?;
    }
    row.write(fold, account)
}

/// The account has that repository no more.
pub(super) fn remove(fold: &Fold<'_>, account: i64, repository: i64) -> Result<(), ApplyError> {
    count_change(fold, account)?;
    let found = Names::find(fold, account, repository)?;
    let line = found.as_ref().map(|row| row.line_of(repository));
    let (Some(mut row), Some((line, true))) = (found, line) else { return Err(ApplyError::NothingToEnd("name of a card")) };
    row.remove(line);
    if row.names.is_empty() { row.delete(fold, account) } else { row.write(fold, account) }
}

fn count_change(fold: &Fold<'_>, account: i64) -> Result<(), ApplyError> {
    let sql = "INSERT INTO card_name_changes (account, changes) VALUES (?1, 1) ON CONFLICT (account) DO UPDATE SET changes = changes + 1";
    fold.end("count of changes", sql, [account])
}
