//! Temporary logins (requirements L2 and L4): for how long they work, for what, and what stops them.

mod ends;

use ambar_api::operations::{self, IssuedLogin, LoginClient, LoginOrder, NewAccessKey, OperationError};
use ambar_domain::level::Level;
use ambar_domain::login::{LoginRepository, LoginRight, LoginScope};
use ambar_storage::aggregate_store::{Actor, CommandContext};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;

use crate::support::{Answer, Logged, Login, TestRegistry, digest, image};

const SECRET: &str = "/v2/manage/utils/secret";

/// The login in an answer of the management API: the same in the command and in the entry for a client's configuration.
fn login_in(answer: &Answer, login: &Login) -> Login {
    let command: Vec<&str> = answer.header("x-swr-dockerlogin").split(' ').collect();
    let ["docker", "login", "-u", user, "-p", password, "registry.test:5000"] = command[..] else { panic!("{command:?}") };
    let auth = STANDARD.encode(format!("{user}:{password}"));
    assert_eq!(answer.json(), serde_json::json!({ "auths": { "registry.test:5000": { "auth": auth } } }));
    assert_eq!(answer.header("cache-control"), "no-store");
    temporary(&login.user, user, password)
}

fn temporary(user_id: &ambar_domain::ids::UserId, user: &str, password: &str) -> Login {
    let access_key = user.split_once('@').unwrap().1.parse().unwrap();
    let (login_user, login_key) = (user.to_owned(), password.to_owned());
    Login { user: user_id.clone(), key: NewAccessKey { access_key, secret_key: password.to_owned(), login_user, login_key } }
}

async fn ask(registry: &TestRegistry, login: &Login, path: &str) -> Answer {
    registry.post(path).signed(login, registry.now()).send().await
}

/// A temporary login that the user asked for with its key.
async fn issue(registry: &TestRegistry, login: &Login, path: &str) -> Login {
    let answer = ask(registry, login, path).await;
    answer.assert(200);
    login_in(&answer, login)
}

/// What a user asks for with its key.
fn by(registry: &TestRegistry, login: &Login) -> CommandContext {
    let context = CommandContext::new(registry.state.ids.uuid(), Actor::User(login.user.clone()), "request", "192.0.2.1");
    CommandContext { access_key: Some(login.key.access_key.clone()), ..context }
}

fn order(scope: LoginScope) -> LoginOrder {
    LoginOrder { name: "ci of the web team".parse().unwrap(), client: LoginClient::Containerd, lifetime: None, scope }
}

async fn issue_limited(registry: &TestRegistry, login: &Login, limits: &[(&str, LoginRight)]) -> Login {
    let limit = |(name, right): &(&str, LoginRight)| LoginRepository { repository: name.parse().unwrap(), right: *right };
    let scope = LoginScope::only(limits.iter().map(limit).collect()).unwrap();
    let issued = operations::issue_login(&registry.state, &by(registry, login), &login.user, order(scope)).await.unwrap();
    let IssuedLogin { login: id, project_name, login_key, .. } = issued;
    temporary(&login.user, &format!("{project_name}@{id}"), &login_key)
}

#[tokio::test]
async fn a_login_is_for_push_and_pull_beside_the_long_term_one() {
    let registry = TestRegistry::start().await;
    let user = registry.member("user", Level::Edit).await;
    for path in [SECRET, "/v2/manage/utils/secret?projectname=tr-west-1", "/v2/manage/utils/authorizationtoken"] {
        let login = issue(&registry, &user, path).await;
        registry.push(&login, "team/web", "v1", &image("web")).await.assert(201);
        for login in [&login, &user] {
            registry.get("/v2/").login(login).send().await.assert(200);
            let token = registry.token(login, "repository:team/web:pull").await;
            registry.get("/v2/team/web/manifests/v1").bearer(&token).send().await.assert(200);
        }
        let prefix = if path.ends_with("token") { "bearertoken@" } else { "tr-west-1@" };
        assert!(login.key.login_user.starts_with(prefix) && login.key.access_key != user.key.access_key);
        let wrong = temporary(&user.user, &login.key.login_user, &"0".repeat(64));
        registry.get("/v2/").login(&wrong).send().await.assert_refused(401, "UNAUTHORIZED");
        let elsewhere = temporary(&user.user, &format!("other@{}", login.key.access_key), &login.key.login_key);
        registry.get("/v2/").login(&elsewhere).send().await.assert_refused(401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn a_login_may_what_its_user_may() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let user = registry.member("user", Level::Read).await;
    let login = issue(&registry, &user, SECRET).await;
    registry.get("/v2/team/web/manifests/v1").login(&login).send().await.assert(200);
    let push = registry.push(&login, "team/web", "v2", &image("web")).await;
    push.assert_refused(403, "DENIED");
    assert_eq!(push.message(), "you do not have the permission");
    registry.grant("team", &user, None).await;
    registry.get("/v2/team/web/manifests/v1").login(&login).send().await.assert_refused(403, "DENIED");
}

#[tokio::test]
async fn a_login_lasts_as_long_as_is_asked_for_or_configured() {
    let registry = TestRegistry::start_with(|settings| settings.docker_login_lifetime = Duration::hours(12)).await;
    let user = registry.user("user").await;
    let end = |seconds| (registry.now() + Duration::seconds(seconds)).to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    for (query, seconds) in [("", 43_200), ("?duration_seconds=900", 900), ("?duration_seconds=86400", 86_400)] {
        let answer = ask(&registry, &user, &format!("{SECRET}{query}")).await;
        assert_eq!(answer.header("x-swr-expireat"), end(seconds));
    }
    for query in ["duration_seconds=899", "duration_seconds=86401", "duration_seconds=long", "duration_seconds=-1", "projectname=other"] {
        let answer = ask(&registry, &user, &format!("{SECRET}?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error_code"].as_str()), (400, Some("SVCSTG.SWR.4001025")), "{query}");
    }
    let issued = operations::issue_login(&registry.state, &by(&registry, &user), &user.user, order(LoginScope::EVERYTHING)).await.unwrap();
    assert_eq!(issued.until, registry.now() + Duration::hours(6));
}

#[tokio::test]
async fn a_limited_login_is_good_for_nothing_else() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    for name in ["team/web", "team/base", "team/other"] {
        registry.push(&registry.administrator, name, "v1", &web).await.assert(201);
    }
    let limits = [("team/web", LoginRight::Push), ("team/base", LoginRight::Pull)];
    let login = issue_limited(&registry, &registry.administrator, &limits).await;
    let token = registry.token(&login, "repository:team/other:pull,push").await;
    registry.push(&login, "team/web", "v2", &web).await.assert(201);
    registry.get("/v2/team/base/manifests/v1").login(&login).send().await.assert(200);

    registry.push(&login, "team/base", "v2", &web).await.assert_refused(403, "DENIED");
    registry.delete("/v2/team/web/manifests/v2").login(&login).send().await.assert_refused(403, "DENIED");
    for path in ["/v2/team/other/manifests/v1", "/v2/team/none/manifests/v1", "/v2/none/none/manifests/v1"] {
        registry.get(path).login(&login).send().await.assert_refused(403, "DENIED");
    }
    registry.get("/v2/team/other/manifests/v1").bearer(&token).send().await.assert_refused(403, "DENIED");
    registry.post("/v2/team/other/blobs/uploads/").bearer(&token).send().await.assert_refused(403, "DENIED");
    // Not by way of an upload that another login of the same user began, and not as the source of a mount.
    let begun = registry.post("/v2/team/other/blobs/uploads/").login(&registry.administrator).send().await.header("location").to_owned();
    registry.patch(&begun).login(&login).body("x").send().await.assert_refused(403, "DENIED");
    let only_other = image("other");
    registry.push_blob(&registry.administrator, "team/other", &only_other.layer).await.assert(201);
    let mount = format!("/v2/team/web/blobs/uploads/?mount={}&from=team/other", digest(&only_other.layer));
    registry.post(&mount).login(&login).send().await.assert(202);
}

#[tokio::test]
async fn every_issue_and_every_end_is_an_event_that_says_who_by_which_key_and_for_what() {
    let registry = TestRegistry::start().await;
    let user = registry.user("user").await;
    let answer = registry.post(SECRET).header("x-request-id", "request-1").signed(&user, registry.now()).send().await;
    let login = login_in(&answer, &user);
    let metadata = registry.metadata_of_last_event().await;
    assert_eq!((&metadata["actor"], &metadata["request_id"]), (&user.user.as_str().into(), &"request-1".into()));
    assert_eq!(metadata["access_key"], user.key.access_key.as_str());
    let issued = registry.events("user.login_issued").await;
    assert_eq!(issued[0]["login"], login.key.access_key.as_str());
    assert_eq!((&issued[0]["name"], &issued[0]["access_key"]), (&"docker login".into(), &user.key.access_key.as_str().into()));
    operations::revoke_login(&registry.state, &by(&registry, &user), &login.key.access_key).await.unwrap();
    assert_eq!(registry.events("user.login_revoked").await[0]["login"], login.key.access_key.as_str());

    // What is done with a login names the login, which leads to its key.
    let login = issue(&registry, &registry.administrator, SECRET).await;
    registry.push(&login, "team/web", "v1", &image("web")).await.assert(201);
    assert_eq!(registry.metadata_of_last_event().await["access_key"], login.key.access_key.as_str());
}

#[tokio::test]
async fn a_login_signs_no_call_and_nobody_issues_one_for_a_colleague() {
    let registry = TestRegistry::start().await;
    let (user, colleague) = (registry.user("user").await, registry.user("colleague").await);
    let login = issue(&registry, &user, SECRET).await;
    ask(&registry, &login, SECRET).await.assert(401);
    registry.post(SECRET).login(&login).send().await.assert(401);
    let refused = operations::issue_login(&registry.state, &by(&registry, &user), &colleague.user, order(LoginScope::EVERYTHING)).await;
    assert!(matches!(refused, Err(OperationError::Denied)));
    let disable = operations::disable_access_key(&registry.state, &by(&registry, &user), &login.key.access_key).await;
    assert!(matches!(disable, Err(OperationError::AccessKeyNotFound)));
}

#[tokio::test]
async fn a_hundred_logins_of_a_user_work_at_once_and_the_next_waits_for_the_end_of_one() {
    let registry = TestRegistry::start().await;
    let user = registry.user("user").await;
    for _ in 0..100 {
        ask(&registry, &user, "/v2/manage/utils/secret?duration_seconds=900").await.assert(200);
    }
    let refused = ask(&registry, &user, SECRET).await;
    assert_eq!((refused.status.as_u16(), refused.json()["error_code"].as_str()), (400, Some("SVCSTG.SWR.4000101")));
    registry.advance(Duration::seconds(900));
    ask(&registry, &user, SECRET).await.assert(200);
}

#[tokio::test]
async fn the_password_of_a_login_is_in_no_event_and_no_line_of_the_log() {
    let logged = Logged::begin();
    let registry = TestRegistry::start().await;
    let login = issue(&registry, &registry.administrator, SECRET).await;
    registry.push(&login, "team/web", "v1", &image("web")).await.assert(201);
    registry.token(&login, "repository:team/web:pull").await;
    let (events, lines) = (registry.everything_recorded().await, logged.lines());
    let (id, password) = (login.key.access_key.as_str(), login.key.login_key.as_str());
    assert!(events.contains(id) && !events.contains(password));
    assert!(lines.contains(SECRET) && !lines.contains(password), "{lines}");
}
