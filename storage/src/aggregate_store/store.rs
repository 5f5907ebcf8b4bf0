//! `cqrs_es::EventStore` over the event log: lock, cache, and one append a command.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ambar_domain::clock::Clock;
use ambar_domain::ids::IdSource;
use cqrs_es::{Aggregate, AggregateContext, AggregateError, DomainEvent, EventEnvelope, EventStore};
use futures::FutureExt;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::cold;
use super::context::COMMAND_ID;
use super::outcome::{self, NotAppended};
use super::slots::{Basis, Held, Slot, Slots};
use super::snapshots::SnapshotStore;
use crate::event_log::{Append, EventLog, NewEvent, RecordedEvent, StreamId, load_all};

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
        // A panic may have come between two events: what is held then is nothing that ever was.
        if !std::thread::panicking() {
            *self.guard = self.held.take();
        }
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

    fn append_of(
        &self,
        held: &Held<A>,
        stream: &StreamId,
        events: &[A::Event],
        command_id: Uuid,
        metadata: &HashMap<String, String>,
    ) -> Result<Append, AggregateError<A::Error>> {
        let stored: BTreeMap<_, _> = metadata.iter().filter(|(name, _)| !name.starts_with('$')).collect();
        Ok(Append {
            stream: stream.clone(),
            expected_sequence: held.sequence,
            expected_event: held.last_event,
            command_id,
            metadata: serde_json::to_string(&stored).map_err(failed)?,
            recorded_at: self.clock.now(),
            events: self.new_events(events)?,
        })
    }
}

impl<A> EventStore<A> for AggregateStore<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    type AC = Context<A>;

    async fn load_events(&self, aggregate_id: &str) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let events = load_all(&*self.log, &StreamId::new(A::TYPE, aggregate_id), 0).await.map_err(cold::unavailable)?;
        let envelope = |event: RecordedEvent| {
            let metadata = serde_json::from_str(&event.metadata).map_err(|error| AggregateError::DeserializationError(Box::new(error)))?;
            let payload = cold::decode::<A>(&event)?;
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
            // Failures are counted before the log is read: one that comes meanwhile has the aggregate loaded once more.
            None => {
                let failures = slot.failures();
                cold::load(&*self.log, self.snapshots.as_ref(), &stream, failures).await?
            }
        };
        outcome::rests_on(Some(held.basis.clone()));
        Ok(Context { guard, held: Some(held), slot, stream })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        mut context: Context<A>,
        mut metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        if events.is_empty() {
            return Ok(vec![]);
        }
        // Out of the context until the append is enqueued: should anything fail before, the slot must not get it back.
        let mut held = context.held.take().expect("held until the context is dropped");
        let command_id = metadata.get(COMMAND_ID).and_then(|id| id.parse().ok()).unwrap_or_else(|| self.ids.uuid());
        let append = self.append_of(&held, &context.stream, &events, command_id, &metadata)?;
        let (slot, stream) = (Arc::clone(&context.slot), context.stream.clone());
        let (expected, failures) = (held.sequence, held.failures);

        held.sequence += events.len() as u64;
        held.last_event = append.events.last().map(|event| event.event_id);
        let enqueued = self.log.append(append).map(|answer| answer.map_err(Arc::new)).boxed().shared();
        held.basis = Basis::Enqueued(enqueued.clone());
        outcome::rests_on(None);
        slot.weigh(held.sequence);
        context.held = Some(held);
        // The lock ends here: the append has its place in the order, and the next command may build on it.
        drop(context);

        let appended = match enqueued.await {
            Ok(appended) => Ok(appended),
            Err(error) => outcome::resolve(&*self.log, &stream, expected, command_id, error).await,
        };
        let appended = appended.map_err(|not_appended| {
            slot.failed(failures);
            told_to_framework(not_appended)
        })?;
        outcome::rests_on(Some(Basis::Durable(appended.position)));
        metadata.retain(|name, _| !name.starts_with('$'));
        Ok(envelopes(&stream.aggregate_id, expected, events, metadata))
    }
}

fn told_to_framework<E: std::error::Error>(not_appended: NotAppended) -> AggregateError<E> {
    match not_appended {
        NotAppended::Conflict => AggregateError::AggregateConflict,
        NotAppended::Unavailable(error) => AggregateError::DatabaseConnectionError(error),
        NotAppended::Unknown(error) => AggregateError::UnexpectedError(Box::new(OutcomeUnknown(error))),
    }
}

/// Neither the append nor the look for it was answered.
#[derive(Debug, thiserror::Error)]
#[error("whether the events were recorded cannot be found out")]
pub(super) struct OutcomeUnknown(#[source] Box<dyn std::error::Error + Send + Sync>);

fn envelopes<A: Aggregate>(id: &str, after: u64, events: Vec<A::Event>, metadata: HashMap<String, String>) -> Vec<EventEnvelope<A>> {
    let envelope = |(index, payload)| EventEnvelope {
        aggregate_id: id.to_owned(),
        sequence: after as usize + index + 1,
        payload,
        metadata: metadata.clone(),
    };
    events.into_iter().enumerate().map(envelope).collect()
}
