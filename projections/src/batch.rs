//! Applying a stretch of the log: every read model and the checkpoint in one transaction.

use ambar_domain::event::Event;
use ambar_schemas::event::decode;
use ambar_storage::event_log::{Position, RecordedEvent};
use rusqlite::Connection;
use thiserror::Error;
use uuid::Uuid;

use crate::access::{Changed, Refreshed};
use crate::file::{Checkpoint, write_checkpoint};
use crate::fold::{ApplyError, Fold, touches_addresses};
use crate::names::Names;
use crate::place::Place;

/// An event that was read from the log and understood.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) recorded: RecordedEvent,
    pub(crate) event: Event,
}

/// Why a batch was not applied; nothing of it was.
#[derive(Debug, Error)]
pub(crate) enum BatchError {
    /// This event cannot be applied, now or later.
    #[error("event {event_id} at {position} cannot be applied: {error}")]
    Poison {
        /// Which.
        event_id: Uuid,
        /// Where it is.
        position: Position,
        /// Why.
        error: String,
    },
    /// The file could not be written; trying again may help.
    #[error("the views cannot be written")]
    File(#[source] ApplyError),
}

/// Understands one recorded event.
pub(crate) fn understand(recorded: RecordedEvent) -> Result<Decoded, BatchError> {
    match decode(&recorded.stream.aggregate_type, &recorded.event_type, recorded.event_version, &recorded.payload) {
        Ok(event) => Ok(Decoded { recorded, event }),
        Err(error) => Err(poison(&recorded, &error)),
    }
}

fn poison(recorded: &RecordedEvent, error: &dyn std::error::Error) -> BatchError {
    let mut text = error.to_string();
    if let Some(source) = error.source() {
        text = format!("{text}: {source}");
    }
    BatchError::Poison { event_id: recorded.event_id, position: recorded.position, error: text }
}

/// What a batch has done.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) checkpoint: Checkpoint,
    /// What decides about access and has changed, if that was asked for.
    pub(crate) access: Option<Refreshed>,
    /// From where nobody gets in may have changed.
    pub(crate) touched_addresses: bool,
}

/// Applies events that follow on `from`. `changed` is told what they change of access, if anybody asks now who may do what.
pub(crate) fn apply(
    connection: &Connection,
    names: &mut Names,
    from: Checkpoint,
    events: &[Decoded],
    changed: Option<Changed>,
) -> Result<Applied, BatchError> {
    let applied = apply_in_transaction(connection, names, from, events, changed);
    if applied.is_err() {
        names.forget();
        // Nothing is left to undo where the beginning or the undoing failed.
        if !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
    }
    applied
}

fn apply_in_transaction(
    connection: &Connection,
    names: &mut Names,
    from: Checkpoint,
    events: &[Decoded],
    mut changed: Option<Changed>,
) -> Result<Applied, BatchError> {
    let file = |error| BatchError::File(ApplyError::Sql(error));
    let run = |sql| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(file);
    run("BEGIN")?;
    let mut applied = Applied { checkpoint: from, access: None, touched_addresses: false };
    for (number, Decoded { recorded, event }) in events.iter().enumerate() {
        let previous = applied.checkpoint.position;
        let place = Place::new(previous, recorded.position, recorded.recorded_at);
        let next = events.get(number + 1).filter(|next| next.recorded.stream == recorded.stream).map(|next| &next.event);
        let done = Fold::new(connection, names, place, &recorded.metadata, next).apply(&recorded.stream.aggregate_id, event);
        done.map_err(|error| if error.is_about_the_event() { poison(recorded, &error) } else { BatchError::File(error) })?;
        if let Some(changed) = &mut changed {
            changed.add(connection, place, &recorded.stream.aggregate_id, event).map_err(file)?;
        }
        applied.touched_addresses |= touches_addresses(event);
        applied.checkpoint = Checkpoint { position: recorded.position, event_id: Some(recorded.event_id), previous };
    }
    applied.access = changed.map(|changed| Refreshed::read(connection, &changed)).transpose().map_err(file)?;
    write_checkpoint(connection, &applied.checkpoint).map_err(file)?;
    run("COMMIT")?;
    Ok(applied)
}
