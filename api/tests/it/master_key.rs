//! The master key is changed while access keys, tokens and logins are in use (ADR 13).

use std::sync::Arc;

use ambar_api::operations::{self, OperationError, Sealings};
use ambar_api::{Keys, MasterKey};
use ambar_storage::aggregate_store::{Actor, CommandContext};
use chrono::Duration;
use http::Method;
use serde_json::json;

use crate::support::{Answer, Login, TestRegistry};

/// The one that a registry starts with.
const OLD: u8 = 9;
const NEW: u8 = 10;

/// As after a restart with these keys.
fn restart_with(registry: &mut TestRegistry, master: u8, previous: Option<u8>) {
    let key = |byte| MasterKey::new([byte; 32]);
    registry.state.keys = Arc::new(Keys::new(&key(master), previous.map(key).as_ref()));
    registry.restart();
}

async fn signed(registry: &TestRegistry, login: &Login) -> Answer {
    registry.iam(Method::GET, "/v3/auth/domains").signed(login, registry.now()).send().await
}

async fn rotate(registry: &TestRegistry) -> Result<u64, OperationError> {
    operations::reseal_secrets(&registry.state, &registry.operator()).await
}

fn sealings(registry: &TestRegistry) -> Sealings {
    operations::sealings(&registry.state).unwrap()
}

#[tokio::test]
async fn access_keys_sign_before_during_and_after_a_rotation_and_then_without_the_old_key() {
    let mut registry = TestRegistry::start().await;
    let (user, disabled) = (registry.user("ann").await, registry.user("ben").await);
    operations::disable_access_key(&registry.state, &registry.operator(), &disabled.key.access_key).await.unwrap();
    restart_with(&mut registry, NEW, Some(OLD));
    signed(&registry, &user).await.assert(200);
    assert_eq!(sealings(&registry).to_be_resealed, 3);
    assert_eq!(rotate(&registry).await.unwrap(), 3);
    signed(&registry, &user).await.assert(200);
    assert_eq!(rotate(&registry).await.unwrap(), 0);
    assert_eq!(sealings(&registry), Sealings { current: 3, ..Sealings::default() });
    restart_with(&mut registry, NEW, None);
    signed(&registry, &user).await.assert(200);
    signed(&registry, &registry.administrator).await.assert(200);
    operations::enable_access_key(&registry.state, &registry.operator(), &disabled.key.access_key).await.unwrap();
    signed(&registry, &disabled).await.assert(200);
    registry.get("/v2/").login(&user).send().await.assert(200);
}

#[tokio::test]
async fn a_rotation_is_an_event_for_each_access_key_by_the_operator_and_nobody_else_may_begin_one() {
    let mut registry = TestRegistry::start().await;
    let user = registry.user("ann").await;
    restart_with(&mut registry, NEW, Some(OLD));
    let context = CommandContext::new(registry.state.ids.uuid(), Actor::User(registry.administrator.user.clone()), "r", "local");
    let refused = operations::reseal_secrets(&registry.state, &context).await;
    assert!(matches!(refused, Err(OperationError::Denied)));
    rotate(&registry).await.unwrap();
    let resealed = registry.events("user.access_key_resealed").await;
    assert_eq!(resealed.len(), 2);
    assert!(resealed.iter().any(|event| event["access_key"] == json!(user.key.access_key)));
    assert_eq!(registry.metadata_of_last_event().await["actor"], "operator:0");
    assert!(!registry.everything_recorded().await.contains(&user.key.secret_key));
    let id = registry.state.keys.master_key().as_str();
    assert!(resealed.iter().all(|event| event["sealed_secret"].as_str().unwrap().starts_with(&format!("v2.{id}."))));
}

#[tokio::test]
async fn a_rotation_that_is_broken_off_is_done_again_and_goes_on() {
    let mut registry = TestRegistry::start().await;
    let mut users = Vec::new();
    for number in 0..5 {
        users.push(registry.user(&format!("user-{number}")).await);
    }
    restart_with(&mut registry, NEW, Some(OLD));
    registry.refuse_append(3);
    rotate(&registry).await.unwrap_err();
    registry.state.views.catch_up().await.unwrap();
    let found = sealings(&registry);
    assert!(found.current > 0 && found.to_be_resealed > 0 && found.lost == 0, "{found:?}");
    for user in &users {
        signed(&registry, user).await.assert(200);
    }
    assert_eq!(rotate(&registry).await.unwrap(), found.to_be_resealed);
    restart_with(&mut registry, NEW, None);
    for user in &users {
        signed(&registry, user).await.assert(200);
    }
}

#[tokio::test]
async fn a_wrong_master_key_is_seen_by_the_access_keys_that_it_does_not_open() {
    let mut registry = TestRegistry::start().await;
    restart_with(&mut registry, NEW, None);
    let some_lost = vec![registry.administrator.key.access_key.clone()];
    assert_eq!(sealings(&registry), Sealings { lost: 1, some_lost, ..Sealings::default() });
    // They are left as they are.
    assert_eq!(rotate(&registry).await.unwrap(), 0);
    restart_with(&mut registry, OLD, None);
    signed(&registry, &registry.administrator).await.assert(200);
}

#[tokio::test]
async fn tokens_and_temporary_keys_work_as_long_as_the_key_that_signed_them_is_given() {
    let mut registry = TestRegistry::start().await;
    let administrator = registry.administrator.clone();
    let bearer = registry.token(&administrator, "repository:team/web:pull,push").await;
    let upload = registry.post("/v2/team/web/blobs/uploads/").login(&administrator).send().await;
    let upload = upload.assert(202).header("location").to_owned();
    let body = json!({ "auth": { "identity": { "methods": ["token"], "token": { "duration_seconds": 3600 } } } });
    let made = registry.iam(Method::POST, "/v3.0/OS-CREDENTIAL/securitytokens").body(body.to_string());
    let made = made.signed(&administrator, registry.now()).send().await.assert(201).json();
    let text = |name: &str| made["credential"][name].as_str().unwrap().to_owned();
    let mut temporary = administrator.clone();
    (temporary.key.access_key, temporary.key.secret_key) = (text("access").parse().unwrap(), text("secret"));
    let all_answer = async |registry: &TestRegistry, statuses: [u16; 3]| {
        registry.get("/v2/").bearer(&bearer).send().await.assert(statuses[0]);
        registry.get(&upload).login(&administrator).send().await.assert(statuses[1]);
        let call = registry.iam(Method::GET, "/v3/auth/domains").header("x-security-token", &text("securitytoken"));
        call.signed(&temporary, registry.now()).send().await.assert(statuses[2]);
    };
    registry.advance(Duration::seconds(1));
    restart_with(&mut registry, NEW, Some(OLD));
    rotate(&registry).await.unwrap();
    all_answer(&registry, [200, 204, 200]).await;
    restart_with(&mut registry, NEW, None);
    all_answer(&registry, [401, 404, 401]).await;
}
