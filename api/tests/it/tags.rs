//! Listing tags.

use serde_json::json;

use crate::support::{Answer, TestRegistry, image};

async fn registry_with(tags: &[String]) -> TestRegistry {
    let registry = TestRegistry::start().await;
    let web = image("web");
    registry.push(&registry.administrator, "team/web", &web.digest(), &web).await.assert(201);
    for tags in tags.chunks(100) {
        let query: Vec<_> = tags.iter().map(|tag| format!("tag={tag}")).collect();
        let reference = format!("{}?{}", web.digest(), query.join("&"));
        registry.put_manifest(&registry.administrator, "team/web", &reference, &web.bytes()).await.assert(201);
    }
    registry
}

async fn list(registry: &TestRegistry, query: &str) -> Answer {
    registry.get(&format!("/v2/team/web/tags/list{query}")).login(&registry.administrator).send().await
}

#[tokio::test]
async fn tags_come_in_the_order_of_their_bytes() {
    let registry = registry_with(&["b", "a", "B", "a.1", "10", "2", "_x"].map(str::to_owned)).await;
    let answer = list(&registry, "").await;
    answer.assert(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json(), json!({ "name": "team/web", "tags": ["10", "2", "B", "_x", "a", "a.1", "b"] }));
    assert!(!answer.headers.contains_key("link"));
}

#[tokio::test]
async fn pages_lead_to_one_another() {
    let registry = registry_with(&["a", "b", "c", "d", "e"].map(str::to_owned)).await;
    let mut path = "/v2/team/web/tags/list?n=2".to_owned();
    let mut pages = Vec::new();
    loop {
        let answer = registry.get(&path).login(&registry.administrator).send().await;
        pages.push(answer.json()["tags"].clone());
        let Some(link) = answer.headers.get("link") else { break };
        let (next, relation) = link.to_str().unwrap().split_once(">; ").unwrap();
        assert_eq!(relation, "rel=\"next\"");
        path = next.trim_start_matches('<').to_owned();
    }
    assert_eq!(pages, [json!(["a", "b"]), json!(["c", "d"]), json!(["e"])]);
}

#[tokio::test]
async fn last_need_not_be_a_tag() {
    let registry = registry_with(&["a", "c", "e"].map(str::to_owned)).await;
    assert_eq!(list(&registry, "?last=b").await.json()["tags"], json!(["c", "e"]));
    assert_eq!(list(&registry, "?last=e").await.json()["tags"], json!([]));
    assert_eq!(list(&registry, "?last=%ff'%22--").await.json()["tags"], json!([]));
    assert_eq!(list(&registry, "?n=1&last=a").await.json()["tags"], json!(["c"]));
}

#[tokio::test]
async fn n_is_a_number_of_any_size() {
    let registry = registry_with(&["a", "b"].map(str::to_owned)).await;
    for n in ["-1", "x", "", "1.5", "+1"] {
        list(&registry, &format!("?n={n}")).await.assert_refused(400, "PAGINATION_NUMBER_INVALID");
    }
    assert_eq!(list(&registry, "?n=99999999999999999999999").await.json()["tags"], json!(["a", "b"]));
    let none = list(&registry, "?n=0").await;
    none.assert(200);
    assert_eq!(none.json()["tags"], json!([]));
    assert!(!none.headers.contains_key("link"));
}

#[tokio::test]
async fn a_page_never_has_more_than_a_thousand_tags() {
    let tags: Vec<_> = (0..1100).map(|number| format!("v{number:04}")).collect();
    let registry = registry_with(&tags).await;
    for query in ["", "?n=5000"] {
        let answer = list(&registry, query).await;
        assert_eq!(answer.json()["tags"].as_array().unwrap().len(), 1000);
        assert_eq!(answer.header("link"), "</v2/team/web/tags/list?last=v0999&n=1000>; rel=\"next\"");
    }
}

#[tokio::test]
async fn a_repository_that_is_not_there_has_no_list() {
    let registry = TestRegistry::start().await;
    list(&registry, "").await.assert_refused(404, "NAME_UNKNOWN");
}
