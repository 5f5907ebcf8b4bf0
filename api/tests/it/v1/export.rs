//! The account's events as an export: all of them, one a line, in one of two forms.

use std::num::NonZeroU32;

use ambar_api::operations;
use ambar_domain::level::{Level, Role};
use ambar_storage::event_log::{Append, NewEvent, StreamId};
use futures::StreamExt;
use serde_json::Value;

use crate::support::{Answer, TestRegistry, image};

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.assert(200).header("content-type"), "application/x-ndjson");
    let text = std::str::from_utf8(&answer.body).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn export(registry: &TestRegistry, query: &str) -> Vec<Value> {
    let path = format!("/v1/events?format={query}");
    lines(&registry.get(&path).signed(&registry.administrator, registry.now()).send().await)
}

#[tokio::test]
async fn an_export_has_every_event_of_the_account_that_the_pages_have_and_no_other() {
    let registry = TestRegistry::start().await;
    let (_, other) = registry.other_account("globex").await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    // More than are drawn at a time.
    for number in 0..600 {
        let description = format!("{number}").parse().unwrap();
        operations::describe_user(&registry.state, &registry.operator(), &registry.administrator.user, description).await.unwrap();
    }
    let mut listed = registry.items(&registry.administrator, "/v1/events?limit=1000").await;
    assert_eq!(export(&registry, "jsonl").await, listed);
    let text = registry.get("/v1/events?format=jsonl").signed(&other, registry.now()).send().await;
    assert!(lines(&text).iter().all(|event| !listed.contains(event)));
    let after = listed[9]["position"].as_str().unwrap().to_owned();
    assert_eq!(export(&registry, &format!("jsonl&cursor={after}")).await, listed.split_off(10));
    let pushed = export(&registry, "jsonl&type=repository.version_pushed").await;
    assert_eq!(pushed.iter().map(|event| &event["stream"]).collect::<Vec<_>>(), ["repository/team/web"]);
    assert_eq!(export(&registry, "jsonl&actor=nobody").await, Vec::<Value>::new());
}

#[tokio::test]
async fn every_line_of_cloud_events_is_one_as_its_specification_says() {
    let registry = TestRegistry::start().await;
    let editor = registry.member("editor", Level::Edit).await;
    registry.push(&editor, "team/web", "v1", &image("web")).await.assert(201);
    let (events, listed) = (export(&registry, "cloudevents").await, export(&registry, "jsonl").await);
    assert_eq!(events.len(), listed.len());
    for (event, listed) in events.iter().zip(&listed) {
        let event = event.as_object().unwrap();
        for required in ["id", "source", "specversion", "type"] {
            assert!(event[required].as_str().is_some_and(|text| !text.is_empty()), "{required} of {event:?}");
        }
        assert_eq!((&event["specversion"], &event["datacontenttype"]), (&"1.0".into(), &"application/json".into()));
        assert_eq!(event["source"], format!("/accounts/{}", registry.account));
        for (name, known) in [("id", "event_id"), ("type", "type"), ("subject", "stream"), ("time", "time"), ("data", "payload")] {
            assert_eq!(event[name], listed[known], "{name}");
        }
        for (name, value) in event {
            assert!(name.len() <= 20 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{name}");
            // An attribute is a text or a short number; data is whatever it is.
            assert!(name == "data" || value.is_string() || value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()), "{name}: {value}");
        }
    }
    let pushed = events.iter().find(|event| event["type"] == "repository.version_pushed").unwrap();
    assert_eq!((&pushed["actor"], &pushed["dataversion"]), (&editor.user.as_str().into(), &1.into()));
    assert!(pushed["accesskey"].is_string() && pushed["requestid"].is_string() && pushed.get("onbehalfof").is_none());
}

#[tokio::test]
async fn nothing_that_secrets_are_sealed_in_is_exported_and_only_administrators_export() {
    let registry = TestRegistry::start().await;
    let editor = registry.member("editor", Level::Manage).await;
    for format in ["jsonl", "cloudevents"] {
        let path = format!("/v1/events?format={format}");
        registry.get(&path).signed(&editor, registry.now()).send().await.assert(403);
        let text = registry.get(&path).signed(&registry.administrator, registry.now()).send().await;
        let text = String::from_utf8(text.assert(200).body.to_vec()).unwrap();
        assert!(!text.contains("sealed_secret") && !text.contains("login_key_hash"));
    }
    let wrong = registry.get("/v1/events?format=xml").signed(&registry.administrator, registry.now()).send().await;
    assert_eq!(wrong.assert(400).json()["error"]["code"], "parameter_invalid");
}

#[tokio::test]
async fn an_export_breaks_off_when_its_caller_loses_the_right_and_has_what_was_there_when_it_began() {
    let registry = TestRegistry::start().await;
    let auditor = registry.user("auditor").await;
    let set = async |granted| {
        let (state, operator) = (&registry.state, registry.operator());
        operations::set_administrator(state, &operator, &auditor.user, Role::TenantAdministrator, granted).await.unwrap();
    };
    set(true).await;
    for number in 0..600 {
        let description = format!("{number}").parse().unwrap();
        operations::describe_user(&registry.state, &registry.operator(), &auditor.user, description).await.unwrap();
    }
    let before = export(&registry, "jsonl").await.len();
    let ask = || registry.get("/v1/events?format=jsonl").signed(&auditor, registry.now());
    let whole = ask().open().await.into_body().into_data_stream();
    let mut broken = ask().open().await.into_body().into_data_stream();
    broken.next().await.unwrap().unwrap();
    registry.user("later").await;
    let whole = whole.map(|page| page.unwrap().iter().filter(|byte| **byte == b'\n').count()).collect::<Vec<_>>().await;
    assert!(whole.len() > 1 && whole.iter().sum::<usize>() == before, "{whole:?}");
    set(false).await;
    broken.next().await.unwrap().unwrap_err();
}

#[tokio::test]
async fn an_export_is_one_of_the_streams_that_an_account_has_open_at_once_as_long_as_it_takes() {
    let registry = TestRegistry::start_with(|settings| settings.limits.event_streams = NonZeroU32::new(2)).await;
    let (_, other) = registry.other_account("globex").await;
    let ask = |path: &str, login| registry.get(path).signed(login, registry.now());
    let (root, path) = (&registry.administrator, "/v1/events?format=jsonl");
    let exporting = ask(path, root).open().await;
    let following = ask("/v1/events/stream", root).open().await;
    for path in [path, "/v1/events/stream"] {
        let refused = ask(path, root).send().await;
        assert_eq!((&refused.assert(429).json()["error"]["code"], refused.header("retry-after")), (&"too_many_streams".into(), "30"));
    }
    // A page is none, and of another account's there are as many.
    ask("/v1/events", root).send().await.assert(200);
    ask(path, &other).send().await.assert(200);
    drop(following);
    // This one ends, and so does not count any more.
    ask(path, root).send().await.assert(200);
    let again = ask(path, root).open().await;
    ask(path, root).send().await.assert(429);
    drop((exporting, again));
    ask(path, root).send().await.assert(200);
}

#[tokio::test]
async fn events_are_neither_exported_nor_listed_while_the_views_do_not_show_all_that_there_is() {
    let registry = TestRegistry::start().await;
    assert!(!export(&registry, "jsonl").await.is_empty());
    let unknown =
        NewEvent { event_id: registry.state.ids.uuid(), event_type: "blob.eaten".into(), event_version: 1, payload: "{}".to_owned() };
    let append = Append {
        stream: StreamId::new("blob", "none"),
        expected_sequence: 0,
        expected_event: None,
        events: vec![unknown],
        command_id: registry.state.ids.uuid(),
        metadata: "{}".to_owned(),
        recorded_at: registry.now(),
    };
    registry.state.log.append(append).await.unwrap();
    for path in ["/v1/events?format=jsonl", "/v1/events"] {
        let refused = registry.get(path).signed(&registry.administrator, registry.now()).send().await;
        assert_eq!(refused.assert(503).json()["error"]["code"], "unavailable", "{path}");
    }
}
