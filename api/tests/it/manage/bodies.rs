//! What the answers are made of, where the SDK's own cases do not look, and what bad input is told.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Login, TestRegistry, image};

pub(super) async fn call(registry: &TestRegistry, login: &Login, method: Method, path: &str, body: &Value) -> Answer {
    let request = registry.ask(method, path);
    let request = if body.is_null() { request } else { request.body(body.to_string()) };
    request.signed(login, registry.now()).send().await
}

pub(super) fn code(answer: &Answer) -> String {
    answer.json()["error_code"].as_str().unwrap().trim_start_matches("SVCSTG.SWR.").to_owned()
}

#[tokio::test]
async fn every_change_is_an_event_that_says_who_by_which_key_and_in_which_request() {
    let registry = TestRegistry::start().await;
    let administrator = registry.administrator.clone();
    let created = registry
        .post("/v2/manage/namespaces")
        .header("x-request-id", "request-1")
        .body(r#"{"namespace":"new"}"#)
        .signed(&administrator, registry.now())
        .send()
        .await;
    created.assert(201);
    let metadata = registry.metadata_of_last_event().await;
    assert_eq!(metadata["actor"], administrator.user.as_str());
    assert_eq!(metadata["access_key"], administrator.key.access_key.as_str());
    assert_eq!(metadata["request_id"], "request-1");
}

#[tokio::test]
async fn bad_input_is_told_what_is_wrong_and_changes_nothing() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    registry.push(&registry.administrator, "team/public", "v1", &image("public")).await.assert(201);
    registry.publish("team/public").await;
    let (_, stranger) = registry.other_account("globex").await;
    let administrator = registry.administrator.clone();
    let own = administrator.user.as_str();
    let grant = |user: &str, auth: i64| json!([{ "user_id": user, "user_name": "x", "auth": auth }]);
    let share = |domain: &str, deadline: &str, description: &str| json!({ "access_domain": domain, "permit": "read", "deadline": deadline, "description": description });
    let (team, web) = ("/v2/manage/namespaces/team", "/v2/manage/namespaces/team/repos/web");
    let (access, tags) = (format!("{web}/access"), format!("{web}/tags"));
    let domains = "/v2/manage/namespaces/team/repositories/web/access-domains";
    let public_domains = "/v2/manage/namespaces/team/repositories/public/access-domains";
    let repos = format!("{team}/repos");
    let cases = [
        (Method::POST, "/v2/manage/namespaces", json!({ "namespace": "Bad" }), "4001008"),
        (Method::POST, "/v2/manage/namespaces", json!({ "namespace": 5 }), "4001018"),
        (Method::POST, "/v2/manage/namespaces", json!({}), "4001014"),
        (Method::POST, "/v2/manage/namespaces", json!(["new"]), "4001018"),
        (Method::POST, "/v2/manage/namespaces", json!({ "namespace": "team" }), "4090060"),
        (Method::POST, &*repos, json!({ "repository": "Bad", "is_public": false }), "4001029"),
        (Method::POST, &*repos, json!({ "repository": "new" }), "4001009"),
        (Method::POST, &*repos, json!({ "repository": "web", "is_public": false }), "4090006"),
        (Method::POST, &*repos, json!({ "repository": "new", "is_public": false, "category": "none" }), "4001025"),
        (Method::PATCH, web, json!({ "description": "x".repeat(30_001) }), "4131012"),
        (Method::PATCH, web, json!({ "description": "x".repeat(600_000) }), "4131001"),
        (Method::POST, &*access, grant(own, 7), "4001067"),
        (Method::POST, &*access, grant(stranger.user.as_str(), 7), "4001067"),
        (Method::POST, &*access, grant("nobody", 7), "4001067"),
        (Method::POST, &*access, grant(own, 2), "4001065"),
        (Method::POST, &*access, json!([]), "4001014"),
        (Method::POST, &*access, json!({}), "4001018"),
        (Method::POST, &*tags, json!({ "source_tag": "none", "destination_tag": "v2" }), "4040048"),
        (Method::POST, &*tags, json!({ "source_tag": "v1", "destination_tag": "-" }), "4009021"),
        (Method::POST, domains, share("globex", "2001-01-01T00:00:00Z", ""), "4001025"),
        (Method::POST, domains, share("globex", "tomorrow", ""), "4001025"),
        (Method::POST, domains, share("globex", "forever", &"x".repeat(1_001)), "4131012"),
        (Method::POST, domains, share("acme", "forever", ""), "4001041"),
        (Method::POST, domains, share("nobody", "forever", ""), "4001041"),
        (Method::POST, public_domains, share("globex", "forever", ""), "4001025"),
        (Method::GET, "/v2/manage/repos?limit=1001&offset=0", Value::Null, "4001025"),
        (Method::GET, "/v2/manage/repos?order_column=updated_at", Value::Null, "4001096"),
        (Method::GET, "/v2/manage/shared-repositories?center=self&order_column=namespace", Value::Null, "4001096"),
        (Method::GET, "/v2/manage/shared-repositories?center=self&status=no", Value::Null, "4001025"),
        (Method::GET, "/v2/manage/repos?filter=name", Value::Null, "4001035"),
    ];
    let before = registry.head_of_log().await;
    for (method, path, body, expected) in cases {
        let answer = call(&registry, &administrator, method.clone(), path, &body).await;
        assert_eq!(code(&answer), expected, "{method} {path}: {answer:?}");
        assert_eq!(registry.head_of_log().await, before, "{method} {path}");
    }
}

#[tokio::test]
async fn a_list_pages_tells_how_many_there_are_and_shows_nobody_what_is_not_for_them() {
    let registry = TestRegistry::start().await;
    for name in ["a", "b", "c"] {
        registry.push(&registry.administrator, &format!("team/{name}"), "v1", &image(name)).await.assert(201);
    }
    let reader = registry.user("reader").await;
    registry.grant_on("team/b", &reader, Some(ambar_domain::level::Level::Read)).await;
    let list =
        async |login: &Login, query: &str| call(&registry, login, Method::GET, &format!("/v2/manage/repos{query}"), &Value::Null).await;
    let names = |answer: &Answer| answer.json().as_array().unwrap().iter().map(|item| item["name"].clone()).collect::<Vec<_>>();

    let page = list(&registry.administrator, "?limit=2&offset=1&order_column=name&order_type=asc").await;
    assert_eq!(names(&page), ["b", "c"]);
    assert_eq!(page.header("content-range"), "1-2/3");
    assert_eq!(page.json()[0]["total_range"], 3);
    assert_eq!(page.json()[0]["path"], "registry.test:5000/team/b");
    assert_eq!(page.json()[0]["num_images"], 1);
    assert_eq!(names(&list(&reader, "").await), ["b"]);
    assert_eq!(names(&list(&registry.other_account("globex").await.1, "").await), Vec::<Value>::new());
}

#[tokio::test]
async fn images_are_sorted_by_size() {
    let registry = TestRegistry::start().await;
    for name in ["team/a", "team/longest", "team/long"] {
        registry.push(&registry.administrator, name, "v1", &image(name)).await.assert(201);
    }
    for (direction, expected) in [("asc", ["a", "long", "longest"]), ("desc", ["longest", "long", "a"])] {
        let path = format!("/v2/manage/repos?order_column=size&order_type={direction}");
        let listed = call(&registry, &registry.administrator, Method::GET, &path, &Value::Null).await.json();
        assert_eq!(listed.as_array().unwrap().iter().map(|item| item["name"].clone()).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn a_page_of_large_manifests_is_bounded_and_each_alone_is_whole() {
    let registry = TestRegistry::start().await;
    let mut web = image("web");
    web.manifest["annotations"] = json!({ "large": "x".repeat(3 << 20) });
    let whole = web.manifest.to_string().len();
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    let administrator = registry.administrator.clone();
    let tags = "/v2/manage/namespaces/team/repos/web/tags";
    for tag in ["v2", "v3"] {
        let copy = json!({ "source_tag": "v1", "destination_tag": tag });
        call(&registry, &administrator, Method::POST, tags, &copy).await.assert(201);
    }
    let length = |shown: &Value| shown["manifest"].as_str().unwrap().len();
    let list = call(&registry, &administrator, Method::GET, tags, &Value::Null).await.json();
    let lengths: Vec<_> = list.as_array().unwrap().iter().map(length).collect();
    assert_eq!(lengths, [whole, whole, 0]);
    let alone = call(&registry, &administrator, Method::GET, &format!("{tags}/v1"), &Value::Null).await.json();
    assert_eq!(length(&alone), whole);
}

#[tokio::test]
async fn another_account_sees_an_image_and_not_who_works_on_it() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (receiver, stranger) = registry.other_account("globex").await;
    registry.share("team/web", &receiver).await;
    let path = "/v2/manage/namespaces/team/repos/web";
    let own = call(&registry, &registry.administrator, Method::GET, path, &Value::Null).await.json();
    assert_eq!(own["creator_id"], registry.administrator.user.as_str());
    let shown = call(&registry, &stranger, Method::GET, path, &Value::Null).await.json();
    assert_eq!((&shown["creator_id"], &shown["creator_name"], &shown["num_images"]), (&json!(""), &json!(""), &json!(1)));
}

#[tokio::test]
async fn what_is_switched_on_is_what_is_there() {
    let registry = TestRegistry::start().await;
    let gates = call(&registry, &registry.administrator, Method::GET, "/v2/manage/projects/any/feature-gates", &Value::Null).await.json();
    let on: Vec<_> = gates.as_object().unwrap().iter().filter(|(_, on)| **on == json!(true)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(on, ["enable_authorization_token", "enable_customize_validity_period", "enable_list_v3"]);
    assert_eq!(gates["swr_util_download_url"], "");
}
