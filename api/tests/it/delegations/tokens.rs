//! Tokens by `assume_role`: what they say, and when they end.

use ambar_api::operations;
use ambar_domain::level::{Level, Role};
use chrono::Duration;
use http::Method;
use serde_json::json;

use super::{REPOSITORY, TOKENS, assume, with_token, world};

#[tokio::test]
async fn an_agency_token_says_for_whom_it_is_and_who_has_assumed_it() {
    let (registry, umbrella, delegate) = world().await;
    let id = registry.entrust(&umbrella, Level::Read, None).await;
    let answer = assume(&registry, &delegate, "acme", umbrella.as_str()).await;
    let (token, body) = (answer.assert(201).header("x-subject-token").to_owned(), answer.json()["token"].clone());
    let acme = json!({ "id": registry.account.as_str(), "name": "acme" });
    assert_eq!((&body["methods"], &body["domain"]), (&json!(["assume_role"]), &acme));
    assert_eq!(body["user"], json!({ "id": id.as_str(), "name": format!("acme/{umbrella}"), "domain": acme }));
    assert_eq!(body["assumed_by"]["user"]["id"], delegate.user.as_str());
    assert_eq!(body["assumed_by"]["user"]["domain"]["name"], "umbrella");
    assert_eq!(body["roles"][0]["name"], "swr_readonly");
    let shown = registry.get(TOKENS).header("x-auth-token", &token).header("x-subject-token", &token).send().await;
    assert_eq!(shown.assert(200).json()["token"], body);
    assert_eq!(with_token(&registry, &token, REPOSITORY).await.assert(200).json()["name"], "web");

    for (domain, agency) in [("acme", "other"), ("umbrella", umbrella.as_str()), ("nobody", umbrella.as_str()), ("acme", "!")] {
        assume(&registry, &delegate, domain, agency).await.assert(404);
    }
    operations::disable_access_key(&registry.state, &registry.operator(), &delegate.key.access_key).await.unwrap();
    with_token(&registry, &token, REPOSITORY).await.assert(401);
}

#[tokio::test]
async fn a_token_for_another_account_ends_with_the_token_it_was_got_by() {
    let (registry, umbrella, _) = world().await;
    registry.entrust(&umbrella, Level::Read, None).await;
    let (state, operator) = (&registry.state, registry.operator());
    let user = operations::create_user(state, &operator, &umbrella, &"ann".parse().unwrap(), true, false).await.unwrap();
    operations::set_password(state, &operator, &user, "correct horse").await.unwrap();
    operations::set_administrator(state, &operator, &user, Role::SwrAdministrator, true).await.unwrap();
    let user_json = json!({ "name": "ann", "password": "correct horse", "domain": { "name": "umbrella" } });
    let sign_in = json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": user_json } } } });
    let own = registry.iam(Method::POST, TOKENS).body(sign_in.to_string()).send().await;
    let (own, end) = (own.assert(201).header("x-subject-token").to_owned(), own.json()["token"]["expires_at"].clone());
    registry.advance(Duration::hours(3));
    let role = json!({ "domain_id": registry.account.as_str(), "agency_name": umbrella.as_str() });
    let body = json!({ "auth": {
        "identity": { "methods": ["assume_role"], "assume_role": role }, "scope": { "project": { "name": "tr-west-1" } },
    } });
    let ask = async || registry.iam(Method::POST, TOKENS).header("x-auth-token", &own).body(body.to_string()).send().await;
    let got = ask().await;
    assert_eq!((&got.assert(201).json()["token"]["expires_at"], &got.json()["token"]["project"]["name"]), (&end, &"tr-west-1".into()));
    let token = got.header("x-subject-token").to_owned();
    with_token(&registry, &token, REPOSITORY).await.assert(200);
    operations::set_password(state, &operator, &user, "another horse").await.unwrap();
    with_token(&registry, &token, REPOSITORY).await.assert(401);
    ask().await.assert(401);
}
