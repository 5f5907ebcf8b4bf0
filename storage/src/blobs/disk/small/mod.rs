//! Small blobs, all in one SQLite file: `<root>/blobs/small.db`.
//!
//! A file of its own costs a small blob more than its bytes do: an inode, a name, and two flushes that it shares with nobody. Here many
//! blobs share one flush. Reads look the row up in the caller's thread. One process at a time works on the file, so SQLite needs no locks
//! of the system (ADR 6).

mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use ambar_domain::digest::Digest;
use bytes::Bytes;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use self::writer::{Change, Failed, Queue, Writer};
use super::fault::{Doing, Fault};
use crate::sqlite::{self, Connections};

/// The largest blob that is kept here: manifests, configs and the smallest layers, in a few pages of the file.
pub(super) const MAX_BYTES: usize = 16 << 10;

/// Every step of the file's shape, in order.
const STEPS: &[&str] = &[include_str!("../../../../../schemas/sql/small_blobs/0001_blobs.sql")];

/// As for the event log: each commit is flushed, and the write-ahead log is folded into the file every 16 MiB, to which it is cut back.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
                       PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -4096;";

/// Half a MiB of pages for each connection that reads.
const READER_PRAGMAS: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -512;";

/// Blobs of up to [`MAX_BYTES`] in one file.
///
/// Dropping it waits until everything that was asked for is on disk.
#[derive(Debug)]
pub(super) struct SmallBlobs {
    queue: Arc<Queue>,
    readers: Connections,
    thread: Option<JoinHandle<()>>,
}

impl SmallBlobs {
    /// Opens or creates the file. Whoever calls puts its name on disk.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let connection = open_to_write(path).doing("opening the file of small blobs")?;
        let queue = Arc::new(Queue::default());
        let writer = Writer::new(connection, path, Arc::clone(&queue));
        let thread = std::thread::Builder::new().name("small-blobs".to_owned()).spawn(move || writer.run());
        let thread = thread.doing("starting the writer of small blobs")?;
        Ok(Self { queue, readers: readers(path.to_owned()), thread: Some(thread) })
    }

    /// Keeps a blob; on disk when it answers. One that is there stays, unless it has another length and cannot be what the digest says.
    pub(super) async fn put(&self, digest: &Digest, bytes: Bytes) -> Result<(), Fault> {
        self.change(Change::Put(digest.hash(), bytes)).await.doing("keeping a small blob").map(drop)
    }

    /// Removes a blob; `false` if there was none.
    pub(super) async fn remove(&self, digest: &Digest) -> Result<bool, Fault> {
        self.change(Change::Remove(digest.hash())).await.doing("removing a small blob")
    }

    async fn change(&self, change: Change) -> io::Result<bool> {
        let answer = self.queue.push(change).map_err(io::Error::other)?;
        answer.await.map_err(io::Error::other)?.map_err(io::Error::from)
    }

    /// All bytes of a blob, if it is here.
    pub(super) fn find(&self, digest: &Digest) -> Result<Option<Bytes>, Fault> {
        self.look("SELECT bytes FROM blobs WHERE hash = ?1", digest, |row| row.get::<_, Vec<u8>>(0).map(Bytes::from))
    }

    /// The size of a blob in bytes, if it is here.
    pub(super) fn size(&self, digest: &Digest) -> Result<Option<u64>, Fault> {
        self.look("SELECT length(bytes) FROM blobs WHERE hash = ?1", digest, |row| row.get::<_, i64>(0).map(i64::cast_unsigned))
    }

    fn look<T>(
        &self,
        sql: &str,
        digest: &Digest,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Fault> {
        let found = self.readers.with(|connection| connection.prepare_cached(sql)?.query_row([digest.hash().as_ref()], read).optional());
        found.map_err(|error| io::Error::from(Failed::from(error))).doing("looking for a small blob")
    }
}

impl Drop for SmallBlobs {
    fn drop(&mut self) {
        self.readers.close();
        self.queue.close();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer of small blobs panicked");
        }
    }
}

fn open_to_write(path: &Path) -> io::Result<Connection> {
    let prepare = || -> rusqlite::Result<Connection> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.execute_batch(PRAGMAS)?;
        Ok(connection)
    };
    let mut connection = prepare().map_err(Failed::from)?;
    sqlite::migrate(&mut connection, STEPS).map_err(io::Error::other)?;
    Ok(connection)
}

fn readers(path: PathBuf) -> Connections {
    Connections::new(move || {
        let connection = connect(&path, OpenFlags::empty())?;
        connection.execute_batch(READER_PRAGMAS)?;
        Ok(connection)
    })
}

fn connect(path: &Path, more: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    Connection::open_with_flags_and_vfs(path, flags, c"unix-excl")
}

#[cfg(test)]
mod tests;
