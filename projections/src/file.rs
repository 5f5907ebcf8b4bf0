//! The files of the views: `views-<number>.db`, and `current`, which names the one that is in use.
//!
//! A rebuild writes the next number and then changes `current`. Readers of the old file go on undisturbed: no two files ever share a name,
//! and with it a write-ahead log.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use ambar_storage::event_log::Position;
use rusqlite::{Connection, OpenFlags, params};
use uuid::Uuid;

use crate::error::ViewsError;

/// The version of the views. Whoever changes a table, or what an event does to one, counts up; then every node builds its views anew.
const VERSION: &str = "23";

/// Pages of the write-ahead log before it is copied back, 16 MiB: copying is what makes the slowest commits slow.
const AUTOCHECKPOINT_PAGES: u32 = 4_000;

/// Room for every statement that applies an event.
const STATEMENTS: usize = 192;

const SCHEMA: [&str; 14] = [
    include_str!("../../schemas/sql/views/checkpoint.sql"),
    include_str!("../../schemas/sql/views/names.sql"),
    include_str!("../../schemas/sql/views/identity.sql"),
    include_str!("../../schemas/sql/views/organizations.sql"),
    include_str!("../../schemas/sql/views/access.sql"),
    include_str!("../../schemas/sql/views/shares.sql"),
    include_str!("../../schemas/sql/views/delegations.sql"),
    include_str!("../../schemas/sql/views/repositories.sql"),
    include_str!("../../schemas/sql/views/cards.sql"),
    include_str!("../../schemas/sql/views/center.sql"),
    include_str!("../../schemas/sql/views/blobs.sql"),
    include_str!("../../schemas/sql/views/events.sql"),
    include_str!("../../schemas/sql/views/usage.sql"),
    include_str!("../../schemas/sql/views/blocks.sql"),
];

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// The last event in it.
    pub(crate) position: Position,
    /// That event's id; `None` before the first.
    pub(crate) event_id: Option<Uuid>,
    /// The place right before that event.
    pub(crate) previous: Position,
}

impl Checkpoint {
    pub(crate) const START: Self = Self { position: Position::START, event_id: None, previous: Position::START };
}

/// The file in use, if there is one.
pub(crate) fn current(directory: &Path) -> Option<PathBuf> {
    let name = std::fs::read_to_string(directory.join("current")).ok()?;
    let path = directory.join(name.trim());
    (number_of(&path).is_some() && path.exists()).then_some(path)
}

/// A name that no file has had while `current` was what it is.
pub(crate) fn next(directory: &Path) -> PathBuf {
    let number = current(directory).and_then(|path| number_of(&path)).unwrap_or(0) + 1;
    directory.join(format!("views-{number}.db"))
}

/// Puts the file, which is whole, in use: on disk first, then by name.
pub(crate) fn make_current(directory: &Path, path: &Path) -> Result<(), ViewsError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let change = || -> std::io::Result<()> {
        File::open(path)?.sync_all()?;
        let beside = directory.join("current.new");
        let mut file = File::create(&beside)?;
        file.write_all(name.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, directory.join("current"))?;
        File::open(directory)?.sync_all()
    };
    change().map_err(ViewsError::file("putting a new file in use"))
}

/// Removes every file of views but `kept`. One that somebody still reads goes when they close it.
pub(crate) fn remove_others(directory: &Path, kept: &Path) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    let kept = kept.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for name in entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()) {
        if name.starts_with("views-") && !name.starts_with(&kept) {
            // A file left behind costs space and is tried again at the next start.
            let _ = std::fs::remove_file(directory.join(name));
        }
    }
}

fn number_of(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix("views-")?.strip_suffix(".db")?.parse().ok()
}

/// A new file to fold the whole log into: nothing of it survives a crash, and nothing is lost with it.
pub(crate) fn create(path: &Path) -> Result<Connection, ViewsError> {
    let create = || -> rusqlite::Result<Connection> {
        remove(path);
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536",
        )?;
        // Plans stay as they are, whatever values are bound.
        connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        for sql in SCHEMA {
            connection.execute_batch(sql)?;
        }
        let start = Position::START.to_string();
        let row = params![VERSION, start, start];
        connection.execute("INSERT INTO checkpoint (only_row, version, position, previous_position) VALUES (1, ?1, ?2, ?3)", row)?;
        Ok(connection)
    };
    create().map_err(ViewsError::file("creating them"))
}

/// Removes a file that is not, or no longer, of use: it may be what fills the disk.
pub(crate) fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        // What cannot be removed makes the next creation fail, which says more.
        let _ = std::fs::remove_file(name);
    }
}

/// Opens a file that only this process uses, as the data directory's lock promises: SQLite then keeps what its connections share in this
/// process's memory, and asks the system for no locks.
pub(crate) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags_and_vfs(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX, c"unix-excl")
}

/// The file in use, for the one who applies events to it. `None` if it is of another version or no such file at all.
pub(crate) fn open(path: &Path) -> Result<Option<Connection>, ViewsError> {
    let open = || -> rusqlite::Result<Option<Connection>> {
        let connection = connect(path)?;
        let version = connection.query_row("SELECT version FROM checkpoint", [], |row| row.get::<_, String>(0));
        if version.is_ok_and(|version| version == VERSION) {
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "normal")?;
            connection.pragma_update(None, "wal_autocheckpoint", AUTOCHECKPOINT_PAGES)?;
            connection.pragma_update(None, "cache_size", -4096)?;
            connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            return Ok(Some(connection));
        }
        Ok(None)
    };
    match open() {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => Ok(None),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) => Ok(None),
        opened => opened.map_err(ViewsError::file("opening them")),
    }
}

pub(crate) fn read_checkpoint(connection: &Connection) -> Result<Checkpoint, ViewsError> {
    let sql = "SELECT position, event_id, previous_position FROM checkpoint";
    let row = connection.query_row(sql, [], |row| {
        Ok(Checkpoint {
            position: crate::columns::text(row, 0)?,
            event_id: row.get::<_, Option<[u8; 16]>>(1)?.map(Uuid::from_bytes),
            previous: crate::columns::text(row, 2)?,
        })
    });
    row.map_err(ViewsError::file("reading the checkpoint"))
}

pub(crate) fn write_checkpoint(connection: &Connection, checkpoint: &Checkpoint) -> rusqlite::Result<()> {
    let sql = "UPDATE checkpoint SET position = ?1, event_id = ?2, previous_position = ?3";
    let event_id = checkpoint.event_id.map(Uuid::into_bytes);
    let row = params![checkpoint.position.to_string(), event_id, checkpoint.previous.to_string()];
    match connection.prepare_cached(sql)?.execute(row)? {
        1 => Ok(()),
        changed => Err(rusqlite::Error::StatementChangedRows(changed)),
    }
}
