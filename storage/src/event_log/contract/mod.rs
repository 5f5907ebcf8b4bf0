//! What every event log promises, as tests that any implementation runs: `event_log_contract!(open)` makes one test of each promise.
//!
//! Nothing here knows what the log is made of. `open` gives an [`Opened`] log without events.

mod order;
mod streams;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ambar_domain::clock::Timestamp;
use uuid::Uuid;

pub(crate) use self::order::*;
pub(crate) use self::streams::*;
use super::{Append, EventLog, NewEvent, PAGE_BYTES, RecordedEvent, StreamId, load_all};

/// An empty log, and what must live as long as it.
pub(crate) struct Opened {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) _keep: Box<dyn Any + Send + Sync>,
}

/// Makes a test of every promise for the log that `$open` gives.
macro_rules! event_log_contract {
    ($open:expr) => {
        $crate::event_log::contract::event_log_contract!($open;
            a_new_log_is_empty,
            events_come_back_as_they_were_recorded,
            an_append_of_several_events_is_recorded_in_order,
            an_append_of_no_events_is_refused,
            a_stream_that_has_moved_on_refuses,
            an_append_that_saw_another_event_at_its_sequence_is_a_conflict,
            a_conflict_records_nothing_of_an_append_of_several_events,
            a_conflict_harms_no_other_append,
            an_append_may_follow_one_that_is_still_under_way,
            an_append_that_follows_a_failed_one_fails_too,
            of_two_writers_with_the_same_expectation_one_wins,
            an_append_is_recorded_although_its_caller_has_gone,
            the_command_is_found_again_in_its_stream,
            streams_whose_names_look_alike_are_not_mixed,
            large_payloads_and_any_text_come_back_unchanged,
            a_stream_is_loaded_from_behind_a_sequence,
            a_page_of_large_events_ends_early_and_nothing_is_left_out,
            pages_are_exclusive_and_together_complete,
            the_head_is_the_position_of_the_newest_event,
            an_acknowledged_append_is_seen_by_every_reader,
            a_tail_reader_sees_every_event_once_and_in_order,
            a_reader_goes_on_where_it_stopped,
            appends_wake_those_who_wait,
            who_waits_from_now_on_is_not_woken_by_what_was_before,
        );
    };
    ($open:expr; $($promise:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::event_log::contract::$promise($open()).await;
            }
        )+
    };
}
pub(crate) use event_log_contract;

/// A UUID that no other call gives.
pub(crate) fn unique() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0);
    Uuid::from_u128(0x7000_8000_0000_0000_0000 + u128::from(LAST.fetch_add(1, Ordering::Relaxed)))
}

/// An event with this payload.
pub(crate) fn event(payload: impl Into<String>) -> NewEvent {
    NewEvent { event_id: unique(), event_type: "thing.happened".into(), event_version: 1, payload: payload.into() }
}

/// An append of `count` events.
pub(crate) fn append(stream: &StreamId, expected_sequence: u64, count: usize) -> Append {
    Append {
        stream: stream.clone(),
        expected_sequence,
        expected_event: None,
        events: (0..count).map(|number| event(format!(r#"{{"number":{number}}}"#))).collect(),
        command_id: unique(),
        metadata: r#"{"actor":"somebody"}"#.to_owned(),
        recorded_at: Timestamp::from_timestamp_micros(1_750_000_000_123_456).unwrap(),
    }
}

/// A stream of the type that these tests write.
pub(crate) fn stream(id: impl Into<String>) -> StreamId {
    StreamId::new("thing", id)
}

/// Everything in the log, read in pages of `limit`.
pub(crate) async fn read_everything(log: &dyn EventLog, limit: usize) -> Vec<RecordedEvent> {
    let (mut events, mut after) = (Vec::new(), super::Position::START);
    loop {
        let page = log.read_all(after, limit).await.unwrap();
        events.extend(page.events);
        after = page.next;
        if page.at_head {
            return events;
        }
    }
}
