//! Bad input to the identity service: refused, nothing changed, and no event; and what is passed over.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestRegistry};

const CREDENTIALS: &str = "/v3.0/OS-CREDENTIAL/credentials";
const AGENCIES: &str = "/v3.0/OS-AGENCY/agencies";

async fn ask(registry: &TestRegistry, method: Method, path: &str, body: impl Into<bytes::Bytes>) -> Answer {
    registry.iam(method, path).body(body).signed(&registry.administrator, registry.now()).send().await
}

async fn require_refused(registry: &TestRegistry, method: Method, path: &str, body: String, status: u16) {
    let before = registry.head_of_log().await;
    let told: String = body.chars().take(200).collect();
    let answer = ask(registry, method.clone(), path, body).await;
    assert_eq!(answer.assert(status).json()["error"]["code"], status, "{method} {path} {told}");
    assert_eq!(registry.head_of_log().await, before, "{method} {path} {told}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_wherever_it_goes() {
    let registry = TestRegistry::start().await;
    let large = json!({ "user": { "name": "new", "description": "x".repeat(64 << 10) } }).to_string();
    let calls = [
        (Method::POST, "/v3/users"),
        (Method::POST, "/v3/groups"),
        (Method::POST, "/v3/auth/tokens"),
        (Method::POST, CREDENTIALS),
        (Method::POST, AGENCIES),
        (Method::GET, "/v3/users"),
    ];
    for (method, path) in calls {
        require_refused(&registry, method, path, large.clone(), 413).await;
    }
    // One that is as large as may be is read, and refused for what is in it.
    require_refused(&registry, Method::POST, "/v3/users", "x".repeat(64 << 10), 400).await;
}

#[tokio::test]
async fn values_of_another_type_than_documented_are_refused() {
    let registry = TestRegistry::start().await;
    let key = format!("{CREDENTIALS}/{}", registry.administrator.key.access_key);
    let user = format!("/v3/users/{}", registry.user("user").await.user);
    let cases = [
        (Method::POST, "/v3/users", "user", ["name", "description", "password", "access_mode", "enabled"].as_slice()),
        (Method::PATCH, &user, "user", &["name", "description", "password", "access_mode", "enabled"]),
        (Method::POST, "/v3/groups", "group", &["name", "description"]),
        (Method::POST, CREDENTIALS, "credential", &["user_id", "description"]),
        (Method::PUT, &key, "credential", &["status", "description"]),
        (Method::POST, AGENCIES, "agency", &["name", "trust_domain_name", "description", "duration"]),
    ];
    for (method, path, object, fields) in cases {
        for field in fields {
            for wrong in [json!(7.5), json!(["wrong"]), json!({ "is": "wrong" })] {
                let mut given = json!({ "name": "new", "user_id": registry.administrator.user, "trust_domain_name": "op_svc_new" });
                if method == Method::PATCH || method == Method::PUT {
                    given = json!({});
                }
                given[field] = wrong;
                require_refused(&registry, method.clone(), path, json!({ object: given }).to_string(), 400).await;
            }
        }
        for body in [json!({}), json!([]), json!("text"), json!({ object: "text" }), Value::Null] {
            require_refused(&registry, method.clone(), path, body.to_string(), 400).await;
        }
        require_refused(&registry, method.clone(), path, "{".to_owned(), 400).await;
    }
}

#[tokio::test]
async fn fields_that_are_not_known_are_passed_over() {
    let registry = TestRegistry::start().await;
    let user = registry.user("user").await.user;
    let cases = [
        (Method::POST, "/v3/users".to_owned(), "user", json!({ "name": "new" }), 201),
        (Method::PATCH, format!("/v3/users/{user}"), "user", json!({ "description": "new" }), 200),
        (Method::POST, "/v3/groups".to_owned(), "group", json!({ "name": "new" }), 201),
        (Method::POST, CREDENTIALS.to_owned(), "credential", json!({ "user_id": user }), 201),
        (Method::POST, AGENCIES.to_owned(), "agency", json!({ "name": "new", "trust_domain_name": "op_svc_new" }), 201),
    ];
    for (method, path, object, mut given, status) in cases {
        given["colour"] = json!({ "of": ["green"] });
        let body = json!({ object: given, "extra": 7 });
        ask(&registry, method, &path, body.to_string()).await.assert(status);
    }
}
