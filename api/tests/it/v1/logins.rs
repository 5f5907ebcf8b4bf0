//! Temporary logins: listed by whose they are, and stopped.

use ambar_api::operations;
use ambar_domain::level::Level;
use chrono::Duration;
use serde_json::{Value, json};

use super::all;
use crate::support::{Answer, Login, TestRegistry};

async fn issue(registry: &TestRegistry, login: &Login) {
    registry.post("/v2/manage/utils/secret").signed(login, registry.now()).send().await.assert(200);
}

async fn revoke(registry: &TestRegistry, by: &Login, login: &str) -> Answer {
    registry.delete(&format!("/v1/logins/{login}")).signed(by, registry.now()).send().await
}

#[tokio::test]
async fn users_list_and_stop_their_own_logins_and_administrators_those_of_everybody() {
    let registry = TestRegistry::start().await;
    let (anna, otto, root) = (registry.user("anna").await, registry.user("otto").await, &registry.administrator);
    for _ in 0..2 {
        issue(&registry, &anna).await;
    }
    let listed = registry.items(&anna, "/v1/logins").await;
    assert_eq!(listed.len(), 2);
    assert_eq!((&listed[0]["access_key"], &listed[0]["repositories"]), (&json!(anna.key.access_key), &json!(null)));
    assert!(!json!(listed).to_string().contains("login_key"));
    assert!(registry.items(&otto, "/v1/logins").await.is_empty());
    let of_anna = format!("/v1/logins?user_id={}", anna.user);
    registry.look(&otto, &of_anna).await.assert(403);
    assert_eq!(registry.items(root, &of_anna).await, listed);
    let (_, stranger) = registry.other_account("globex").await;
    registry.look(&stranger, &of_anna).await.assert(404);

    let [first, second] = &all(&listed, "login")[..] else { panic!("{listed:?}") };
    for other in [&otto, &stranger] {
        assert_eq!(revoke(&registry, other, first).await.assert(404).json()["error"]["code"], "login_not_found");
    }
    revoke(&registry, &anna, first).await.assert(204);
    revoke(&registry, &anna, first).await.assert(404);
    assert_eq!(all(&registry.items(&anna, "/v1/logins").await, "login"), std::slice::from_ref(second));
    revoke(&registry, root, second).await.assert(204);
    assert!(registry.items(&anna, "/v1/logins").await.is_empty());
}

#[tokio::test]
async fn a_login_says_for_whom_it_acts_and_ends_with_what_is_entrusted() {
    let registry = TestRegistry::start().await;
    let (umbrella, delegate) = registry.other_account("umbrella").await;
    let id = registry.entrust(&umbrella, Level::Read, Some(registry.now() + Duration::hours(1))).await;
    issue(&registry, &delegate).await;
    registry.docker_login_on_behalf(&delegate).await;
    let [own, other] = &registry.items(&delegate, "/v1/logins").await[..] else { panic!() };
    let said = |login: &Value| ["on_behalf_of", "on_behalf_of_name", "until"].map(|field| login[field].clone());
    assert_eq!(said(own), [json!(null), json!(null), json!("2027-01-16T08:00:00.000000Z")]);
    assert_eq!(said(other), [json!(registry.account), json!("acme"), json!("2027-01-15T09:00:00.000000Z")]);

    operations::revoke_delegation(&registry.state, &registry.operator(), &registry.account, &id).await.unwrap();
    assert_eq!(registry.items(&delegate, "/v1/logins").await, std::slice::from_ref(own));
}
