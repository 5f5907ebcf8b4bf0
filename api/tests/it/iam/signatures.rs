//! Calls that are signed with an access key (requirement I6): taken, and refused in the words that clients know.

use ambar_api::operations;
use ambar_domain::level::Level;
use chrono::Duration;
use http::Method;
use serde_json::json;

use crate::support::{Answer, Ask, Login, TestRegistry};

const PREFIX: &str = "Incorrect IAM authentication information: ";

fn ask(registry: &TestRegistry) -> Ask {
    registry.iam(Method::GET, "/v3/auth/domains")
}

async fn signed(registry: &TestRegistry, login: &Login) -> Answer {
    ask(registry).signed(login, registry.now()).send().await
}

fn with_wrong_secret(login: &Login) -> Login {
    let mut wrong = login.clone();
    wrong.key.secret_key = "0".repeat(40);
    wrong
}

#[track_caller]
fn assert_refused(answer: &Answer, text: &str) {
    let body = answer.assert(401).json();
    assert_eq!((body["error_code"].as_str(), body["error_msg"].as_str()), (Some("APIGW.0301"), Some(&*format!("{PREFIX}{text}"))));
    assert!(body["request_id"].as_str().is_some_and(|id| !id.is_empty()));
}

#[tokio::test]
async fn a_signed_call_is_taken_and_an_unsigned_one_is_not() {
    let registry = TestRegistry::start().await;
    signed(&registry, &registry.administrator).await.assert(200);
    assert_refused(&ask(&registry).send().await, "x-auth-token not found");
    // A registry login is none for the API, nor is its token.
    assert_refused(&ask(&registry).login(&registry.administrator).send().await, "x-auth-token not found");
    let token = registry.token(&registry.administrator, "repository:team/web:pull").await;
    assert_refused(&ask(&registry).bearer(&token).send().await, "x-auth-token not found");
    assert_refused(&ask(&registry).header("x-auth-token", &token).send().await, "decrypt token fail");
}

#[tokio::test]
async fn a_wrong_secret_a_changed_body_and_an_unknown_key_are_refused() {
    let registry = TestRegistry::start().await;
    let login = &registry.administrator;
    assert_refused(&signed(&registry, &with_wrong_secret(login)).await, "verify aksk signature fail");
    let changed = ask(&registry).body("{}").signed(login, registry.now()).stream(vec![Ok("[]".into())]).send().await;
    assert_refused(&changed, "verify aksk signature fail");
    let mut unknown = login.clone();
    unknown.key.access_key = "A".repeat(20).parse().unwrap();
    assert_refused(&signed(&registry, &unknown).await, "Get secretKey failed,ak:AAAAAAAAAAAAAAAAAAAA,err:ak not exist");
}

#[tokio::test]
async fn what_is_no_signature_is_said_to_be_malformed() {
    let registry = TestRegistry::start().await;
    let malformed = ask(&registry).header("authorization", "SDK-HMAC-SHA256 Access=, x").send().await;
    assert_refused(&malformed, "verify aksk signature fail: the Authorization header is malformed");
    let several = ask(&registry).signed(&registry.administrator, registry.now()).header("authorization", "Bearer x").send().await;
    assert_refused(&several, "verify aksk signature fail: the Authorization header is malformed");
}

#[tokio::test]
async fn a_signature_ends_after_fifteen_minutes() {
    let registry = TestRegistry::start().await;
    let signed_at = registry.now();
    registry.advance(Duration::minutes(15));
    ask(&registry).signed(&registry.administrator, signed_at).send().await.assert(200);
    registry.advance(Duration::seconds(1));
    let expired = ask(&registry).signed(&registry.administrator, signed_at).send().await;
    assert_refused(
        &expired,
        "verify aksk signature fail: signature expired, signature time: 20270115T080000Z, server time: 20270115T081501Z",
    );
}

#[tokio::test]
async fn a_key_that_is_disabled_or_deleted_and_a_user_without_programmatic_access_sign_no_more() {
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let login = registry.member("ann", Level::Read).await;
    let unknown = format!("Get secretKey failed,ak:{},err:ak not exist", login.key.access_key);
    signed(&registry, &login).await.assert(200);
    operations::disable_access_key(state, &operator, &login.key.access_key).await.unwrap();
    assert_refused(&signed(&registry, &login).await, &unknown);
    operations::enable_access_key(state, &operator, &login.key.access_key).await.unwrap();
    signed(&registry, &login).await.assert(200);
    operations::change_access_methods(state, &operator, &login.user, true, false).await.unwrap();
    assert_refused(&signed(&registry, &login).await, &unknown);
    operations::change_access_methods(state, &operator, &login.user, true, true).await.unwrap();
    signed(&registry, &login).await.assert(200);
    operations::delete_access_key(state, &operator, &login.key.access_key).await.unwrap();
    assert_refused(&signed(&registry, &login).await, &unknown);
    let other = registry.user("otto").await;
    operations::delete_user(state, &operator, &other.user).await.unwrap();
    assert_eq!(signed(&registry, &other).await.status, 401);
}

#[tokio::test]
async fn five_wrong_signatures_in_a_row_lock_the_key_for_five_minutes_and_no_other() {
    let registry = TestRegistry::start().await;
    let (login, other) = (registry.user("ann").await, registry.user("otto").await);
    let wrong = with_wrong_secret(&login);
    for _ in 0..4 {
        assert_refused(&signed(&registry, &wrong).await, "verify aksk signature fail");
    }
    signed(&registry, &login).await.assert(200);
    for _ in 0..5 {
        assert_refused(&signed(&registry, &wrong).await, "verify aksk signature fail");
    }
    assert_refused(&signed(&registry, &login).await, "AK access failed to reach the limit,forbidden");
    signed(&registry, &other).await.assert(200);
    registry.advance(Duration::minutes(5));
    signed(&registry, &login).await.assert(200);
}

#[tokio::test]
async fn a_signed_body_is_taken_as_it_was_signed() {
    let registry = TestRegistry::start().await;
    let body = json!({ "any": "thing" }).to_string();
    let answer = ask(&registry).header("content-type", "application/json").body(body).signed(&registry.administrator, registry.now());
    answer.send().await.assert(200);
}
