//! The promises about one stream: conflicts, all or nothing, appends that follow each other.

use super::*;
use crate::event_log::{AppendError, Position};

pub(crate) async fn a_new_log_is_empty(opened: Opened) {
    let log = opened.log;
    assert_eq!(log.head().await.unwrap(), Position::START);
    assert_eq!(*log.wakeups().borrow(), Position::START);
    assert!(load_all(&*log, &stream("a"), 0).await.unwrap().is_empty());
    let page = log.read_all(Position::START, 10).await.unwrap();
    assert!(page.events.is_empty() && page.at_head && page.next == Position::START);
}

pub(crate) async fn events_come_back_as_they_were_recorded(opened: Opened) {
    let log = opened.log;
    let mut given = append(&stream("team/web"), 0, 1);
    given.events[0].event_version = 12;
    let appended = log.append(given.clone()).await.unwrap();
    assert_eq!(appended.last_sequence, 1);
    let expected = RecordedEvent {
        position: appended.position,
        stream: given.stream.clone(),
        sequence: 1,
        event_id: given.events[0].event_id,
        command_id: given.command_id,
        event_type: given.events[0].event_type.to_string(),
        event_version: 12,
        payload: given.events[0].payload.clone(),
        metadata: given.metadata,
        recorded_at: given.recorded_at,
    };
    assert_eq!(load_all(&*log, &given.stream, 0).await.unwrap(), std::slice::from_ref(&expected));
    assert_eq!(log.read_all(Position::START, 10).await.unwrap().events, [expected]);
}

pub(crate) async fn an_append_of_several_events_is_recorded_in_order(opened: Opened) {
    let log = opened.log;
    let given = append(&stream("a"), 0, 5);
    let appended = log.append(given.clone()).await.unwrap();
    let events = load_all(&*log, &given.stream, 0).await.unwrap();
    assert_eq!(events.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(events.is_sorted_by(|a, b| a.position < b.position));
    assert!(events.iter().zip(&given.events).all(|(recorded, new)| recorded.event_id == new.event_id));
    assert!(events.iter().all(|event| event.command_id == given.command_id));
    assert_eq!((appended.last_sequence, appended.position), (5, events[4].position));
}

pub(crate) async fn an_append_of_no_events_is_refused(opened: Opened) {
    let refused = opened.log.append(append(&stream("a"), 0, 0)).await;
    assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
}

pub(crate) async fn a_stream_that_has_moved_on_refuses(opened: Opened) {
    let log = opened.log;
    let stream = stream("a");
    log.append(append(&stream, 0, 2)).await.unwrap();
    for expected in [0, 1, 3, u64::MAX] {
        let refused = log.append(append(&stream, expected, 1)).await;
        assert!(matches!(refused, Err(AppendError::Conflict { actual_sequence: 2 })), "{expected}: {refused:?}");
    }
    log.append(append(&stream, 2, 1)).await.unwrap();
}

pub(crate) async fn an_append_that_saw_another_event_at_its_sequence_is_a_conflict(opened: Opened) {
    let log = opened.log;
    let first = append(&stream("a"), 0, 1);
    log.append(first.clone()).await.unwrap();
    let seen = |event_id| Append { expected_event: Some(event_id), ..append(&first.stream, 1, 1) };
    let refused = log.append(seen(unique())).await;
    assert!(matches!(refused, Err(AppendError::Conflict { actual_sequence: 1 })), "{refused:?}");
    log.append(seen(first.events[0].event_id)).await.unwrap();
}

pub(crate) async fn a_conflict_records_nothing_of_an_append_of_several_events(opened: Opened) {
    let log = opened.log;
    let stream = stream("a");
    log.append(append(&stream, 0, 2)).await.unwrap();
    log.append(append(&stream, 1, 3)).await.unwrap_err();
    assert_eq!(load_all(&*log, &stream, 0).await.unwrap().len(), 2);
    assert_eq!(read_everything(&*log, 10).await.len(), 2);
}

pub(crate) async fn a_conflict_harms_no_other_append(opened: Opened) {
    let log = opened.log;
    // All are enqueued before the first is answered: an implementation that batches has conflicts in the middle of a batch.
    let pending: Vec<_> =
        (0..40).map(|number| log.append(append(&stream(format!("s{number}")), u64::from(number % 4 == 3), 1 + number % 3))).collect();
    for (number, pending) in pending.into_iter().enumerate() {
        match pending.await {
            Ok(appended) => assert_eq!((number % 4 == 3, appended.last_sequence), (false, 1 + number as u64 % 3)),
            Err(error) => assert!(number % 4 == 3 && matches!(error, AppendError::Conflict { actual_sequence: 0 }), "{number}: {error}"),
        }
        let recorded = load_all(&*log, &stream(format!("s{number}")), 0).await.unwrap().len();
        assert_eq!(recorded, if number % 4 == 3 { 0 } else { 1 + number % 3 });
    }
}

pub(crate) async fn an_append_may_follow_one_that_is_still_under_way(opened: Opened) {
    let log = opened.log;
    let mut last = None;
    let mut pending = Vec::new();
    for number in 0..100 {
        let next = Append { expected_event: last, ..append(&stream("a"), number, 1) };
        last = Some(next.events[0].event_id);
        pending.push(log.append(next));
    }
    for (number, pending) in pending.into_iter().enumerate() {
        assert_eq!(pending.await.unwrap().last_sequence, number as u64 + 1);
    }
}

pub(crate) async fn an_append_that_follows_a_failed_one_fails_too(opened: Opened) {
    let log = opened.log;
    let stream = stream("a");
    // Somebody else is first, so that the failed append's sequence is taken, and by another event.
    let other = log.append(append(&stream, 0, 1));
    let failing = append(&stream, 0, 1);
    let following = Append { expected_event: Some(failing.events[0].event_id), ..append(&stream, 1, 1) };
    let (failing, following) = (log.append(failing), log.append(following));
    other.await.unwrap();
    assert!(matches!(failing.await, Err(AppendError::Conflict { .. })));
    assert!(matches!(following.await, Err(AppendError::Conflict { actual_sequence: 1 })));
    assert_eq!(load_all(&*log, &stream, 0).await.unwrap().len(), 1);
}

pub(crate) async fn of_two_writers_with_the_same_expectation_one_wins(opened: Opened) {
    let log = opened.log;
    for expected in 0..50 {
        let (one, other) = tokio::join!(log.append(append(&stream("a"), expected, 1)), log.append(append(&stream("a"), expected, 1)));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
    }
    assert_eq!(load_all(&*log, &stream("a"), 0).await.unwrap().len(), 50);
}

pub(crate) async fn an_append_is_recorded_although_its_caller_has_gone(opened: Opened) {
    let log = opened.log;
    drop(log.append(append(&stream("a"), 0, 1)));
    let next = log.append(append(&stream("a"), 1, 1)).await;
    assert_eq!(next.unwrap().last_sequence, 2);
}

pub(crate) async fn the_command_is_found_again_in_its_stream(opened: Opened) {
    let log = opened.log;
    let lost = append(&stream("a"), 1, 2);
    log.append(append(&stream("a"), 0, 1)).await.unwrap();
    let appended = log.append(lost.clone()).await.unwrap();
    log.append(append(&stream("a"), 3, 1)).await.unwrap();
    let events = load_all(&*log, &lost.stream, lost.expected_sequence).await.unwrap();
    let found = events.iter().rfind(|event| event.command_id == lost.command_id).unwrap();
    assert_eq!((found.sequence, found.position), (appended.last_sequence, appended.position));
}

pub(crate) async fn streams_whose_names_look_alike_are_not_mixed(opened: Opened) {
    let log = opened.log;
    let names = [
        ("thing", "a"),
        ("thing", "A"),
        ("thing", "a "),
        ("thing", ""),
        ("thing", "a/b"),
        ("thing-a", "b"),
        ("thing", "ä"),
        ("thing", "a\u{308}"),
    ];
    for (aggregate_type, id) in names {
        log.append(append(&StreamId::new(aggregate_type, id), 0, 1)).await.unwrap();
    }
    for (aggregate_type, id) in names {
        let stream = StreamId::new(aggregate_type, id);
        let events = load_all(&*log, &stream, 0).await.unwrap();
        assert!(events.len() == 1 && events[0].stream == stream, "{stream:?}: {events:?}");
    }
}

pub(crate) async fn large_payloads_and_any_text_come_back_unchanged(opened: Opened) {
    let log = opened.log;
    let texts = [
        "x".repeat(3 << 20),
        "Бернштейн 琥珀 🟠 \u{10FFFF} e\u{301}".to_owned(),
        r#"quotes ' " \ and %s ?1 $1"#.to_owned(),
        "\u{1}\t\r\n".to_owned(),
    ];
    let id = |text: &str| text.chars().take(200).collect::<String>();
    for (number, text) in texts.iter().enumerate() {
        let payload = serde_json::json!({ "text": text }).to_string();
        let given = Append { events: vec![event(payload.clone())], metadata: payload.clone(), ..append(&stream(id(text)), 0, 1) };
        log.append(given).await.unwrap();
        let events = load_all(&*log, &stream(id(text)), 0).await.unwrap();
        assert_eq!((&events[0].payload, &events[0].metadata), (&payload, &payload), "text {number}");
        assert_eq!(events[0].stream.aggregate_id, id(text));
    }
}

pub(crate) async fn a_page_of_large_events_ends_early_and_nothing_is_left_out(opened: Opened) {
    let log = opened.log;
    let payload = serde_json::json!({ "text": "x".repeat(PAGE_BYTES / 4) }).to_string();
    for number in 0..10 {
        let large = Append { events: vec![event(payload.clone())], ..append(&stream("a"), number, 1) };
        log.append(large).await.unwrap();
    }
    let page = log.load(&stream("a"), 0).await.unwrap();
    assert!(page.events.len() < 10 && !page.at_end);
    let all = log.read_all(Position::START, 1_000).await.unwrap();
    assert!(all.events.len() < 10 && !all.at_head);
    let sequences: Vec<_> = load_all(&*log, &stream("a"), 0).await.unwrap().iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=10).collect::<Vec<_>>());
    assert_eq!(super::read_everything(&*log, 1_000).await.len(), 10);
}

pub(crate) async fn a_stream_is_loaded_from_behind_a_sequence(opened: Opened) {
    let log = opened.log;
    log.append(append(&stream("a"), 0, 5)).await.unwrap();
    for (after, expected) in [(0, 5), (3, 2), (5, 0), (6, 0), (u64::MAX, 0)] {
        assert_eq!(load_all(&*log, &stream("a"), after).await.unwrap().len(), expected, "behind {after}");
    }
}
