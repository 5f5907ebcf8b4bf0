//! The promises about the global order: pages, tail readers, wake-ups.

use futures::FutureExt;

use super::*;
use crate::event_log::Position;

pub(crate) async fn pages_are_exclusive_and_together_complete(opened: Opened) {
    let log = opened.log;
    for number in 0..25 {
        log.append(append(&stream(format!("s{}", number % 3)), number / 3 * 2, 2)).await.unwrap();
    }
    let whole = read_everything(&*log, 1_000).await;
    assert_eq!(whole.len(), 50);
    assert!(whole.is_sorted_by(|a, b| a.position < b.position));
    for limit in [1, 7, 49, 50, 51] {
        assert_eq!(read_everything(&*log, limit).await, whole, "pages of {limit}");
    }
    let page = log.read_all(whole[9].position, 10).await.unwrap();
    assert_eq!((page.events.as_slice(), page.next, page.at_head), (&whole[10..20], whole[19].position, false));
    let last = log.read_all(whole[39].position, 10).await.unwrap();
    assert!(last.at_head, "a full page that ends at the head says so");
    let behind = log.read_all(whole[49].position, 10).await.unwrap();
    assert!(behind.events.is_empty() && behind.at_head && behind.next == whole[49].position);
}

pub(crate) async fn the_head_is_the_position_of_the_newest_event(opened: Opened) {
    let log = opened.log;
    for number in 0..5 {
        let appended = log.append(append(&stream("a"), number * 2, 2)).await.unwrap();
        assert_eq!(log.head().await.unwrap(), appended.position);
    }
    let head = log.head().await.unwrap();
    log.append(append(&stream("a"), 0, 1)).await.unwrap_err();
    assert_eq!(log.head().await.unwrap(), head, "a conflict moves nothing");
}

pub(crate) async fn an_acknowledged_append_is_seen_by_every_reader(opened: Opened) {
    let writers = (0..8).map(|writer| {
        let log = opened.log.clone();
        tokio::spawn(async move {
            for number in 0..50 {
                let stream = stream(format!("w{writer}"));
                let appended = log.append(append(&stream, number, 1)).await.unwrap();
                assert!(log.head().await.unwrap() >= appended.position);
                assert_eq!(load_all(&*log, &stream, 0).await.unwrap().last().unwrap().position, appended.position);
                let page = log.read_all(Position::START, usize::MAX).await.unwrap();
                assert!(page.events.iter().any(|event| event.position == appended.position));
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

/// Writers that race for streams, fail and send several events at once, while a reader follows the head.
pub(crate) async fn a_tail_reader_sees_every_event_once_and_in_order(opened: Opened) {
    const WRITERS: usize = 16;
    let writers: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(write_and_lose_races(opened.log.clone(), writer))).collect();
    let reader = tokio::spawn(follow(opened.log.clone(), WRITERS));
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    for done in 0..WRITERS {
        opened.log.append(append(&stream(format!("done{done}")), 0, 1)).await.unwrap();
    }
    let seen = reader.await.unwrap();
    assert!(seen.is_sorted_by(|a, b| a.position < b.position));
    assert_eq!(seen, read_everything(&*opened.log, 1_000).await);
    let found: std::collections::HashSet<_> = seen.iter().map(|event| event.event_id).collect();
    assert!(acknowledged.iter().all(|event_id| found.contains(event_id)));
    assert_eq!(found.len(), acknowledged.len() + WRITERS, "no event that was refused is in the log");
    let mut sequences = std::collections::HashMap::new();
    for event in &seen {
        let last = sequences.insert(event.stream.clone(), event.sequence).unwrap_or(0);
        assert_eq!(event.sequence, last + 1, "{:?}", event.stream);
    }
}

async fn write_and_lose_races(log: Arc<dyn EventLog>, writer: usize) -> Vec<Uuid> {
    let mut acknowledged = Vec::new();
    for number in 0..100 {
        let shared = stream(format!("shared{}", (writer + number) % 3));
        let expected = load_all(&*log, &shared, 0).await.unwrap().len() as u64;
        let racing = append(&shared, expected, 1 + number % 3);
        let own = append(&stream(format!("own{writer}")), number as u64, 1);
        let ids = |append: &Append| append.events.iter().map(|event| event.event_id).collect::<Vec<_>>();
        let (racing_ids, own_ids) = (ids(&racing), ids(&own));
        let (raced, owned) = tokio::join!(log.append(racing), log.append(own));
        owned.unwrap();
        acknowledged.extend(own_ids);
        if raced.is_ok() {
            acknowledged.extend(racing_ids);
        }
    }
    acknowledged
}

/// Reads small pages until it has seen the last event of every stream called `done…`.
async fn follow(log: Arc<dyn EventLog>, until: usize) -> Vec<RecordedEvent> {
    let mut wakeups = log.wakeups();
    let (mut seen, mut after, mut done) = (Vec::new(), Position::START, 0);
    while done < until {
        wakeups.borrow_and_update();
        let page = log.read_all(after, 13).await.unwrap();
        after = page.next;
        done += page.events.iter().filter(|event| event.stream.aggregate_id.starts_with("done")).count();
        seen.extend(page.events);
        if page.at_head && done < until {
            wakeups.changed().await.unwrap();
        }
    }
    seen
}

pub(crate) async fn a_reader_goes_on_where_it_stopped(opened: Opened) {
    let log = opened.log;
    log.append(append(&stream("a"), 0, 3)).await.unwrap();
    let checkpoint = log.read_all(Position::START, 2).await.unwrap().next.to_string();
    log.append(append(&stream("b"), 0, 1)).await.unwrap();
    let page = log.read_all(checkpoint.parse().unwrap(), 10).await.unwrap();
    let read: Vec<_> = page.events.iter().map(|event| (event.stream.aggregate_id.as_str(), event.sequence)).collect();
    assert_eq!(read, [("a", 3), ("b", 1)]);
}

pub(crate) async fn appends_wake_those_who_wait(opened: Opened) {
    let log = opened.log;
    let mut wakeups = log.wakeups();
    for number in 0..10 {
        wakeups.borrow_and_update();
        let (woken, appended) = tokio::join!(wakeups.changed(), log.append(append(&stream("a"), number, 1)));
        woken.unwrap();
        assert!(log.head().await.unwrap() >= appended.unwrap().position);
    }
}

pub(crate) async fn who_waits_from_now_on_is_not_woken_by_what_was_before(opened: Opened) {
    let log = opened.log;
    log.append(append(&stream("a"), 0, 1)).await.unwrap();
    let mut wakeups = log.wakeups();
    assert!(wakeups.changed().now_or_never().is_none());
}
