use super::*;
use crate::aggregate_store::cold::SNAPSHOT_VERSION;

/// A repository with 1201 events, and the snapshot that the first cold load after it leaves.
async fn with_snapshot(world: &World) -> Snapshot {
    let aggregates = world.with_repository().await;
    let pushed = futures::future::join_all((0..600).map(|number| world.execute(&aggregates, push(number)))).await;
    assert!(pushed.iter().all(Result::is_ok));
    world.execute(&world.aggregates(), push(0)).await.unwrap();
    assert_eq!(world.events_loaded(), 1201);
    saved(world, 1201).await
}

/// Waits for the snapshot at this sequence, which is saved off the command path.
async fn saved(world: &World, sequence: u64) -> Snapshot {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        assert!(std::time::Instant::now() < deadline, "no snapshot at {sequence}");
        match world.snapshots.load(&repository(), SNAPSHOT_VERSION).unwrap() {
            Some(snapshot) if snapshot.sequence == sequence => return snapshot,
            _ => tokio::task::yield_now().await,
        }
    }
}

#[tokio::test]
async fn a_long_stream_is_loaded_from_its_snapshot() {
    let world = World::new();
    with_snapshot(&world).await;
    let loaded = world.events_loaded();
    let aggregates = world.aggregates();
    world.execute(&aggregates, push(599)).await.unwrap();
    assert_eq!(world.events_loaded(), loaded + 1, "the snapshot's own last event is looked at again");
    assert_eq!(world.recorded().await.len(), 1201, "what is so already is no event");
    world.execute(&aggregates, push(600)).await.unwrap();
    assert_eq!(world.recorded().await.len(), 1203);
    let loaded = world.events_loaded();
    world.execute(&world.aggregates(), push(600)).await.unwrap();
    assert_eq!(world.events_loaded(), loaded + 3, "and what came behind it");
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_parsed_is_ignored_and_replaced() {
    let world = World::new();
    let snapshot = with_snapshot(&world).await;
    world.snapshots.save(&repository(), SNAPSHOT_VERSION, &Snapshot { state: b"{".to_vec(), ..snapshot.clone() }).unwrap();
    world.execute(&world.aggregates(), push(599)).await.unwrap();
    assert_eq!(world.recorded().await.len(), 1201);
    while saved(&world, 1201).await != snapshot {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_snapshot_of_another_version_is_ignored_and_replaced() {
    let world = World::new();
    let snapshot = with_snapshot(&world).await;
    world.snapshots.save(&repository(), SNAPSHOT_VERSION + 1, &Snapshot { state: b"{}".to_vec(), ..snapshot.clone() }).unwrap();
    assert_eq!(world.snapshots.load(&repository(), SNAPSHOT_VERSION).unwrap(), None);
    world.execute(&world.aggregates(), push(599)).await.unwrap();
    assert_eq!(world.recorded().await.len(), 1201);
    assert_eq!(saved(&world, 1201).await, snapshot);
    assert_eq!(world.snapshots.load(&repository(), SNAPSHOT_VERSION + 1).unwrap(), None);
}

/// The log was put back from an older copy, say, and has gone another way since.
#[tokio::test]
async fn a_snapshot_of_another_history_is_ignored_and_replaced() {
    let world = World::new();
    let snapshot = with_snapshot(&world).await;
    let lies = [
        Snapshot { last_event: Uuid::from_u128(u128::MAX), state: b"null".to_vec(), ..snapshot.clone() },
        Snapshot { sequence: 5_000, state: b"null".to_vec(), ..snapshot.clone() },
        Snapshot { sequence: 0, state: b"null".to_vec(), ..snapshot },
    ];
    for lie in lies {
        world.snapshots.save(&repository(), SNAPSHOT_VERSION, &lie).unwrap();
        world.execute(&world.aggregates(), push(599)).await.unwrap();
        assert_eq!(world.recorded().await.len(), 1201);
    }
}

#[tokio::test]
async fn a_snapshot_file_that_is_damaged_is_made_anew() {
    let world = World::new();
    let path = world.directory.path().join("damaged.db");
    std::fs::write(&path, "no database at all".repeat(1_000)).unwrap();
    let snapshots = SqliteSnapshots::open(&path).unwrap();
    assert_eq!(snapshots.load(&repository(), SNAPSHOT_VERSION).unwrap(), None);
    let snapshot = Snapshot { sequence: 1, last_event: Uuid::from_u128(1), state: vec![1] };
    snapshots.save(&repository(), SNAPSHOT_VERSION, &snapshot).unwrap();
    assert_eq!(SqliteSnapshots::open(&path).unwrap().load(&repository(), SNAPSHOT_VERSION).unwrap(), Some(snapshot));
}
