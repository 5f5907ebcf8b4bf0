//! Tokens of the identity service and temporary access keys: how many a user takes before it has to wait.

use chrono::Duration;
use http::Method;
use serde_json::json;

use super::{log_in, number, said, user_with_password, with_limits};
use crate::support::{Answer, Login, TestRegistry};

async fn take_token(registry: &TestRegistry, login: &Login) -> Answer {
    log_in(registry, "password", login, "203.0.113.7").await
}

async fn take_temporary_key(registry: &TestRegistry, login: &Login) -> Answer {
    let body = json!({ "auth": { "identity": { "methods": ["token"] } } }).to_string();
    let ask = registry.iam(Method::POST, "/v3.0/OS-CREDENTIAL/securitytokens").body(body);
    ask.signed(login, registry.now()).send().await
}

#[track_caller]
fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "20"), "{answer:?}");
    assert_eq!(said(answer), "the user has taken too many tokens; try again later");
}

#[tokio::test]
async fn a_user_who_takes_too_many_tokens_has_to_wait_and_no_other_does() {
    let registry = with_limits(|limits| limits.tokens_per_minute = number(3)).await;
    let (ann, otto) = (user_with_password(&registry, "ann").await, user_with_password(&registry, "otto").await);
    let mut wrong = ann.clone();
    wrong.key.secret_key = "wrong".to_owned();
    take_token(&registry, &wrong).await.assert(401);
    take_token(&registry, &ann).await.assert(201);
    take_temporary_key(&registry, &ann).await.assert(201);
    take_token(&registry, &ann).await.assert(201);
    assert_refused(&take_token(&registry, &ann).await);
    assert_refused(&take_temporary_key(&registry, &ann).await);
    take_token(&registry, &otto).await.assert(201);
    assert_eq!(registry.events("user.token_issued").await.len(), 3);
    assert_eq!(registry.events("user.temporary_key_issued").await.len(), 1);
    registry.advance(Duration::seconds(20));
    take_temporary_key(&registry, &ann).await.assert(201);
    assert_refused(&take_token(&registry, &ann).await);
}

#[tokio::test]
async fn with_0_nobody_waits_for_a_token() {
    let registry = with_limits(|limits| limits.tokens_per_minute = None).await;
    for _ in 0..700 {
        take_temporary_key(&registry, &registry.administrator).await.assert(201);
    }
}
