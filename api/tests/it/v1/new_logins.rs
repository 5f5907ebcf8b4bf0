//! Temporary logins that are asked for by the own API: what they are good for, how long, and what is handed out with them.

use ambar_api::operations::{self, NewAccessKey};
use ambar_domain::level::Level;
use chrono::Duration;
use serde_json::{Value, json};

use super::all;
use crate::support::{Answer, Logged, Login, TestRegistry, image};

const LOGINS: &str = "/v1/logins";

async fn ask(registry: &TestRegistry, login: &Login, body: &Value) -> Answer {
    registry.post(LOGINS).body(body.to_string()).signed(login, registry.now()).send().await
}

/// A login that the user asked for, as a registry client uses it.
async fn issue(registry: &TestRegistry, login: &Login, body: &Value) -> Login {
    used(login, ask(registry, login, body).await.assert(201))
}

fn used(login: &Login, answer: &Answer) -> Login {
    let issued = answer.json();
    let text = |field: &str| issued[field].as_str().unwrap().to_owned();
    let access_key = text("login").parse().unwrap();
    Login {
        user: login.user.clone(),
        key: NewAccessKey { access_key, secret_key: text("password"), login_user: text("user"), login_key: text("password") },
    }
}

fn limits(limits: &[(&str, &str)]) -> Value {
    limits.iter().map(|(repository, right)| json!({ "repository": repository, "right": right })).collect()
}

#[tokio::test]
async fn a_new_login_comes_with_its_password_this_once_and_with_commands_that_use_it() {
    let logged = Logged::begin();
    let registry = TestRegistry::start().await;
    let anna = registry.member("anna", Level::Read).await;
    let answer = ask(&registry, &anna, &json!({ "name": "ci of the web team", "duration_seconds": 900 })).await;
    let issued = answer.assert(201).json();
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!((&issued["name"], &issued["host"]), (&json!("ci of the web team"), &json!("registry.test:5000")));
    assert_eq!(issued["until"], "2027-01-15T08:15:00.000000Z");
    let login = used(&anna, &answer);
    assert_eq!(login.key.login_user, format!("tr-west-1@{}", login.key.access_key));
    registry.get("/v2/").login(&login).send().await.assert(200);

    let listed = registry.items(&anna, LOGINS).await;
    for (field, value) in listed[0].as_object().unwrap() {
        assert_eq!(issued[field], *value, "{field}");
    }
    let password = login.key.login_key.as_str();
    assert!(!json!(listed).to_string().contains(password));
    assert!(!registry.everything_recorded().await.contains(password) && !logged.lines().contains(password));
    assert_eq!(registry.events("user.login_issued").await[0]["name"], "ci of the web team");

    let commands = issued["commands"].as_array().unwrap();
    assert_eq!(all(commands, "client"), ["docker", "docker", "podman", "ctr", "ctr", "crictl", "nerdctl"]);
    let first = commands[0]["command"].as_str().unwrap();
    assert!(first.contains("--password-stdin registry.test:5000") && !first.contains(password), "{first}");
    assert_eq!(commands[1]["command"], format!("docker login -u {} -p {password} registry.test:5000", login.key.login_user));
    assert!(commands[1]["note"].as_str().unwrap().contains("history"));
}

#[tokio::test]
async fn how_long_a_login_works_unless_that_is_said_depends_on_the_client_that_it_is_for() {
    let usual = TestRegistry::start().await;
    let set = TestRegistry::start_with(|settings| settings.containerd_login_lifetime = Duration::minutes(30)).await;
    let cases = [
        (&usual, "docker", "docker login", "docker", Duration::hours(24)),
        (&usual, "containerd", "containerd login", "ctr", Duration::hours(6)),
        (&set, "containerd", "containerd login", "ctr", Duration::minutes(30)),
    ];
    for (registry, client, name, first, lifetime) in cases {
        let user = registry.user(client).await;
        let issued = ask(registry, &user, &json!({ "client": client })).await.assert(201).json();
        let end = (registry.now() + lifetime).to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        assert_eq!((&issued["until"], &issued["name"]), (&json!(end), &json!(name)));
        assert_eq!(issued["commands"][0]["client"], first);
        let login = used(&user, &ask(registry, &user, &json!({ "client": client })).await);
        registry.advance(lifetime - Duration::seconds(1));
        registry.get("/v2/").login(&login).send().await.assert(200);
        registry.advance(Duration::seconds(1));
        registry.get("/v2/").login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn a_limited_login_pulls_its_images_alone_and_pushes_only_those_that_it_is_to() {
    let registry = TestRegistry::start().await;
    let (web, anna) = (image("web"), registry.member("anna", Level::Edit).await);
    for name in ["team/web", "team/base", "team/other"] {
        registry.push(&registry.administrator, name, "v1", &web).await.assert(201);
    }
    let scope = limits(&[("team/base", "pull"), ("team/new", "push"), ("team/web", "push")]);
    let answer = ask(&registry, &anna, &json!({ "repositories": scope, "client": "containerd" })).await;
    let (login, issued) = (used(&anna, answer.assert(201)), answer.json());
    assert_eq!(issued["repositories"], scope);
    assert_eq!(registry.items(&anna, LOGINS).await[0]["repositories"], scope);
    assert!(issued["commands"][0]["command"].as_str().unwrap().ends_with(" registry.test:5000/team/base:TAG"));

    registry.get("/v2/team/base/manifests/v1").login(&login).send().await.assert(200);
    registry.push(&login, "team/base", "v2", &web).await.assert_refused(403, "DENIED");
    registry.push(&login, "team/web", "v2", &web).await.assert(201);
    registry.push(&login, "team/new", "v1", &web).await.assert(201);
    registry.get("/v2/team/other/manifests/v1").login(&login).send().await.assert_refused(403, "DENIED");
    let token = registry.token(&login, "repository:team/other:pull").await;
    registry.get("/v2/team/other/manifests/v1").bearer(&token).send().await.assert_refused(403, "DENIED");
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused_with_a_code_and_nothing_is_issued() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (anna, stranger) = (registry.member("anna", Level::Read).await, registry.user("stranger").await);
    let many: Vec<_> = (0..51).map(|n| json!({ "repository": format!("team/web{n}"), "right": "pull" })).collect();
    let web = |right: &str| limits(&[("team/web", right)]);
    let cases = [
        (&anna, json!({ "client": "podman" }), 400, "body_invalid"),
        (&anna, json!({ "name": "" }), 400, "body_invalid"),
        (&anna, json!({ "name": "a".repeat(65) }), 400, "body_invalid"),
        (&anna, json!({ "name": "a\nb" }), 400, "body_invalid"),
        (&anna, json!({ "duration_seconds": 899 }), 400, "login_invalid"),
        (&anna, json!({ "duration_seconds": 86_401 }), 400, "login_invalid"),
        (&anna, json!({ "duration_seconds": -1 }), 400, "body_invalid"),
        (&anna, json!({ "duration_seconds": u64::MAX }), 400, "body_invalid"),
        (&anna, json!({ "repositories": [] }), 400, "body_invalid"),
        (&anna, json!({ "repositories": many }), 400, "body_invalid"),
        (&anna, json!({ "repositories": limits(&[("team/web", "pull"), ("team/web", "push")]) }), 400, "body_invalid"),
        (&anna, json!({ "repositories": limits(&[("team", "pull")]) }), 400, "body_invalid"),
        (&anna, json!({ "repositories": web("delete") }), 400, "body_invalid"),
        (&anna, json!({ "repositories": limits(&[("team/none", "pull")]) }), 404, "repository_not_found"),
        (&anna, json!({ "repositories": limits(&[("team/none", "push")]) }), 404, "repository_not_found"),
        (&anna, json!({ "repositories": web("push") }), 403, "denied"),
        (&stranger, json!({ "repositories": web("pull") }), 404, "repository_not_found"),
        (&anna, json!({ "repository": "team/web" }), 400, "body_invalid"),
        (&anna, json!([]), 400, "body_invalid"),
    ];
    let events = registry.count_events().await;
    for (login, body, status, code) in cases {
        let refused = ask(&registry, login, &body).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["error"]["code"]), (status, &json!(code)), "{body}");
    }
    assert_eq!(registry.count_events().await, events);
}

#[tokio::test]
async fn the_hundred_and_first_login_of_a_user_waits_for_the_end_of_another() {
    let registry = TestRegistry::start().await;
    let anna = registry.user("anna").await;
    let first = issue(&registry, &anna, &json!({})).await;
    for _ in 1..100 {
        issue(&registry, &anna, &json!({})).await;
    }
    let refused = ask(&registry, &anna, &json!({})).await;
    assert_eq!(refused.assert(409).json()["error"]["code"], "too_many_logins");
    registry.delete(&format!("{LOGINS}/{}", first.key.access_key)).signed(&anna, registry.now()).send().await.assert(204);
    registry.get("/v2/").login(&first).send().await.assert_refused(401, "UNAUTHORIZED");
    issue(&registry, &anna, &json!({})).await;
}

#[tokio::test]
async fn whoever_may_not_use_access_keys_gets_no_login_and_hears_the_code_of_each_way_to_one() {
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let user = registry.user("user").await;
    operations::set_password(state, &operator, &user.user, "correct horse").await.unwrap();
    operations::change_access_methods(state, &operator, &user.user, true, false).await.unwrap();
    let identity = json!({ "methods": ["password"], "password": { "user": {
        "name": "user", "password": "correct horse", "domain": { "name": "acme" } } } });
    let asked = registry.post("/v3/auth/tokens").body(json!({ "auth": { "identity": identity } }).to_string()).send().await;
    let token = asked.assert(201).header("x-subject-token").to_owned();
    let send = async |path: &str| registry.post(path).header("x-auth-token", &token).body("{}").send().await;
    let events = registry.count_events().await;
    assert_eq!(send(LOGINS).await.assert(403).json()["error"]["code"], "denied");
    for (path, code) in [("secret", "SVCSTG.SWR.4039002"), ("authorizationtoken", "SVCSTG.SWR.4030170")] {
        assert_eq!(send(&format!("/v2/manage/utils/{path}")).await.assert(403).json()["error_code"], code);
    }
    assert_eq!(registry.count_events().await, events);
}

#[tokio::test]
async fn a_login_that_is_asked_for_with_a_temporary_key_ends_with_that() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let body = json!({ "auth": { "identity": { "methods": ["token"], "token": { "duration_seconds": 3600 } } } });
    let asked = registry.iam(http::Method::POST, "/v3.0/OS-CREDENTIAL/securitytokens").body(body.to_string());
    let credential = asked.signed(admin, registry.now()).send().await.assert(201).json()["credential"].clone();
    let text = |field: &str| credential[field].as_str().unwrap().to_owned();
    let mut key = admin.clone();
    (key.key.access_key, key.key.secret_key) = (text("access").parse().unwrap(), text("secret"));
    let send = async || {
        let asked = registry.post(LOGINS).body(json!({ "duration_seconds": 86_400 }).to_string());
        asked.header("x-security-token", &text("securitytoken")).signed(&key, registry.now()).send().await
    };
    assert_eq!(send().await.assert(201).json()["until"], "2027-01-15T09:00:00.000000Z");
    registry.advance(Duration::minutes(50));
    assert_eq!(send().await.assert(400).json()["error"]["code"], "login_invalid");
}

#[tokio::test]
async fn who_acts_for_an_account_gets_a_login_for_that_and_limits_it_to_what_that_has() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (umbrella, delegate) = registry.other_account("umbrella").await;
    registry.entrust(&umbrella, Level::Read, Some(registry.now() + Duration::hours(1))).await;
    let send = async |right: &str| {
        let body = json!({ "repositories": limits(&[("team/web", right)]) });
        registry.on_behalf(&delegate, registry.post(LOGINS).body(body.to_string())).send().await
    };
    assert_eq!(send("push").await.assert(403).json()["error"]["code"], "denied");
    let answer = send("pull").await;
    let issued = answer.assert(201).json();
    assert_eq!((&issued["on_behalf_of"], &issued["until"]), (&json!(registry.account), &json!("2027-01-15T09:00:00.000000Z")));
    assert_eq!(issued["on_behalf_of_name"], "acme");
    registry.get("/v2/team/web/manifests/v1").login(&used(&delegate, &answer)).send().await.assert(200);
    let own = ask(&registry, &delegate, &json!({ "repositories": limits(&[("team/web", "pull")]) })).await;
    assert_eq!(own.assert(404).json()["error"]["code"], "repository_not_found");
}
