//! Reading the views: a pool of connections that only read, and several queries at one moment of the log.
//!
//! Reads are synchronous: they take microseconds, wait for no lock that a writer holds, and use no network. A [`Reader`] belongs to the file
//! that was current when it was taken. Take a new one for every look, above all after waiting for a position: after a rebuild an old reader
//! goes on showing the old file as it was.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Params, Row, ToSql};

use crate::cards::KeptNames;
use crate::error::ViewsError;
use crate::file;

/// Connections kept for the next reader. More may be in use at once; those are closed when they come back.
const KEPT: usize = 8;

/// Room for every query there is.
const STATEMENTS: usize = 64;

/// Each connection's own cache of pages, in KiB; the pages behind it are in the kernel's cache.
const CACHE_KIB: i64 = 512;

/// Hands out connections to the current file.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<Idle>,
    /// What searches by name have read.
    names: KeptNames,
}

#[derive(Debug)]
struct Idle {
    path: PathBuf,
    connections: Vec<Connection>,
}

impl Pool {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { idle: Mutex::new(Idle { path, connections: Vec::new() }), names: KeptNames::default() }
    }

    pub(crate) fn reader(self: &Arc<Self>) -> Result<Reader, ViewsError> {
        loop {
            let (connection, path) = {
                let mut idle = self.idle();
                (idle.connections.pop(), idle.path.clone())
            };
            let opened = connection.map_or_else(|| open(&path), Ok);
            match opened {
                Ok(connection) => return Ok(Reader { connection: Some(connection), path, pool: Arc::clone(self) }),
                // Another file has been put in use meanwhile, and this one removed.
                Err(_) if self.idle().path != path => {}
                Err(error) => return Err(ViewsError::file("opening them for reading")(error)),
            }
        }
    }

    /// Hands out connections to another file from now on. Readers that have theirs go on with the old one.
    pub(crate) fn swap(&self, path: PathBuf) {
        let retired = {
            let mut idle = self.idle();
            idle.path = path;
            std::mem::take(&mut idle.connections)
        };
        drop(retired);
        self.names.forget();
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        lock(&self.idle)
    }

    fn give_back(&self, connection: Connection, path: &Path) {
        let mut idle = self.idle();
        if idle.path == path && idle.connections.len() < KEPT && connection.is_autocommit() {
            idle.connections.push(connection);
        } else {
            // Closing takes a while: not under the lock.
            drop(idle);
            drop(connection);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = file::connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    // Without it, SQLite prepares a statement anew whenever another value is bound where a partial index is in question: most of a query's time.
    connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(std::time::Duration::from_secs(1))?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "mmap_size", MMAP_BYTES)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(connection)
}

/// How much of the file a connection may map. None: a page that is in no cache costs a system call, and idle memory stays small.
const MMAP_BYTES: i64 = 0;

/// A connection that only reads, borrowed from the pool.
///
/// It can be sent to another thread but not shared, so that no reader is held across an `await` by reference.
#[derive(Debug)]
pub struct Reader {
    /// `None` only while it is dropped.
    connection: Option<Connection>,
    path: PathBuf,
    pool: Arc<Pool>,
}

impl Reader {
    /// Several queries at one moment: they all see the views as they are at the first of them. Cheaper, too, than each for itself.
    ///
    /// # Errors
    /// [`ViewsError::File`] inside another snapshot of the same reader.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, ViewsError> {
        self.run("BEGIN").map_err(ViewsError::file("beginning a snapshot"))?;
        Ok(Snapshot { reader: self })
    }

    /// The first row, if there is one.
    pub(crate) fn find<T>(
        &self,
        sql: &'static str,
        parameters: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, ViewsError> {
        let find = || {
            let mut statement = self.connection().prepare_cached(sql)?;
            let mut rows = statement.query(parameters)?;
            rows.next()?.map(read).transpose()
        };
        find().map_err(ViewsError::file("reading them"))
    }

    /// Every row.
    pub(crate) fn list<T>(
        &self,
        sql: &'static str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ViewsError> {
        let list = || self.connection().prepare_cached(sql)?.query_map(parameters, read)?.collect();
        let listed: rusqlite::Result<Vec<T>> = list();
        listed.map_err(ViewsError::file("reading them"))
    }

    /// One row after the other, as long as `read` wants more.
    pub(crate) fn each(
        &self,
        sql: &'static str,
        parameters: impl Params,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> Result<(), ViewsError> {
        let each = || -> rusqlite::Result<()> {
            let mut statement = self.connection().prepare_cached(sql)?;
            let mut rows = statement.query(parameters)?;
            while let Some(row) = rows.next()?
                && read(row)?
            {}
            Ok(())
        };
        each().map_err(ViewsError::file("reading them"))
    }

    /// The row of each key, where there is one: the keys are the last parameters of the statement, behind those that are the same for all.
    pub(crate) fn list_each<T, const N: usize>(
        &self,
        sql: &'static str,
        same: impl IntoIterator<Item: ToSql>,
        keys: impl IntoIterator<Item = [i64; N]>,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ViewsError> {
        let list = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.connection().prepare_cached(sql)?;
            let mut behind = 1;
            for value in same {
                statement.raw_bind_parameter(behind, value)?;
                behind += 1;
            }
            let mut listed = Vec::new();
            for key in keys {
                for (number, part) in key.into_iter().enumerate() {
                    statement.raw_bind_parameter(behind + number, part)?;
                }
                if let Some(row) = statement.raw_query().next()? {
                    listed.push(read(row)?);
                }
            }
            Ok(listed)
        };
        list().map_err(ViewsError::file("reading them"))
    }

    fn run(&self, sql: &'static str) -> rusqlite::Result<()> {
        self.connection().prepare_cached(sql)?.execute([]).map(|_| ())
    }

    pub(crate) fn kept_names(&self) -> &KeptNames {
        &self.pool.names
    }

    /// The file that it reads: no two files ever share a name.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("a reader has its connection until it is dropped")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.give_back(connection, &self.path);
        }
    }
}

/// A [`Reader`] whose queries all see one moment. See [`Reader::snapshot`].
#[derive(Debug)]
pub struct Snapshot<'a> {
    reader: &'a Reader,
}

impl std::ops::Deref for Snapshot<'_> {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        self.reader
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // Ending a transaction that only read cannot lose anything; a connection that is still in one is not kept.
        if let Err(error) = self.reader.run("COMMIT") {
            tracing::debug!(%error, "a snapshot of the views could not be ended");
        }
    }
}
