//! The search for a part of a name, over all names of an account.
//!
//! The names of the accounts that were searched last stay in memory, with how many times they had changed: a search reads that number, and
//! the names only if it is another. So it sees what the queries beside it see, whichever moment they show; and of whichever file, since after a
//! rebuild a reader of the old one may still come.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter};

use super::names::Place;
use crate::error::ViewsError;
use crate::reader::Reader;

/// How many bytes of names and places stay in memory. Those of an account that has more do not, and a search reads them row by row.
const KEPT_BYTES: usize = 16 << 20;
/// So many names take more than that, however short they are likely to be: then nothing is put aside in vain.
const KEPT_NAMES: u64 = 300_000;

/// The names of one account.
#[derive(Debug)]
pub(crate) struct Names {
    /// The file that they are from.
    file: PathBuf,
    account: i64,
    /// How many times they had changed.
    changes: i64,
    rows: Vec<NamesRow>,
}

#[derive(Debug)]
struct NamesRow {
    /// One a line.
    names: Box<[u8]>,
    /// In the order of the lines.
    places: Box<[Place]>,
}

impl Names {
    pub(crate) fn bytes(&self) -> usize {
        self.rows.iter().map(NamesRow::bytes).sum()
    }
}

impl NamesRow {
    fn bytes(&self) -> usize {
        self.names.len() + size_of_val(&*self.places) + size_of::<Self>()
    }
}

/// Searches the rows as they are read, and puts them aside as long as they take no more than `room` bytes.
pub(crate) fn read(reader: &Reader, account: i64, text: &str, room: usize) -> Result<(Vec<Place>, Option<Names>), ViewsError> {
    let (finder, mut found) = (Finder::new(text), Vec::new());
    let (mut aside, mut left) = (Some(Names { file: reader.path().to_owned(), account, changes: 0, rows: Vec::new() }), room);
    visit(reader, account, |changes, names, places| {
        found.extend(lines_with(&finder, names).filter_map(|line| Place::read(places, line)));
        let Some(kept) = &mut aside else { return };
        let row = NamesRow { names: names.into(), places: Place::read_all(places).collect() };
        match left.checked_sub(row.bytes()) {
            Some(rest) => {
                left = rest;
                kept.changes = changes;
                kept.rows.push(row);
            }
            None => aside = None,
        }
    })?;
    Ok((found, aside))
}

/// Reads the account's rows in their order: how many times they had changed, with the names and places of each.
fn visit(reader: &Reader, account: i64, mut row: impl FnMut(i64, &[u8], &[u8])) -> Result<(), ViewsError> {
    // In one query, which sees one moment.
    let sql = "SELECT counted.changes, row.names, there.places
                 FROM card_name_changes AS counted
                 CROSS JOIN card_names AS row ON row.account = counted.account
                 CROSS JOIN card_places AS there ON there.names = row.id
                WHERE counted.account = ?1 ORDER BY row.first";
    reader.list(sql, [account], |read| {
        row(read.get(0)?, read.get_ref(1)?.as_bytes()?, read.get_ref(2)?.as_blob()?);
        Ok(())
    })?;
    Ok(())
}

/// The names of the accounts that were searched last, the latest first.
#[derive(Debug, Default)]
pub(crate) struct KeptNames(Mutex<VecDeque<Arc<Names>>>);

impl KeptNames {
    fn find(&self, file: &Path, account: i64, changes: i64) -> Option<Arc<Names>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|names| names.file == file && names.account == account && names.changes == changes)?;
        let found = kept.remove(at)?;
        kept.push_front(Arc::clone(&found));
        Some(found)
    }

    /// What is too much is forgotten; so may these be.
    fn keep(&self, names: Arc<Names>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.account != names.account);
        kept.push_front(names);
        let mut room = KEPT_BYTES;
        kept.retain(|names| {
            let left = room.checked_sub(names.bytes());
            room = left.unwrap_or(room);
            left.is_some()
        });
    }

    /// Another file is read from now on; what readers of the old one still bring is of that file, and goes when there is no room for it.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Where the names are that contain a text, of the account's `all`, in the order of the repositories' numbers.
pub(crate) fn search(reader: &Reader, account: i64, all: u64, text: &str) -> Result<Vec<Place>, ViewsError> {
    // No name has a line break, which stands between them.
    if text.contains('\n') {
        return Ok(Vec::new());
    }
    if all > KEPT_NAMES {
        return Ok(read(reader, account, text, 0)?.0);
    }
    let sql = "SELECT changes FROM card_name_changes WHERE account = ?1";
    let changes = reader.find(sql, [account], |row| row.get(0))?.unwrap_or(0);
    if let Some(names) = reader.kept_names().find(reader.path(), account, changes) {
        let finder = Finder::new(text);
        let found = names.rows.iter().flat_map(|row| lines_with(&finder, &row.names).filter_map(|line| row.places.get(line)));
        return Ok(found.copied().collect());
    }
    let (found, names) = read(reader, account, text, KEPT_BYTES)?;
    if let Some(names) = names {
        reader.kept_names().keep(Arc::new(names));
    }
    Ok(found)
}

/// The numbers of the lines that have the text. Most rows have none, so they are not taken apart.
fn lines_with(finder: &Finder<'_>, names: &[u8]) -> impl Iterator<Item = usize> {
    let (mut line, mut from) = (0, 0);
    std::iter::from_fn(move || {
        let rest = names.get(from..)?;
        let hit = finder.find(rest)?;
        let found = line + memchr_iter(b'\n', &rest[..hit]).count();
        // On with the next line.
        from += hit + memchr(b'\n', &rest[hit..]).map_or(rest.len() - hit, |end| end + 1);
        line = found + 1;
        Some(found)
    })
}
