//! The one thread that writes: takes all changes that wait, makes them in one transaction, flushes once, answers them all.

use std::io;
use std::sync::Arc;

use ambar_domain::digest::DigestHash;
use bytes::Bytes;
use rusqlite::{Connection, ErrorCode, params};

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
#[derive(Debug, Clone, thiserror::Error)]
#[error("the file of small blobs failed")]
pub(super) struct Failed(#[source] Arc<rusqlite::Error>);

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> Self {
        match failed.0.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::new(io::ErrorKind::StorageFull, failed),
            _ => Self::other(failed),
        }
    }
}

const PUT: &str = "INSERT INTO blobs (hash, bytes) VALUES (?1, ?2) \
                   ON CONFLICT (hash) DO UPDATE SET bytes = excluded.bytes WHERE length(bytes) <> length(excluded.bytes)";
const REMOVE: &str = "DELETE FROM blobs WHERE hash = ?1";

/// Owns the connection that writes.
pub(super) struct Writer {
    connection: Connection,
    queue: Arc<Queue>,
}

impl Writer {
    pub(super) fn new(connection: Connection, queue: Arc<Queue>) -> Self {
        Self { connection, queue }
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(self) {
        let _abandon = AbandonAtEnd(Arc::clone(&self.queue));
        let mut batch = Vec::new();
        while self.queue.take_all(&mut batch) {
            self.work_off(std::mem::take(&mut batch));
        }
    }

    fn work_off(&self, batch: Vec<Waiting>) {
        let transacted = self.transact(&batch);
        if transacted.is_err()
            && !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "the file of small blobs cannot roll a transaction back");
        }
        match transacted {
            Ok(changed) => answer(batch, changed.into_iter().map(Ok)),
            Err(error) => answer(batch, std::iter::repeat(Err(Failed::from(error)))),
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

/// A caller that has gone away needs no answer.
fn answer(batch: Vec<Waiting>, answers: impl Iterator<Item = Result<bool, Failed>>) {
    for (waiting, answer) in batch.into_iter().zip(answers) {
        let _ = waiting.answer.send(answer);
    }
}
