//! Following the account's events live.

use std::num::NonZeroU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ambar_api::operations;
use ambar_domain::level::Role;
use axum::body::BodyDataStream;
use futures::StreamExt;
use http::header::CONTENT_TYPE;

use super::all;
use crate::support::{Login, TestRegistry, image};

/// Far longer than any of it takes.
const LONG: Duration = Duration::from_secs(30);

/// A stream of events on its way.
struct Following(BodyDataStream);

impl Following {
    async fn begin(registry: &TestRegistry, login: &Login, last: Option<&str>) -> Self {
        let ask = registry.get("/v1/events/stream");
        let ask = match last {
            Some(last) => ask.header("last-event-id", last),
            None => ask,
        };
        let response = ask.signed(login, registry.now()).open().await;
        assert_eq!((response.status().as_u16(), &response.headers()[CONTENT_TYPE]), (200, &"text/event-stream".parse().unwrap()));
        Self(response.into_body().into_data_stream())
    }

    /// The ids of the next messages; comments are passed over.
    async fn ids(&mut self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        while ids.len() < count {
            let frame = tokio::time::timeout(LONG, self.0.next()).await.unwrap().expect("the stream has ended").unwrap();
            let text = String::from_utf8(frame.to_vec()).unwrap();
            if let Some(message) = text.strip_prefix("id: ") {
                let (id, rest) = message.split_once('\n').unwrap();
                let data: serde_json::Value = serde_json::from_str(rest.strip_prefix("data: ").unwrap().trim()).unwrap();
                assert_eq!(data["position"], id);
                ids.push(id.to_owned());
            }
        }
        ids
    }

    /// The stream says nothing more but comments, and ends.
    async fn ends(mut self) {
        while let Some(frame) = tokio::time::timeout(LONG, self.0.next()).await.unwrap() {
            let frame = frame.unwrap();
            assert!(frame.starts_with(b":"), "{frame:?}");
        }
    }
}

async fn positions(registry: &TestRegistry, after: &str) -> Vec<String> {
    all(&registry.items(&registry.administrator, &format!("/v1/events?cursor={after}&limit=1000")).await, "position")
}

#[tokio::test]
async fn what_is_pushed_meanwhile_comes_and_a_stream_resumes_without_loss_or_doubles() {
    let registry = TestRegistry::start().await;
    let (_, other) = registry.other_account("globex").await;
    let before = registry.head_of_log().await.to_string();
    let mut following = Following::begin(&registry, &registry.administrator, None).await;
    let mut of_other = Following::begin(&registry, &other, None).await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let expected = positions(&registry, &before).await;
    assert!(expected.len() >= 5);
    assert_eq!(following.ids(expected.len()).await, expected);
    drop(following);
    registry.push(&registry.administrator, "team/app", "v1", &image("app")).await.assert(201);
    let mut resumed = Following::begin(&registry, &registry.administrator, Some(&expected[1])).await;
    let rest = positions(&registry, &expected[1]).await;
    assert!(rest.len() > expected.len() - 2);
    assert_eq!(resumed.ids(rest.len()).await, rest);
    registry.push(&registry.administrator, "team/web", "v2", &image("new")).await.assert(201);
    let newest = positions(&registry, rest.last().unwrap()).await;
    assert_eq!(resumed.ids(newest.len()).await, newest);
    // The other account hears only of itself.
    let head = registry.head_of_log().await.to_string();
    operations::create_access_key(&registry.state, &registry.operator(), &other.user, Default::default()).await.unwrap();
    assert_ne!(of_other.ids(1).await, [head]);
    registry.state.stopping.store(true, Ordering::Relaxed);
    of_other.ends().await;
    resumed.ends().await;
}

#[tokio::test]
async fn a_stream_ends_when_its_caller_loses_the_right_or_the_key_and_tells_nothing_of_it() {
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let auditor = registry.user("auditor").await;
    let role = Role::TenantAdministrator;
    operations::set_administrator(state, &operator, &auditor.user, role, true).await.unwrap();
    let following = Following::begin(&registry, &auditor, None).await;
    operations::set_administrator(state, &operator, &auditor.user, role, false).await.unwrap();
    following.ends().await;
    operations::set_administrator(state, &operator, &auditor.user, role, true).await.unwrap();
    let following = Following::begin(&registry, &auditor, None).await;
    operations::disable_access_key(state, &operator, &auditor.key.access_key).await.unwrap();
    following.ends().await;
}

#[tokio::test]
async fn an_account_has_so_many_streams_open_at_once_and_another_as_many() {
    let registry = TestRegistry::start_with(|settings| settings.limits.event_streams = NonZeroU32::new(2)).await;
    let (_, other) = registry.other_account("globex").await;
    let administrator = &registry.administrator;
    let (first, second) = (Following::begin(&registry, administrator, None).await, Following::begin(&registry, administrator, None).await);
    let refused = registry.look(administrator, "/v1/events/stream").await;
    assert_eq!((&refused.assert(429).json()["error"]["code"], refused.header("retry-after")), (&"too_many_streams".into(), "30"));
    let of_other = Following::begin(&registry, &other, None).await;
    drop(first);
    let third = Following::begin(&registry, administrator, None).await;
    registry.look(administrator, "/v1/events/stream").await.assert(429);
    registry.state.stopping.store(true, Ordering::Relaxed);
    for stream in [second, third, of_other] {
        stream.ends().await;
    }
    Following::begin(&registry, administrator, None).await.ends().await;
}
