//! Groups, memberships and roles through the identity service (requirement I1).

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
