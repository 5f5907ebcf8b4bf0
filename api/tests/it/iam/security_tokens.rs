//! Temporary access keys: got with a signature or a token, used, and no longer good.

use ambar_api::operations;
use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Login, TestRegistry};

const PATH: &str = "/v3.0/OS-CREDENTIAL/securitytokens";

fn request(token: Value) -> Value {
    json!({ "auth": { "identity": { "methods": ["token"], "token": token } } })
}

async fn ask(registry: &TestRegistry, login: &Login, body: &Value) -> Answer {
    registry.iam(Method::POST, PATH).body(body.to_string()).signed(login, registry.now()).send().await
}

/// A login that signs with the temporary key, and the token that goes along.
fn temporary(of: &Login, answer: &Answer) -> (Login, String) {
    let credential = answer.json()["credential"].clone();
    let mut login = of.clone();
    login.key.access_key = credential["access"].as_str().unwrap().parse().unwrap();
    login.key.secret_key = credential["secret"].as_str().unwrap().to_owned();
    (login, credential["securitytoken"].as_str().unwrap().to_owned())
}

async fn list(registry: &TestRegistry, (login, token): &(Login, String)) -> Answer {
    registry.get("/v2/manage/namespaces").header("x-security-token", token).signed(login, registry.now()).send().await
}

#[tokio::test]
async fn a_temporary_key_signs_for_its_user_until_its_end_to_the_second() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let answer = ask(&registry, admin, &request(json!({ "duration_seconds": 3600 }))).await;
    assert_eq!(answer.assert(201).json()["credential"]["expires_at"], "2027-01-15T09:00:00.000000Z");
    let key = temporary(admin, &answer);
    assert_eq!(list(&registry, &key).await.assert(200).json()["namespaces"][0]["name"], "team");
    registry.advance(Duration::seconds(3599));
    list(&registry, &key).await.assert(200);
    registry.advance(Duration::seconds(1));
    list(&registry, &key).await.assert(401);
}

#[tokio::test]
async fn a_temporary_key_that_is_issued_is_an_event_of_its_user_with_its_id_and_without_its_secret() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    ask(&registry, admin, &request(json!({ "duration_seconds": 1 }))).await.assert(400);
    let (key, _) = temporary(admin, &ask(&registry, admin, &request(json!({ "duration_seconds": 3600 }))).await);
    let issued = json!({
        "type": "user.temporary_key_issued", "access_key": key.key.access_key, "until": "2027-01-15T09:00:00Z",
    });
    assert_eq!(registry.events("user.temporary_key_issued").await, [issued]);
    let metadata = registry.metadata_of_last_event().await;
    assert_eq!((&metadata["actor"], &metadata["access_key"]), (&json!(admin.user), &json!(admin.key.access_key)));
}

#[tokio::test]
async fn it_is_good_for_nothing_without_its_own_token_and_secret() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let [first, second] = [(); 2].map(|()| request(json!({})));
    let first = temporary(admin, &ask(&registry, admin, &first).await);
    let second = temporary(admin, &ask(&registry, admin, &second).await);
    registry.get("/v2/manage/namespaces").signed(&first.0, registry.now()).send().await.assert(401);
    list(&registry, &(first.0.clone(), second.1.clone())).await.assert(401);
    let mut wrong = first.clone();
    wrong.0.key.secret_key = second.0.key.secret_key.clone();
    list(&registry, &wrong).await.assert(401);
    registry.get("/v2/manage/namespaces").header("x-auth-token", &first.1).send().await.assert(401);
    list(&registry, &first).await.assert(200);
}

#[tokio::test]
async fn it_stops_with_the_access_key_that_it_was_got_with_and_so_does_one_that_was_got_with_it() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let first = temporary(admin, &ask(&registry, admin, &request(json!({}))).await);
    registry.advance(Duration::seconds(600));
    let asked = registry.iam(Method::POST, PATH).body(request(json!({ "duration_seconds": 86_400 })).to_string());
    let answer = asked.header("x-security-token", &first.1).signed(&first.0, registry.now()).send().await;
    assert_eq!(answer.assert(201).json()["credential"]["expires_at"], "2027-01-15T08:15:00.000000Z", "no later than the first");
    let second = temporary(admin, &answer);
    list(&registry, &second).await.assert(200);
    operations::disable_access_key(&registry.state, &registry.operator(), &admin.key.access_key).await.unwrap();
    for key in [first, second] {
        list(&registry, &key).await.assert(401);
    }
}

#[tokio::test]
async fn it_makes_nothing_that_outlives_it() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let (login, token) = temporary(admin, &ask(&registry, admin, &request(json!({ "duration_seconds": 3600 }))).await);
    let send = async |method: Method, path: &str, body: Value| {
        let asked = registry.ask(method, path).body(body.to_string()).header("x-security-token", &token);
        asked.signed(&login, registry.now()).send().await
    };
    let events = registry.count_events().await;
    let key = json!({ "credential": { "user_id": admin.user } });
    send(Method::POST, "/v3.0/OS-CREDENTIAL/credentials", key).await.assert(403);
    send(Method::POST, "/v3/users", json!({ "user": { "name": "eve", "password": "correct horse 1" } })).await.assert(403);
    send(Method::POST, "/v3/groups", json!({ "group": { "name": "eves" } })).await.assert(403);
    send(Method::POST, "/v1/delegations", json!({ "name": "x", "service": "s", "level": "read" })).await.assert(403);
    send(Method::POST, "/v2/manage/agency", Value::Null).await.assert(403);
    assert_eq!(registry.count_events().await, events);
    send(Method::GET, "/v3/users", Value::Null).await.assert(200);
    send(Method::POST, "/v2/manage/namespaces", json!({ "namespace": "made" })).await.assert(201);
    let secret = send(Method::POST, "/v2/manage/utils/secret", Value::Null).await;
    assert_eq!(secret.assert(200).header("x-swr-expireat"), "2027-01-15T09:00:00.000000Z");
    // Nor does what it is exchanged for.
    let (other, keeper) = registry.other_account("other").await;
    let order = json!({ "name": "nights", "account_name": "acme", "level": "manage" });
    let entrusted = registry.post("/v1/delegations").body(order.to_string()).signed(&keeper, registry.now()).send().await;
    entrusted.assert(201);
    let role = json!({ "domain_id": other, "agency_name": "nights" });
    let assume = json!({ "auth": { "identity": { "methods": ["assume_role"], "assume_role": role } } });
    let assumed = send(Method::POST, "/v3/auth/tokens", assume).await.assert(201).header("x-subject-token").to_owned();
    let secret = registry.post("/v2/manage/utils/secret");
    let by_token = secret.header("x-auth-token", &assumed).send().await;
    assert_eq!(by_token.assert(200).header("x-swr-expireat"), "2027-01-15T09:00:00.000000Z");
}

#[tokio::test]
async fn what_cannot_be_given_is_refused() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let before = registry.count_events().await;
    for seconds in [0, -1, 899, 86_401] {
        ask(&registry, &ann, &request(json!({ "duration_seconds": seconds }))).await.assert(400);
    }
    let mut narrowed = request(json!({}));
    narrowed["auth"]["identity"]["policy"] = json!({ "Version": "1.1", "Statement": [] });
    ask(&registry, &ann, &narrowed).await.assert(400);
    ask(&registry, &ann, &json!({ "auth": { "identity": { "methods": ["password"] } } })).await.assert(400);
    ask(&registry, &ann, &json!({ "auth": { "identity": { "methods": ["assume_role"] } } })).await.assert(400);
    ask(&registry, &ann, &request(json!({ "id": "no token" }))).await.assert(404);
    assert_eq!(registry.count_events().await, before);
}
