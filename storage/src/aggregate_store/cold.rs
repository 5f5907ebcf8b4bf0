//! Loading an aggregate that is not in memory: from its snapshot if that is true, otherwise from its first event.

use std::sync::Arc;

use ambar_schemas::event::decode_for;
use cqrs_es::{Aggregate, AggregateError};

use super::slots::{Basis, Held};
use super::snapshots::{Snapshot, SnapshotStore};
use crate::event_log::{EventLog, Position, RecordedEvent, StreamId, StreamPage};

/// A cold load that read more events than this leaves a snapshot behind; 1,000 events are about 4 ms of reading.
const SNAPSHOT_BEHIND: usize = 1_000;
/// Changes whenever the serialized state of any aggregate does; then every snapshot is made anew.
pub(super) const SNAPSHOT_VERSION: u32 = 8;

/// Folds the stream, page by page.
pub(super) async fn load<A: Aggregate>(
    log: &dyn EventLog,
    snapshots: Option<&Arc<dyn SnapshotStore>>,
    stream: &StreamId,
    failures: u64,
) -> Result<Held<A>, AggregateError<A::Error>> {
    let mut held = Held { aggregate: A::default(), sequence: 0, last_event: None, basis: Basis::Durable(Position::START), failures };
    let mut page = StreamPage { events: vec![], at_end: false };
    let snapshot = snapshots.and_then(|snapshots| find_snapshot::<A>(&**snapshots, stream));
    if let Some((snapshot, aggregate)) = snapshot {
        page = log.load(stream, snapshot.sequence.saturating_sub(1)).await.map_err(unavailable)?;
        // The snapshot's own last event is read again: a log that was put back from an older copy does not have it, or another one.
        if page.events.first().is_some_and(|event| event.sequence == snapshot.sequence && event.event_id == snapshot.last_event) {
            let own = page.events.remove(0);
            held.aggregate = aggregate;
            held.follow(&own);
        } else {
            tracing::warn!(?stream, "a snapshot does not belong to the event log and is not used");
            page = StreamPage { events: vec![], at_end: false };
        }
    }
    let mut read = fold(&mut held, page.events)?;
    while !page.at_end {
        page = log.load(stream, held.sequence).await.map_err(unavailable)?;
        read += fold(&mut held, page.events)?;
    }
    if read > SNAPSHOT_BEHIND
        && let Some(snapshots) = snapshots
    {
        save_snapshot(snapshots, stream, &held);
    }
    Ok(held)
}

/// Answers how many events there were.
fn fold<A: Aggregate>(held: &mut Held<A>, events: Vec<RecordedEvent>) -> Result<usize, AggregateError<A::Error>> {
    let count = events.len();
    for event in events {
        held.aggregate.apply(decode::<A>(&event)?);
        held.follow(&event);
    }
    Ok(count)
}

/// The event as the aggregate knows it.
pub(super) fn decode<A: Aggregate>(event: &RecordedEvent) -> Result<A::Event, AggregateError<A::Error>> {
    decode_for(&event.event_type, event.event_version, &event.payload)
        .map_err(|error| AggregateError::DeserializationError(Box::new(error)))
}

/// The log could not be read; nothing was recorded.
pub(super) fn unavailable<E: std::error::Error>(error: impl std::error::Error + Send + Sync + 'static) -> AggregateError<E> {
    AggregateError::DatabaseConnectionError(Box::new(error))
}

fn find_snapshot<A: Aggregate>(snapshots: &dyn SnapshotStore, stream: &StreamId) -> Option<(Snapshot, A)> {
    let found = snapshots.load(stream, SNAPSHOT_VERSION);
    let snapshot = found.inspect_err(|error| tracing::warn!(%error, ?stream, "a snapshot is not used")).ok()??;
    let aggregate = serde_json::from_slice(&snapshot.state);
    let aggregate = aggregate.inspect_err(|error| tracing::warn!(%error, ?stream, "a snapshot is not used")).ok()?;
    Some((snapshot, aggregate))
}

/// Writes off the command path. That it may fail costs time at the next cold load, nothing else.
fn save_snapshot<A: Aggregate>(snapshots: &Arc<dyn SnapshotStore>, stream: &StreamId, held: &Held<A>) {
    let Some(last_event) = held.last_event else { return };
    let Ok(state) = serde_json::to_vec(&held.aggregate) else { return };
    let (snapshots, stream, snapshot) = (Arc::clone(snapshots), stream.clone(), Snapshot { sequence: held.sequence, last_event, state });
    tokio::task::spawn_blocking(move || {
        if let Err(error) = snapshots.save(&stream, SNAPSHOT_VERSION, &snapshot) {
            tracing::warn!(%error, ?stream, "a snapshot was not saved");
        }
    });
}
