//! Every route for every kind of caller. A new one gets a row here.

use ambar_domain::block::BlockCause;
use ambar_domain::level::Level;
use ambar_domain::user::UserCommand;
use chrono::Duration;

use crate::support::{Answer, Expected, Scene, image, require_answers};

/// Method, path, body, and statuses for: nobody, a wrong secret, another account's administrator, a colleague without rights, read, edit,
/// manage, administrator, an account that the image is shared with.
type Row = (&'static str, &'static str, &'static str, [u16; 9]);

const ROWS: &[Row] = &[
    ("DELETE", "/v1/account", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    // An account with organizations is not closed.
    ("DELETE", "/v1/account?name=acme", "", [401, 401, 400, 403, 403, 403, 403, 409, 400]),
    ("GET", "/v1/delegations", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("GET", "/v1/delegations/received", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("POST", "/v1/delegations", r#"{"name":"x","account_name":"none","level":"read"}"#, [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    (
        "POST",
        "/v1/delegations",
        r#"{"name":"x","service":"s","account_name":"y","level":"read"}"#,
        [401, 401, 400, 403, 403, 403, 403, 400, 400],
    ),
    ("POST", "/v1/delegations", r#"{"name":"x","service":"s"}"#, [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("POST", "/v1/delegations", r#"{"name":"new","service":"op_svc_new","level":"read"}"#, [401, 401, 201, 403, 403, 403, 403, 201, 201]),
    ("PATCH", "/v1/delegations/DELEGATION", r#"{"level":"edit"}"#, [401, 401, 404, 403, 403, 403, 403, 200, 404]),
    ("DELETE", "/v1/delegations/DELEGATION", "", [401, 401, 404, 403, 403, 403, 403, 204, 404]),
    ("PATCH", "/v1/delegations/00000000000000000000000000000001", r#"{"level":"read"}"#, [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("PATCH", "/v1/delegations/00000000000000000000000000000001", "[]", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("DELETE", "/v1/delegations/00000000000000000000000000000001", "", [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("GET", "/v1/blocks", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("DELETE", "/v1/blocks/BLOCKED?reason=known", "", [401, 401, 404, 403, 403, 403, 403, 204, 404]),
    ("DELETE", "/v1/blocks/00000000000000000000000000000000", "", [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("DELETE", "/v1/blocks/x", "", [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("DELETE", "/v1/blocks/x?reason=WORDY", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/blocks?cursor=x", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/center/images", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v1/center/images?category=none", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v1/center/images?organization=No&limit=1", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v1/center/images?cursor=x", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v1/events", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("GET", "/v1/events/stream", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("GET", "/v1/logins", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v1/logins?user_id=none", "", [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("POST", "/v1/logins", r#"{"client":"none"}"#, [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("POST", "/v1/logins", r#"{"duration_seconds":1}"#, [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("POST", "/v1/logins", "{}", [401, 401, 201, 201, 201, 201, 201, 201, 201]),
    (
        "POST",
        "/v1/logins",
        r#"{"repositories":[{"repository":"team/web","right":"pull"}],"duration_seconds":1}"#,
        [401, 401, 404, 404, 400, 400, 400, 400, 400],
    ),
    (
        "POST",
        "/v1/logins",
        r#"{"repositories":[{"repository":"team/web","right":"push"}],"duration_seconds":1}"#,
        [401, 401, 404, 404, 403, 400, 400, 400, 403],
    ),
    (
        "POST",
        "/v1/logins",
        r#"{"repositories":[{"repository":"team/none","right":"pull"}]}"#,
        [401, 401, 404, 404, 404, 404, 404, 404, 404],
    ),
    (
        "POST",
        "/v1/logins",
        r#"{"repositories":[{"repository":"team/new","right":"push"}],"duration_seconds":1}"#,
        [401, 401, 404, 404, 404, 400, 400, 400, 404],
    ),
    ("DELETE", "/v1/logins/ISSUED", "", [401, 401, 404, 404, 204, 404, 404, 204, 404]),
    ("DELETE", "/v1/logins/LOGIN000000000000000", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("DELETE", "/v1/logins/none", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("GET", "/v1/repositories/team$web/access", "", [401, 401, 404, 404, 403, 403, 200, 200, 403]),
    ("GET", "/v1/repositories/team$web/shares/history", "", [401, 401, 404, 404, 403, 403, 200, 200, 403]),
    ("GET", "/v1/repositories/team$web/tags", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("GET", "/v1/repositories/team$web/tags?order=oldest", "", [401, 401, 404, 404, 400, 400, 400, 400, 400]),
    ("GET", "/v1/repositories/team$web/tags?cursor=v1", "", [401, 401, 404, 404, 400, 400, 400, 400, 400]),
    ("GET", "/v1/repositories/team$web/tags/v1", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("GET", "/v1/repositories/team$web/tags/none", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("POST", "/v1/repositories/team$web/deletions", r#"{"tags":["v1"]}"#, [401, 401, 404, 404, 403, 403, 204, 204, 403]),
    ("POST", "/v1/repositories/team$web/deletions", r#"{"digest":"OLD"}"#, [401, 401, 404, 404, 403, 403, 204, 204, 403]),
    ("POST", "/v1/repositories/team$web/deletions", r#"{"tags":["v1","none"]}"#, [401, 401, 404, 404, 403, 403, 404, 404, 403]),
    ("POST", "/v1/repositories/team$web/deletions", r#"{"digest":"NONE"}"#, [401, 401, 404, 404, 403, 403, 404, 404, 403]),
    ("POST", "/v1/repositories/team$web/deletions", r#"{"tags":[]}"#, [401, 401, 404, 404, 403, 403, 400, 400, 403]),
    ("POST", "/v1/repositories/team$web/deletions", r#"{"tags":["v1"],"digest":"NONE"}"#, [401, 401, 404, 404, 403, 403, 400, 400, 403]),
    ("GET", "/v1/repositories/team$web/tags/v1/history", "", [401, 401, 404, 404, 200, 200, 200, 200, 403]),
    ("POST", "/v1/repositories/team$web/tags/v1/restore", r#"{"digest":"OLD"}"#, [401, 401, 404, 404, 403, 200, 200, 200, 403]),
    ("GET", "/v1/repositories/team$none/access", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("GET", "/v1/repositories/team$web/tags/none/history", "", [401, 401, 404, 404, 404, 404, 404, 404, 403]),
    ("POST", "/v1/repositories/team$web/tags/v1/restore", r#"{"digest":"NONE"}"#, [401, 401, 404, 404, 403, 404, 404, 404, 403]),
    ("POST", "/v1/repositories/team$web/tags/v1/restore", "{", [401, 401, 404, 404, 403, 400, 400, 400, 403]),
    ("GET", "/v1/shares/history", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("GET", "/v1/shares/history?state=over", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/shares/history?repository=web", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/shares/history?account=%20", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/shares/history?cursor=x", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/events?limit=0", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/events?cursor=x", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/nothing", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("POST", "/v1/events", "", [401, 401, 405, 405, 405, 405, 405, 405, 405]),
];

/// Who acts for the account is answered as its own users of that level are, but that nobody's login is theirs.
fn expected((method, path, body, statuses): &Row) -> Expected {
    let of_delegates = if *path == "/v1/logins/ISSUED" { [404; 3] } else { [statuses[4], statuses[5], statuses[6]] };
    // Administrators of different accounts do not meet, and a login more is in nobody's way.
    let is_apart = matches!((*method, *path), ("POST", "/v1/delegations" | "/v1/logins"));
    Expected { method, path, body, statuses: [&statuses[..], &of_delegates].concat().try_into().unwrap(), header: None, is_apart }
}

/// With an older version of the tag, and a delegation, a blocked user and a temporary login of the user with read.
async fn set() -> Scene {
    let mut scene = Scene::set().await;
    scene.mean("OLD", image("web").digest());
    scene.mean("NONE", format!("sha256:{}", "0".repeat(64)));
    scene.mean("WORDY", "a".repeat(256));
    let registry = &scene.registry;
    registry.push(&registry.administrator, "team/web", "v1", &image("web of today")).await.assert(201);
    let (umbrella, _) = registry.other_account("umbrella").await;
    let delegation = registry.entrust(&umbrella, Level::Read, None).await;
    let (blocked, now) = (registry.user("blocked").await.user, registry.now());
    let block = UserCommand::Block { cause: BlockCause::RefusedUploads, until: now + Duration::days(1), now };
    registry.state.aggregates.users.execute(blocked.as_str(), block, &registry.operator()).await.unwrap();
    let reader = scene.login("read");
    registry.post("/v2/manage/utils/secret").signed(reader, now).send().await.assert(200);
    let issued = registry.items(reader, "/v1/logins").await[0]["login"].as_str().unwrap().to_owned();
    scene.mean("DELEGATION", delegation);
    scene.mean("BLOCKED", blocked);
    scene.mean("ISSUED", issued);
    scene
}

fn says_why(refusal: &Answer) {
    let error = refusal.json()["error"].clone();
    assert_eq!(error["request_id"], refusal.header("x-request-id"), "{error}");
    assert!(error["code"].as_str().is_some_and(|code| !code.is_empty()) && error["message"].is_string(), "{error}");
}

#[tokio::test]
async fn every_route_answers_every_caller_as_expected_and_refusals_say_why() {
    require_answers(set, ROWS.iter().map(expected), says_why).await;
}

#[test]
fn every_route_has_a_row() {
    let each = |(methods, route): &(&'static str, &'static str)| methods.split(", ").map(|method| (method, *route)).collect::<Vec<_>>();
    for (method, route) in ambar_api::V1_ROUTES.iter().flat_map(each) {
        let is_at = |path: &str| {
            let path = path.trim_start_matches("/v1/").split('?').next().unwrap().split('/');
            path.clone().count() == route.split('/').count()
                && route.split('/').zip(path).all(|(expected, segment)| expected == segment || expected.starts_with('{'))
        };
        assert!(ROWS.iter().any(|row| row.0 == method && is_at(row.1)), "no row for {method} {route}");
    }
}
