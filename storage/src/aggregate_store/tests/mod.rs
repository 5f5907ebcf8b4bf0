//! Commands over the real event log. The log stands behind [`Faulty`], which counts, and fails or holds answers when it is told to.

mod commands;
mod faults;
mod snapshots;
mod states;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ambar_domain::clock::{Clock, ManualClock, Timestamp};
use ambar_domain::ids::{AccountId, IdSource};
use ambar_domain::level::Visibility;
use ambar_domain::manifest::ManifestFacts;
use ambar_domain::repository::{RepositoryCommand, RepositoryError, RepositoryEvent};
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use tokio::sync::watch;
use uuid::Uuid;

use super::*;
use crate::event_log::sqlite::SqliteEventLog;
use crate::event_log::{Append, AppendError, Appended, EventLog, LogError, Page, Position, RecordedEvent, StreamId, StreamPage, load_all};

struct Ids(AtomicU64);

impl IdSource for Ids {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

/// The positions that were waited for.
#[derive(Default)]
struct Views(Mutex<Vec<Position>>);

impl Committed for Views {
    fn passed(&self, position: Position) -> BoxFuture<'_, Result<(), NotVisible>> {
        self.0.lock().unwrap().push(position);
        ready(Ok(())).boxed()
    }
}

/// What is to happen to an append.
#[derive(Clone, Copy)]
enum Fault {
    /// It is refused.
    Unavailable,
    /// It is not recorded, and nobody says so.
    LostBefore,
    /// It is recorded, and nobody says so.
    LostAfter,
}

/// A log that fails on demand.
struct Faulty {
    log: Arc<dyn EventLog>,
    faults: Mutex<VecDeque<Fault>>,
    unreadable: AtomicBool,
    answers_may_go: watch::Sender<bool>,
    conflicts: Arc<AtomicUsize>,
    events_loaded: AtomicUsize,
}

#[derive(Debug, thiserror::Error)]
#[error("a fault on demand")]
struct OnDemand;

impl EventLog for Faulty {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let answer = match self.faults.lock().unwrap().pop_front() {
            None => self.log.append(append),
            Some(Fault::Unavailable) => ready(Err(AppendError::Unavailable(Box::new(OnDemand)))).boxed(),
            Some(Fault::LostBefore) => ready(Err(AppendError::OutcomeUnknown(Box::new(OnDemand)))).boxed(),
            Some(Fault::LostAfter) => {
                let lost = |_| Err(AppendError::OutcomeUnknown(Box::new(OnDemand)));
                self.log.append(append).map(lost).boxed()
            }
        };
        let (mut may_go, conflicts) = (self.answers_may_go.subscribe(), Arc::clone(&self.conflicts));
        async move {
            may_go.wait_for(|may_go| *may_go).await.unwrap();
            let answer = answer.await;
            conflicts.fetch_add(usize::from(matches!(answer, Err(AppendError::Conflict { .. }))), Ordering::Relaxed);
            answer
        }
        .boxed()
    }

    fn load<'a>(&'a self, stream: &'a StreamId, after: u64) -> BoxFuture<'a, Result<StreamPage, LogError>> {
        if self.unreadable.load(Ordering::Relaxed) {
            return ready(Err(LogError { doing: "loading on demand", source: Box::new(OnDemand) })).boxed();
        }
        let count = |page: &Result<StreamPage, LogError>| {
            self.events_loaded.fetch_add(page.as_ref().map_or(0, |page| page.events.len()), Ordering::Relaxed);
        };
        self.log.load(stream, after).inspect(count).boxed()
    }

    fn read_all(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        self.log.read_all(after, limit)
    }

    fn head(&self) -> BoxFuture<'_, Result<Position, LogError>> {
        self.log.head()
    }

    fn wakeups(&self) -> watch::Receiver<Position> {
        self.log.wakeups()
    }
}

struct World {
    log: Arc<Faulty>,
    ids: Arc<Ids>,
    views: Arc<Views>,
    clock: Arc<dyn Clock>,
    snapshots: Arc<SqliteSnapshots>,
    directory: tempfile::TempDir,
}

impl World {
    fn new() -> Arc<Self> {
        let directory = tempfile::tempdir().unwrap();
        let log = Faulty {
            log: Arc::new(SqliteEventLog::open(&directory.path().join("events.db")).unwrap()),
            faults: Mutex::default(),
            unreadable: AtomicBool::new(false),
            answers_may_go: watch::Sender::new(true),
            conflicts: Arc::default(),
            events_loaded: AtomicUsize::new(0),
        };
        Arc::new(Self {
            log: Arc::new(log),
            ids: Arc::new(Ids(AtomicU64::new(0))),
            views: Arc::default(),
            clock: Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)),
            snapshots: Arc::new(SqliteSnapshots::open(&directory.path().join("snapshots.db")).unwrap()),
            directory,
        })
    }

    /// A process of its own, with nothing in memory.
    fn aggregates(&self) -> Arc<Aggregates> {
        let (log, ids, views) = (self.log.clone(), self.ids.clone(), self.views.clone());
        Arc::new(Aggregates::new(log, Some(self.snapshots.clone()), self.clock.clone(), ids, views))
    }

    fn context(&self) -> CommandContext {
        CommandContext::new(self.ids.uuid(), Actor::Operator { uid: 0 }, "r1", "192.0.2.1")
    }

    async fn execute(&self, aggregates: &Aggregates, command: RepositoryCommand) -> Result<(), CommandError<RepositoryError>> {
        aggregates.repositories.execute("team/web", command, &self.context()).await
    }

    /// A process in which the repository exists.
    async fn with_repository(&self) -> Arc<Aggregates> {
        let aggregates = self.aggregates();
        self.execute(&aggregates, create()).await.unwrap();
        aggregates
    }

    /// The events of the repository.
    async fn recorded(&self) -> Vec<RecordedEvent> {
        load_all(&*self.log.log, &repository(), 0).await.unwrap()
    }

    fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.log.faults.lock().unwrap().extend(faults);
    }

    fn hold_answers(&self) {
        self.log.answers_may_go.send_replace(false);
    }

    fn release_answers(&self) {
        self.log.answers_may_go.send_replace(true);
    }

    fn conflicts(&self) -> usize {
        self.log.conflicts.load(Ordering::Relaxed)
    }

    fn events_loaded(&self) -> usize {
        self.log.events_loaded.load(Ordering::Relaxed)
    }
}

fn repository() -> StreamId {
    StreamId::new("repository", "team/web")
}

fn account() -> AccountId {
    "0".repeat(32).parse().unwrap()
}

fn create() -> RepositoryCommand {
    RepositoryCommand::Create { account: account(), visibility: Visibility::Private }
}

/// Pushes a manifest of its own under a tag of its own: two events.
fn push(number: usize) -> RepositoryCommand {
    push_to(number, number)
}

fn push_to(manifest: usize, tag: usize) -> RepositoryCommand {
    let facts = ManifestFacts {
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        size_bytes: 2,
        artifact_type: None,
        config: None,
        layers: vec![],
        children: vec![],
        subject: None,
        platforms: vec![],
    };
    let digest = format!("sha256:{manifest:064x}").parse().unwrap();
    let tags = vec![format!("v{tag}").parse().unwrap()];
    RepositoryCommand::PushManifest { account: account(), digest, manifest: facts, tags }
}

/// The command cannot go on before something else happens.
async fn is_waiting(command: &mut (impl Future + Unpin)) -> bool {
    // Whatever can make progress has done so after a few rounds of a runtime with one thread.
    for _ in 0..100 {
        if futures::poll!(&mut *command).is_ready() {
            return false;
        }
        tokio::task::yield_now().await;
    }
    true
}
