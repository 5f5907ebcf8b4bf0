//! Folding the whole log into a new file, beside the one in use.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use ambar_storage::event_log::{EventLog, Position};
use futures::executor::block_on;
use rusqlite::Connection;

use crate::batch::{self, BatchError, Decoded};
use crate::error::ViewsError;
use crate::file::{self, Checkpoint};
use crate::names::Names;

/// Events in one transaction; more gain little and hold more memory.
const BATCH: usize = 5_000;
/// Batches that are read ahead of the one that is applied.
const READ_AHEAD: usize = 2;

type Batch = Result<Vec<Decoded>, ViewsError>;

/// Folds the log into a new file at `path`, until its head is reached or what stands at `before`. The file is left closed and not yet flushed;
/// where it fails it is of no use.
pub(crate) fn build(path: &Path, log: &dyn EventLog, before: Option<Position>) -> Result<Checkpoint, ViewsError> {
    let connection = file::create(path)?;
    fold_rest(&connection, log, Checkpoint::START, before)
}

/// Goes on where the file stands, as far.
pub(crate) fn fold_rest(
    connection: &Connection,
    log: &dyn EventLog,
    from: Checkpoint,
    before: Option<Position>,
) -> Result<Checkpoint, ViewsError> {
    // One thread reads and decodes while this one applies.
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<Batch>(READ_AHEAD);
        scope.spawn(move || {
            let mut after = from.position;
            loop {
                match read(log, after, before) {
                    Ok(None) => break,
                    Ok(Some((events, next))) => {
                        after = next;
                        if sender.send(Ok(events)).is_err() {
                            break;
                        }
                    }
                    Err(error) => {
                        // The one who applies has given up when nobody receives this.
                        let _ = sender.send(Err(error));
                        break;
                    }
                }
            }
        });
        apply_all(connection, from, &receiver)
    })
}

fn read(log: &dyn EventLog, after: Position, before: Option<Position>) -> Result<Option<(Vec<Decoded>, Position)>, ViewsError> {
    let page = block_on(log.read_all(after, BATCH))?;
    let wanted = page.events.into_iter().take_while(|event| before.is_none_or(|before| event.position < before));
    let decoded = wanted.map(batch::understand).collect::<Result<Vec<_>, _>>()?;
    Ok(if decoded.is_empty() { None } else { Some((decoded, page.next)) })
}

fn apply_all(connection: &Connection, from: Checkpoint, batches: &Receiver<Batch>) -> Result<Checkpoint, ViewsError> {
    let mut names = Names::default();
    let mut checkpoint = from;
    for events in batches {
        checkpoint = batch::apply(connection, &mut names, checkpoint, &events?, None)?.checkpoint;
    }
    Ok(checkpoint)
}

impl From<BatchError> for ViewsError {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Poison { event_id, position, error } => Self::Degraded { event_id, position, error },
            BatchError::File(error) => Self::File { doing: "applying events", source: Box::new(error) },
        }
    }
}
