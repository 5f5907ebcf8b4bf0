//! The account's events: whose they are, filters, pages, and what is not shown.

use ambar_api::operations;
use ambar_domain::level::Level;
use http::Method;

use super::all;
use crate::support::{TestRegistry, image};

#[tokio::test]
async fn two_accounts_never_see_each_others_events_and_together_they_see_all_but_blobs() {
    let registry = TestRegistry::start().await;
    let (globex, other) = registry.other_account("globex").await;
    operations::create_organization(&registry.state, &registry.operator(), &globex, &"rocket".parse().unwrap()).await.unwrap();
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    // The same content, so that both have links to the same blobs.
    registry.push(&other, "rocket/web", "v1", &image("web")).await.assert(201);
    let own = all(&registry.items(&registry.administrator, "/v1/events?limit=1000").await, "stream");
    let others = all(&registry.items(&other, "/v1/events?limit=1000").await, "stream");
    assert!(own.iter().all(|stream| !stream.contains("rocket") && !stream.contains(globex.as_str())), "{own:?}");
    assert!(others.iter().all(|stream| !stream.contains("team") && !stream.contains(registry.account.as_str())), "{others:?}");
    assert!(own.iter().chain(&others).all(|stream| !stream.starts_with("blob/")));
    for stream in ["repository/team/web", "organization/team", "name/account:acme"] {
        assert!(own.iter().any(|seen| seen == stream), "{stream} in {own:?}");
    }
    let blobs = registry.events("blob.stored").await.len();
    assert_eq!(own.len() + others.len() + blobs, registry.count_events().await);
}

#[tokio::test]
async fn an_organization_that_changes_hands_takes_none_of_its_past_along() {
    let registry = TestRegistry::start().await;
    let (globex, other) = registry.other_account("globex").await;
    let (state, operator, team) = (&registry.state, registry.operator(), "team".parse().unwrap());
    operations::delete_organization(state, &operator, &team).await.unwrap();
    operations::create_organization(state, &operator, &globex, &team).await.unwrap();
    registry.push(&other, "team/web", "v1", &image("web")).await.assert(201);
    let seen = |items: &[serde_json::Value]| {
        let mut types = all(items, "type");
        types.dedup();
        types
    };
    let before = registry.items(&registry.administrator, "/v1/events?stream=organization/team").await;
    assert_eq!(seen(&before), ["organization.created", "organization.deleted"]);
    let since = registry.items(&other, "/v1/events?stream=organization/team").await;
    assert_eq!(seen(&since), ["organization.created", "organization.repository_admitted"]);
}

#[tokio::test]
async fn a_type_that_no_event_has_is_refused_wherever_events_are_asked_for() {
    let registry = TestRegistry::start().await;
    for path in ["/v1/events?type=", "/v1/events?format=jsonl&type=", "/v1/events/stream?type="] {
        let ask = async |named: &str| {
            registry.ask(Method::GET, &format!("{path}{named}")).signed(&registry.administrator, registry.now()).send().await
        };
        for wrong in ["organization.createt", "organization", "Organization.created"] {
            let refused = ask(wrong).await;
            let error = &refused.assert(400).json()["error"];
            assert_eq!(error["code"], "parameter_invalid", "{path}{wrong}");
            assert!(error["message"].as_str().unwrap().contains("'type'"), "{error}");
        }
    }
    assert!(registry.items(&registry.administrator, "/v1/events?type=").await.len() > 2);
}

#[tokio::test]
async fn filters_are_by_who_what_where_and_when() {
    let registry = TestRegistry::start().await;
    let editor = registry.member("editor", Level::Edit).await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    registry.advance(chrono::Duration::hours(5));
    let noon = registry.now();
    registry.push(&editor, "team/app", "v1", &image("app")).await.assert(201);
    let list = async |query: String| registry.items(&registry.administrator, &format!("/v1/events?{query}")).await;
    let by_editor = list(format!("actor={}", editor.user)).await;
    assert!(!by_editor.is_empty() && by_editor.iter().all(|event| event["actor"] == editor.user.as_str()));
    assert!(by_editor.iter().all(|event| event["access_key"].is_string() && event["request_id"].is_string()), "{by_editor:?}");
    let pushed = list("type=repository.version_pushed".to_owned()).await;
    assert_eq!(all(&pushed, "stream"), ["repository/team/web", "repository/team/app"]);
    assert_eq!(pushed[0]["payload"]["tag"], "v1");
    let streams = all(&list("repository=team/app".to_owned()).await, "stream");
    assert!(streams.iter().any(|stream| stream.starts_with("blob_link/team/app@")) && streams.contains(&"organization/team".to_owned()));
    assert!(!streams.iter().any(|stream| stream.contains("web")), "{streams:?}");
    let stream = list("stream=repository/team/app".to_owned()).await;
    assert!(stream.len() >= 3 && stream.iter().all(|event| event["stream"] == "repository/team/app"));
    let (link, at) = (streams.iter().find(|stream| stream.starts_with("blob_link/")).unwrap(), noon.format("%FT%TZ"));
    assert_eq!(list(format!("stream={link}")).await.len(), 1);
    let (since, until) = (list(format!("from={at}")).await, list(format!("until={at}")).await);
    let all_of_them = list("limit=1000".to_owned()).await;
    assert_eq!(since.len(), all_of_them.iter().filter(|event| event["actor"] == editor.user.as_str()).count());
    assert_eq!([until, since].concat(), all_of_them);
    let of_organization = list("limit=1000&organization=team".to_owned()).await;
    assert!(of_organization.len() > stream.len() && of_organization.len() < all_of_them.len());
    assert_eq!(list("actor=nobody".to_owned()).await, [] as [serde_json::Value; 0]);
    assert_eq!(list("organization=none".to_owned()).await, [] as [serde_json::Value; 0]);
}

#[tokio::test]
async fn pages_go_on_where_the_one_before_ended_whatever_comes_meanwhile() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let mut positions = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = registry.look(&registry.administrator, &format!("/v1/events?cursor={cursor}&limit=3")).await.assert(200).json();
        positions.extend(all(page["items"].as_array().unwrap(), "position"));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
        if positions.len() == 3 {
            registry.push(&registry.administrator, "team/app", "v1", &image("app")).await.assert(201);
        }
    }
    let at_once = all(&registry.items(&registry.administrator, "/v1/events?limit=1000").await, "position");
    assert_eq!(positions, at_once);
    assert!(positions.len() > 12);
}

#[tokio::test]
async fn what_secrets_are_sealed_in_or_checked_with_is_not_shown() {
    let registry = TestRegistry::start().await;
    let keys = registry.items(&registry.administrator, "/v1/events?type=user.access_key_created").await;
    assert_eq!(keys[0]["payload"]["access_key"], registry.administrator.key.access_key.as_str());
    let answer = registry.look(&registry.administrator, "/v1/events?limit=1000").await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    for hidden in ["sealed_secret", "login_key_hash", "password_hash"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    let recorded = registry.events("user.access_key_created").await;
    let sealed = recorded[0]["sealed_secret"].as_str().unwrap();
    assert!(!text.contains(sealed));
}
