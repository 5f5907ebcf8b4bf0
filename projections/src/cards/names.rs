//! The names of an account's repositories, many of them in a row, and the search for a part of them.
//!
//! They change when a repository comes or goes, and no push touches them. A row has the names whose numbers are not below its own and below
//! the next row's, in the order of the numbers; each stands in a line, and where it is in the same line of another row.

use std::fmt;

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter};
use rusqlite::{Result, Row, params};

use crate::error::ViewsError;
use crate::fold::{ApplyError, Fold};
use crate::reader::Reader;

/// How many bytes of names a row has at most: with the rest of the row they fit on a page of the file. In tests it is soon full.
const ROW_BYTES: usize = if cfg!(test) { 300 } else { 3_900 };

/// Where a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// A row of names and that of their places. Every line has its end.
struct Names {
    first: i64,
    names: String,
    places: String,
}

impl Names {
    fn of(place: Place, name: &str) -> Self {
        Self { first: place.repository, names: format!("{name}\n"), places: format!("{place}\n") }
    }

    /// The row that a number belongs into, if there is one.
    fn find(fold: &Fold<'_>, account: &str, repository: i64) -> Result<Option<Self>, ApplyError> {
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
        let mut numbers = self.places.lines().map(|line| Place::read(line).map_or(i64::MAX, |place| place.repository));
        let (mut line, mut is_there) = (0, false);
        for number in numbers.by_ref().take_while(|number| *number <= repository) {
            is_there = number == repository;
            line += usize::from(!is_there);
        }
        (line, is_there)
    }

    fn insert(&mut self, line: usize, other: &Self) {
        self.names.insert_str(begin_of(&self.names, line), &other.names);
        self.places.insert_str(begin_of(&self.places, line), &other.places);
    }

    fn remove(&mut self, line: usize) {
        for text in [&mut self.names, &mut self.places] {
            text.replace_range(begin_of(text, line)..begin_of(text, line + 1), "");
        }
    }

    /// Takes the second half of the lines away, of which there are at least two.
    fn split(&mut self) -> Option<Self> {
        let line = self.places.lines().count() / 2;
        let (names, places) = (self.names.split_off(begin_of(&self.names, line)), self.places.split_off(begin_of(&self.places, line)));
        let first = Place::read(places.lines().next()?)?.repository;
        Some(Self { first, names, places })
    }

    fn write(&self, fold: &Fold<'_>, account: &str) -> Result<(), ApplyError> {
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

    fn delete(&self, fold: &Fold<'_>, account: &str) -> Result<(), ApplyError> {
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
pub(super) fn add(fold: &Fold<'_>, account: &str, place: Place, name: &str) -> Result<(), ApplyError> {
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
pub(super) fn remove(fold: &Fold<'_>, account: &str, repository: i64) -> Result<(), ApplyError> {
    let found = Names::find(fold, account, repository)?;
    let line = found.as_ref().map(|row| row.line_of(repository));
    let (Some(mut row), Some((line, true))) = (found, line) else { return Err(ApplyError::NothingToEnd("name of a card")) };
    row.remove(line);
    if row.names.is_empty() { row.delete(fold, account) } else { row.write(fold, account) }
}

/// Where the account's names are that contain a text, in the order of the repositories' numbers.
pub(super) fn search(reader: &Reader, account: &str, text: &str) -> Result<Vec<Place>, ViewsError> {
    // No name has a line break, which stands between them.
    if text.contains('\n') {
        return Ok(Vec::new());
    }
    let (finder, mut hits) = (Finder::new(text), Vec::new());
    let sql = "SELECT id, names FROM card_names WHERE account = ?1 ORDER BY first";
    reader.list(sql, [account], |row| {
        let lines = lines_with(&finder, row)?;
        if !lines.is_empty() {
            hits.push((row.get::<_, i64>(0)?, lines));
        }
        Ok(())
    })?;
    let mut found = Vec::new();
    for (row, lines) in hits {
        let sql = "SELECT places FROM card_places WHERE names = ?1";
        reader.find(sql, [row], |row| {
            found.extend(places_in(row.get_ref(0)?.as_str()?, &lines));
            Ok(())
        })?;
    }
    Ok(found)
}

/// The places in some lines, whose numbers ascend.
fn places_in(places: &str, lines: &[usize]) -> impl Iterator<Item = Place> {
    let mut ends = memchr_iter(b'\n', places.as_bytes()).enumerate();
    let mut begin = 0;
    lines.iter().filter_map(move |line| {
        let mut found = None;
        while found.is_none() {
            let (number, end) = ends.next()?;
            found = (number == *line).then(|| &places[begin..end]);
            begin = end + 1;
        }
        found.and_then(Place::read)
    })
}

/// The numbers of a row's lines that have the text. Most rows have none, so names are read as bytes and not taken apart.
fn lines_with(finder: &Finder<'_>, row: &Row<'_>) -> Result<Vec<usize>> {
    let names = row.get_ref(1)?.as_bytes()?;
    let (mut lines, mut line, mut from) = (Vec::new(), 0, 0);
    while let Some(hit) = finder.find(&names[from..]) {
        line += memchr_iter(b'\n', &names[from..from + hit]).count();
        lines.push(line);
        // On with the next line.
        let Some(end) = memchr(b'\n', &names[from + hit..]) else { break };
        (line, from) = (line + 1, from + hit + end + 1);
    }
    Ok(lines)
}
