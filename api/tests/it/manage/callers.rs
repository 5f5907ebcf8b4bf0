//! Every operation of the management API for every kind of caller. A new one gets a row here.

use ambar_domain::level::Level;
use http::Method;

use crate::support::{Answer, Login, TestRegistry, image};

/// Method, path, body, and statuses for: nobody, a wrong secret, another account's administrator, a colleague without rights, read, edit,
/// manage, administrator, an account that the image is shared with.
pub(super) type Row = (&'static str, &'static str, &'static str, [u16; 9]);

pub(super) const ROWS: &[Row] = &[
    ("GET", "/v2/manage/namespaces", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST", "/v2/manage/namespaces", r#"{"namespace":"new"}"#, [401, 401, 201, 403, 403, 403, 403, 201, 201]),
    ("GET", "/v2/manage/namespaces/team", "", [401, 401, 404, 404, 200, 200, 200, 200, 404]),
    ("DELETE", "/v2/manage/namespaces/team", "", [401, 401, 404, 404, 403, 403, 403, 406, 404]),
    ("GET", "/v2/manage/namespaces/team/access", "", [401, 401, 404, 404, 200, 200, 200, 200, 404]),
    ("POST", "/v2/manage/namespaces/team/access", r#"[{"user_id":"OTHER","auth":1}]"#, [401, 401, 404, 404, 403, 403, 200, 200, 404]),
    ("PATCH", "/v2/manage/namespaces/team/access", r#"[{"user_id":"READER","auth":3}]"#, [401, 401, 404, 404, 403, 403, 201, 201, 404]),
    ("DELETE", "/v2/manage/namespaces/team/access", r#"["READER"]"#, [401, 401, 404, 404, 403, 403, 204, 204, 404]),
    ("GET", "/v2/manage/repos", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    (
        "POST",
        "/v2/manage/namespaces/team/repos",
        r#"{"repository":"new","is_public":false}"#,
        [401, 401, 404, 404, 403, 201, 201, 201, 404],
    ),
    ("GET", "/v2/manage/namespaces/team/repos/web", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("PATCH", "/v2/manage/namespaces/team/repos/web", r#"{"category":"linux"}"#, [401, 401, 404, 404, 403, 201, 201, 201, 403]),
    ("DELETE", "/v2/manage/namespaces/team/repos/web", "", [401, 401, 404, 404, 403, 403, 204, 204, 403]),
    ("GET", "/v2/manage/namespaces/team/repos/web/access", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    (
        "POST",
        "/v2/manage/namespaces/team/repos/web/access",
        r#"[{"user_id":"OTHER","auth":1}]"#,
        [401, 401, 404, 404, 403, 403, 201, 201, 403],
    ),
    (
        "PATCH",
        "/v2/manage/namespaces/team/repos/web/access",
        r#"[{"user_id":"OTHER","auth":1}]"#,
        [401, 401, 404, 404, 403, 403, 404, 404, 403],
    ),
    ("DELETE", "/v2/manage/namespaces/team/repos/web/access", r#"["OTHER"]"#, [401, 401, 404, 404, 403, 403, 404, 404, 403]),
    ("GET", "/v2/manage/namespaces/team/repos/web/tags", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    (
        "POST",
        "/v2/manage/namespaces/team/repos/web/tags",
        r#"{"source_tag":"v1","destination_tag":"v2"}"#,
        [401, 401, 404, 404, 403, 201, 201, 201, 403],
    ),
    ("GET", "/v2/manage/namespaces/team/repos/web/tags/v1", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("DELETE", "/v2/manage/namespaces/team/repos/web/tags/v1", "", [401, 401, 404, 404, 403, 403, 204, 204, 403]),
    ("GET", "/v2/manage/namespaces/team/repos/web/v1/accessories", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/namespaces/team/repos/web/v1/references", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/namespaces/team/repositories/web/access-domains", "", [401, 401, 404, 404, 403, 403, 200, 200, 403]),
    (
        "POST",
        "/v2/manage/namespaces/team/repositories/web/access-domains",
        r#"{"access_domain":"globex","permit":"read","deadline":"forever"}"#,
        [401, 401, 404, 404, 403, 403, 201, 201, 403],
    ),
    ("GET", "/v2/manage/namespaces/team/repositories/web/access-domains/initech", "", [401, 401, 404, 404, 403, 403, 200, 200, 403]),
    (
        "PATCH",
        "/v2/manage/namespaces/team/repositories/web/access-domains/initech",
        r#"{"permit":"read","deadline":"2030-01-01T00:00:00Z"}"#,
        [401, 401, 404, 404, 403, 403, 201, 201, 403],
    ),
    ("DELETE", "/v2/manage/namespaces/team/repositories/web/access-domains/initech", "", [401, 401, 404, 404, 403, 403, 204, 204, 403]),
    ("GET", "/v2/manage/shared-repositories?center=thirdparty", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/shared-repositories?center=self&status=false", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/shared-repositories?center=self&status=no", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v2/manage/shared-repositories?center=self&order_column=namespace", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v3/manage/repos", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v3/manage/namespaces/team/repos/web/tags", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("GET", "/v3/manage/shared-repositories?shared_by=thirdparty&status=false", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v3/manage/shared-repositories?shared_by=self", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/projects/any/quotas", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/projects/any/feature-gates", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/overview", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/reports/downflow/daily", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v2/manage/reports/store/monthly", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v2/manage/agency", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST", "/v2/manage/agency", "", [401, 401, 204, 403, 403, 403, 403, 204, 204]),
    ("POST", "/v2/manage/utils/secret", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST", "/v2/manage/utils/secret?duration_seconds=899", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("POST", "/v2/manage/utils/authorizationtoken", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    // Later.
    ("GET", "/v2/manage/namespaces/team/repos/web/triggers", "", [401, 401, 501, 501, 501, 501, 501, 501, 501]),
    ("GET", "/v2/manage/nothing", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("PUT", "/v2/manage/namespaces", "", [401, 401, 405, 405, 405, 405, 405, 405, 405]),
];

/// Who acts for the account is answered as its own users of that level are, but for what nobody of those may.
const DELEGATES: [&str; 3] = ["delegate with read", "delegate with edit", "delegate with manage"];
const DELEGATES_MAY: &[(&str, &str, [u16; 3])] =
    &[("POST", "/v2/manage/namespaces", [403, 403, 201]), ("DELETE", "/v2/manage/namespaces/team", [403, 403, 406])];

/// What the row says of every caller, and of those who act for the account.
fn expected(row: &Row) -> [u16; 12] {
    let of_users = [row.3[4], row.3[5], row.3[6]];
    let found = DELEGATES_MAY.iter().find(|(method, path, _)| (*method, *path) == (row.0, row.1));
    let of_delegates = found.map_or(of_users, |(.., expected)| *expected);
    [&row.3[..], &of_delegates].concat().try_into().unwrap()
}

/// A registry with an image, and the callers of the table.
struct Scene {
    registry: TestRegistry,
    callers: [(&'static str, Option<Login>); 12],
    reader: Login,
    other: Login,
}

impl Scene {
    async fn set() -> Self {
        let registry = TestRegistry::start().await;
        registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
        let (_, globex) = registry.other_account("globex").await;
        let (receiver, initech) = registry.other_account("initech").await;
        registry.share("team/web", &receiver).await;
        let mut wrong = registry.member("wrong", Level::Manage).await;
        wrong.key.secret_key = "wrong".to_owned();
        let (reader, other) = (registry.member("reader", Level::Read).await, registry.user("other").await);
        let [looker, builder, keeper] = registry.delegates().await;
        let callers = [
            ("nobody", None),
            ("a wrong secret", Some(wrong)),
            ("another account", Some(globex)),
            ("no rights", Some(registry.user("none").await)),
            ("read", Some(registry.member("read", Level::Read).await)),
            ("edit", Some(registry.member("editor", Level::Edit).await)),
            ("manage", Some(registry.member("manager", Level::Manage).await)),
            ("administrator", Some(registry.administrator.clone())),
            ("share receiver", Some(initech)),
            (DELEGATES[0], Some(looker)),
            (DELEGATES[1], Some(builder)),
            (DELEGATES[2], Some(keeper)),
        ];
        Self { registry, callers, reader, other }
    }

    async fn send(&self, row: &Row, caller: usize) -> Answer {
        let body = row.2.replace("READER", self.reader.user.as_str()).replace("OTHER", self.other.user.as_str());
        let request = self.registry.ask(row.0.parse::<Method>().unwrap(), row.1);
        let request = if body.is_empty() { request } else { request.body(body) };
        let (name, login) = &self.callers[caller];
        let request = if DELEGATES.contains(name) { request.header("x-domain-id", self.registry.account.as_str()) } else { request };
        match login {
            Some(login) => request.signed(login, self.registry.now()).send().await,
            None => request.send().await,
        }
    }
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_expected() {
    let mut scene = Scene::set().await;
    for row in ROWS {
        for (caller, expected) in expected(row).into_iter().enumerate() {
            let answer = scene.send(row, caller).await;
            let name = scene.callers[caller].0;
            assert_eq!(answer.status.as_u16(), expected, "{} {} by {name}: {answer:?}", row.0, row.1);
            // What changed something would stand in the way of the next.
            if answer.status.is_success() && row.0 != "GET" {
                scene = Scene::set().await;
            }
        }
    }
}

#[tokio::test]
async fn a_refused_call_changes_nothing_and_says_what_it_must() {
    let scene = Scene::set().await;
    for row in ROWS {
        for (caller, expected) in expected(row).into_iter().enumerate().filter(|(_, expected)| *expected >= 400) {
            let before = scene.registry.head_of_log().await;
            // A key with which too much was signed wrongly is locked.
            scene.registry.advance(chrono::Duration::minutes(2));
            let answer = scene.send(row, caller).await;
            assert_eq!(scene.registry.head_of_log().await, before, "{} {}", row.0, row.1);
            let body = answer.json();
            assert_eq!(body["request_id"], answer.header("x-request-id"), "{body}");
            let code = body["error_code"].as_str().unwrap();
            let known = if expected == 401 { code == "APIGW.0301" } else { code.starts_with(&format!("SVCSTG.SWR.{expected}")) };
            assert!(known, "{} {}: {body}", row.0, row.1);
        }
    }
}
