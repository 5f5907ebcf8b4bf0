//! Bad input to the own API: refused with its code, nothing changed, and no event.

use http::Method;
use serde_json::json;

use crate::support::{TestRegistry, image};

#[tokio::test]
async fn a_body_that_is_too_large_or_of_another_shape_is_refused_and_changes_nothing() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    registry.push(&registry.administrator, "team/web", "v1", &image("web of today")).await.assert(201);
    let restore = "/v1/repositories/team$web/tags/v1/restore";
    let delegation = |field: &str, value: serde_json::Value| {
        let mut body = json!({ "name": "new", "service": "op_svc_new", "level": "read" });
        body[field] = value;
        body.to_string()
    };
    let known = image("web").digest();
    let cases = [
        (restore, json!({ "digest": known, "more": "x".repeat(64 << 10) }).to_string(), 413, "body_too_large"),
        (restore, "x".repeat((64 << 10) + 1), 413, "body_too_large"),
        (restore, "x".repeat(64 << 10), 400, "body_invalid"),
        (restore, json!({ "digest": 7 }).to_string(), 400, "body_invalid"),
        (restore, json!({ "digest": [known] }).to_string(), 400, "body_invalid"),
        (restore, json!({ "digest": "sha256:x" }).to_string(), 400, "body_invalid"),
        (restore, json!({}).to_string(), 400, "body_invalid"),
        ("/v1/delegations", delegation("description", json!("x".repeat(64 << 10))), 413, "body_too_large"),
        ("/v1/delegations", delegation("description", json!("x".repeat(256))), 400, "body_invalid"),
        ("/v1/delegations", delegation("level", json!(7)), 400, "body_invalid"),
        ("/v1/delegations", delegation("level", json!("own")), 400, "body_invalid"),
        ("/v1/delegations", delegation("name", json!(["new"])), 400, "body_invalid"),
        ("/v1/delegations", delegation("until", json!("tomorrow")), 400, "body_invalid"),
        ("/v1/delegations", delegation("until", json!("2001-01-01T00:00:00Z")), 400, "delegation_invalid"),
        ("/v1/delegations", delegation("colour", json!("green")), 400, "body_invalid"),
    ];
    for (path, body, status, code) in cases {
        let (before, told) = (registry.head_of_log().await, body.chars().take(200).collect::<String>());
        let answer = registry.ask(Method::POST, path).body(body).signed(&registry.administrator, registry.now()).send().await;
        assert_eq!(answer.assert(status).json()["error"]["code"], code, "{path} {told}");
        assert_eq!(registry.head_of_log().await, before, "{path} {told}");
    }
}
