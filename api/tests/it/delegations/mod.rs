//! Delegations (requirement I5): who acts for another account, how far, how long, and what is recorded of it.

mod administration;
mod tokens;

use ambar_api::IAM_ROUTES;
use ambar_api::operations;
use ambar_domain::account::DelegationChange;
use ambar_domain::ids::AccountId;
use ambar_domain::level::{Level, Role};
use ambar_storage::aggregate_store::{Actor, CommandContext};
use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Login, TestRegistry, image};

const REPOSITORY: &str = "/v2/manage/namespaces/team/repos/web";
const TOKENS: &str = "/v3/auth/tokens?nocatalog=true";

/// A registry with an image, and an administrator of the account `umbrella`.
async fn world() -> (TestRegistry, AccountId, Login) {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (umbrella, delegate) = registry.other_account("umbrella").await;
    (registry, umbrella, delegate)
}

async fn look(registry: &TestRegistry, login: &Login) -> Answer {
    registry.on_behalf(login, registry.get(REPOSITORY)).send().await
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
    let login = registry.docker_login_on_behalf(&delegate).await;
    let token = assume(&registry, &delegate, "acme", umbrella.as_str()).await.assert(201).header("x-subject-token").to_owned();
    let bearer = registry.token(&login, "repository:team/web:pull,push").await;
    let edit = async || registry.on_behalf(&delegate, registry.patch(REPOSITORY).body(r#"{"category":"linux"}"#)).send().await;
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
    registry.advance(Duration::seconds(1));
    registry.entrust(&umbrella, Level::Read, None).await;
    with_token(&registry, &token, project).await.assert(401);
    registry.get(pull).login(&login).send().await.assert_refused(401, "UNAUTHORIZED");
    look(&registry, &delegate).await.assert(200);
}

#[tokio::test]
async fn a_delegation_ends_to_the_second_though_nothing_is_recorded() {
    let (registry, umbrella, delegate) = world().await;
    registry.entrust(&umbrella, Level::Edit, Some(registry.now() + Duration::minutes(10))).await;
    let login = registry.docker_login_on_behalf(&delegate).await;
    let token = assume(&registry, &delegate, "acme", umbrella.as_str()).await.assert(201).header("x-subject-token").to_owned();
    let bearer = registry.get("/token?scope=repository:team/web:pull,push").login(&login).send().await;
    let bearer = bearer.json()["token"].as_str().unwrap().to_owned();
    let upload = registry.post("/v2/team/web/blobs/uploads/").login(&login).send().await.header("location").to_owned();
    let asked = registry.on_behalf(&delegate, registry.post("/v2/manage/utils/secret")).send().await;
    let end = registry.now() + Duration::minutes(10);
    assert_eq!(asked.header("x-swr-expireat"), end.to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
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
    registry.on_behalf(&delegate, registry.patch(REPOSITORY).body(r#"{"category":"linux"}"#)).send().await.assert(201);
    expect(Some(delegate.key.access_key.as_str())).await;
    let token = assume(&registry, &delegate, "acme", umbrella.as_str()).await.assert(201).header("x-subject-token").to_owned();
    registry.patch(REPOSITORY).body(r#"{"category":"lang"}"#).header("x-auth-token", &token).send().await.assert(201);
    expect(Some(delegate.key.access_key.as_str())).await;
    let login = registry.docker_login_on_behalf(&delegate).await;
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
    let show = async |path: &str| registry.on_behalf(&delegate, registry.get(path)).send().await.assert(200).json();

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
    registry.on_behalf(&delegate, registry.get("/v2/manage/namespaces/globex-team/repos/secret")).send().await.assert(404);
    let login = registry.docker_login_on_behalf(&delegate).await;
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
            let signed = registry.on_behalf(&delegate, registry.iam(method.clone(), &path)).send().await;
            let by_token = registry.iam(method.clone(), &path).header("x-auth-token", &token).send().await;
            assert_eq!((signed.status.as_u16(), by_token.status.as_u16()), (403, 403), "{method} {path}");
        }
    }
    let body = format!(r#"{{"name":"on","account_id":"{umbrella}","level":"manage"}}"#);
    registry.on_behalf(&delegate, registry.post("/v1/delegations").body(body)).send().await.assert(403);
    registry.on_behalf(&delegate, registry.post("/v2/manage/agency")).send().await.assert(403);
    registry.on_behalf(&delegate, registry.get("/v1/events")).send().await.assert(403);
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
