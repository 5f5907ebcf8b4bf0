//! Bad input to the own API: refused with its code, nothing changed, and no event.

use http::Method;
use serde_json::{Value, json};

use crate::support::{TestRegistry, image};

/// More than a body may have.
const TOO_LARGE: usize = (64 << 10) + 1;

/// A body, and the status and code that it is refused with.
type Case = (String, u16, &'static str);

/// Has the administrator send the bodies to the path.
async fn require_refused(registry: &TestRegistry, path: &str, cases: impl IntoIterator<Item = Case>) {
    for (body, status, code) in cases {
        let (before, told) = (registry.head_of_log().await, body.chars().take(200).collect::<String>());
        let answer = registry.ask(Method::POST, path).body(body).signed(&registry.administrator, registry.now()).send().await;
        assert_eq!(answer.assert(status).json()["error"]["code"], code, "{path} {told}");
        assert_eq!(registry.head_of_log().await, before, "{path} {told}");
    }
}

fn invalid(body: &Value) -> Case {
    (body.to_string(), 400, "body_invalid")
}

fn too_large(body: impl ToString) -> Case {
    (body.to_string(), 413, "body_too_large")
}

/// `team/web`, whose version `v1` was another before.
async fn registry() -> TestRegistry {
    let registry = TestRegistry::start().await;
    for content in ["web", "web of today"] {
        registry.push(&registry.administrator, "team/web", "v1", &image(content)).await.assert(201);
    }
    registry
}

#[tokio::test]
async fn a_restoring_whose_body_is_too_large_or_of_another_shape_is_refused_and_changes_nothing() {
    let known = image("web").digest();
    let cases = [
        too_large(json!({ "digest": known, "more": "x".repeat(TOO_LARGE) })),
        too_large("x".repeat(TOO_LARGE)),
        ("x".repeat(TOO_LARGE - 1), 400, "body_invalid"),
        invalid(&json!({ "digest": 7 })),
        invalid(&json!({ "digest": [known] })),
        invalid(&json!({ "digest": "sha256:x" })),
        invalid(&json!({})),
    ];
    require_refused(&registry().await, "/v1/repositories/team$web/tags/v1/restore", cases).await;
}

#[tokio::test]
async fn a_deletion_whose_body_is_too_large_or_of_another_shape_is_refused_and_changes_nothing() {
    let known = image("web").digest();
    let cases = [
        too_large(json!({ "tags": ["v1"], "more": "x".repeat(TOO_LARGE) })),
        too_large("x".repeat(TOO_LARGE)),
        ("x".repeat(TOO_LARGE - 1), 400, "body_invalid"),
        (String::new(), 400, "body_invalid"),
        invalid(&json!({})),
        invalid(&json!(["v1"])),
        invalid(&json!("tags")),
        invalid(&json!({ "tags": "v1" })),
        invalid(&json!({ "tags": { "v1": true } })),
        invalid(&json!({ "tags": ["v1", 7] })),
        invalid(&json!({ "tags": ["v1", "not a tag"] })),
        invalid(&json!({ "tags": null })),
        invalid(&json!({ "digest": 7 })),
        invalid(&json!({ "digest": [known] })),
        invalid(&json!({ "digest": "sha256:x" })),
        invalid(&json!({ "tags": ["v1"], "digest": known })),
        invalid(&json!({ "tags": ["v1"], "colour": "green" })),
        invalid(&json!({ "colour": "green" })),
    ];
    require_refused(&registry().await, "/v1/repositories/team$web/deletions", cases).await;
}

#[tokio::test]
async fn a_new_login_whose_body_is_too_large_or_of_another_shape_is_refused_and_nothing_is_issued() {
    let cases = [
        too_large(json!({ "name": "x".repeat(TOO_LARGE) })),
        too_large("x".repeat(TOO_LARGE)),
        ("x".repeat(TOO_LARGE - 1), 400, "body_invalid"),
        (String::new(), 400, "body_invalid"),
        invalid(&json!([])),
        invalid(&json!("docker")),
        invalid(&json!({ "name": 7 })),
        invalid(&json!({ "client": ["docker"] })),
        invalid(&json!({ "duration_seconds": "900" })),
        invalid(&json!({ "duration_seconds": 900.5 })),
        invalid(&json!({ "repositories": "team/web" })),
        invalid(&json!({ "repositories": [["team/web", "pull"]] })),
        invalid(&json!({ "repositories": [{ "repository": "team/web" }] })),
        invalid(&json!({ "repositories": [{ "repository": "team/web", "right": "pull", "tag": "v1" }] })),
        invalid(&json!({ "colour": "green" })),
    ];
    require_refused(&registry().await, "/v1/logins", cases).await;
}

#[tokio::test]
async fn a_delegation_whose_body_is_too_large_or_of_another_shape_is_refused_and_changes_nothing() {
    let delegation = |field: &str, value: Value| {
        let mut body = json!({ "name": "new", "service": "op_svc_new", "level": "read" });
        body[field] = value;
        body
    };
    let cases = [
        too_large(delegation("description", json!("x".repeat(TOO_LARGE)))),
        invalid(&delegation("description", json!("x".repeat(256)))),
        invalid(&delegation("level", json!(7))),
        invalid(&delegation("level", json!("own"))),
        invalid(&delegation("name", json!(["new"]))),
        invalid(&delegation("until", json!("tomorrow"))),
        (delegation("until", json!("2001-01-01T00:00:00Z")).to_string(), 400, "delegation_invalid"),
        invalid(&delegation("colour", json!("green"))),
    ];
    require_refused(&registry().await, "/v1/delegations", cases).await;
}
