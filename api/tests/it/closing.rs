//! The end of an account: what it stops, what stands in its way, and what it leaves behind (requirement O4).

use ambar_api::operations::{self, LoginClient, LoginOrder, NewAccessKey, OperationError};
use ambar_domain::account::AccountError;
use ambar_domain::ids::AccountId;
use ambar_domain::level::Level;
use ambar_domain::login::LoginScope;
use ambar_domain::names::AccountName;
use ambar_domain::organization::OrganizationCommand;
use ambar_domain::organization_name::OrganizationName;
use ambar_projections::{identity, organizations};
use ambar_storage::aggregate_store::{Actor, CommandContext};
use http::Method;
use serde_json::json;

use crate::concurrency::go_on;
use crate::support::{Answer, Ask, Login, TestRegistry, image};

const NAMED: &str = "/v1/account?name=globex";

async fn close(registry: &TestRegistry, path: &str, by: &Login) -> Answer {
    registry.delete(path).signed(by, registry.now()).send().await
}

fn globex() -> AccountName {
    "globex".parse().unwrap()
}

async fn close_by_operator(registry: &TestRegistry) -> Result<(), OperationError> {
    operations::close_account(&registry.state, &registry.operator(), &globex()).await
}

async fn create_organization(registry: &TestRegistry, account: &AccountId, name: &OrganizationName) -> Result<(), OperationError> {
    operations::create_organization(&registry.state, &registry.operator(), account, name).await
}

/// A login for docker that ends.
async fn docker_login(registry: &TestRegistry, of: &Login) -> Login {
    let by = CommandContext { actor: Actor::User(of.user.clone()), ..registry.operator() };
    let (client, scope) = (LoginClient::Docker, LoginScope::EVERYTHING);
    let order = LoginOrder { name: "docker".parse().unwrap(), client, lifetime: None, scope };
    let issued = operations::issue_login(&registry.state, &by, &of.user, order).await.unwrap();
    let login_user = format!("{}@{}", issued.project_name, issued.login);
    let (access_key, login_key) = (issued.login.clone(), issued.login_key.clone());
    Login { user: of.user.clone(), key: NewAccessKey { access_key, secret_key: String::new(), login_user, login_key } }
}

/// A token for the account's console user, got with a password.
async fn token_by_password(registry: &TestRegistry, account: &AccountId) -> String {
    let (state, operator) = (&registry.state, registry.operator());
    let name = "ann".parse().unwrap();
    operations::create_user_with_password(state, &operator, account, &name, false, "correct horse").await.unwrap();
    let user = json!({ "name": "ann", "password": "correct horse", "domain": { "name": "globex" } });
    let body = json!({ "auth": { "identity": { "methods": ["password"], "password": { "user": user } } } });
    let answer = registry.iam(Method::POST, "/v3/auth/tokens").body(body.to_string()).send().await;
    answer.assert(201).header("x-subject-token").to_owned()
}

/// A temporary key of the user, and the token that goes along.
async fn temporary_key(registry: &TestRegistry, of: &Login) -> (Login, String) {
    let body = json!({ "auth": { "identity": { "methods": ["token"], "token": {} } } }).to_string();
    let asked = registry.iam(Method::POST, "/v3.0/OS-CREDENTIAL/securitytokens").body(body);
    let credential = asked.signed(of, registry.now()).send().await.assert(201).json()["credential"].clone();
    let mut login = of.clone();
    login.key.access_key = credential["access"].as_str().unwrap().parse().unwrap();
    login.key.secret_key = credential["secret"].as_str().unwrap().to_owned();
    (login, credential["securitytoken"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn nothing_that_an_account_got_in_with_works_when_it_is_closed() {
    let mut registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (account, root) = registry.other_account("globex").await;
    registry.entrust(&account, Level::Read, None).await;
    let (docker, delegate) = (docker_login(&registry, &root).await, registry.docker_login_on_behalf(&root).await);
    let (bearer, token) = (registry.token(&root, "").await, token_by_password(&registry, &account).await);
    let (temporary, security_token) = temporary_key(&registry, &root).await;
    let ways = |registry: &TestRegistry| -> Vec<(&'static str, Ask)> {
        let (list, now) = (|| registry.get("/v2/manage/namespaces"), registry.now());
        vec![
            ("a key", list().signed(&root, now)),
            ("a temporary key", list().header("x-security-token", &security_token).signed(&temporary, now)),
            ("a token", list().header("x-auth-token", &token)),
            ("a key, for another account", registry.on_behalf(&root, list())),
            ("a login with a key", registry.get("/v2/").login(&root)),
            ("a temporary login", registry.get("/v2/").login(&docker)),
            ("a bearer token", registry.get("/v2/").bearer(&bearer)),
            ("a temporary login, for another account", registry.get("/v2/team/web/manifests/v1").login(&delegate)),
        ]
    };
    for round in 0..2 {
        for (way, ask) in ways(&registry) {
            assert_eq!(ask.send().await.status, 200, "{way}, {round}");
        }
    }
    close(&registry, NAMED, &root).await.assert(204);
    for round in 0..2 {
        for (way, ask) in ways(&registry) {
            assert_eq!(ask.send().await.status, 401, "{way}, {round}");
        }
        registry.restart();
    }
    assert_eq!(registry.events("account.closed").await.len(), 1);
    registry.state.views.rebuild().await.unwrap();
    let (again, new) = registry.other_account("globex").await;
    assert_ne!(again, account);
    for (way, ask) in ways(&registry) {
        assert_eq!(ask.send().await.status, 401, "{way}, with a new account of the name");
    }
    registry.get("/v2/").login(&new).send().await.assert(200);
    registry.get("/v2/team/web/manifests/v1").login(&new).send().await.assert(403);
    registry.on_behalf(&new, registry.get("/v2/manage/namespaces")).send().await.assert(404);
}

#[tokio::test]
async fn an_account_is_closed_by_its_own_administrators_who_say_its_name_and_have_a_key_that_lasts() {
    let registry = TestRegistry::start().await;
    let (account, root) = registry.other_account("globex").await;
    registry.entrust(&account, Level::Manage, None).await;
    let (temporary, security_token) = temporary_key(&registry, &root).await;
    let web = "web".parse().unwrap();
    create_organization(&registry, &account, &web).await.unwrap();
    for path in ["/v1/account", "/v1/account?name=", "/v1/account?name=acme", "/v1/account?name=Globex!"] {
        assert_eq!(close(&registry, path, &root).await.assert(400).json()["error"]["code"], "parameter_invalid");
    }
    registry.delete(NAMED).header("x-security-token", &security_token).signed(&temporary, registry.now()).send().await.assert(403);
    registry.on_behalf(&root, registry.delete("/v1/account?name=acme")).send().await.assert(403);
    let full = close(&registry, NAMED, &root).await;
    assert_eq!(full.assert(409).json()["error"]["code"], "account_has_organizations");
    let refused = close_by_operator(&registry).await;
    assert!(matches!(refused, Err(OperationError::Account(AccountError::HasOrganizations { .. }))), "{refused:?}");
    let by = |user| CommandContext { actor: user, ..registry.operator() };
    for actor in [Actor::User(registry.administrator.user.clone()), Actor::Anonymous] {
        let denied = operations::close_account(&registry.state, &by(actor), &globex()).await;
        assert!(matches!(denied, Err(OperationError::Denied)), "{denied:?}");
    }
    assert!(registry.events("account.closed").await.is_empty());
    operations::delete_organization(&registry.state, &registry.operator(), &web).await.unwrap();
    close(&registry, NAMED, &root).await.assert(204);
    assert_eq!(registry.metadata_of_last_event().await["actor"], root.user.as_str());
}

#[tokio::test]
async fn a_name_that_a_crash_left_to_a_closed_account_is_freed_by_closing_it_again_and_goes_to_a_new_one() {
    let registry = TestRegistry::start().await;
    for again in [false, true] {
        registry.other_account("globex").await;
        // Behind the closing itself, before the name is released.
        registry.refuse_append(2);
        let failed = close_by_operator(&registry).await;
        assert!(matches!(failed, Err(OperationError::Unavailable(_))), "{failed:?}");
        let released = registry.events("name.released").await.len();
        if again {
            let gone = close_by_operator(&registry).await;
            assert!(matches!(gone, Err(OperationError::AccountNotFound)), "{gone:?}");
            assert_eq!(registry.events("name.released").await.len(), released + 1);
        }
    }
    let (_, root) = registry.other_account("globex").await;
    registry.get("/v2/").login(&root).send().await.assert(200);
    let taken = operations::create_account(&registry.state, &registry.operator(), &globex(), &"p".parse().unwrap()).await;
    assert!(matches!(taken, Err(OperationError::NameTaken { .. })), "{taken:?}");
}

#[tokio::test]
async fn a_slot_that_a_crash_left_taken_keeps_no_account_open() {
    let registry = TestRegistry::start().await;
    let (account, _) = registry.other_account("globex").await;
    registry.refuse_append(2);
    let failed = create_organization(&registry, &account, &"half".parse().unwrap()).await;
    assert!(matches!(failed, Err(OperationError::Unavailable(_))), "{failed:?}");
    close_by_operator(&registry).await.unwrap();
    create_organization(&registry, &registry.account, &"half".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_account_that_is_closed_while_it_creates_an_organization_has_none() {
    let registry = TestRegistry::start().await;
    let (account, _) = registry.other_account("globex").await;
    let name = "half".parse().unwrap();
    let mut creation = Box::pin(create_organization(&registry, &account, &name));
    // The slot is taken, and the organization is not there yet.
    go_on(&registry, &mut creation, 1).await;
    close_by_operator(&registry).await.unwrap();
    let refused = creation.await;
    assert!(matches!(refused, Err(OperationError::Account(AccountError::NotFound))), "{refused:?}");
    assert_eq!(organizations::find_organization(&registry.state.views.reader().unwrap(), &name).unwrap(), None);
    create_organization(&registry, &registry.account, &name).await.unwrap();
}

#[tokio::test]
async fn an_account_that_is_closed_while_an_organization_of_it_is_created_and_pushed_to_is_told_that_it_is_closed() {
    let registry = TestRegistry::start().await;
    let (account, _) = registry.other_account("globex").await;
    let name = "half".parse().unwrap();
    let mut creation = Box::pin(create_organization(&registry, &account, &name));
    go_on(&registry, &mut creation, 1).await;
    close_by_operator(&registry).await.unwrap();
    // The organization is there, and its creator has not looked behind the creation.
    go_on(&registry, &mut creation, 1).await;
    let admit = OrganizationCommand::AdmitRepository { account: account.clone(), repository: "half/web".parse().unwrap() };
    registry.state.aggregates.organizations.execute("half", admit, &registry.operator()).await.unwrap();
    let refused = creation.await;
    assert!(matches!(refused, Err(OperationError::Account(AccountError::NotFound))), "{refused:?}");
}

#[tokio::test]
async fn an_organization_keeps_its_account_open_also_when_its_slot_went_astray() {
    let registry = TestRegistry::start().await;
    let (account, _) = registry.other_account("globex").await;
    let create = OrganizationCommand::Create { account };
    registry.state.aggregates.organizations.execute("half", create, &registry.operator()).await.unwrap();
    let refused = close_by_operator(&registry).await;
    assert!(matches!(refused, Err(OperationError::Account(AccountError::HasOrganizations { .. }))), "{refused:?}");
    operations::delete_organization(&registry.state, &registry.operator(), &"half".parse().unwrap()).await.unwrap();
    close_by_operator(&registry).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_account_that_is_closed_at_any_moment_of_the_creation_is_open_with_the_organization_or_closed_without() {
    let registry = TestRegistry::start().await;
    let state = &registry.state;
    for round in 0..20 {
        let (account, _) = registry.other_account("globex").await;
        let organization = format!("half-{round}").parse().unwrap();
        let (one, other) = (registry.operator(), registry.operator());
        let creates = operations::create_organization(state, &one, &account, &organization);
        let closes = async {
            for _ in 0..round % 8 {
                tokio::task::yield_now().await;
            }
            operations::close_account(state, &other, &globex()).await
        };
        let (created, closed) = tokio::join!(creates, closes);
        let reader = || state.views.reader().unwrap();
        let lives = organizations::find_organization(&reader(), &organization).unwrap().is_some();
        assert_eq!((created.is_ok(), lives), (closed.is_err(), closed.is_err()), "round {round}: {created:?} {closed:?}");
        assert_eq!(identity::find_account(&reader(), &account).unwrap().is_some(), lives, "round {round}");
        if lives {
            operations::delete_organization(state, &registry.operator(), &organization).await.unwrap();
            close_by_operator(&registry).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_organization_that_a_crash_left_to_a_closed_account_gives_its_name_to_the_next_who_wants_it() {
    let registry = TestRegistry::start().await;
    let (account, _) = registry.other_account("globex").await;
    close_by_operator(&registry).await.unwrap();
    let left: [OrganizationName; 2] = ["one".parse().unwrap(), "two".parse().unwrap()];
    for name in &left {
        let create = OrganizationCommand::Create { account: account.clone() };
        registry.state.aggregates.organizations.execute(name.as_str(), create, &registry.operator()).await.unwrap();
    }
    create_organization(&registry, &registry.account, &left[0]).await.unwrap();
    let owner = organizations::find_organization(&registry.state.views.reader().unwrap(), &left[0]).unwrap().unwrap().account;
    assert_eq!(owner, registry.account);
    operations::delete_organization(&registry.state, &registry.operator(), &left[1]).await.unwrap();
    create_organization(&registry, &registry.account, &left[1]).await.unwrap();
}

#[tokio::test]
async fn a_new_account_of_the_name_is_not_taken_for_the_one_that_was_closed() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (account, _) = registry.other_account("globex").await;
    registry.share("team/web", &account).await;
    close_by_operator(&registry).await.unwrap();
    let (new, root) = registry.other_account("globex").await;
    let shares = "/v2/manage/namespaces/team/repositories/web/access-domains";
    let ask = async |method: Method, path: &str| registry.ask(method, path).signed(&registry.administrator, registry.now()).send().await;
    assert_eq!(ask(Method::GET, shares).await.assert(200).json(), json!([]));
    assert_eq!(ask(Method::GET, &format!("{shares}/globex")).await.assert(200).json()["exist"], false);
    assert_eq!(ask(Method::DELETE, &format!("{shares}/globex")).await.assert(400).json()["errorCode"], "SVCSTG.SWR.4001090");
    registry.get("/v2/team/web/manifests/v1").login(&root).send().await.assert(403);
    let access = ask(Method::GET, "/v1/repositories/team$web/access").await;
    assert_eq!(access.assert(200).json()["shares"], json!([]));
    registry.share("team/web", &new).await;
    registry.get("/v2/team/web/manifests/v1").login(&root).send().await.assert(200);
    let history = ask(Method::GET, "/v1/repositories/team$web/shares/history").await;
    let receivers: Vec<_> = history.assert(200).json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["account_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(receivers, [new.to_string(), account.to_string()]);
    ask(Method::DELETE, &format!("{shares}/globex")).await.assert(204);
    let users = identity::list_users(&registry.state.views.reader().unwrap(), &account).unwrap();
    assert!(users.is_empty(), "{users:?}");
}
