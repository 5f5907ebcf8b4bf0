//! Groups, memberships and roles through the identity service (requirement I1).

use ambar_domain::name_claim::{NameClaimCommand, NameKey};
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Login, TestRegistry};

const TENANT_ADMINISTRATOR: &str = "00000000000000000000000000000002";

async fn ask(registry: &TestRegistry, login: &Login, method: Method, path: &str) -> Answer {
    registry.iam(method, path).signed(login, registry.now()).send().await
}

async fn create(registry: &TestRegistry, login: &Login, name: &str) -> Answer {
    let body = json!({ "group": { "name": name, "domain_id": registry.account, "description": "for builds" } }).to_string();
    registry.iam(Method::POST, "/v3/groups").body(body).signed(login, registry.now()).send().await
}

async fn id_of_new(registry: &TestRegistry, name: &str) -> String {
    create(registry, &registry.administrator, name).await.assert(201).json()["group"]["id"].as_str().unwrap().to_owned()
}

fn names(answer: &Answer, list: &str) -> Vec<Value> {
    answer.assert(200).json()[list].as_array().unwrap().iter().map(|entry| entry["name"].clone()).collect()
}

#[tokio::test]
async fn a_group_is_created_listed_and_deleted() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let id = id_of_new(&registry, "builders").await;
    let group = json!({
        "id": id,
        "name": "builders",
        "domain_id": registry.account,
        "description": "for builds",
        "create_time": 1_800_000_000_000_i64,
        "links": { "self": format!("http://registry.test:5000/v3/groups/{id}") },
    });
    let path = format!("/v3/groups/{id}");
    assert_eq!(ask(&registry, root, Method::GET, &path).await.assert(200).json(), json!({ "group": group }));
    assert_eq!(ask(&registry, root, Method::GET, "/v3/groups?name=builders").await.assert(200).json()["groups"], json!([group]));
    assert_eq!(names(&ask(&registry, root, Method::GET, "/v3/groups?name=other").await, "groups"), Vec::<Value>::new());
    create(&registry, root, "builders").await.assert(409);
    create(&registry, root, "").await.assert(400);
    let wordy = json!({ "group": { "name": "wordy", "description": "x".repeat(256) } }).to_string();
    registry.iam(Method::POST, "/v3/groups").body(wordy).signed(root, registry.now()).send().await.assert(400);
    ask(&registry, root, Method::DELETE, &path).await.assert(204);
    ask(&registry, root, Method::GET, &path).await.assert(404);
}

async fn change(registry: &TestRegistry, login: &Login, group: &str, change: Value) -> Answer {
    let body = json!({ "group": change }).to_string();
    registry.iam(Method::PATCH, &format!("/v3/groups/{group}")).body(body).signed(login, registry.now()).send().await
}

#[tokio::test]
async fn a_group_takes_another_name_and_description_and_its_name_of_before_is_free() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let group = id_of_new(&registry, "builders").await;
    let changed = change(&registry, root, &group, json!({ "name": "makers", "description": "", "domain_id": registry.account })).await;
    let changed = changed.assert(200).json()["group"].clone();
    assert_eq!((&changed["id"], &changed["name"], &changed["description"]), (&json!(group), &json!("makers"), &json!("")));
    let described = change(&registry, root, &group, json!({ "description": "for all" })).await.assert(200).json();
    assert_eq!((&described["group"]["name"], &described["group"]["description"]), (&json!("makers"), &json!("for all")));
    let other = id_of_new(&registry, "builders").await;
    change(&registry, root, &other, json!({ "name": "makers" })).await.assert(409);
    create(&registry, root, "makers").await.assert(409);
    // Its own name again, and there and back.
    change(&registry, root, &other, json!({ "name": "builders" })).await.assert(200);
    change(&registry, root, &group, json!({ "name": "menders" })).await.assert(200);
    change(&registry, root, &other, json!({ "name": "makers" })).await.assert(200);
    change(&registry, root, &group, json!({ "name": "builders" })).await.assert(200);
    assert_eq!(names(&ask(&registry, root, Method::GET, "/v3/groups").await, "groups"), ["builders", "makers"]);
}

#[tokio::test]
async fn a_group_that_cannot_be_changed_as_is_asked_for_stays_as_it_is() {
    let registry = TestRegistry::start().await;
    let (root, ann) = (&registry.administrator, registry.user("ann").await);
    let (group, _) = (id_of_new(&registry, "builders").await, id_of_new(&registry, "makers").await);
    let before = registry.count_events().await;
    for (given, status) in [
        (json!({ "name": "", "description": "new" }), 400),
        (json!({ "name": "menders", "description": "x".repeat(256) }), 400),
        (json!({ "name": "menders", "domain_id": "0".repeat(32) }), 404),
        (json!({ "name": "makers", "description": "new" }), 409),
        (json!("menders"), 400),
        (json!({}), 200),
    ] {
        change(&registry, root, &group, given).await.assert(status);
    }
    let (_, foreign) = registry.other_account("other").await;
    let after = registry.count_events().await;
    change(&registry, &ann, &group, json!({ "name": "mine" })).await.assert(403);
    change(&registry, &foreign, &group, json!({ "name": "mine" })).await.assert(404);
    change(&registry, root, &"0".repeat(32), json!({ "name": "mine" })).await.assert(404);
    assert_eq!(registry.count_events().await, after);
    let shown = ask(&registry, root, Method::GET, &format!("/v3/groups/{group}")).await.json()["group"].clone();
    assert_eq!((&shown["name"], &shown["description"]), (&json!("builders"), &json!("for builds")));
    assert!(!registry.everything_recorded().await.contains("menders"), "{before}");
}

#[tokio::test]
async fn a_change_of_a_name_that_breaks_off_blocks_neither_name() {
    for broken in 1..=3 {
        let registry = TestRegistry::start().await;
        let root = &registry.administrator;
        let group = id_of_new(&registry, "builders").await;
        registry.refuse_append(broken);
        change(&registry, root, &group, json!({ "name": "makers" })).await.assert(503);
        let shown = ask(&registry, root, Method::GET, &format!("/v3/groups/{group}")).await.json()["group"]["name"].clone();
        let free = if shown == "makers" { "builders" } else { "makers" };
        let other = id_of_new(&registry, free).await;
        create(&registry, root, shown.as_str().unwrap()).await.assert(409);
        change(&registry, root, &other, json!({ "name": shown })).await.assert(409);
        change(&registry, root, &other, json!({ "name": "menders" })).await.assert(200);
        change(&registry, root, &group, json!({ "name": free })).await.assert(200);
    }
}

#[tokio::test]
async fn a_group_takes_the_name_of_one_whose_deletion_was_broken_off() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let (gone, group) = (id_of_new(&registry, "builders").await, id_of_new(&registry, "makers").await);
    // Behind the deletion itself, before the name is released.
    registry.refuse_append(2);
    ask(&registry, root, Method::DELETE, &format!("/v3/groups/{gone}")).await.assert(503);
    ask(&registry, root, Method::GET, &format!("/v3/groups/{gone}")).await.assert(404);
    let renamed = change(&registry, root, &group, json!({ "name": "builders" })).await;
    assert_eq!(renamed.assert(200).json()["group"]["name"], "builders");
    create(&registry, root, "builders").await.assert(409);
}

#[tokio::test]
async fn a_group_takes_the_name_of_one_whose_creation_was_broken_off() {
    let registry = TestRegistry::start().await;
    let (root, group) = (&registry.administrator, id_of_new(&registry, "makers").await);
    // Behind the claim of the name, before the group itself.
    registry.refuse_append(2);
    create(&registry, root, "builders").await.assert(503);
    change(&registry, root, &group, json!({ "name": "builders" })).await.assert(200);
    create(&registry, root, "builders").await.assert(409);
    create(&registry, root, "makers").await.assert(201);
}

#[tokio::test]
async fn a_group_that_is_refused_for_its_name_leaves_no_claim_to_it() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let (group, other) = (id_of_new(&registry, "builders").await, id_of_new(&registry, "makers").await);
    // As while the group takes this name and its claim was held for one that was left behind.
    let key = NameKey::Group(registry.account.clone(), "builders".parse().unwrap()).to_string();
    let release = NameClaimCommand::Release { holder: group.clone() };
    registry.state.aggregates.names.execute(&key, release, &registry.operator()).await.unwrap();
    create(&registry, root, "builders").await.assert(409);
    change(&registry, root, &group, json!({ "name": "menders" })).await.assert(200);
    change(&registry, root, &other, json!({ "name": "builders" })).await.assert(200);
}

#[tokio::test]
async fn users_join_and_leave_groups() {
    let registry = TestRegistry::start().await;
    let (root, ann) = (&registry.administrator, registry.user("ann").await);
    let group = id_of_new(&registry, "builders").await;
    let path = format!("/v3/groups/{group}/users/{}", ann.user);
    ask(&registry, root, Method::HEAD, &path).await.assert(404);
    ask(&registry, root, Method::PUT, &path).await.assert(204);
    ask(&registry, root, Method::PUT, &path).await.assert(204);
    ask(&registry, root, Method::HEAD, &path).await.assert(204);
    assert_eq!(names(&ask(&registry, root, Method::GET, &format!("/v3/groups/{group}/users")).await, "users"), ["ann"]);
    assert_eq!(names(&ask(&registry, &ann, Method::GET, &format!("/v3/users/{}/groups", ann.user)).await, "groups"), ["builders"]);
    ask(&registry, root, Method::DELETE, &path).await.assert(204);
    ask(&registry, root, Method::HEAD, &path).await.assert(404);
    let (_, foreign) = registry.other_account("other").await;
    ask(&registry, root, Method::PUT, &format!("/v3/groups/{group}/users/{}", foreign.user)).await.assert(404);
    ask(&registry, &foreign, Method::GET, &format!("/v3/groups/{group}")).await.assert(404);
    ask(&registry, &ann, Method::GET, &format!("/v3/groups/{group}")).await.assert(403);
    ask(&registry, &ann, Method::PUT, &path).await.assert(403);
}

#[tokio::test]
async fn the_roles_are_known_to_everybody() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    assert_eq!(
        names(&ask(&registry, &ann, Method::GET, "/v3/roles").await, "roles"),
        ["swr_adm", "te_admin", "swr_readonly", "swr_operate"]
    );
    assert_eq!(names(&ask(&registry, &ann, Method::GET, "/v3/roles?name=te_admin").await, "roles"), ["te_admin"]);
    let role = ask(&registry, &ann, Method::GET, &format!("/v3/roles/{TENANT_ADMINISTRATOR}")).await;
    assert_eq!(role.assert(200).json()["role"]["display_name"], "Tenant Administrator");
    ask(&registry, &ann, Method::GET, "/v3/roles/other").await.assert(404);
}

#[tokio::test]
async fn a_role_of_a_group_or_of_its_own_makes_a_user_an_administrator() {
    let registry = TestRegistry::start().await;
    let (root, ann, otto) = (&registry.administrator, registry.user("ann").await, registry.user("otto").await);
    let group = id_of_new(&registry, "admins").await;
    ask(&registry, root, Method::PUT, &format!("/v3/groups/{group}/users/{}", ann.user)).await.assert(204);
    let reader = registry.state.views.reader().unwrap();
    let project = ambar_projections::identity::find_account(&reader, &registry.account).unwrap().unwrap().project_id;
    let places = [
        (format!("/v3/domains/{}/groups/{group}/roles", registry.account), &ann),
        (format!("/v3/projects/{project}/groups/{group}/roles"), &ann),
        (format!("/v3/domains/{}/users/{}/roles", registry.account, otto.user), &otto),
    ];
    for (roles, login) in places {
        let role = format!("{roles}/{TENANT_ADMINISTRATOR}");
        ask(&registry, login, Method::GET, "/v3/users").await.assert(403);
        ask(&registry, login, Method::PUT, &role).await.assert(403);
        ask(&registry, root, Method::HEAD, &role).await.assert(404);
        ask(&registry, root, Method::PUT, &role).await.assert(204);
        ask(&registry, root, Method::HEAD, &role).await.assert(204);
        assert_eq!(names(&ask(&registry, root, Method::GET, &roles).await, "roles"), ["te_admin"]);
        ask(&registry, login, Method::GET, "/v3/users").await.assert(200);
        ask(&registry, root, Method::DELETE, &role).await.assert(204);
        ask(&registry, root, Method::DELETE, &role).await.assert(404);
        ask(&registry, login, Method::GET, "/v3/users").await.assert(403);
        ask(&registry, root, Method::PUT, &format!("{roles}/other")).await.assert(404);
    }
    let elsewhere = format!("/v3/domains/{}/groups/{group}/roles", "0".repeat(32));
    ask(&registry, root, Method::GET, &elsewhere).await.assert(404);
    let own = format!("/v3/domains/{}/users/{}/roles/{TENANT_ADMINISTRATOR}", registry.account, root.user);
    ask(&registry, root, Method::DELETE, &own).await.assert(403);
    ask(&registry, root, Method::GET, "/v3/users").await.assert(200);
}
