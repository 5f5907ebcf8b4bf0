//! Tokens for passwords (requirements I2, I6): got, shown, used, and no longer good.

use ambar_api::operations;
use ambar_domain::ids::UserId;
use ambar_domain::level::Role;
use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestRegistry};

const PASSWORD: &str = "correct horse";

/// A user of `acme` that may sign in.
async fn user(registry: &TestRegistry, name: &str) -> UserId {
    let (state, operator) = (&registry.state, registry.operator());
    let user = operations::create_user(state, &operator, &registry.account, &name.parse().unwrap(), true, false).await.unwrap();
    operations::set_password(state, &operator, &user, PASSWORD).await.unwrap();
    user
}

fn by_name(name: &str, password: &str) -> Value {
    json!({ "name": name, "password": password, "domain": { "name": "acme" } })
}

fn request(user: &Value, scope: &Value) -> Value {
    json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": user } }, "scope": scope } })
}

async fn ask(registry: &TestRegistry, body: &Value) -> Answer {
    let asked = registry.iam(Method::POST, "/v3/auth/tokens?nocatalog=true").header("content-type", "application/json;charset=utf8");
    asked.body(body.to_string()).send().await
}

async fn sign_in(registry: &TestRegistry, name: &str, password: &str) -> Answer {
    ask(registry, &request(&by_name(name, password), &json!({ "project": { "name": "tr-west-1" } }))).await
}

async fn token(registry: &TestRegistry, name: &str) -> String {
    sign_in(registry, name, PASSWORD).await.assert(201).header("x-subject-token").to_owned()
}

async fn with_token(registry: &TestRegistry, token: &str) -> Answer {
    registry.iam(Method::GET, "/v3/auth/domains").header("x-auth-token", token).send().await
}

#[track_caller]
fn assert_refused(answer: &Answer) {
    let message = "the user name or the password is wrong, or the user is locked after too many wrong passwords";
    let error = json!({ "code": 401, "title": "Unauthorized", "message": message });
    assert_eq!(answer.assert(401).json(), json!({ "error": error }));
}

#[tokio::test]
async fn a_password_is_exchanged_for_a_token_that_says_who_and_for_what_and_how_long() {
    let registry = TestRegistry::start().await;
    let user = user(&registry, "ann").await;
    operations::set_administrator(&registry.state, &registry.operator(), &user, Role::TenantAdministrator, true).await.unwrap();
    let reader = registry.state.views.reader().unwrap();
    let account = ambar_projections::identity::find_account(&reader, &registry.account).unwrap().unwrap();
    let answer = sign_in(&registry, "ann", PASSWORD).await;
    let domain = json!({ "id": registry.account, "name": "acme" });
    let token = json!({
        "methods": ["password"],
        "issued_at": "2027-01-15T08:00:00.000000Z",
        "expires_at": "2027-01-16T08:00:00.000000Z",
        "user": { "id": user, "name": "ann", "domain": domain, "password_expires_at": "" },
        "project": { "id": account.project_id, "name": "tr-west-1", "domain": domain },
        "roles": [{ "id": "00000000000000000000000000000002", "name": "te_admin" }],
        "catalog": [],
    });
    assert_eq!(answer.assert(201).json(), json!({ "token": token }));
    assert_eq!(answer.header("cache-control"), "no-store");

    let subject = answer.header("x-subject-token").to_owned();
    with_token(&registry, &subject).await.assert(200);
    let shown = registry.iam(Method::GET, "/v3/auth/tokens?nocatalog=true").header("x-auth-token", &subject);
    let shown = shown.header("x-subject-token", &subject).send().await;
    assert_eq!(shown.assert(200).json(), json!({ "token": token }));
    assert_eq!(shown.header("x-subject-token"), subject);
}

#[tokio::test]
async fn a_token_that_is_issued_is_an_event_of_its_user_and_one_that_is_refused_is_none() {
    let registry = TestRegistry::start().await;
    let user = user(&registry, "ann").await;
    assert_refused(&sign_in(&registry, "ann", "wrong").await);
    sign_in(&registry, "ann", PASSWORD).await.assert(201);
    let issued = registry.events("user.token_issued").await;
    assert_eq!(issued, [json!({ "type": "user.token_issued", "until": "2027-01-16T08:00:00Z" })]);
    let metadata = registry.metadata_of_last_event().await;
    assert_eq!(metadata["actor"], user.as_str());
    assert!(metadata["request_id"].is_string() && metadata["source_address"].is_string(), "{metadata}");
}

#[tokio::test]
async fn a_token_is_for_the_project_or_the_account_by_id_or_name_and_for_no_other() {
    let registry = TestRegistry::start().await;
    let user = user(&registry, "ann").await;
    let reader = registry.state.views.reader().unwrap();
    let project = ambar_projections::identity::find_account(&reader, &registry.account).unwrap().unwrap().project_id;
    let by_id = json!({ "id": user, "password": PASSWORD });
    for scope in [json!({ "project": { "id": project } }), json!({ "project": { "name": "tr-west-1", "domain": { "name": "acme" } } })] {
        let answer = ask(&registry, &request(&by_id, &scope)).await;
        assert_eq!(answer.assert(201).json()["token"]["project"]["id"], json!(project));
    }
    for scope in [json!({ "domain": { "id": registry.account } }), json!({ "domain": { "name": "acme" } }), json!({}), Value::Null] {
        let answer = ask(&registry, &request(&by_id, &scope)).await;
        let token = &answer.assert(201).json()["token"];
        assert_eq!((&token["domain"]["name"], &token["project"]), (&json!("acme"), &Value::Null));
    }
    for scope in [json!({ "project": { "name": "cn-north-4" } }), json!({ "domain": { "name": "other" } }), json!({ "project": {} })] {
        let answer = ask(&registry, &request(&by_id, &scope)).await;
        assert_eq!(answer.assert(401).json()["error"]["message"], "the user has no such project or domain", "{scope}");
    }
}

#[tokio::test]
async fn without_nocatalog_a_token_says_where_the_services_are() {
    let registry = TestRegistry::start().await;
    user(&registry, "ann").await;
    let body = request(&by_name("ann", PASSWORD), &Value::Null).to_string();
    let answer = registry.iam(Method::POST, "/v3/auth/tokens").body(body).send().await;
    let catalog = &answer.assert(201).json()["token"]["catalog"];
    let urls: Vec<_> = catalog.as_array().unwrap().iter().map(|service| &service["endpoints"][0]["url"]).collect();
    assert_eq!(urls, ["http://registry.test:5000/v3", "http://registry.test:5000/v2"]);
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let registry = TestRegistry::start().await;
    user(&registry, "ann").await;
    let (state, operator) = (&registry.state, registry.operator());
    let name = "console-off".parse().unwrap();
    let off = operations::create_user(state, &operator, &registry.account, &name, false, true).await.unwrap();
    operations::set_password(state, &operator, &off, PASSWORD).await.unwrap();
    for (name, password) in [("ann", "wrong horse"), ("nobody", PASSWORD), ("root", PASSWORD), ("console-off", PASSWORD), ("!", PASSWORD)] {
        assert_refused(&sign_in(&registry, name, password).await);
    }
    let other = json!({ "name": "ann", "password": PASSWORD, "domain": { "name": "nowhere" } });
    assert_refused(&ask(&registry, &request(&other, &Value::Null)).await);
}

#[tokio::test]
async fn five_wrong_passwords_in_a_row_lock_a_user_for_fifteen_minutes_and_no_other() {
    let registry = TestRegistry::start().await;
    user(&registry, "ann").await;
    user(&registry, "otto").await;
    for _ in 0..4 {
        assert_refused(&sign_in(&registry, "ann", "wrong horse").await);
    }
    let good = token(&registry, "ann").await;
    for _ in 0..5 {
        assert_refused(&sign_in(&registry, "ann", "wrong horse").await);
    }
    assert_refused(&sign_in(&registry, "ann", PASSWORD).await);
    sign_in(&registry, "otto", PASSWORD).await.assert(201);
    // What was got before is no guess, and goes on.
    with_token(&registry, &good).await.assert(200);
    registry.advance(Duration::minutes(15));
    sign_in(&registry, "ann", PASSWORD).await.assert(201);
}

#[tokio::test]
async fn guesses_at_the_same_time_count_like_guesses_one_after_the_other() {
    let registry = TestRegistry::start().await;
    user(&registry, "ann").await;
    let guesses = (0..8).map(|_| sign_in(&registry, "ann", "wrong horse"));
    futures::future::join_all(guesses).await.iter().for_each(assert_refused);
    assert_refused(&sign_in(&registry, "ann", PASSWORD).await);
}

#[tokio::test]
async fn a_token_ends_after_its_time() {
    let registry = TestRegistry::start_with(|settings| settings.iam_token_lifetime = Duration::hours(2)).await;
    user(&registry, "ann").await;
    let token = token(&registry, "ann").await;
    registry.advance(Duration::hours(2) - Duration::seconds(1));
    with_token(&registry, &token).await.assert(200);
    registry.advance(Duration::seconds(1));
    let ended = with_token(&registry, &token).await;
    assert_eq!(ended.assert(401).json()["error_msg"], "Incorrect IAM authentication information: decrypt token fail");
}

#[tokio::test]
async fn a_token_stops_at_once_when_its_user_may_not_sign_in_any_more() {
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let ann = user(&registry, "ann").await;

    let before = token(&registry, "ann").await;
    operations::set_password(state, &operator, &ann, PASSWORD).await.unwrap();
    with_token(&registry, &before).await.assert(401);

    let token = token(&registry, "ann").await;
    operations::change_access_methods(state, &operator, &ann, false, true).await.unwrap();
    with_token(&registry, &token).await.assert(401);
    operations::change_access_methods(state, &operator, &ann, true, true).await.unwrap();
    with_token(&registry, &token).await.assert(200);
    operations::delete_user(state, &operator, &ann).await.unwrap();
    with_token(&registry, &token).await.assert(401);
}

#[tokio::test]
async fn nothing_but_such_a_token_is_taken_for_one() {
    let registry = TestRegistry::start().await;
    user(&registry, "ann").await;
    let token = token(&registry, "ann").await;
    for wrong in ["", "x", &token[1..], &format!("{token}a"), &token.replace('.', "..")] {
        with_token(&registry, wrong).await.assert(401);
    }
    let twice = registry.iam(Method::GET, "/v3/auth/domains").header("x-auth-token", &token).header("x-auth-token", &token);
    twice.send().await.assert(401);
    // Nor is it one for the registry.
    registry.get("/v2/").bearer(&token).send().await.assert(401);
}

#[tokio::test]
async fn a_token_is_shown_to_its_user_and_administrators_of_the_account_alone() {
    let registry = TestRegistry::start().await;
    let (_, foreign) = registry.other_account("other").await;
    user(&registry, "ann").await;
    let (token, colleague) = (token(&registry, "ann").await, registry.user("otto").await);
    for (login, status) in [(&registry.administrator, 200), (&colleague, 403), (&foreign, 403)] {
        let shown = registry.iam(Method::GET, "/v3/auth/tokens").header("x-subject-token", &token).signed(login, registry.now());
        shown.send().await.assert(status);
    }
    let none = registry.iam(Method::GET, "/v3/auth/tokens").signed(&registry.administrator, registry.now()).send().await;
    none.assert(400);
    let unknown = registry.iam(Method::GET, "/v3/auth/tokens").header("x-subject-token", "x").signed(&colleague, registry.now());
    assert_eq!(unknown.send().await.assert(404).json()["error"]["title"], "Not Found");
}

#[tokio::test]
async fn what_is_no_request_for_a_token_is_malformed() {
    let registry = TestRegistry::start().await;
    let user = |user: Value| request(&user, &Value::Null);
    let totp = json!({ "auth": { "identity": { "methods": ["password", "totp"], "password": { "user": by_name("ann", "x") } } } });
    let both = json!({ "project": { "name": "tr-west-1" }, "domain": { "name": "acme" } });
    for body in [
        json!(null),
        json!([]),
        json!({ "auth": {} }),
        json!({ "auth": { "identity": { "methods": ["password"] } } }),
        user(json!({ "name": "ann", "password": "x" })),
        user(json!({ "name": "ann", "domain": { "name": "acme" } })),
        user(json!({ "name": 7, "password": "x" })),
        totp,
    ] {
        let answer = ask(&registry, &body).await;
        assert_eq!(answer.assert(400).json()["error"]["code"], 400, "{body}");
    }
    self::user(&registry, "ann").await;
    ask(&registry, &request(&by_name("ann", PASSWORD), &both)).await.assert(400);
    registry.iam(Method::POST, "/v3/auth/tokens").body("x".repeat(70_000)).send().await.assert(413);
    registry.iam(Method::DELETE, "/v3/auth/tokens").send().await.assert(405);
}
