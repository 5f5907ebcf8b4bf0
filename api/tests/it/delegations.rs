//! Delegations (requirement I5): who acts for another account, how far, how long, and what is recorded of it.

use ambar_api::IAM_ROUTES;
use ambar_api::operations::{self, NewAccessKey};
use ambar_domain::account::DelegationChange;
use ambar_domain::ids::AccountId;
use ambar_domain::level::{Level, Role};
use ambar_storage::aggregate_store::{Actor, CommandContext};
use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Ask, Login, TestRegistry, image};

const REPOSITORY: &str = "/v2/manage/namespaces/team/repos/web";
const TOKENS: &str = "/v3/auth/tokens?nocatalog=true";

/// A registry with an image, and an administrator of the account `umbrella`.
async fn world() -> (TestRegistry, AccountId, Login) {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (umbrella, delegate) = registry.other_account("umbrella").await;
    (registry, umbrella, delegate)
}

/// A signed request on behalf of `acme`.
fn acting(registry: &TestRegistry, login: &Login, request: Ask) -> Ask {
    request.header("x-domain-id", registry.account.as_str()).signed(login, registry.now())
}

async fn look(registry: &TestRegistry, login: &Login) -> Answer {
    acting(registry, login, registry.get(REPOSITORY)).send().await
}

/// A login for docker, asked for on behalf of `acme`.
async fn docker_login(registry: &TestRegistry, login: &Login) -> Login {
    let answer = acting(registry, login, registry.post("/v2/manage/utils/secret")).send().await;
    let command: Vec<String> = answer.assert(200).header("x-swr-dockerlogin").split(' ').map(str::to_owned).collect();
    let (login_user, login_key) = (command[3].clone(), command[5].clone());
    assert!(login_user.starts_with("tr-west-1@"), "{login_user}");
    let access_key = login_user.split_once('@').unwrap().1.parse().unwrap();
    Login { user: login.user.clone(), key: NewAccessKey { access_key, secret_key: login_key.clone(), login_user, login_key } }
}

async fn assume(registry: &TestRegistry, login: &Login, domain: &str, agency: &str) -> Answer {
    let role = json!({ "domain_name": domain, "agency_name": agency });
    let body = json!({ "auth": { "identity": { "methods": ["assume_role"], "assume_role": role } } });
    registry.iam(Method::POST, TOKENS).body(body.to_string()).signed(login, registry.now()).send().await
}

async fn with_token(registry: &TestRegistry, token: &str, path: &str) -> Answer {
    registry.get(path).header("x-auth-token", token).send().await
}

fn by(registry: &TestRegistry, login: &Login) -> CommandContext {
    CommandContext::new(registry.state.ids.uuid(), Actor::User(login.user.clone()), "request", "192.0.2.1")
}

#[tokio::test]
async fn whoever_nothing_is_entrusted_to_is_answered_as_if_the_account_was_not_there() {
    let (registry, umbrella, delegate) = world().await;
    let (other, _) = registry.other_account("other").await;
    for domain in [registry.account.as_str(), other.as_str(), "0123456789abcdef0123456789abcdef", "acme"] {
        for (path, message) in [(REPOSITORY, "error_msg"), ("/v1/events", "error"), ("/v3/projects", "error")] {
            let asked = registry.get(path).header("x-domain-id", domain).signed(&delegate, registry.now()).send().await;
            assert!(asked.assert(404).json()[message].to_string().contains("does not exist"), "{asked:?}");
        }
    }
    registry.entrust(&umbrella, Level::Manage, None).await;
    look(&registry, &delegate).await.assert(200);
    let other = registry.get(REPOSITORY).header("x-domain-id", other.as_str()).signed(&delegate, registry.now()).send().await;
    other.assert(404);
    // The account's own id says nothing new.
    let own = registry.get("/v2/manage/repos").header("x-domain-id", umbrella.as_str()).signed(&delegate, registry.now()).send().await;
    assert_eq!(own.assert(200).json(), json!([]));
    registry.get(REPOSITORY).signed(&delegate, registry.now()).send().await.assert(404);
}

#[tokio::test]
async fn only_administrators_of_the_trustee_act_and_only_by_a_signature_that_covers_for_whom() {
    let (registry, umbrella, delegate) = world().await;
    registry.entrust(&umbrella, Level::Manage, None).await;
    let (state, operator) = (&registry.state, registry.operator());
    let colleague = operations::create_user(state, &operator, &umbrella, &"colleague".parse().unwrap(), false, true).await.unwrap();
    let key = operations::create_access_key(state, &operator, &colleague, Default::default()).await.unwrap();
    let colleague = Login { user: colleague, key };
    look(&registry, &colleague).await.assert(404);
    assume(&registry, &colleague, "acme", umbrella.as_str()).await.assert(404);
    operations::set_administrator(state, &operator, &colleague.user, Role::SwrAdministrator, true).await.unwrap();
    look(&registry, &colleague).await.assert(200);
    operations::set_administrator(state, &operator, &colleague.user, Role::SwrAdministrator, false).await.unwrap();
    look(&registry, &colleague).await.assert(404);

    let added = registry.get(REPOSITORY).signed(&delegate, registry.now()).header("x-domain-id", registry.account.as_str()).send().await;
    assert!(added.assert(401).json()["error_msg"].as_str().unwrap().contains("x-domain-id is not signed"));
}

#[tokio::test]
async fn a_change_or_an_end_counts_from_the_next_request_on() {
    let (registry, umbrella, delegate) = world().await;
    let (state, operator) = (&registry.state, registry.operator());
    let id = registry.entrust(&umbrella, Level::Read, None).await;
    let login = docker_login(&registry, &delegate).await;
    let token = assume(&registry, &delegate, "acme", umbrella.as_str()).await.assert(201).header("x-subject-token").to_owned();
    let bearer = registry.token(&login, "repository:team/web:pull,push").await;
    let edit = async || acting(&registry, &delegate, registry.patch(REPOSITORY).body(r#"{"category":"linux"}"#)).send().await;
    let (pull, project) = ("/v2/team/web/manifests/v1", "/v3/auth/projects");

    edit().await.assert(403);
    registry.push(&login, "team/web", "v2", &image("web")).await.assert_refused(403, "DENIED");
    let change = DelegationChange { level: Some(Some(Level::Edit)), ..Default::default() };
    operations::change_delegation(state, &operator, &registry.account, &id, change).await.unwrap();
    edit().await.assert(201);
    registry.push(&login, "team/web", "v2", &image("web")).await.assert(201);
    registry.get(pull).bearer(&bearer).send().await.assert(200);
    with_token(&registry, &token, project).await.assert(200);

    operations::revoke_delegation(state, &operator, &registry.account, &id).await.unwrap();
    look(&registry, &delegate).await.assert(404);
    registry.get(pull).login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get(pull).bearer(&bearer).send().await.assert_refused(401, "UNAUTHORIZED");
    with_token(&registry, &token, project).await.assert(401);
    // What comes later is another delegation: a token for the one before is of no use for it.
    registry.entrust(&umbrella, Level::Read, None).await;
    with_token(&registry, &token, project).await.assert(401);
    look(&registry, &delegate).await.assert(200);
}

#[tokio::test]
async fn a_delegation_ends_to_the_second_though_nothing_is_recorded() {
    let (registry, umbrella, delegate) = world().await;
    registry.entrust(&umbrella, Level::Edit, Some(registry.now() + Duration::minutes(10))).await;
    let login = docker_login(&registry, &delegate).await;
    let token = assume(&registry, &delegate, "acme", umbrella.as_str()).await.assert(201).header("x-subject-token").to_owned();
    let bearer = registry.get("/token?scope=repository:team/web:pull,push").login(&login).send().await;
    let bearer = bearer.json()["token"].as_str().unwrap().to_owned();
    let upload = registry.post("/v2/team/web/blobs/uploads/").login(&login).send().await.header("location").to_owned();
    let (pull, events) = ("/v2/team/web/manifests/v1", registry.count_events().await);

    registry.advance(Duration::seconds(599));
    look(&registry, &delegate).await.assert(200);
    registry.get(pull).login(&login).send().await.assert(200);
    with_token(&registry, &token, "/v3/auth/projects").await.assert(200);
    registry.advance(Duration::seconds(1));
    look(&registry, &delegate).await.assert(404);
    registry.get(pull).login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get(pull).bearer(&bearer).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.patch(&upload).login(&login).body("x").send().await.assert_refused(401, "UNAUTHORIZED");
    with_token(&registry, &token, "/v3/auth/projects").await.assert(401);
    assume(&registry, &delegate, "acme", umbrella.as_str()).await.assert(404);
    assert_eq!(registry.count_events().await, events);
}

#[tokio::test]
async fn every_event_says_who_acted_of_which_account_and_on_whose_behalf() {
    let (registry, umbrella, delegate) = world().await;
    registry.entrust(&umbrella, Level::Manage, None).await;
    let expect = async |key: Option<&str>| {
        let metadata = registry.metadata_of_last_event().await;
        assert_eq!((&metadata["actor"], &metadata["actor_account"]), (&delegate.user.as_str().into(), &umbrella.as_str().into()));
        assert_eq!(metadata["on_behalf_of"], registry.account.as_str());
        assert_eq!(metadata["access_key"].as_str(), key);
    };
    acting(&registry, &delegate, registry.patch(REPOSITORY).body(r#"{"category":"linux"}"#)).send().await.assert(201);
    expect(Some(delegate.key.access_key.as_str())).await;
    let token = assume(&registry, &delegate, "acme", umbrella.as_str()).await.assert(201).header("x-subject-token").to_owned();
    registry.patch(REPOSITORY).body(r#"{"category":"lang"}"#).header("x-auth-token", &token).send().await.assert(201);
    expect(Some(delegate.key.access_key.as_str())).await;
    let login = docker_login(&registry, &delegate).await;
    expect(Some(delegate.key.access_key.as_str())).await;
    assert_eq!(registry.events("user.login_issued").await[0]["on_behalf_of"], registry.account.as_str());
    registry.push(&login, "team/api", "v1", &image("api")).await.assert(201);
    expect(Some(login.key.access_key.as_str())).await;

    // What was done stands among the events of the account it was done for.
    let events = registry.get("/v1/events?type=repository.created").signed(&registry.administrator, registry.now()).send().await;
    let last = events.assert(200).json()["items"].as_array().unwrap().last().unwrap().clone();
    let said = ["actor", "actor_account", "on_behalf_of"].map(|field| last[field].as_str().unwrap().to_owned());
    assert_eq!(said, [delegate.user.to_string(), umbrella.to_string(), registry.account.to_string()]);
    // And of what a user does at home nothing of the kind is said.
    registry.push(&registry.administrator, "team/web", "v9", &image("nine")).await.assert(201);
    let metadata = registry.metadata_of_last_event().await;
    assert_eq!((&metadata["on_behalf_of"], &metadata["actor_account"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn lists_show_what_the_account_has_and_the_level_that_is_entrusted() {
    let (registry, umbrella, delegate) = world().await;
    let (globex, globex_root) = registry.other_account("globex").await;
    operations::create_organization(&registry.state, &registry.operator(), &globex, &"globex-team".parse().unwrap()).await.unwrap();
    registry.push(&globex_root, "globex-team/secret", "v1", &image("secret")).await.assert(201);
    registry.share("globex-team/secret", &registry.account).await;
    registry.entrust(&umbrella, Level::Edit, None).await;
    let show = async |path: &str| acting(&registry, &delegate, registry.get(path)).send().await.assert(200).json();

    let namespaces = show("/v2/manage/namespaces").await;
    assert_eq!((&namespaces["namespaces"][0]["name"], &namespaces["namespaces"][0]["auth"]), (&"team".into(), &3.into()));
    assert_eq!(show("/v2/manage/namespaces/team").await["auth"], 3);
    assert_eq!(show("/v2/manage/repos").await[0]["name"], "web");
    assert_eq!(show("/v3/manage/repos").await["repos"][0]["name"], "web");
    assert_eq!(show("/v2/manage/overview").await["domain_id"], registry.account.as_str());
    assert_eq!(show("/v3/projects").await["projects"][0]["domain_id"], registry.account.as_str());
    // What others share with the account is not for it to pass on.
    assert_eq!(show("/v2/manage/shared-repositories?center=thirdparty").await, json!([]));
    assert_eq!(show("/v3/manage/shared-repositories?shared_by=thirdparty").await["repos"], json!([]));
    acting(&registry, &delegate, registry.get("/v2/manage/namespaces/globex-team/repos/secret")).send().await.assert(404);
    let login = docker_login(&registry, &delegate).await;
    registry.get("/v2/globex-team/secret/manifests/v1").login(&login).send().await.assert_refused(403, "DENIED");
}

#[tokio::test]
async fn a_delegate_neither_looks_after_users_nor_passes_on_what_is_entrusted() {
    let (registry, umbrella, delegate) = world().await;
    registry.entrust(&umbrella, Level::Manage, None).await;
    let token = assume(&registry, &delegate, "acme", umbrella.as_str()).await.assert(201).header("x-subject-token").to_owned();
    let before = registry.head_of_log().await;
    let open = ["/v3/auth/tokens", "/v3/auth/projects", "/v3/auth/domains", "/v3/projects", "/v3/projects/{project}", "/v3/roles"];
    for (methods, path) in IAM_ROUTES {
        for method in methods.split(", ").map(|method| method.parse::<Method>().unwrap()) {
            if open.contains(path) || *path == "/v3/roles/{role}" {
                continue;
            }
            let path =
                path.replace("{user}", delegate.user.as_str()).replace("{domain}", registry.account.as_str()).replace(['{', '}'], "");
            let signed = acting(&registry, &delegate, registry.iam(method.clone(), &path)).send().await;
            let by_token = registry.iam(method.clone(), &path).header("x-auth-token", &token).send().await;
            assert_eq!((signed.status.as_u16(), by_token.status.as_u16()), (403, 403), "{method} {path}");
        }
    }
    let body = format!(r#"{{"name":"on","account_id":"{umbrella}","level":"manage"}}"#);
    acting(&registry, &delegate, registry.post("/v1/delegations").body(body)).send().await.assert(403);
    acting(&registry, &delegate, registry.post("/v2/manage/agency")).send().await.assert(403);
    acting(&registry, &delegate, registry.get("/v1/events")).send().await.assert(403);
    // Nor does what is entrusted to the account come with it.
    let (third, _) = registry.other_account("third").await;
    let twice = registry.get("/v3/projects").header("x-auth-token", &token).header("x-domain-id", third.as_str()).send().await;
    twice.assert(404);
    // The operations refuse it as well, whoever calls them.
    let context = CommandContext { on_behalf_of: Some(registry.account.clone()), ..by(&registry, &delegate) };
    let (state, name) = (&registry.state, "new".parse().unwrap());
    assert!(operations::create_user(state, &context, &registry.account, &name, true, true).await.is_err());
    assert!(operations::create_access_key(state, &context, &delegate.user, Default::default()).await.is_err());
    assert!(operations::create_access_key(state, &context, &registry.administrator.user, Default::default()).await.is_err());
    assert!(operations::set_password(state, &context, &registry.administrator.user, "correct horse").await.is_err());
    assert_eq!(registry.events("user.created").await.len(), 3);
    assert!(before < registry.head_of_log().await);
}

#[tokio::test]
async fn organizations_are_made_with_manage_and_only_for_the_account_that_entrusts() {
    let (registry, umbrella, delegate) = world().await;
    let context = CommandContext { on_behalf_of: Some(registry.account.clone()), ..by(&registry, &delegate) };
    let create = async |name: &str| {
        operations::create_organization(&registry.state, &context, &registry.account, &name.parse().unwrap()).await.is_ok()
    };
    assert!(!create("before").await);
    let id = registry.entrust(&umbrella, Level::Edit, None).await;
    assert!(!create("with-edit").await);
    let change = DelegationChange { level: Some(Some(Level::Manage)), ..Default::default() };
    operations::change_delegation(&registry.state, &registry.operator(), &registry.account, &id, change).await.unwrap();
    assert!(create("with-manage").await);
    let elsewhere = operations::create_organization(&registry.state, &context, &umbrella, &"at-home".parse().unwrap()).await;
    assert!(elsewhere.is_err());
}

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

#[tokio::test]
async fn an_account_entrusts_by_its_own_api_and_both_sides_see_it() {
    let (registry, umbrella, delegate) = world().await;
    let root = registry.administrator.clone();
    let send = async |method: Method, path: &str, body: Value| {
        registry.ask(method, path).body(body.to_string()).signed(&root, registry.now()).send().await
    };
    let wanted = json!({ "name": "nights", "account_name": "umbrella", "level": "edit", "until": "2030-01-01T00:00:00Z" });
    let made = send(Method::POST, "/v1/delegations", wanted.clone()).await.assert(201).json();
    assert_eq!((&made["trustee_account_id"], &made["level"]), (&umbrella.as_str().into(), &"edit".into()));
    assert_eq!((&made["creator"], &made["until"]), (&root.user.as_str().into(), &"2030-01-01T00:00:00.000000Z".into()));
    let listed = registry.get("/v1/delegations").signed(&root, registry.now()).send().await.assert(200).json();
    let received = registry.get("/v1/delegations/received").signed(&delegate, registry.now()).send().await.assert(200).json();
    assert_eq!((&listed["items"], &received["items"]), (&json!([made]), &json!([made])));
    look(&registry, &delegate).await.assert(200);
    let access = registry.get("/v1/repositories/team%2Fweb/access").signed(&root, registry.now()).send().await.assert(200).json();
    assert_eq!(access["delegations"], json!([made]));

    let one = format!("/v1/delegations/{}", made["id"].as_str().unwrap());
    let changed = send(Method::PATCH, &one, json!({ "level": "read", "until": null })).await.assert(200).json();
    assert_eq!((&changed["level"], &changed["until"], &changed["name"]), (&"read".into(), &Value::Null, &"nights".into()));
    for (body, status, code) in [
        (wanted.clone(), 409, "delegation_exists"),
        (json!({ "name": "own", "account_name": "acme", "level": "read" }), 400, "delegation_invalid"),
        (json!({ "name": "s", "service": "op_svc_x", "level": "read", "until": "2020-01-01T00:00:00Z" }), 400, "delegation_invalid"),
        (json!({ "name": "s", "service": "op_svc_x", "level": "all" }), 400, "body_invalid"),
        (json!({ "name": "", "service": "op_svc_x", "level": "read" }), 400, "body_invalid"),
        (json!({ "name": "s", "account_id": "0".repeat(32), "level": "read" }), 404, "account_not_found"),
    ] {
        let refused = send(Method::POST, "/v1/delegations", body).await;
        assert_eq!(refused.assert(status).json()["error"]["code"], code);
    }
    let theirs = registry.delete(&one).signed(&delegate, registry.now()).send().await;
    assert_eq!(theirs.assert(404).json()["error"]["code"], "delegation_not_found");
    let before = registry.now();
    registry.advance(Duration::minutes(1));
    registry.delete(&one).signed(&root, registry.now()).send().await.assert(204);
    look(&registry, &delegate).await.assert(404);
    let past = format!("/v1/repositories/team%2Fweb/access?at={}", before.format("%FT%TZ"));
    let past = registry.get(&past).signed(&root, registry.now()).send().await.assert(200).json();
    assert_eq!((&past["delegations"][0]["level"], past["delegations"].as_array().unwrap().len()), (&"read".into(), 1));
}

#[tokio::test]
async fn an_agency_of_the_identity_service_is_a_delegation_whose_level_is_its_role() {
    let (registry, umbrella, delegate) = world().await;
    let root = registry.administrator.clone();
    let send = async |method: Method, path: &str, body: Value| {
        registry.iam(method, path).body(body.to_string()).signed(&root, registry.now()).send().await
    };
    let agencies = "/v3.0/OS-AGENCY/agencies";
    let new = json!({ "agency": { "name": "nights", "domain_id": registry.account.as_str(), "trust_domain_name": "umbrella", "duration": "20" } });
    let made = send(Method::POST, agencies, new.clone()).await.assert(201).json()["agency"].clone();
    assert_eq!((&made["trust_domain_id"], &made["duration"]), (&umbrella.as_str().into(), &"480".into()));
    assert_eq!(made["expire_time"], (registry.now() + Duration::days(20)).to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
    send(Method::POST, agencies, new).await.assert(409);
    look(&registry, &delegate).await.assert(404);

    let (id, account) = (made["id"].as_str().unwrap(), registry.account.as_str());
    let roles = format!("/v3.0/OS-AGENCY/domains/{account}/agencies/{id}/roles");
    for (role, name, level) in [(3, "swr_readonly", 1), (4, "swr_operate", 3), (1, "swr_adm", 7), (2, "swr_adm", 7)] {
        let one = format!("{roles}/{role:032}");
        send(Method::PUT, &one, json!({})).await.assert(204);
        registry.iam(Method::HEAD, &one).signed(&root, registry.now()).send().await.assert(204);
        let listed = registry.get(&roles).signed(&root, registry.now()).send().await.assert(200).json();
        assert_eq!((&listed["roles"][0]["name"], &listed["total_number"]), (&name.into(), &1.into()));
        let shown = acting(&registry, &delegate, registry.get("/v2/manage/namespaces/team")).send().await;
        assert_eq!(shown.assert(200).json()["auth"], level);
    }
    send(Method::DELETE, &format!("{roles}/{:032}", 3), json!({})).await.assert(404);
    send(Method::DELETE, &format!("{roles}/{:032}", 1), json!({})).await.assert(204);
    look(&registry, &delegate).await.assert(404);

    let one = format!("{agencies}/{id}");
    let changed = send(Method::PUT, &one, json!({ "agency": { "description": "else", "duration": "FOREVER" } })).await.assert(200).json();
    assert_eq!((&changed["agency"]["description"], &changed["agency"]["duration"]), (&"else".into(), &"FOREVER".into()));
    send(Method::PUT, &one, json!({ "agency": { "trust_domain_name": "op_svc_obs" } })).await.assert(400);
    for (body, status) in [
        (json!({ "name": "x", "trust_domain_name": "nobody" }), 404),
        (json!({ "name": "x", "trust_domain_name": "acme" }), 400),
        (json!({ "name": "x" }), 400),
        (json!({ "name": "x", "trust_domain_name": "op_svc_obs", "duration": "0" }), 400),
        (json!({ "name": "!", "trust_domain_name": "op_svc_obs" }), 400),
        (json!({ "name": "x", "trust_domain_name": "op_svc_obs", "domain_id": umbrella.as_str() }), 404),
    ] {
        send(Method::POST, agencies, json!({ "agency": body })).await.assert(status);
    }
    let list = async |query: &str| {
        let answer = registry.get(&format!("{agencies}{query}")).signed(&root, registry.now()).send().await;
        answer.assert(200).json()["agencies"].as_array().unwrap().len()
    };
    assert_eq!((list("").await, list("?name=other").await, list("?page=2&per_page=1").await), (1, 0, 0));
    let theirs = registry.get(&one).signed(&delegate, registry.now()).send().await;
    theirs.assert(404);
    registry.delete(&one).signed(&root, registry.now()).send().await.assert(204);
    registry.get(&one).signed(&root, registry.now()).send().await.assert(404);
}

#[tokio::test]
async fn the_registrys_own_service_is_entrusted_once() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let is_agency = async || {
        let shown = registry.get("/v2/manage/agency").signed(root, registry.now()).send().await;
        shown.assert(200).json()["is_agency"].as_bool().unwrap()
    };
    assert!(!is_agency().await);
    registry.post("/v2/manage/agency").signed(root, registry.now()).send().await.assert(204);
    assert!(is_agency().await);
    let again = registry.post("/v2/manage/agency").signed(root, registry.now()).send().await;
    assert_eq!(again.assert(409).json()["error_code"], "SVCSTG.SWR.4090091");
}
