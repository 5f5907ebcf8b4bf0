//! Logins, tokens and challenges (requirements L1, L3, L4).

use chrono::Duration;

use crate::support::{TestRegistry, image};

#[tokio::test]
async fn the_base_asks_everybody_to_log_in() {
    for anonymous_pull in [false, true] {
        let registry = TestRegistry::start_with(|settings| settings.anonymous_pull = anonymous_pull).await;
        let answer = registry.get("/v2/").send().await;
        answer.assert_refused(401, "UNAUTHORIZED");
        assert_eq!(answer.message(), "authentication required");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"http://registry.test:5000/token\",service=\"ambar\"");
        assert_eq!(answer.header("docker-distribution-api-version"), "registry/2.0");
    }
}

#[tokio::test]
async fn a_login_opens_the_base() {
    let registry = TestRegistry::start().await;
    let answer = registry.get("/v2/").login(&registry.administrator).send().await;
    answer.assert(200);
    assert_eq!(answer.header("docker-distribution-api-version"), "registry/2.0");
}

#[tokio::test]
async fn a_wrong_login_is_refused_in_every_form() {
    let registry = TestRegistry::start().await;
    let mut wrong_key = registry.administrator.clone();
    wrong_key.key.login_key = "0".repeat(64);
    let mut wrong_project = registry.administrator.clone();
    wrong_project.key.login_user = format!("other@{}", wrong_project.key.access_key);
    let mut unknown = registry.administrator.clone();
    unknown.key.login_user = format!("tr-west-1@{}", "A".repeat(20));
    for login in [&wrong_key, &wrong_project, &unknown] {
        registry.get("/v2/").login(login).send().await.assert_refused(401, "UNAUTHORIZED");
        registry.get("/token").login(login).send().await.assert_refused(401, "UNAUTHORIZED");
    }
    for header in ["Basic", "Basic !!!", "Bearer", "Bearer a.b.c", "Digest x", ""] {
        registry.get("/v2/").header("authorization", header).send().await.assert_refused(401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn a_token_is_got_for_a_login_and_works_where_it_was_asked_for() {
    let registry = TestRegistry::start().await;
    let answer = registry.get("/token?service=ambar&scope=repository:team/web:pull&account=x").login(&registry.administrator).send().await;
    answer.assert(200);
    let body = answer.json();
    assert_eq!(body["token"], body["access_token"]);
    assert_eq!(body["expires_in"], 300);
    assert_eq!(body["issued_at"], registry.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    assert_eq!(answer.header("cache-control"), "no-store");

    let token = body["token"].as_str().unwrap();
    registry.get("/v2/").bearer(token).send().await.assert(200);
    registry.get("/v2/team/web/tags/list").bearer(token).send().await.assert_refused(404, "NAME_UNKNOWN");
    let elsewhere = registry.get("/v2/team/other/tags/list").bearer(token).send().await;
    elsewhere.assert_refused(401, "UNAUTHORIZED");
    assert_eq!(
        elsewhere.header("www-authenticate"),
        "Bearer realm=\"http://registry.test:5000/token\",service=\"ambar\",scope=\"repository:team/other:pull\",error=\"insufficient_scope\""
    );
    let push = registry.post("/v2/team/web/blobs/uploads/").bearer(token).send().await;
    assert!(push.header("www-authenticate").contains("scope=\"repository:team/web:pull,push\""));
}

#[tokio::test]
async fn a_form_gets_a_token_as_well() {
    let registry = TestRegistry::start().await;
    let key = &registry.administrator.key;
    let user = key.login_user.replace('@', "%40");
    let form = format!(
        "grant_type=password&service=ambar&client_id=test&username={user}&password={}&scope=repository%3Ateam%2Fa%3Apull+repository%3Ateam%2Fb%3Apull%2Cpush",
        key.login_key
    );
    let answer = registry.post("/token").header("content-type", "application/x-www-form-urlencoded").body(form).send().await;
    answer.assert(200);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    registry.get("/v2/team/a/tags/list").bearer(&token).send().await.assert(404);
    registry.post("/v2/team/b/blobs/uploads/").bearer(&token).send().await.assert(202);
    registry.post("/v2/team/a/blobs/uploads/").bearer(&token).send().await.assert(401);
}

#[tokio::test]
async fn forms_that_are_no_login_are_refused() {
    let registry = TestRegistry::start().await;
    let refresh = "grant_type=refresh_token&refresh_token=x";
    registry.post("/token").body(refresh).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.post("/token").body("grant_type=password&username=a&password=b").send().await.assert_refused(401, "UNAUTHORIZED");
    registry.post("/token").body("grant_type=other").send().await.assert(400);
    registry.post("/token").body("x".repeat(20_000)).send().await.assert(400);
}

#[tokio::test]
async fn a_token_ends() {
    let registry = TestRegistry::start().await;
    let token = registry.token(&registry.administrator, "repository:team/web:pull").await;
    registry.advance(Duration::seconds(299));
    registry.get("/v2/").bearer(&token).send().await.assert(200);
    registry.advance(Duration::seconds(1));
    registry.get("/v2/").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/v2/team/web/tags/list").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn nobody_gets_a_token_for_nothing_unless_anonymous_pull_is_on() {
    let registry = TestRegistry::start().await;
    registry.get("/token?scope=repository:team/web:pull").send().await.assert_refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn anonymous_pull_serves_public_repositories_and_no_others() {
    let registry = TestRegistry::start_with(|settings| settings.anonymous_pull = true).await;
    let (public, private) = (image("public"), image("private"));
    registry.push(&registry.administrator, "team/public", "v1", &public).await.assert(201);
    registry.push(&registry.administrator, "team/private", "v1", &private).await.assert(201);
    registry.publish("team/public").await;

    let token = registry.get("/token?scope=repository:team/public:pull,push&scope=repository:team/private:pull").send().await;
    let token = token.json()["token"].as_str().unwrap().to_owned();
    registry.get("/v2/").bearer(&token).send().await.assert(200);
    registry.get("/v2/team/public/manifests/v1").bearer(&token).send().await.assert(200);
    registry.get("/v2/team/public/manifests/v1").send().await.assert(200);
    for path in ["/v2/team/private/manifests/v1", "/v2/team/none/manifests/v1", "/v2/nobody/none/manifests/v1"] {
        registry.get(path).bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
        registry.get(path).send().await.assert_refused(401, "UNAUTHORIZED");
    }
    registry.post("/v2/team/public/blobs/uploads/").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn the_challenge_names_the_address_that_clients_know() {
    let registry = TestRegistry::start_with(|settings| settings.public_url = Some("https://images.example.com/".to_owned())).await;
    let answer = registry.get("/v2/").send().await;
    assert!(answer.header("www-authenticate").starts_with("Bearer realm=\"https://images.example.com/token\""));

    let registry = TestRegistry::start_with(|settings| settings.tls = true).await;
    assert!(registry.get("/v2/").send().await.header("www-authenticate").contains("\"https://registry.test:5000/token\""));
    let forwarded = registry.get("/v2/").header("x-forwarded-proto", "http").header("x-forwarded-host", "evil").send().await;
    assert!(forwarded.header("www-authenticate").contains("\"https://registry.test:5000/token\""));

    let registry = TestRegistry::start_with(|settings| settings.behind_proxy = true).await;
    let forwarded = registry.get("/v2/").header("x-forwarded-proto", "https").header("x-forwarded-host", "images.example.com").send().await;
    assert!(forwarded.header("www-authenticate").contains("\"https://images.example.com/token\""));
}
