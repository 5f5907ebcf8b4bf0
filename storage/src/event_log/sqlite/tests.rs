use std::sync::Arc;

use ambar_domain::clock::Timestamp;
use uuid::Uuid;

use super::SqliteEventLog;
use crate::event_log::{Append, AppendError, EventLog, NewEvent, Position, StreamId};

struct Log {
    log: Arc<SqliteEventLog>,
    directory: tempfile::TempDir,
}

fn open() -> Log {
    let directory = tempfile::tempdir().unwrap();
    let log = Arc::new(SqliteEventLog::open(&directory.path().join("events.db")).unwrap());
    Log { log, directory }
}

/// `count` events for the stream `id`, written by `command`.
fn append(id: &str, expected_sequence: u64, count: u128, command: u128) -> Append {
    let event = |number| NewEvent {
        event_id: Uuid::from_u128(command * 1000 + number),
        event_type: "blob.stored".into(),
        event_version: 1,
        payload: format!(r#"{{"type":"blob.stored","name":"ü{number}"}}"#),
    };
    Append {
        stream: StreamId::new("blob", id),
        expected_sequence,
        expected_event: None,
        events: (0..count).map(event).collect(),
        command_id: Uuid::from_u128(command),
        metadata: "{}".to_owned(),
        recorded_at: Timestamp::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn events_are_read_back_as_they_were_recorded_in_one_order() {
    let Log { log, directory: _directory } = open();
    assert_eq!(log.head().await.unwrap(), Position::START);
    let first = log.append(append("a", 0, 2, 1)).await.unwrap();
    let second = log.append(append("b", 0, 1, 2)).await.unwrap();
    assert!(first.position < second.position);
    assert_eq!((first.last_sequence, log.head().await.unwrap()), (2, second.position));
    let page = log.read_all(Position::START, 10).await.unwrap();
    let read: Vec<_> = page.events.iter().map(|event| (event.stream.aggregate_id.as_str(), event.sequence)).collect();
    assert_eq!(read, [("a", 1), ("a", 2), ("b", 1)]);
    assert!(page.at_head && page.next == second.position);
    assert_eq!(page.events[1].payload, r#"{"type":"blob.stored","name":"ü1"}"#);
    assert_eq!(log.load(&StreamId::new("blob", "a"), 1).await.unwrap(), page.events[1..2]);
    assert!(log.load(&StreamId::new("blob", "c"), 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn pages_begin_behind_the_position_and_end_at_the_limit() {
    let Log { log, directory: _directory } = open();
    log.append(append("a", 0, 5, 1)).await.unwrap();
    let mut after = Position::START;
    let mut read = Vec::new();
    loop {
        let page = log.read_all(after, 2).await.unwrap();
        if page.events.is_empty() {
            assert!(page.at_head && page.next == after);
            break;
        }
        assert!(page.events.len() <= 2);
        after = page.next;
        read.extend(page.events.into_iter().map(|event| event.sequence));
    }
    assert_eq!(read, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_conflict_records_nothing_and_harms_no_neighbour() {
    let Log { log, directory: _directory } = open();
    let (first, conflict, neighbour) =
        (log.append(append("a", 0, 1, 1)), log.append(append("a", 0, 2, 2)), log.append(append("b", 0, 1, 3)));
    let (first, conflict, neighbour) = tokio::join!(first, conflict, neighbour);
    assert_eq!((first.unwrap().last_sequence, neighbour.unwrap().last_sequence), (1, 1));
    assert!(matches!(conflict, Err(AppendError::Conflict { actual_sequence: 1 })), "{conflict:?}");
    assert!(matches!(log.append(append("a", 3, 1, 4)).await, Err(AppendError::Conflict { actual_sequence: 1 })));
    assert_eq!(log.read_all(Position::START, 10).await.unwrap().events.len(), 2);
}

#[tokio::test]
async fn an_append_may_follow_one_that_is_not_durable_yet() {
    let Log { log, directory: _directory } = open();
    let appends: Vec<_> = (0..50).map(|number| log.append(append("a", number, 1, u128::from(number) + 1))).collect();
    for appended in futures::future::join_all(appends).await {
        appended.unwrap();
    }
    assert_eq!(log.load(&StreamId::new("blob", "a"), 0).await.unwrap().len(), 50);
}

#[tokio::test]
async fn who_follows_an_event_that_never_came_to_be_meets_a_conflict() {
    let Log { log, directory: _directory } = open();
    log.append(append("a", 0, 1, 1)).await.unwrap();
    let follow = |event| Append { expected_event: Some(Uuid::from_u128(event)), ..append("a", 1, 1, 2) };
    assert!(matches!(log.append(follow(7)).await, Err(AppendError::Conflict { .. })));
    log.append(follow(1000)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_behind_many_writers_sees_every_event_once_and_in_order() {
    let Log { log, directory: _directory } = open();
    let writers: Vec<_> = (0..8_u128)
        .map(|writer| {
            let log = log.clone();
            tokio::spawn(async move {
                for number in 0..50 {
                    log.append(append(&format!("s{writer}"), number, 1, writer * 100 + u128::from(number) + 1)).await.unwrap();
                }
            })
        })
        .collect();
    let mut wakeups = log.wakeups();
    let (mut after, mut seen) = (Position::START, Vec::new());
    while seen.len() < 400 {
        wakeups.borrow_and_update();
        let page = log.read_all(after, 64).await.unwrap();
        if page.events.is_empty() {
            wakeups.changed().await.unwrap();
        }
        after = page.next;
        seen.extend(page.events.into_iter().map(|event| (event.stream.aggregate_id, event.sequence)));
    }
    futures::future::join_all(writers).await;
    for writer in 0..8 {
        let own: Vec<_> = seen.iter().filter(|(id, _)| *id == format!("s{writer}")).map(|(_, sequence)| *sequence).collect();
        assert_eq!(own, (1..=50).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn everything_is_there_after_a_restart_and_the_order_goes_on() {
    let Log { log, directory } = open();
    let before = log.append(append("a", 0, 3, 1)).await.unwrap();
    drop(log);
    let log = SqliteEventLog::open(&directory.path().join("events.db")).unwrap();
    assert_eq!(log.head().await.unwrap(), before.position);
    let after = log.append(append("a", 3, 1, 2)).await.unwrap();
    assert!(after.position > before.position);
    let found = log.load(&StreamId::new("blob", "a"), 0).await.unwrap();
    assert_eq!(found.iter().map(|event| event.command_id.as_u128()).collect::<Vec<_>>(), [1, 1, 1, 2]);
}

#[tokio::test]
async fn the_database_refuses_to_change_or_remove_an_event() {
    let Log { log, directory } = open();
    log.append(append("a", 0, 1, 1)).await.unwrap();
    let connection = rusqlite::Connection::open(directory.path().join("events.db")).unwrap();
    for sql in ["UPDATE events SET payload = '{}'", "DELETE FROM events"] {
        assert!(connection.execute(sql, []).is_err(), "{sql}");
    }
}

#[tokio::test]
async fn times_never_go_back_in_the_order_of_positions() {
    let Log { log, directory: _directory } = open();
    let late = Append { recorded_at: Timestamp::UNIX_EPOCH + chrono::Duration::seconds(9), ..append("a", 0, 1, 1) };
    log.append(late).await.unwrap();
    log.append(append("b", 0, 1, 2)).await.unwrap();
    let events = log.read_all(Position::START, 10).await.unwrap().events;
    assert!(events[1].recorded_at >= events[0].recorded_at);
}
