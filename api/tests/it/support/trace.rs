//! What a call must leave behind: whoever changes something is named by every event of it (requirement E1), and nothing else is recorded.

use ambar_domain::ids::AccountId;
use ambar_storage::event_log::Position;
use serde_json::Value;

use super::{Answer, Ask, Login, TestRegistry};

/// A call, from before it is sent.
pub(crate) struct Trace<'a> {
    registry: &'a TestRegistry,
    before: Position,
    request_id: String,
    address: String,
}

impl TestRegistry {
    /// Begins to watch a call. Callers of different numbers come from different addresses.
    pub(crate) async fn trace(&self, caller: usize) -> Trace<'_> {
        let before = self.head_of_log().await;
        Trace { registry: self, before, request_id: format!("request-{}", before.0), address: format!("192.0.2.{}", caller + 1) }
    }
}

impl Trace<'_> {
    /// Marks the call, so that its events can be told from others.
    pub(crate) fn mark(&self, ask: Ask) -> Ask {
        ask.from(&self.address).header("x-request-id", &self.request_id)
    }

    /// Whether the answer is that something was changed.
    pub(crate) fn is_change(method: &str, answer: &Answer) -> bool {
        answer.status.is_success() && !matches!(method, "GET" | "HEAD")
    }

    /// Fails unless every event since says who it was, what proved it, whence and in which request; and unless there is one if and only if
    /// something was changed.
    pub(crate) async fn require(&self, is_change: bool, by: Option<&Login>, on_behalf_of: Option<&AccountId>, what: &str) {
        let events = self.registry.metadata_since(self.before).await;
        assert_eq!(!events.is_empty(), is_change, "{what} recorded {events:?}");
        let Some(by) = by else { return assert!(events.is_empty(), "{what} recorded {events:?}") };
        let expected = [
            ("actor", Some(by.user.as_str())),
            ("access_key", Some(by.key.access_key.as_str())),
            ("source_address", Some(self.address.as_str())),
            ("request_id", Some(self.request_id.as_str())),
            ("on_behalf_of", on_behalf_of.map(AccountId::as_str)),
        ];
        for event in &events {
            for (field, expected) in expected {
                assert_eq!(event.get(field).and_then(Value::as_str), expected, "{field} of an event of {what}: {event}");
            }
        }
    }
}
