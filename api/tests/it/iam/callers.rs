//! Every method of every route of the identity service for every kind of caller. A new one gets a row here.

use ambar_api::IAM_ROUTES;
use ambar_api::operations::{self, DelegationOrder};
use ambar_domain::delegation::Trustee;
use ambar_domain::level::{Level, Role};
use ambar_projections::identity::find_account;
use http::Method;
use serde_json::Value;

use crate::support::{Answer, Expected, Scene, require_answers};

/// Method, path, body, and statuses for: nobody, a wrong secret, another account's administrator, a colleague without rights, read, edit,
/// manage, administrator, an account that the image is shared with, whoever acts for the account.
///
/// What is changed stays so for the rows behind it: roles are given and then taken, and what is deleted goes last.
type Row = (&'static str, &'static str, &'static str, [u16; 10]);

const ROWS: &[Row] = &[
    ("GET", "/v3/auth/tokens", "", [401, 401, 403, 403, 403, 403, 403, 200, 403, 403]),
    ("GET", "/v3/auth/projects", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v3/auth/domains", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v3/projects", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v3/projects/PROJECT", "", [401, 401, 404, 200, 200, 200, 200, 200, 404, 200]),
    ("GET", "/v3/roles", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v3/roles/00000000000000000000000000000001", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST", "/v3/auth/tokens", ASSUME, [401, 401, 404, 404, 404, 404, 404, 201, 404, 404]),
    ("POST", "/v3/auth/tokens", GUESS, [401, 401, 401, 401, 401, 401, 401, 401, 401, 401]),
    ("GET", "/v3/projects/PROJECT/groups/GROUP/roles", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("HEAD", "/v3/projects/PROJECT/groups/GROUP/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("PUT", "/v3/projects/PROJECT/groups/GROUP/roles/FURTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3/projects/PROJECT/groups/GROUP/roles/FURTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("GET", "/v3/projects/PROJECT/users/OTHER/roles", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("HEAD", "/v3/projects/PROJECT/users/OTHER/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("PUT", "/v3/projects/PROJECT/users/OTHER/roles/FURTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3/projects/PROJECT/users/OTHER/roles/FURTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("GET", "/v3/domains/ACCOUNT/groups/GROUP/roles", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("HEAD", "/v3/domains/ACCOUNT/groups/GROUP/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("PUT", "/v3/domains/ACCOUNT/groups/GROUP/roles/FURTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3/domains/ACCOUNT/groups/GROUP/roles/FURTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("GET", "/v3/domains/ACCOUNT/users/OTHER/roles", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("GET", "/v3/domains/ACCOUNT/users/SELF/roles", "", [401, 401, 404, 200, 200, 200, 200, 200, 404, 403]),
    ("HEAD", "/v3/domains/ACCOUNT/users/OTHER/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("PUT", "/v3/domains/ACCOUNT/users/OTHER/roles/FURTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("PUT", "/v3/domains/ACCOUNT/users/SELF/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3/domains/ACCOUNT/users/OTHER/roles/FURTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("GET", "/v3/users", "", [401, 401, 200, 403, 403, 403, 403, 200, 200, 403]),
    ("POST", "/v3/users", r#"{"user":{"name":"new","description":"builds"}}"#, [401, 401, 201, 403, 403, 403, 403, 201, 201, 403]),
    ("GET", "/v3/users/OTHER", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("GET", "/v3/users/SELF", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 403]),
    ("PATCH", "/v3/users/OTHER", r#"{"user":{"description":"builds"}}"#, [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("PATCH", "/v3/users/SELF", r#"{"user":{"description":"builds"}}"#, [401, 401, 200, 403, 403, 403, 403, 200, 200, 403]),
    ("POST", "/v3/users/OTHER/password", CHANGE, [401, 401, 404, 403, 403, 403, 403, 403, 404, 403]),
    ("POST", "/v3/users/SELF/password", CHANGE, [401, 401, 401, 401, 401, 401, 401, 401, 401, 403]),
    ("GET", "/v3/users/OTHER/groups", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("GET", "/v3/users/SELF/groups", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 403]),
    ("GET", "/v3/users/OTHER/projects", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("GET", "/v3/users/SELF/projects", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 403]),
    ("GET", "/v3/groups", "", [401, 401, 200, 403, 403, 403, 403, 200, 200, 403]),
    ("POST", "/v3/groups", r#"{"group":{"name":"new"}}"#, [401, 401, 201, 403, 403, 403, 403, 201, 201, 403]),
    ("GET", "/v3/groups/GROUP", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    (
        "PATCH",
        "/v3/groups/GROUP",
        r#"{"group":{"name":"renamed","description":"builds"}}"#,
        [401, 401, 404, 403, 403, 403, 403, 200, 404, 403],
    ),
    ("GET", "/v3/groups/GROUP/users", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("HEAD", "/v3/groups/GROUP/users/MEMBER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("PUT", "/v3/groups/GROUP/users/OTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3/groups/GROUP/users/MEMBER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("POST", "/v3.0/OS-USER/users", r#"{"user":{"name":"newer"}}"#, [401, 401, 201, 403, 403, 403, 403, 201, 201, 403]),
    ("GET", "/v3.0/OS-USER/users/OTHER", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("PUT", "/v3.0/OS-USER/users/OTHER", r#"{"user":{"access_mode":"console"}}"#, [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("POST", "/v3.0/OS-CREDENTIAL/securitytokens", TEMPORARY, [401, 401, 201, 201, 201, 201, 201, 201, 201, 403]),
    ("GET", "/v3.0/OS-CREDENTIAL/credentials", "", [401, 401, 200, 200, 200, 200, 200, 200, 200, 403]),
    ("GET", "/v3.0/OS-CREDENTIAL/credentials?user_id=OTHER", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    (
        "POST",
        "/v3.0/OS-CREDENTIAL/credentials",
        r#"{"credential":{"user_id":"OTHER"}}"#,
        [401, 401, 404, 403, 403, 403, 403, 201, 404, 403],
    ),
    ("POST", "/v3.0/OS-CREDENTIAL/credentials", r#"{"credential":{"user_id":"SELF"}}"#, [401, 401, 201, 201, 201, 201, 201, 201, 201, 403]),
    ("GET", "/v3.0/OS-CREDENTIAL/credentials/KEY", "", [401, 401, 404, 404, 404, 404, 404, 200, 404, 403]),
    (
        "PUT",
        "/v3.0/OS-CREDENTIAL/credentials/KEY",
        r#"{"credential":{"status":"inactive"}}"#,
        [401, 401, 404, 404, 404, 404, 404, 200, 404, 403],
    ),
    ("DELETE", "/v3.0/OS-CREDENTIAL/credentials/KEY", "", [401, 401, 404, 404, 404, 404, 404, 204, 404, 403]),
    ("GET", "/v3.0/OS-AGENCY/agencies", "", [401, 401, 200, 403, 403, 403, 403, 200, 200, 403]),
    (
        "POST",
        "/v3.0/OS-AGENCY/agencies",
        r#"{"agency":{"name":"new","trust_domain_name":"op_svc_new"}}"#,
        [401, 401, 201, 403, 403, 403, 403, 201, 201, 403],
    ),
    ("GET", "/v3.0/OS-AGENCY/agencies/ENTRUSTED", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    (
        "PUT",
        "/v3.0/OS-AGENCY/agencies/ENTRUSTED",
        r#"{"agency":{"description":"for the night"}}"#,
        [401, 401, 404, 403, 403, 403, 403, 200, 404, 403],
    ),
    ("GET", "/v3.0/OS-AGENCY/domains/ACCOUNT/agencies/ENTRUSTED/roles", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("HEAD", "/v3.0/OS-AGENCY/domains/ACCOUNT/agencies/ENTRUSTED/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("PUT", "/v3.0/OS-AGENCY/domains/ACCOUNT/agencies/ENTRUSTED/roles/READ", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3.0/OS-AGENCY/domains/ACCOUNT/agencies/ENTRUSTED/roles/READ", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("GET", "/v3.0/OS-AGENCY/projects/PROJECT/agencies/ENTRUSTED/roles", "", [401, 401, 404, 403, 403, 403, 403, 200, 404, 403]),
    ("PUT", "/v3.0/OS-AGENCY/projects/PROJECT/agencies/ENTRUSTED/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("HEAD", "/v3.0/OS-AGENCY/projects/PROJECT/agencies/ENTRUSTED/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3.0/OS-AGENCY/projects/PROJECT/agencies/ENTRUSTED/roles/HELD", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3.0/OS-AGENCY/agencies/ENTRUSTED", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3/groups/GROUP", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    ("DELETE", "/v3/users/OTHER", "", [401, 401, 404, 403, 403, 403, 403, 204, 404, 403]),
    // By now each is the last administrator of its account.
    ("DELETE", "/v3/users/SELF", "", [401, 401, 403, 403, 403, 403, 403, 403, 403, 403]),
];

/// For another account, under an agency that is for this one.
const ASSUME: &str = r#"{"auth":{"identity":{"methods":["assume_role"],"assume_role":{"domain_id":"FOREIGN","agency_name":"nights"}}}}"#;
const GUESS: &str = r#"{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"OTHER","password":"wrong horse"}}}}}"#;
const TEMPORARY: &str = r#"{"auth":{"identity":{"methods":["token"]}}}"#;
/// Nobody here has a password; [`super::users`] has those who do.
const CHANGE: &str = r#"{"user":{"original_password":"wrong horse","password":"battery staple"}}"#;

fn expected((method, path, body, statuses): &Row) -> Expected {
    let header = ((*method, *path) == ("GET", "/v3/auth/tokens")).then_some(("x-subject-token", "TOKEN"));
    Expected { method, path, body, statuses: [&statuses[..], &[statuses[9]; 2]].concat().try_into().unwrap(), header, is_apart: true }
}

/// With a group that has a member and holds a role, a user who holds the same, an agency for yet another account that has it as well, and one
/// of that account for this one, with a token of the administrator's under it.
async fn set() -> Scene {
    let mut scene = Scene::set().await;
    let registry = &scene.registry;
    let (state, operator, account) = (&registry.state, registry.operator(), registry.account.clone());
    let (other, member) = (registry.user("other").await, registry.user("member").await);
    let group = operations::create_group(state, &operator, &account, &"group".parse().unwrap(), &Default::default()).await.unwrap();
    operations::add_member(state, &operator, &group, &member.user).await.unwrap();
    operations::set_group_administrator(state, &operator, &group, Role::SwrAdministrator, true).await.unwrap();
    operations::set_administrator(state, &operator, &other.user, Role::SwrAdministrator, true).await.unwrap();
    let (umbrella, _) = registry.other_account("umbrella").await;
    let agency = registry.entrust(&umbrella, Level::Manage, None).await;
    let order = DelegationOrder {
        name: "nights".parse().unwrap(),
        trustee: Trustee::Account(account.clone()),
        level: Some(Level::Read),
        until: None,
        description: "".parse().unwrap(),
    };
    operations::grant_delegation(state, &operator, &umbrella, order).await.unwrap();
    let assumed = registry.iam(Method::POST, "/v3/auth/tokens").body(ASSUME.replace("FOREIGN", umbrella.as_str()));
    let assumed = assumed.signed(&registry.administrator, registry.now()).send().await;
    let token = assumed.assert(201).header("x-subject-token").to_owned();
    let project = find_account(&state.views.reader().unwrap(), &account).unwrap().unwrap().project_id;
    for (word, value) in [("GROUP", group.to_string()), ("PROJECT", project.to_string()), ("ACCOUNT", account.to_string())] {
        scene.mean(word, value);
    }
    for (word, role) in [("HELD", 1), ("FURTHER", 2), ("READ", 3)] {
        scene.mean(word, format!("{role:032}"));
    }
    scene.mean("ENTRUSTED", agency);
    scene.mean("TOKEN", token);
    scene.mean("FOREIGN", umbrella);
    scene.mean("KEY", other.key.access_key);
    scene.mean("OTHER", other.user);
    scene.mean("MEMBER", member.user);
    scene
}

#[tokio::test]
async fn every_route_answers_every_caller_as_expected() {
    require_answers(set, ROWS.iter().map(expected), says_why).await;
}

/// In the shape of the service, or of the gateway in front of it for who has not proved who it is. The answer to `HEAD` says nothing.
fn says_why(refusal: &Answer) {
    if refusal.body.is_empty() {
        return;
    }
    let body = refusal.json();
    if refusal.status == 401 && body["error"].is_null() {
        assert_eq!(body["error_code"], "APIGW.0301", "{body}");
    } else {
        assert_eq!(body["error"]["code"], refusal.status.as_u16(), "{body}");
        assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        assert!(matches!(body["error"]["title"], Value::String(_)), "{body}");
    }
}

#[test]
fn every_route_has_a_row() {
    let each = |(methods, route): &(&'static str, &'static str)| methods.split(", ").map(|method| (method, *route)).collect::<Vec<_>>();
    for (method, route) in IAM_ROUTES.iter().flat_map(each) {
        let is_at = |path: &str| {
            let (path, route) = (path.split('?').next().unwrap().split('/'), route.split('/'));
            path.clone().count() == route.clone().count()
                && route.zip(path).all(|(expected, segment)| expected == segment || expected.starts_with('{'))
        };
        assert!(ROWS.iter().any(|row| row.0 == method && is_at(row.1)), "no row for {method} {route}");
    }
}
