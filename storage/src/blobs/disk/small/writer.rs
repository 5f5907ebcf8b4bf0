//! The one thread that writes: takes all changes that wait, makes them in one transaction, flushes once, answers them all.

use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ambar_domain::digest::DigestHash;
use bytes::Bytes;
use rusqlite::{Connection, ErrorCode, params};

use super::super::fault::Fault;
use crate::sqlite::{self, AbandonAtEnd};

/// What is to be changed, by the bytes of a digest.
#[derive(Debug)]
pub(super) enum Change {
    Put(DigestHash, Bytes),
    Remove(DigestHash),
}

/// Answers whether anything was changed.
pub(super) type Queue = sqlite::Queue<Change, Result<bool, Failed>>;
type Waiting = sqlite::Waiting<Change, Result<bool, Failed>>;

/// The file could not be read, or nothing of a transaction is certain to be in it.
#[derive(Debug, thiserror::Error)]
#[error("the file of small blobs failed")]
pub(super) struct Failed {
    source: rusqlite::Error,
    /// There is no room.
    is_full: bool,
}

impl From<rusqlite::Error> for Failed {
    fn from(source: rusqlite::Error) -> Self {
        Self { is_full: source.sqlite_error_code() == Some(ErrorCode::DiskFull), source }
    }
}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> Self {
        let kind = if failed.is_full { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
        Self::new(kind, failed)
    }
}

const PUT: &str = "INSERT INTO blobs (hash, bytes) VALUES (?1, ?2) \
                   ON CONFLICT (hash) DO UPDATE SET bytes = excluded.bytes WHERE length(bytes) <> length(excluded.bytes)";
const REMOVE: &str = "DELETE FROM blobs WHERE hash = ?1";

/// The write-ahead log is folded into the file and begun anew when it is longer than this, which readers have kept it from.
const LONGEST_LOG_BYTES: u64 = 64 << 20;

/// Owns the connection that writes.
pub(super) struct Writer {
    connection: Connection,
    /// The write-ahead log.
    log: PathBuf,
    queue: Arc<Queue>,
}

impl Writer {
    pub(super) fn new(connection: Connection, file: &Path, queue: Arc<Queue>) -> Self {
        Self { connection, log: beside(file, "-wal"), queue }
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(self) {
        let _abandon = AbandonAtEnd(Arc::clone(&self.queue));
        let mut batch = Vec::new();
        while self.queue.take_all(&mut batch) {
            self.work_off(std::mem::take(&mut batch));
            if self.log_bytes() > LONGEST_LOG_BYTES {
                self.begin_log_anew();
            }
        }
    }

    fn work_off(&self, mut batch: Vec<Waiting>) {
        match self.transact(&batch) {
            // A caller that has gone away needs no answer.
            Ok(changed) => batch.into_iter().zip(changed).for_each(|(waiting, changed)| drop(waiting.answer.send(Ok(changed)))),
            Err(error) => {
                self.roll_back();
                match batch.pop() {
                    Some(only) if batch.is_empty() => drop(only.answer.send(Err(self.failed(error)))),
                    // Each for itself: some need less room than all together.
                    last => batch.into_iter().chain(last).for_each(|waiting| self.work_off(vec![waiting])),
                }
            }
        }
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(error = &error as &dyn Error, "the file of small blobs cannot roll a transaction back");
        }
    }

    /// SQLite tells a full disk apart from other failures to write, but not a quota that is used up or a file that is as long as it may
    /// be: then the system is asked again, with a file that is thrown away.
    fn failed(&self, error: rusqlite::Error) -> Failed {
        let may_be_full = error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_WRITE);
        let failed = Failed::from(error);
        if may_be_full { Failed { is_full: self.has_no_room(), ..failed } } else { failed }
    }

    fn has_no_room(&self) -> bool {
        let trial = beside(&self.log, ".trial");
        let written = File::create(&trial).and_then(|file| file.write_all_at(&[0; 4096], self.log_bytes()));
        let _ = fs::remove_file(&trial);
        written.is_err_and(|error| Fault::new("writing a trial", error).is_full())
    }

    fn log_bytes(&self) -> u64 {
        fs::metadata(&self.log).map_or(0, |log| log.len())
    }

    /// Waits for whoever is reading. If that takes too long, the next commit tries again.
    fn begin_log_anew(&self) {
        let begun = self.connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, bool>(0));
        match begun {
            Ok(busy) => tracing::debug!(busy, "the write-ahead log of small blobs was begun anew"),
            Err(error) => tracing::warn!(error = &error as &dyn Error, "the write-ahead log of small blobs cannot be begun anew"),
        }
    }

    fn transact(&self, batch: &[Waiting]) -> rusqlite::Result<Vec<bool>> {
        let run = |sql| self.connection.prepare_cached(sql)?.execute([]);
        run("BEGIN IMMEDIATE")?;
        let changed: Vec<bool> = batch.iter().map(|waiting| self.make(&waiting.request)).collect::<rusqlite::Result<_>>()?;
        run("COMMIT")?;
        Ok(changed)
    }

    fn make(&self, change: &Change) -> rusqlite::Result<bool> {
        let changed = match change {
            Change::Put(hash, bytes) => self.connection.prepare_cached(PUT)?.execute(params![hash.as_ref(), &bytes[..]]),
            Change::Remove(hash) => self.connection.prepare_cached(REMOVE)?.execute([hash.as_ref()]),
        };
        Ok(changed? > 0)
    }
}

/// The path of a file with something behind its name.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
