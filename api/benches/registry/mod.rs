//! What the benchmarks in this folder stand on: a registry in process, and a log that is filled in little time with what happened.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ambar_api::{AppState, Keys, MasterKey, Settings};
use ambar_domain::clock::{ManualClock, Timestamp};
use ambar_domain::event::Event;
use ambar_domain::ids::IdSource;
use ambar_projections::{State, Views};
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext};
use ambar_storage::blobs::disk::DiskBlobs;
use ambar_storage::event_log::{Append, EventLog, NewEvent, StreamId};
use uuid::Uuid;

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The number behind a flag. The harness of cargo adds flags of its own.
pub(crate) fn argument(flag: &str) -> Outcome<Option<u64>> {
    let number = std::env::args().skip_while(|argument| argument != flag).nth(1);
    Ok(number.map(|number| number.parse()).transpose()?)
}

/// The operator, who may do everything.
pub(crate) fn operator() -> CommandContext {
    CommandContext::new(Ids.uuid(), Actor::Operator { uid: 0 }, "setting-up", "local")
}

/// A registry over the log, with views of its own that show all of it.
pub(crate) fn state(views: &Path, log: &Arc<dyn EventLog>, clock: &Arc<ManualClock>, blobs: &Arc<DiskBlobs>) -> Outcome<AppState> {
    let views = Views::open(views, log.clone())?;
    let shown = views.status().state;
    if shown != State::Live {
        return Err(format!("the views are {shown:?}").into());
    }
    let ids: Arc<dyn IdSource> = Arc::new(Ids);
    Ok(AppState {
        aggregates: Arc::new(Aggregates::new(log.clone(), None, clock.clone(), ids.clone(), Arc::new(views.clone()))),
        views,
        log: log.clone(),
        blobs: blobs.clone(),
        uploads: blobs.clone(),
        usage: Arc::default(),
        clock: clock.clone(),
        ids,
        keys: Arc::new(Keys::new(&MasterKey::new([9; 32]), None)),
        passwords: Arc::default(),
        settings: Arc::new(Settings::default()),
        metrics: Arc::new(String::new),
        stopping: Arc::default(),
    })
}

/// The whole life of an aggregate so far.
pub(crate) fn append<E: Into<Event>>(id: &str, recorded_at: Timestamp, events: Vec<E>) -> Outcome<Append> {
    let events: Vec<Event> = events.into_iter().map(Into::into).collect();
    let aggregate_type = events.first().ok_or("nothing happened")?.aggregate_type();
    let recorded = events.iter().map(|event| {
        let payload = serde_json::to_string(event)?;
        let (event_type, event_version) = (event.event_type().into(), event.event_version());
        Ok(NewEvent { event_id: Ids.uuid(), event_type, event_version, payload })
    });
    Ok(Append {
        stream: StreamId::new(aggregate_type, id),
        expected_sequence: 0,
        expected_event: None,
        events: recorded.collect::<Outcome<_>>()?,
        command_id: Ids.uuid(),
        metadata: r#"{"actor":"operator:0","request_id":"setting-up","source_address":"local"}"#.to_owned(),
        recorded_at,
    })
}

/// Counts.
pub(crate) struct Ids;

impl IdSource for Ids {
    fn uuid(&self) -> Uuid {
        static LAST: AtomicU64 = AtomicU64::new(1);
        Uuid::from_u128(u128::from(LAST.fetch_add(1, Ordering::Relaxed)))
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        let bytes = self.uuid().into_bytes();
        buffer.iter_mut().zip(bytes.iter().rev().cycle()).for_each(|(to, from)| *to = *from);
    }
}
