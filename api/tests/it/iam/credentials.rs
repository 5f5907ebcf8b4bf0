//! Permanent access keys through the identity service (requirement I3).

use ambar_api::operations;
use ambar_domain::level::Role;
use ambar_storage::aggregate_store::{Actor, CommandContext};
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Login, TestRegistry};

const PATH: &str = "/v3.0/OS-CREDENTIAL/credentials";
const TENANT_ADMINISTRATOR: &str = "00000000000000000000000000000002";

async fn ask(registry: &TestRegistry, login: &Login, method: Method, path: &str, body: Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    registry.iam(method, path).body(body).signed(login, registry.now()).send().await
}

#[tokio::test]
async fn a_key_is_shown_with_its_secret_once_works_and_is_stopped_and_deleted() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let body = json!({ "credential": { "user_id": ann.user, "description": "of the pipeline" } });
    let created = ask(&registry, &ann, Method::POST, PATH, body.clone()).await;
    let credential = created.assert(201).json()["credential"].clone();
    let mut new = ann.clone();
    new.key.access_key = credential["access"].as_str().unwrap().parse().unwrap();
    new.key.secret_key = credential["secret"].as_str().unwrap().to_owned();
    let shown = json!({
        "access": new.key.access_key,
        "user_id": ann.user,
        "status": "active",
        "create_time": "2027-01-15T08:00:00.000000Z",
        "description": "of the pipeline",
    });
    let path = format!("{PATH}/{}", new.key.access_key);
    // Signed with the new key itself.
    let alone = ask(&registry, &new, Method::GET, &path, Value::Null).await.assert(200).json();
    let mut with_last_use = shown.clone();
    with_last_use["last_use_time"] = json!("");
    assert_eq!(alone, json!({ "credential": with_last_use }));
    let listed = ask(&registry, &ann, Method::GET, PATH, Value::Null).await.assert(200).json();
    assert_eq!((listed["credentials"].as_array().unwrap().len(), &listed["credentials"][1]), (2, &shown));
    let third = ask(&registry, &ann, Method::POST, PATH, body).await;
    assert_eq!(third.assert(400).json()["error"]["message"], "a user has at most 2 access keys");
    let wordy = json!({ "credential": { "user_id": ann.user, "description": "x".repeat(256) } });
    let wordy = ask(&registry, &ann, Method::POST, PATH, wordy).await;
    assert_eq!(wordy.assert(400).json()["error"]["message"], "a description has at most 255 characters");

    let stopped = ask(&registry, &ann, Method::PUT, &path, json!({ "credential": { "status": "inactive" } })).await;
    assert_eq!(stopped.assert(200).json()["credential"]["status"], "inactive");
    ask(&registry, &new, Method::GET, &path, Value::Null).await.assert(401);
    ask(&registry, &ann, Method::PUT, &path, json!({ "credential": { "status": "active" } })).await.assert(200);
    ask(&registry, &new, Method::GET, &path, Value::Null).await.assert(200);
    ask(&registry, &ann, Method::PUT, &path, json!({ "credential": { "status": "other" } })).await.assert(400);
    for (description, status) in [("of the pipeline", 200), ("another", 400)] {
        ask(&registry, &ann, Method::PUT, &path, json!({ "credential": { "description": description } })).await.assert(status);
    }
    ask(&registry, &ann, Method::DELETE, &path, Value::Null).await.assert(204);
    ask(&registry, &new, Method::GET, &path, Value::Null).await.assert(401);
    ask(&registry, &ann, Method::GET, &path, Value::Null).await.assert(404);
}

#[tokio::test]
async fn users_look_after_their_own_keys_and_administrators_after_those_of_the_account() {
    let registry = TestRegistry::start().await;
    let (ann, otto) = (registry.user("ann").await, registry.user("otto").await);
    let (_, foreign) = registry.other_account("other").await;
    let list = format!("{PATH}?user_id={}", ann.user);
    let path = format!("{PATH}/{}", ann.key.access_key);
    let create = json!({ "credential": { "user_id": ann.user } });
    for (login, other) in [(&otto, 403), (&foreign, 404)] {
        ask(&registry, login, Method::GET, &list, Value::Null).await.assert(other);
        ask(&registry, login, Method::POST, PATH, create.clone()).await.assert(other);
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            ask(&registry, login, method, &path, json!({ "credential": { "status": "inactive" } })).await.assert(404);
        }
    }
    let listed = ask(&registry, &registry.administrator, Method::GET, &list, Value::Null).await.assert(200).json();
    assert_eq!(listed["credentials"][0]["access"], json!(ann.key.access_key));
    ask(&registry, &registry.administrator, Method::POST, PATH, create).await.assert(201);
    ask(&registry, &registry.administrator, Method::DELETE, &path, Value::Null).await.assert(204);
    ask(&registry, &registry.administrator, Method::GET, &format!("{PATH}/x"), Value::Null).await.assert(404);
}

#[tokio::test]
async fn a_key_whose_deletion_fails_works_as_before() {
    for broken in 1..=2 {
        let registry = TestRegistry::start().await;
        let (root, state) = (&registry.administrator, &registry.state);
        let mut second = root.clone();
        second.key = operations::create_access_key(state, &registry.operator(), &root.user, Default::default()).await.unwrap();
        let path = format!("{PATH}/{}", second.key.access_key);
        registry.refuse_append(broken);
        ask(&registry, root, Method::DELETE, &path, Value::Null).await.assert(503);
        let shown = ask(&registry, &second, Method::GET, &path, Value::Null).await;
        assert_eq!(shown.assert(200).json()["credential"]["status"], "active", "{broken}");
    }
}

#[tokio::test]
async fn a_key_that_was_stopped_before_is_not_started_by_stopping_it_again() {
    let registry = TestRegistry::start().await;
    let (root, state, operator) = (&registry.administrator, &registry.state, registry.operator());
    operations::disable_access_key(state, &operator, &root.key.access_key).await.unwrap();
    // Nobody is left who could get in: the last one was shut out by the operator.
    let by_root = CommandContext::new(state.ids.uuid(), Actor::User(root.user.clone()), "request", "192.0.2.1");
    operations::disable_access_key(state, &by_root, &root.key.access_key).await.unwrap();
    operations::change_access_methods(state, &by_root, &root.user, false, true).await.unwrap();
    ask(&registry, root, Method::GET, PATH, Value::Null).await.assert(401);
    assert_eq!(registry.events("user.access_key_enabled").await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_last_administrator_who_can_get_in_shuts_nobody_out() {
    let registry = TestRegistry::start().await;
    let (root, (state, operator)) = (&registry.administrator, (&registry.state, registry.operator()));
    // Another one, who has neither a password nor a key.
    let name = "keyless".parse().unwrap();
    let keyless = operations::create_user(state, &operator, &registry.account, &name, true, true).await.unwrap();
    operations::set_administrator(state, &operator, &keyless, Role::TenantAdministrator, true).await.unwrap();
    let key = format!("{PATH}/{}", root.key.access_key);
    let user = format!("/v3/users/{}", root.user);
    let inactive = json!({ "credential": { "status": "inactive" } });
    let role = format!("/v3/domains/{}/users/{}/roles/{}", registry.account, root.user, TENANT_ADMINISTRATOR);
    let steps = [
        (Method::PUT, key.clone(), inactive.clone()),
        (Method::DELETE, key.clone(), Value::Null),
        (Method::PUT, format!("/v3.0/OS-USER/users/{}", root.user), json!({ "user": { "access_mode": "console" } })),
        (Method::DELETE, role, Value::Null),
        (Method::DELETE, user, Value::Null),
    ];
    for (method, path, body) in steps {
        let before = registry.head_of_log().await;
        let refused = ask(&registry, root, method, &path, body).await;
        assert_eq!(refused.assert(403).json()["error"]["message"], "the account needs at least one administrator", "{path}");
        assert_eq!(registry.head_of_log().await, before, "{path}");
        ask(&registry, root, Method::GET, &key, Value::Null).await.assert(200);
    }
    let second = operations::create_access_key(state, &operator, &keyless, Default::default()).await.unwrap();
    ask(&registry, root, Method::PUT, &key, inactive).await.assert(200);
    let second = Login { user: keyless, key: second };
    ask(&registry, &second, Method::DELETE, &key, Value::Null).await.assert(204);
    // The operator gives out another key.
    operations::disable_access_key(state, &operator, &second.key.access_key).await.unwrap();
}
