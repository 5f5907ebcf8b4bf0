//! Every operation of the management API for every kind of caller. A new one gets a row here.

use ambar_domain::level::Level;

use crate::support::{Answer, Expected, Scene, documented_operations, require_answers};

/// Method, path, body, and statuses for: nobody, a wrong secret, another account's administrator, a colleague without rights, read, edit,
/// manage, administrator, an account that the image is shared with.
type Row = (&'static str, &'static str, &'static str, [u16; 9]);

const ROWS: &[Row] = &[
    ("GET", "/v2/manage/namespaces", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("POST", "/v2/manage/namespaces", r#"{"namespace":"new-SELF"}"#, [401, 401, 201, 403, 403, 403, 403, 201, 201]),
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
        r#"{"repository":"new-SELF","is_public":false}"#,
        [401, 401, 404, 404, 403, 201, 201, 201, 404],
    ),
    ("GET", "/v2/manage/namespaces/team/repos/web", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("PATCH", "/v2/manage/namespaces/team/repos/web", r#"{"description":"by SELF"}"#, [401, 401, 404, 404, 403, 201, 201, 201, 403]),
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
        r#"{"source_tag":"v1","destination_tag":"of-SELF"}"#,
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
        r#"{"permit":"read","deadline":"2030-01-01T00:00:00Z","description":"by SELF"}"#,
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
    ("GET", "/v2/manage/nothing", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("PUT", "/v2/manage/namespaces", "", [401, 401, 405, 405, 405, 405, 405, 405, 405]),
];

/// What comes later says so to whoever has proved who it is.
const LATER: &[(&str, &str)] = &[
    ("GET", "/v2/manage/regions"),
    ("GET POST", "/v2/manage/namespaces/team/repos/web/triggers"),
    ("GET PATCH DELETE", "/v2/manage/namespaces/team/repos/web/triggers/roll-out"),
    ("GET POST", "/v2/manage/namespaces/team/repos/web/retentions"),
    ("GET PATCH DELETE", "/v2/manage/namespaces/team/repos/web/retentions/1"),
    ("GET", "/v2/manage/namespaces/team/repos/web/retentions/histories"),
    ("GET POST DELETE", "/v2/manage/namespaces/team/repos/web/sync_repo"),
    ("POST", "/v2/manage/namespaces/team/repos/web/sync_images"),
    ("GET", "/v2/manage/namespaces/team/repos/web/sync_job"),
];

/// Who acts for the account is answered as its own users of that level are, but for what nobody of those may.
const DELEGATES_MAY: &[(&str, &str, [u16; 3])] =
    &[("POST", "/v2/manage/namespaces", [403, 403, 201]), ("DELETE", "/v2/manage/namespaces/team", [403, 403, 406])];

fn expected((method, path, body, statuses): &Row) -> Expected {
    let found = DELEGATES_MAY.iter().find(|(of, at, _)| (of, at) == (method, path));
    let of_delegates = found.map_or([statuses[4], statuses[5], statuses[6]], |(.., expected)| *expected);
    // Each makes something of its own, or changes it to something of its own.
    let is_apart = body.contains("SELF") || path.starts_with("/v2/manage/utils/");
    Expected { method, path, body, statuses: [&statuses[..], &of_delegates].concat().try_into().unwrap(), header: None, is_apart }
}

fn expected_later((methods, path): &'static (&str, &str)) -> impl Iterator<Item = Expected> {
    let statuses = std::array::from_fn(|caller| if caller < 2 { 401 } else { 501 });
    methods.split(' ').map(move |method| Expected { method, path, body: "", statuses, header: None, is_apart: true })
}

async fn set() -> Scene {
    let mut scene = Scene::set().await;
    let reader = scene.registry.member("reader", Level::Read).await;
    scene.mean("READER", reader.user);
    let other = scene.registry.user("other").await;
    scene.mean("OTHER", other.user);
    scene
}

fn says_what_it_must(refusal: &Answer) {
    let (body, status) = (refusal.json(), refusal.status.as_u16());
    assert_eq!(body["request_id"], refusal.header("x-request-id"), "{body}");
    let code = body["error_code"].as_str().unwrap();
    let known = if status == 401 { code == "APIGW.0301" } else { code.starts_with(&format!("SVCSTG.SWR.{status}")) };
    assert!(known, "{body}");
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_expected() {
    require_answers(set, ROWS.iter().map(expected), says_what_it_must).await;
}

#[tokio::test]
async fn what_comes_later_says_so_to_everybody_who_is_known() {
    require_answers(set, LATER.iter().flat_map(expected_later), says_what_it_must).await;
}

#[test]
fn every_operation_has_a_row() {
    let operations = documented_operations(&["/v2/manage/", "/v3/manage/"]);
    assert!(operations.len() >= ROWS.len() / 2, "the document has {} only", operations.len());
    for (operation, is_of) in operations {
        assert!(ROWS.iter().any(|(method, path, ..)| is_of(method, path)), "no row for {operation}");
    }
    // Retentions are read by the same lines as triggers.
    let code = include_str!("../../../src/manage/route.rs").split("#[cfg(test)]").next().unwrap();
    let later = LATER.iter().filter(|(_, path)| !path.contains("/retentions")).flat_map(|(methods, _)| methods.split(' '));
    assert_eq!(later.count(), code.matches(", Operation::NotYet)").count(), "what comes later has a further path or method, without a row");
}
