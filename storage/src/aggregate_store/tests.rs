use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ambar_domain::clock::{Clock, Timestamp};
use ambar_domain::ids::IdSource;
use ambar_domain::level::Visibility;
use ambar_domain::manifest::ManifestFacts;
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::*;
use crate::event_log::sqlite::SqliteEventLog;
use crate::event_log::{EventLog, Position, StreamId};

struct Ids(AtomicU64);

impl IdSource for Ids {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

struct NoViews;

impl Committed for NoViews {
    fn passed(&self, _: Position) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

struct World {
    log: Arc<dyn EventLog>,
    ids: Arc<dyn IdSource>,
    snapshots: Arc<SqliteSnapshots>,
    _directory: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = Arc::new(SqliteEventLog::open(&directory.path().join("events.db")).unwrap());
        let snapshots = Arc::new(SqliteSnapshots::open(&directory.path().join("snapshots.db")).unwrap());
        Self { log, ids: Arc::new(Ids(AtomicU64::new(0))), snapshots, _directory: directory }
    }

    fn aggregates(&self) -> Aggregates {
        Aggregates::new(self.log.clone(), Some(self.snapshots.clone()), Arc::new(Stopped), self.ids.clone(), Arc::new(NoViews))
    }

    fn context(&self) -> CommandContext {
        CommandContext {
            command_id: self.ids.uuid(),
            actor: None,
            on_behalf_of: None,
            access_key: None,
            request_id: Some("r1".to_owned()),
            source_address: None,
            causation_id: None,
            correlation_id: None,
        }
    }

    async fn sequences(&self, repository: &str) -> Vec<u64> {
        let events = self.log.load(&StreamId::new("repository", repository), 0).await.unwrap();
        events.iter().map(|event| event.sequence).collect()
    }
}

fn create() -> RepositoryCommand {
    RepositoryCommand::Create { account: "0".repeat(32).parse().unwrap(), visibility: Visibility::Private }
}

fn push(number: usize) -> RepositoryCommand {
    let manifest = ManifestFacts {
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        size_bytes: 2,
        artifact_type: None,
        config: None,
        layers: vec![],
        children: vec![],
        subject: None,
        platforms: vec![],
    };
    let digest = format!("sha256:{number:064x}").parse().unwrap();
    RepositoryCommand::PushManifest { digest, manifest, tags: vec![format!("v{number}").parse().unwrap()] }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_commands_on_one_aggregate_all_land_one_after_the_other() {
    let world = Arc::new(World::new());
    let aggregates = Arc::new(world.aggregates());
    aggregates.repositories.execute("team/web", create(), &world.context()).await.unwrap();
    let pushes = (0..64).map(|number| {
        let (world, aggregates) = (world.clone(), aggregates.clone());
        tokio::spawn(async move { aggregates.repositories.execute("team/web", push(number), &world.context()).await })
    });
    for pushed in futures::future::join_all(pushes).await {
        pushed.unwrap().unwrap();
    }
    assert_eq!(world.sequences("team/web").await, (1..=129).collect::<Vec<_>>());
}

#[tokio::test]
async fn two_processes_on_one_stream_lose_nothing() {
    let world = World::new();
    let (one, other) = (world.aggregates(), world.aggregates());
    one.repositories.execute("team/web", create(), &world.context()).await.unwrap();
    for number in 0..8 {
        let aggregates = if number % 2 == 0 { &one } else { &other };
        aggregates.repositories.execute("team/web", push(number), &world.context()).await.unwrap();
    }
    assert_eq!(world.sequences("team/web").await, (1..=17).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_refused_command_records_nothing_and_the_next_one_works() {
    let world = World::new();
    let aggregates = world.aggregates();
    let refused = aggregates.repositories.execute("team/web", push(1), &world.context()).await;
    assert!(matches!(refused, Err(CommandError::Refused(RepositoryError::NotFound))));
    aggregates.repositories.execute("team/web", create(), &world.context()).await.unwrap();
    aggregates.repositories.execute("team/web", push(1), &world.context()).await.unwrap();
    aggregates.repositories.execute("team/web", push(1), &world.context()).await.unwrap();
    assert_eq!(world.sequences("team/web").await, [1, 2, 3]);
}

#[tokio::test]
async fn events_carry_who_gave_the_command_and_nothing_of_the_way_it_took() {
    let world = World::new();
    world.aggregates().repositories.execute("team/web", create(), &world.context()).await.unwrap();
    let events = world.log.load(&StreamId::new("repository", "team/web"), 0).await.unwrap();
    assert_eq!(events[0].metadata, r#"{"request_id":"r1"}"#);
}

#[tokio::test]
async fn a_long_stream_is_loaded_from_its_snapshot_and_a_broken_one_is_ignored() {
    let world = World::new();
    let aggregates = world.aggregates();
    aggregates.repositories.execute("team/web", create(), &world.context()).await.unwrap();
    for number in 0..600 {
        aggregates.repositories.execute("team/web", push(number), &world.context()).await.unwrap();
    }
    let stream = StreamId::new("repository", "team/web");
    world.aggregates().repositories.execute("team/web", push(0), &world.context()).await.unwrap();
    let snapshot = loop {
        match world.snapshots.load(&stream, 1).unwrap() {
            Some(snapshot) => break snapshot,
            None => tokio::task::yield_now().await,
        }
    };
    assert_eq!(snapshot.sequence, 1201);
    // From the snapshot: pushing what is there is no event.
    world.aggregates().repositories.execute("team/web", push(599), &world.context()).await.unwrap();
    world.snapshots.save(&stream, 1, &Snapshot { state: b"{".to_vec(), ..snapshot }).unwrap();
    world.aggregates().repositories.execute("team/web", push(600), &world.context()).await.unwrap();
    assert_eq!(world.sequences("team/web").await.len(), 1203);
    assert!(world.snapshots.load(&stream, 2).unwrap().is_none());
}
