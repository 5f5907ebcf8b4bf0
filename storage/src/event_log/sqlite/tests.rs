use std::path::Path;

use ambar_domain::clock::Timestamp;
use rusqlite::Connection;

use super::*;
use crate::event_log::contract::{self, Opened, append, event_log_contract, read_everything, stream};
use crate::event_log::load_all;

fn open(directory: &Path) -> SqliteEventLog {
    SqliteEventLog::open(&directory.join("log/events.db")).unwrap()
}

fn opened() -> Opened {
    let directory = tempfile::tempdir().unwrap();
    Opened { log: Arc::new(open(directory.path())), _keep: Box::new(directory) }
}

event_log_contract!(opened);

#[test]
fn the_database_refuses_to_change_or_remove_an_event() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.db");
    drop(SqliteEventLog::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let insert = |verb: &str, position: &str, sequence: u32| {
        let columns = "position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, event_id, command_id, recorded_at";
        connection.execute_batch(&format!(
            "{verb} INTO events ({columns}) VALUES ({position}, 't', 'a', {sequence}, 'e', '1', '{{}}', '{{}}', x'00', x'00', 0)"
        ))
    };
    insert("INSERT", "NULL", 1).unwrap();
    let refused = [
        connection.execute_batch("UPDATE events SET payload = '[]'"),
        connection.execute_batch("DELETE FROM events"),
        insert("INSERT OR REPLACE", "NULL", 1),
        insert("INSERT OR REPLACE", "1", 2),
        insert("INSERT", "NULL", 1),
    ];
    for refused in refused {
        assert!(refused.unwrap_err().to_string().contains("events are never"));
    }
    assert_eq!(connection.query_row("SELECT count(*) FROM events WHERE payload = '{}'", [], |row| row.get::<_, u32>(0)).unwrap(), 1);
}

#[tokio::test]
async fn a_clock_that_steps_back_a_little_is_smoothed_and_one_that_was_far_ahead_pins_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let at = |micros| Timestamp::from_timestamp_micros(micros).unwrap();
    let (minute, year) = (60_000_000, 31_536_000_000_000);
    let small_steps = [(500, 500), (400, 500), (501, 501), (501 - minute, 501)];
    let far_ahead = [(year, year), (year - minute, year), (600, 600), (550, 600), (601, 601)];
    for (number, (given, recorded)) in small_steps.into_iter().chain(far_ahead).enumerate() {
        // Opened anew each time: the last time is known after a restart as well.
        let log = open(directory.path());
        log.append(Append { recorded_at: at(given), ..append(&stream("a"), number as u64, 1) }).await.unwrap();
        assert_eq!(load_all(&log, &stream("a"), number as u64).await.unwrap()[0].recorded_at, at(recorded));
    }
}

#[tokio::test]
async fn a_restart_keeps_everything_and_goes_on_behind_it() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    for number in 0..20 {
        log.append(append(&stream(format!("s{}", number % 2)), number / 2, 1)).await.unwrap();
    }
    let before = read_everything(&log, 100).await;
    drop(log);
    let log = open(directory.path());
    assert_eq!(read_everything(&log, 100).await, before);
    assert_eq!(log.head().await.unwrap(), before[19].position);
    assert_eq!(*log.wakeups().borrow(), before[19].position);
    assert!(matches!(log.append(append(&stream("s0"), 9, 1)).await, Err(AppendError::Conflict { actual_sequence: 10 })));
    assert!(log.append(append(&stream("s0"), 10, 1)).await.unwrap().position > before[19].position);
}

#[tokio::test]
async fn a_reader_that_is_far_behind_the_newest_events_comes_to_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    for number in 0..60 {
        let large = (0..40).map(|_| contract::event("x".repeat(1_000))).collect();
        log.append(Append { events: large, ..append(&stream("a"), number * 40, 1) }).await.unwrap();
    }
    let followed = read_everything(&log, 700).await;
    assert_eq!(followed.len(), 2_400);
    assert!(log.newest.read(Position::START, 1).is_none() && log.newest.read(followed[2_300].position, 1).is_some());
    drop(log);
    assert_eq!(read_everything(&open(directory.path()), 700).await, followed);
}

#[tokio::test]
async fn closing_records_everything_that_was_taken() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    let pending: Vec<_> = (0..200).map(|number| log.append(append(&stream("a"), number, 1))).collect();
    drop(log);
    for pending in pending {
        pending.await.unwrap();
    }
    assert_eq!(read_everything(&open(directory.path()), 1_000).await.len(), 200);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_not_opened() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.db");
    drop(SqliteEventLog::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 1_000).unwrap();
    let error = SqliteEventLog::open(&path).unwrap_err();
    assert!(error.source.to_string().contains("newer version"), "{}", error.source);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.db");
    std::fs::write(&path, "not a database, but something dear to somebody".repeat(100)).unwrap();
    assert!(SqliteEventLog::open(&path).is_err());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("not a database"));
}

/// Gives the writer one batch, as its thread would.
fn record(writer: &mut Writer, appends: &[Append]) -> Vec<Result<Appended, AppendError>> {
    let (mut batch, mut answers) = (Vec::new(), Vec::new());
    for append in appends {
        let (answer, receiver) = tokio::sync::oneshot::channel();
        batch.push(Waiting { request: append.clone(), answer });
        answers.push(receiver);
    }
    writer.record(&mut batch);
    answers.into_iter().map(|mut answer| answer.try_recv().unwrap()).collect()
}

#[test]
fn a_full_disk_fails_the_whole_batch_and_nothing_else_until_there_is_space() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.db");
    drop(SqliteEventLog::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(PRAGMAS).unwrap();
    connection.pragma_update(None, "max_page_count", 100).unwrap();
    let (head, newest) = watch::channel(Position::START);
    let mut writer = Writer::new(connection, Arc::default(), head, Arc::new(Newest::new(Position::START))).unwrap();
    let readers = Readers::new(path);
    let large = |number| Append { events: vec![contract::event("x".repeat(30_000))], ..append(&stream("large"), number, 1) };

    let mut recorded = 0;
    let refused = loop {
        // The small one fits, and stands with the large one or falls with it.
        let answers = record(&mut writer, &[append(&stream("small"), recorded, 1), large(recorded)]);
        if answers.iter().any(Result::is_err) {
            break answers;
        }
        recorded += 1;
    };
    assert!(recorded > 3 && refused.iter().all(|answer| matches!(answer, Err(AppendError::Unavailable(_)))), "{refused:?}");
    let page = readers.read_all(Position::START, 1_000).unwrap();
    assert_eq!((page.events.len() as u64, page.next), (2 * recorded, *newest.borrow()));

    writer.connection.pragma_update(None, "max_page_count", 1_000).unwrap();
    let answers = record(&mut writer, &[append(&stream("small"), recorded, 1), large(recorded)]);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(readers.load(&stream("large"), 0).unwrap().events.len() as u64, recorded + 1);
}

#[tokio::test]
async fn when_the_writer_has_ended_appends_fail_instead_of_waiting_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path());
    log.queue.abandon();
    assert!(matches!(log.append(append(&stream("a"), 0, 1)).await, Err(AppendError::Unavailable(_))));
}
