//! What stops temporary logins: their time, somebody who revokes them, and the end of what they were asked for with.

use ambar_api::operations::{self, OperationError};
use ambar_domain::level::Level;
use ambar_domain::login::LoginScope;
use ambar_domain::user::UserError;
use ambar_projections::identity::list_logins;
use chrono::Duration;
use serde_json::json;

use super::{SECRET, by, issue, login_in, order};
use crate::support::{Login, TestRegistry, image};

#[tokio::test]
async fn a_login_and_its_tokens_stop_at_its_end_to_the_second() {
    let registry = TestRegistry::start_with(|settings| settings.token_lifetime = Duration::hours(1)).await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let user = registry.member("user", Level::Edit).await;
    let login = issue(&registry, &user, "/v2/manage/utils/secret?duration_seconds=900").await;
    let pull = "/v2/team/web/manifests/v1";
    let long = registry.get("/token?scope=repository:team/web:pull,push").login(&login).send().await;
    assert_eq!(long.json()["expires_in"], 900);
    let token = long.json()["token"].as_str().unwrap().to_owned();
    let upload = registry.post("/v2/team/web/blobs/uploads/").bearer(&token).send().await.header("location").to_owned();

    registry.advance(Duration::seconds(899));
    registry.get(pull).login(&login).send().await.assert(200);
    registry.get(pull).bearer(&token).send().await.assert(200);
    registry.advance(Duration::seconds(1));
    let ended = registry.get(pull).login(&login).send().await;
    ended.assert_refused(401, "UNAUTHORIZED");
    assert_eq!(ended.message(), "authentication required");
    registry.get(pull).bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.patch(&upload).bearer(&token).body("x").send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/token").login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
    // Whatever else has changed meanwhile, and is looked up anew for that.
    registry.grant("team", &user, Some(Level::Manage)).await;
    registry.get(pull).login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get(pull).bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get(pull).login(&user).send().await.assert(200);
}

#[tokio::test]
async fn a_revoked_login_stops_at_once_and_so_do_its_tokens() {
    let registry = TestRegistry::start().await;
    let (user, colleague) = (registry.member("user", Level::Read).await, registry.user("colleague").await);
    let (_, stranger) = registry.other_account("globex").await;
    let revoke = async |login: &Login, by_whom: &Login| {
        operations::revoke_login(&registry.state, &by(&registry, by_whom), &login.key.access_key).await
    };
    for owner_or_administrator in [&user, &registry.administrator] {
        let login = issue(&registry, &user, SECRET).await;
        let token = registry.token(&login, "repository:team/web:pull").await;
        registry.get("/v2/").login(&login).send().await.assert(200);
        for other in [&colleague, &stranger] {
            assert!(matches!(revoke(&login, other).await, Err(OperationError::Denied)));
        }
        registry.get("/v2/").login(&login).send().await.assert(200);
        revoke(&login, owner_or_administrator).await.unwrap();
        registry.get("/v2/").login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
        registry.get("/v2/").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
        assert!(matches!(revoke(&login, &user).await, Err(OperationError::LoginNotFound)));
    }
    assert!(matches!(revoke(&user, &user).await, Err(OperationError::LoginNotFound)), "an access key is no temporary login");
    let listed = list_logins(&registry.state.views.reader().unwrap(), &user.user, registry.now()).unwrap();
    assert_eq!(listed, []);
}

#[tokio::test]
async fn a_login_stops_with_the_key_that_it_was_asked_for_with() {
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let user = registry.member("user", Level::Read).await;
    let other_key = operations::create_access_key(state, &operator, &user.user, Default::default()).await.unwrap();
    let other = Login { user: user.user.clone(), key: other_key };
    let (login, beside) = (issue(&registry, &user, SECRET).await, issue(&registry, &other, SECRET).await);
    let token = registry.token(&login, "repository:team/web:pull").await;
    registry.get("/v2/").login(&login).send().await.assert(200);

    operations::disable_access_key(state, &operator, &user.key.access_key).await.unwrap();
    registry.get("/v2/").login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/v2/").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/v2/").login(&beside).send().await.assert(200);
    operations::enable_access_key(state, &operator, &user.key.access_key).await.unwrap();
    registry.get("/v2/").login(&login).send().await.assert(200);
    operations::delete_access_key(state, &operator, &user.key.access_key).await.unwrap();
    registry.get("/v2/").login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/v2/").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");

    operations::change_access_methods(state, &operator, &user.user, true, false).await.unwrap();
    registry.get("/v2/").login(&beside).send().await.assert_refused(401, "UNAUTHORIZED");
    let refused = operations::issue_login(state, &operator, &user.user, order(LoginScope::EVERYTHING)).await;
    assert!(matches!(refused, Err(OperationError::User(UserError::NoProgrammaticAccess))));
}

/// A login that the user asked for with a token that it got for its password.
async fn issue_by_password(registry: &TestRegistry, login: &Login, name: &str, password: &str) -> Login {
    let user = json!({ "name": name, "password": password, "domain": { "name": "acme" } });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let asked = registry.post("/v3/auth/tokens").body(json!({ "auth": { "identity": identity } }).to_string()).send().await;
    let token = asked.assert(201).header("x-subject-token").to_owned();
    let answer = registry.post(SECRET).header("x-auth-token", &token).send().await;
    answer.assert(200);
    login_in(&answer, login)
}

#[tokio::test]
async fn a_login_stops_with_the_password_that_it_was_asked_for_with() {
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let user = registry.member("user", Level::Read).await;
    let let_in = async |console| operations::change_access_methods(state, &operator, &user.user, console, true).await.unwrap();
    let_in(true).await;
    operations::set_password(state, &operator, &user.user, "correct horse").await.unwrap();
    let login = issue_by_password(&registry, &user, "user", "correct horse").await;
    let (by_key, by_operator) =
        (issue(&registry, &user, SECRET).await, operations::issue_login(state, &operator, &user.user, order(LoginScope::EVERYTHING)).await);
    let token = registry.token(&login, "repository:team/web:pull").await;
    let works = async || registry.get("/v2/").login(&login).send().await.status == 200;
    assert!(works().await);

    let_in(false).await;
    assert!(!works().await, "whoever may not sign in any more");
    let_in(true).await;
    assert!(works().await);
    operations::set_password(state, &operator, &user.user, "battery staple").await.unwrap();
    assert!(!works().await);
    registry.get("/v2/").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/v2/").login(&by_key).send().await.assert(200);
    let listed = list_logins(&registry.state.views.reader().unwrap(), &user.user, registry.now()).unwrap();
    let left: Vec<_> = listed.into_iter().map(|login| login.login).collect();
    assert_eq!(left, [by_key.key.access_key, by_operator.unwrap().login]);
}
