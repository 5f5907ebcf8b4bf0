//! `cqrs_es::EventStore` over the event log: lock, cache, snapshots, and one append a command.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use ambar_domain::clock::Clock;
use ambar_domain::ids::IdSource;
use ambar_schemas::event::decode_for;
use cqrs_es::{Aggregate, AggregateContext, AggregateError, DomainEvent, EventEnvelope, EventStore};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::context::{COMMAND_ID, POSITION};
use super::outcome;
use super::slots::{Held, Slot, Slots};
use super::snapshots::{Snapshot, SnapshotStore};
use crate::event_log::{Append, AppendError, EventLog, NewEvent, RecordedEvent, StreamId};

/// A cold load that read more events than this leaves a snapshot behind; 1,000 events are about 4 ms of reading.
const SNAPSHOT_BEHIND: usize = 1_000;
/// Changes whenever the serialized state of any aggregate does; then every snapshot is made anew.
const SNAPSHOT_VERSION: u32 = 1;

/// Loads and commits aggregates of one type.
pub struct AggregateStore<A: Aggregate> {
    log: Arc<dyn EventLog>,
    snapshots: Option<Arc<dyn SnapshotStore>>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    slots: Slots<A>,
}

impl<A: Aggregate> std::fmt::Debug for AggregateStore<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AggregateStore({})", A::TYPE)
    }
}

/// An aggregate that is loaded and locked.
///
/// Dropped without a commit, it goes back to its slot as it is: aggregates decide before they change, so a refused one is unchanged.
pub struct Context<A: Aggregate> {
    guard: OwnedMutexGuard<Option<Held<A>>>,
    held: Option<Held<A>>,
    slot: Arc<Slot<A>>,
    stream: StreamId,
}

impl<A: Aggregate> std::fmt::Debug for Context<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Context({:?})", self.stream)
    }
}

impl<A: Aggregate> AggregateContext<A> for Context<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.held.as_mut().expect("held until the context is dropped").aggregate
    }
}

impl<A: Aggregate> Drop for Context<A> {
    fn drop(&mut self) {
        *self.guard = self.held.take();
    }
}

fn failed<E: std::error::Error>(error: impl std::error::Error + Send + Sync + 'static) -> AggregateError<E> {
    AggregateError::UnexpectedError(Box::new(error))
}

impl<A> AggregateStore<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    /// A store without anything loaded.
    pub fn new(log: Arc<dyn EventLog>, snapshots: Option<Arc<dyn SnapshotStore>>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self { log, snapshots, clock, ids, slots: Slots::new() }
    }

    /// Folds the stream from its snapshot, or from its beginning.
    async fn load_cold(&self, stream: &StreamId) -> Result<Held<A>, AggregateError<A::Error>> {
        let mut held = self.load_snapshot(stream).unwrap_or_else(|| Held { aggregate: A::default(), sequence: 0, last_event: None });
        let events = self.log.load(stream, held.sequence).await.map_err(failed)?;
        let read = events.len();
        for event in events {
            held.sequence = event.sequence;
            held.last_event = Some(event.event_id);
            held.aggregate.apply(decode::<A>(&event)?);
        }
        if read > SNAPSHOT_BEHIND {
            self.save_snapshot(stream, &held);
        }
        Ok(held)
    }

    fn load_snapshot(&self, stream: &StreamId) -> Option<Held<A>> {
        let loaded = self.snapshots.as_ref()?.load(stream, SNAPSHOT_VERSION);
        let snapshot = loaded.inspect_err(|error| tracing::warn!(%error, "a snapshot is not used")).ok()??;
        let aggregate = serde_json::from_slice(&snapshot.state);
        let aggregate = aggregate.inspect_err(|error| tracing::warn!(%error, "a snapshot is not used")).ok()?;
        Some(Held { aggregate, sequence: snapshot.sequence, last_event: Some(snapshot.last_event) })
    }

    /// Saves off the command path. That it may fail costs time at the next cold load, nothing else.
    fn save_snapshot(&self, stream: &StreamId, held: &Held<A>) {
        let (Some(snapshots), Some(last_event)) = (&self.snapshots, held.last_event) else { return };
        let Ok(state) = serde_json::to_vec(&held.aggregate) else { return };
        let (snapshots, stream, snapshot) = (snapshots.clone(), stream.clone(), Snapshot { sequence: held.sequence, last_event, state });
        tokio::task::spawn_blocking(move || {
            if let Err(error) = snapshots.save(&stream, SNAPSHOT_VERSION, &snapshot) {
                tracing::warn!(%error, "a snapshot was not saved");
            }
        });
    }

    fn new_events(&self, events: &[A::Event]) -> Result<Vec<NewEvent>, AggregateError<A::Error>> {
        let new = |event: &A::Event| -> Result<NewEvent, AggregateError<A::Error>> {
            Ok(NewEvent {
                event_id: self.ids.uuid(),
                event_type: Cow::Owned(event.event_type()),
                event_version: event.event_version().parse().map_err(failed)?,
                payload: serde_json::to_string(event).map_err(failed)?,
            })
        };
        events.iter().map(new).collect()
    }

    /// Nothing to record: but what the command relied on may still be on its way to the disk.
    async fn settle(&self, context: Context<A>) -> Result<(), AggregateError<A::Error>> {
        let (slot, stream, sequence) =
            (context.slot.clone(), context.stream.clone(), context.held.as_ref().map_or(0, |held| held.sequence));
        drop(context);
        if sequence == 0 || slot.is_durable(sequence) {
            return Ok(());
        }
        if outcome::wait_until_durable(&*self.log, &stream, sequence).await.map_err(failed)? {
            slot.mark_durable(sequence);
            return Ok(());
        }
        slot.mark_stale();
        Err(AggregateError::AggregateConflict)
    }
}

fn decode<A: Aggregate>(event: &RecordedEvent) -> Result<A::Event, AggregateError<A::Error>> {
    decode_for(&event.event_type, event.event_version, &event.payload)
        .map_err(|error| AggregateError::DeserializationError(Box::new(error)))
}

impl<A> EventStore<A> for AggregateStore<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    type AC = Context<A>;

    async fn load_events(&self, aggregate_id: &str) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let events = self.log.load(&StreamId::new(A::TYPE, aggregate_id), 0).await.map_err(failed)?;
        let envelope = |event: RecordedEvent| {
            let metadata = serde_json::from_str(&event.metadata).map_err(|error| AggregateError::DeserializationError(Box::new(error)))?;
            let payload = decode::<A>(&event)?;
            Ok(EventEnvelope { aggregate_id: event.stream.aggregate_id, sequence: event.sequence as usize, payload, metadata })
        };
        events.into_iter().map(envelope).collect()
    }

    async fn load_aggregate(&self, aggregate_id: &str) -> Result<Context<A>, AggregateError<A::Error>> {
        let slot = self.slots.get(aggregate_id);
        let stream = StreamId::new(A::TYPE, aggregate_id);
        let (guard, held) = slot.take().await;
        let held = match held {
            Some(held) => held,
            None => {
                let held = self.load_cold(&stream).await?;
                slot.mark_durable(held.sequence);
                held
            }
        };
        Ok(Context { guard, held: Some(held), slot, stream })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        mut context: Context<A>,
        mut metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        if events.is_empty() {
            self.settle(context).await?;
            return Ok(vec![]);
        }
        let command_id = metadata.remove(COMMAND_ID).and_then(|id| id.parse().ok()).unwrap_or_else(|| self.ids.uuid());
        let append = self.append_of(&mut context, &events, command_id, &metadata)?;
        let (slot, stream, expected) = (context.slot.clone(), context.stream.clone(), append.expected_sequence);
        let appended = self.log.append(append);
        // The lock ends here: the append has its place in the order, and the next command may build on it.
        drop(context);
        match outcome::resolve(&*self.log, &stream, expected, command_id, appended.await).await {
            Ok(appended) => {
                slot.mark_durable(appended.last_sequence);
                metadata.insert(POSITION.to_owned(), appended.position.to_string());
                Ok(envelopes(&stream.aggregate_id, expected, events, metadata))
            }
            Err(error) => {
                slot.mark_stale();
                Err(match error {
                    AppendError::Conflict { .. } => AggregateError::AggregateConflict,
                    AppendError::Unavailable(_) => AggregateError::DatabaseConnectionError(Box::new(error)),
                    AppendError::OutcomeUnknown(_) => AggregateError::UnexpectedError(Box::new(error)),
                })
            }
        }
    }
}

impl<A> AggregateStore<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    /// The append of a command, with the held aggregate moved to where it will be.
    fn append_of(
        &self,
        context: &mut Context<A>,
        events: &[A::Event],
        command_id: Uuid,
        metadata: &HashMap<String, String>,
    ) -> Result<Append, AggregateError<A::Error>> {
        // Until all is put together, the slot must not get back an aggregate whose events may never be enqueued.
        let mut held = context.held.take().expect("held until the context is dropped");
        let new_events = self.new_events(events)?;
        let append = Append {
            stream: context.stream.clone(),
            expected_sequence: held.sequence,
            expected_event: held.last_event,
            command_id,
            metadata: serde_json::to_string(metadata).map_err(failed)?,
            recorded_at: self.clock.now(),
            events: new_events,
        };
        held.sequence += events.len() as u64;
        held.last_event = append.events.last().map(|event| event.event_id);
        context.held = Some(held);
        Ok(append)
    }
}

fn envelopes<A: Aggregate>(id: &str, after: u64, events: Vec<A::Event>, metadata: HashMap<String, String>) -> Vec<EventEnvelope<A>> {
    let envelope = |(index, payload)| EventEnvelope {
        aggregate_id: id.to_owned(),
        sequence: after as usize + index + 1,
        payload,
        metadata: metadata.clone(),
    };
    events.into_iter().enumerate().map(envelope).collect()
}
