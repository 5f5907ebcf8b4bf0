//! Users through the identity service (requirements I1, I2).

use std::task::Poll;

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Login, TestRegistry};

async fn ask(registry: &TestRegistry, login: &Login, method: Method, path: &str, body: Value) -> Answer {
    registry.iam(method, path).body(body.to_string()).signed(login, registry.now()).send().await
}

async fn create(registry: &TestRegistry, login: &Login, user: Value) -> Answer {
    ask(registry, login, Method::POST, "/v3/users", json!({ "user": user })).await
}

async fn get(registry: &TestRegistry, login: &Login, path: &str) -> Answer {
    registry.iam(Method::GET, path).signed(login, registry.now()).send().await
}

async fn token_status(registry: &TestRegistry, name: &str, password: &str) -> u16 {
    let user = json!({ "name": name, "password": password, "domain": { "name": "acme" } });
    let body = json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": user } } } });
    registry.iam(Method::POST, "/v3/auth/tokens").body(body.to_string()).send().await.status.as_u16()
}

#[tokio::test]
async fn an_administrator_creates_a_user_that_signs_in_with_its_password() {
    let registry = TestRegistry::start().await;
    let given =
        json!({ "name": "ann", "domain_id": registry.account, "password": "correct horse", "enabled": true, "description": "builds" });
    let created = create(&registry, &registry.administrator, given).await;
    let user = created.assert(201).json()["user"].clone();
    let id = user["id"].as_str().unwrap().to_owned();
    let expected = json!({
        "id": id,
        "name": "ann",
        "domain_id": registry.account,
        "enabled": true,
        "description": "builds",
        "access_mode": "default",
        "create_time": "2027-01-15T08:00:00.000000Z",
        "is_domain_owner": false,
        "pwd_status": true,
        "password_expires_at": null,
        "links": { "self": format!("http://registry.test:5000/v3/users/{id}") },
    });
    assert_eq!(user, expected);
    assert_eq!(token_status(&registry, "ann", "correct horse").await, 201);
    let path = format!("/v3/users/{id}");
    assert_eq!(get(&registry, &registry.administrator, &path).await.assert(200).json(), json!({ "user": expected }));
    let listed = get(&registry, &registry.administrator, "/v3/users?name=ann").await;
    assert_eq!(listed.assert(200).json()["users"], json!([expected]));
    let all = get(&registry, &registry.administrator, "/v3/users").await.json();
    assert_eq!(all["users"].as_array().unwrap().iter().map(|user| &user["name"]).collect::<Vec<_>>(), ["ann", "root"]);
    let gone = registry.iam(Method::DELETE, &path).signed(&registry.administrator, registry.now()).send().await;
    assert!(gone.assert(204).body.is_empty());
    get(&registry, &registry.administrator, &path).await.assert(404);
}

#[tokio::test]
async fn an_event_of_the_identity_service_says_who_did_it_with_which_key() {
    let registry = TestRegistry::start().await;
    create(&registry, &registry.administrator, json!({ "name": "ann" })).await.assert(201);
    let metadata = registry.metadata_of_last_event().await;
    assert_eq!(metadata["actor"], json!(registry.administrator.user));
    assert_eq!(metadata["access_key"], json!(registry.administrator.key.access_key));
}

#[tokio::test]
async fn a_user_that_cannot_be_as_it_is_asked_for_is_not_created() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    for (user, status) in [
        (json!({ "name": "root" }), 409),
        (json!({ "name": "a b " }), 400),
        (json!({}), 400),
        (json!({ "name": "ann", "password": "ann" }), 400),
        (json!({ "name": "ann", "password": "onekindonly" }), 400),
        (json!({ "name": "ann", "domain_id": "0".repeat(32) }), 404),
        (json!({ "name": "ann", "enabled": false }), 400),
        (json!({ "name": "ann", "access_mode": "programmatic", "password": "correct horse" }), 400),
        (json!({ "name": "ann", "access_mode": "other" }), 400),
        (json!({ "name": "ann", "description": "x".repeat(256) }), 400),
    ] {
        let answer = create(&registry, root, user.clone()).await;
        assert_eq!(answer.assert(status).json()["error"]["code"], status, "{user}");
    }
    assert_eq!(get(&registry, root, "/v3/users").await.json()["users"].as_array().unwrap().len(), 1);
    // An array of what an object's fields would be is no object.
    for body in [json!({ "group": {} }), json!({ "user": ["ann", null, null, null, null, null] }), json!([{ "name": "ann" }])] {
        ask(&registry, root, Method::POST, "/v3/users", body).await.assert(400);
    }
    assert_eq!(get(&registry, root, "/v3/users").await.json()["users"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_user_that_is_no_administrator_looks_at_itself_alone() {
    let registry = TestRegistry::start().await;
    let (ann, otto) = (registry.user("ann").await, registry.user("otto").await);
    let (_, foreign) = registry.other_account("other").await;
    get(&registry, &ann, &format!("/v3/users/{}", ann.user)).await.assert(200);
    get(&registry, &ann, &format!("/v3/users/{}/projects", ann.user)).await.assert(200);
    for path in ["/v3/users".to_owned(), format!("/v3/users/{}", otto.user), format!("/v3/users/{}", foreign.user)] {
        get(&registry, &ann, &path).await.assert(403);
    }
    create(&registry, &ann, json!({ "name": "new" })).await.assert(403);
    for (method, path) in [(Method::DELETE, format!("/v3/users/{}", otto.user)), (Method::DELETE, format!("/v3/users/{}", ann.user))] {
        ask(&registry, &ann, method, &path, json!({})).await.assert(403);
    }
    // Users of other accounts are not there, not even for administrators.
    get(&registry, &registry.administrator, &format!("/v3/users/{}", foreign.user)).await.assert(404);
    ask(&registry, &registry.administrator, Method::DELETE, &format!("/v3/users/{}", foreign.user), json!({})).await.assert(404);
}

#[tokio::test]
async fn the_last_administrator_is_not_deleted() {
    let registry = TestRegistry::start().await;
    let path = format!("/v3/users/{}", registry.administrator.user);
    let refused = ask(&registry, &registry.administrator, Method::DELETE, &path, json!({})).await;
    assert_eq!(refused.assert(403).json()["error"]["message"], "the account needs at least one administrator");
}

#[tokio::test]
async fn an_administrator_changes_password_and_access_methods() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let user = json!({ "user": { "name": "ann", "access_mode": "console", "password": "correct horse" } });
    let created = ask(&registry, root, Method::POST, "/v3.0/OS-USER/users", user).await;
    let id = created.assert(201).json()["user"]["id"].as_str().unwrap().to_owned();
    let changed =
        ask(&registry, root, Method::PATCH, &format!("/v3/users/{id}"), json!({ "user": { "password": "battery staple" } })).await;
    changed.assert(200);
    assert_eq!(token_status(&registry, "ann", "correct horse").await, 401);
    assert_eq!(token_status(&registry, "ann", "battery staple").await, 201);
    let path = format!("/v3.0/OS-USER/users/{id}");
    for mode in ["programmatic", "none", "default", "console"] {
        let changed = ask(&registry, root, Method::PUT, &path, json!({ "user": { "access_mode": mode } })).await;
        assert_eq!(changed.assert(200).json()["user"]["access_mode"], mode);
    }
    ask(&registry, root, Method::PUT, &path, json!({ "user": { "name": "anna" } })).await.assert(400);
    ask(&registry, root, Method::PUT, &path, json!({ "user": { "name": "ann" } })).await.assert(200);
    assert_eq!(get(&registry, root, &path).await.assert(200).json()["user"]["access_mode"], "console");
}

#[tokio::test]
async fn a_user_that_cannot_be_changed_as_is_asked_for_stays_as_it_is() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let path = format!("/v3/users/{}", root.user);
    let before = get(&registry, root, &path).await.assert(200).json();
    for (mode, password, status) in [("none", "correct horse", 403), ("default", "weak", 400)] {
        let given = json!({ "user": { "access_mode": mode, "password": password, "description": "new" } });
        ask(&registry, root, Method::PATCH, &path, given).await.assert(status);
        assert_eq!(get(&registry, root, &path).await.assert(200).json(), before, "{mode} {password}");
    }
    assert_eq!(registry.events("user.password_set").await, Vec::<Value>::new());
    let given = json!({ "user": { "access_mode": "default", "password": "correct horse", "description": "new" } });
    ask(&registry, root, Method::PATCH, &path, given).await.assert(200);
    assert_eq!(registry.events("user.password_set").await.len(), 1);
}

/// Takes all places for hashing, and hashes nothing until they are dropped.
async fn keep_from_hashing(registry: &TestRegistry) -> impl Sized + use<> {
    let (passwords, ids) = (registry.state.passwords.clone(), registry.state.ids.clone());
    let mut waiting = Vec::new();
    let (mut computing, begun) = (true, |waiting: &mut Vec<_>| {
        let (passwords, ids) = (passwords.clone(), ids.clone());
        waiting.push(Box::pin(async move { passwords.hash(&*ids, "correct horse").await }));
    });
    loop {
        begun(&mut waiting);
        let last = waiting.last_mut().unwrap();
        match futures::poll!(last) {
            Poll::Pending => {}
            // The turns of those that are computed go to two that are never looked at again, so nothing is computed from then on.
            Poll::Ready(_) if computing => {
                waiting.pop();
                for first in waiting.drain(..2) {
                    first.await.unwrap();
                }
                computing = false;
            }
            Poll::Ready(refused) => {
                refused.unwrap_err();
                waiting.pop();
                return waiting.into_iter();
            }
        }
    }
}

#[tokio::test]
async fn a_user_stays_as_it_is_when_there_is_no_place_to_hash_its_password() {
    let registry = TestRegistry::start().await;
    let (root, ann) = (&registry.administrator, registry.user("ann").await);
    let path = format!("/v3/users/{}", ann.user);
    let before = (get(&registry, root, &path).await.assert(200).json(), registry.count_events().await);
    let given = json!({ "user": { "access_mode": "none", "password": "correct horse", "description": "new" } });
    let hashing = keep_from_hashing(&registry).await;
    let refused = ask(&registry, root, Method::PATCH, &path, given.clone()).await;
    assert_eq!(refused.assert(429).header("retry-after"), "1");
    assert_eq!((get(&registry, root, &path).await.assert(200).json(), registry.count_events().await), before);
    drop(hashing);
    ask(&registry, root, Method::PATCH, &path, given).await.assert(200);
    assert_eq!(registry.events("user.password_set").await.len(), 1);
}

#[tokio::test]
async fn an_administrator_says_anew_who_a_user_is() {
    let registry = TestRegistry::start().await;
    let (root, ann) = (&registry.administrator, registry.user("ann").await);
    for (method, path) in [(Method::PATCH, "/v3/users"), (Method::PUT, "/v3.0/OS-USER/users")] {
        let path = format!("{path}/{}", ann.user);
        for text in ["builds the *web* images", ""] {
            let changed = ask(&registry, root, method.clone(), &path, json!({ "user": { "description": text } })).await;
            assert_eq!(changed.assert(200).json()["user"]["description"], text);
        }
        let before = registry.count_events().await;
        let wordy = json!({ "user": { "description": "x".repeat(256), "password": "correct horse" } });
        ask(&registry, root, method.clone(), &path, wordy).await.assert(400);
        ask(&registry, &ann, method, &path, json!({ "user": { "description": "me" } })).await.assert(403);
        assert_eq!(registry.count_events().await, before);
    }
}

#[tokio::test]
async fn a_user_changes_its_own_password_by_proving_the_one_before() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let (state, operator) = (&registry.state, registry.operator());
    ambar_api::operations::change_access_methods(state, &operator, &ann.user, true, true).await.unwrap();
    ambar_api::operations::set_password(state, &operator, &ann.user, "correct horse").await.unwrap();
    let path = format!("/v3/users/{}/password", ann.user);
    let body = |old: &str, new: &str| json!({ "user": { "original_password": old, "password": new } });
    ask(&registry, &ann, Method::POST, &path, body("wrong horse", "battery staple")).await.assert(401);
    ask(&registry, &ann, Method::POST, &path, body("correct horse", "weak")).await.assert(400);
    ask(&registry, &registry.administrator, Method::POST, &path, body("correct horse", "battery staple")).await.assert(403);
    let trace = registry.trace(0).await;
    let change = trace.mark(registry.iam(Method::POST, &path)).body(body("correct horse", "battery staple").to_string());
    change.signed(&ann, registry.now()).send().await.assert(204);
    trace.require(true, Some(&ann), None, "a new password").await;
    assert_eq!(token_status(&registry, "ann", "battery staple").await, 201);
    // Guesses count here as they do for tokens.
    for _ in 0..5 {
        ask(&registry, &ann, Method::POST, &path, body("wrong horse", "staple battery")).await.assert(401);
    }
    assert_eq!(token_status(&registry, "ann", "battery staple").await, 401);
    registry.advance(Duration::minutes(15));
    assert_eq!(token_status(&registry, "ann", "battery staple").await, 201);
}
