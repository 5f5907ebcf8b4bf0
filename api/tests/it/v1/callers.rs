//! Every route for every kind of caller. A new one gets a row here.

use ambar_domain::level::Level;
use http::Method;

use crate::support::{Answer, Login, TestRegistry, image};

/// Method, path, body, and statuses for: nobody, a wrong secret, another account's administrator, a colleague without rights, read, edit,
/// manage, administrator, an account that the image is shared with.
type Row = (&'static str, &'static str, &'static str, [u16; 9]);

const ROWS: &[Row] = &[
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
    ("PATCH", "/v1/delegations/00000000000000000000000000000001", r#"{"level":"read"}"#, [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("DELETE", "/v1/delegations/00000000000000000000000000000001", "", [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("GET", "/v1/blocks", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("DELETE", "/v1/blocks/00000000000000000000000000000000", "", [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("DELETE", "/v1/blocks/x", "", [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("DELETE", "/v1/blocks/x?reason=LONG", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/blocks?cursor=x", "", [401, 401, 400, 403, 403, 403, 403, 400, 400]),
    ("GET", "/v1/center/images", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v1/center/images?category=none", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v1/center/images?organization=No&limit=1", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v1/center/images?cursor=x", "", [401, 401, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", "/v1/events", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("GET", "/v1/events/stream", "", [401, 401, 200, 403, 403, 403, 403, 200, 200]),
    ("GET", "/v1/logins", "", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v1/logins?user_id=none", "", [401, 401, 404, 403, 403, 403, 403, 404, 404]),
    ("DELETE", "/v1/logins/LOGIN000000000000000", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("DELETE", "/v1/logins/none", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("GET", "/v1/repositories/team$web/access", "", [401, 401, 404, 404, 403, 403, 200, 200, 403]),
    ("GET", "/v1/repositories/team$web/shares/history", "", [401, 401, 404, 404, 403, 403, 200, 200, 403]),
    ("GET", "/v1/repositories/team$web/tags", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("GET", "/v1/repositories/team$web/tags?order=oldest", "", [401, 401, 404, 404, 400, 400, 400, 400, 400]),
    ("GET", "/v1/repositories/team$web/tags?cursor=v1", "", [401, 401, 404, 404, 400, 400, 400, 400, 400]),
    ("GET", "/v1/repositories/team$web/tags/v1", "", [401, 401, 404, 404, 200, 200, 200, 200, 200]),
    ("GET", "/v1/repositories/team$web/tags/none", "", [401, 401, 404, 404, 404, 404, 404, 404, 404]),
    ("POST", "/v1/repositories/team$web/tags/delete", r#"{"tags":["v1","none"]}"#, [401, 401, 404, 404, 403, 403, 404, 404, 403]),
    ("POST", "/v1/repositories/team$web/tags/delete", r#"{"digest":"NONE"}"#, [401, 401, 404, 404, 403, 403, 404, 404, 403]),
    ("POST", "/v1/repositories/team$web/tags/delete", r#"{"tags":[]}"#, [401, 401, 404, 404, 403, 403, 400, 400, 403]),
    ("POST", "/v1/repositories/team$web/tags/delete", r#"{"tags":["v1"],"digest":"NONE"}"#, [401, 401, 404, 404, 403, 403, 400, 400, 403]),
    ("GET", "/v1/repositories/team$web/tags/v1/history", "", [401, 401, 404, 404, 200, 200, 200, 200, 403]),
    ("POST", "/v1/repositories/team$web/tags/v1/restore", r#"{"digest":"DIGEST"}"#, [401, 401, 404, 404, 403, 200, 200, 200, 403]),
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

/// Who acts for the account is answered as its own users of that level are.
const DELEGATES: [&str; 3] = ["delegate with read", "delegate with edit", "delegate with manage"];

async fn callers(registry: &TestRegistry) -> [(&'static str, Option<Login>); 12] {
    let (_, globex) = registry.other_account("globex").await;
    let (receiver, initech) = registry.other_account("initech").await;
    registry.share("team/web", &receiver).await;
    let mut wrong = registry.member("wrong", Level::Manage).await;
    wrong.key.secret_key = "wrong".to_owned();
    let [looker, builder, keeper] = registry.delegates().await;
    [
        ("nobody", None),
        ("a wrong secret", Some(wrong)),
        ("another account", Some(globex)),
        ("no rights", Some(registry.user("none").await)),
        ("read", Some(registry.member("reader", Level::Read).await)),
        ("edit", Some(registry.member("editor", Level::Edit).await)),
        ("manage", Some(registry.member("manager", Level::Manage).await)),
        ("administrator", Some(registry.administrator.clone())),
        ("share receiver", Some(initech)),
        (DELEGATES[0], Some(looker)),
        (DELEGATES[1], Some(builder)),
        (DELEGATES[2], Some(keeper)),
    ]
}

async fn send(registry: &TestRegistry, row: &Row, (name, caller): &(&str, Option<Login>), digest: &str) -> Answer {
    let body = row.2.replace("DIGEST", digest).replace("NONE", &format!("sha256:{}", "0".repeat(64)));
    let path = row.1.replace("LONG", &"a".repeat(256));
    let request = registry.ask(row.0.parse::<Method>().unwrap(), &path);
    let request = if body.is_empty() { request } else { request.body(body) };
    let request = if DELEGATES.contains(name) { request.header("x-domain-id", registry.account.as_str()) } else { request };
    match caller {
        Some(login) => request.signed(login, registry.now()).head().await,
        None => request.head().await,
    }
}

#[tokio::test]
async fn every_route_answers_every_caller_as_expected_and_refusals_say_why() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    let callers = callers(&registry).await;
    for row in ROWS {
        // A key with which too much was signed wrongly is locked.
        registry.advance(chrono::Duration::minutes(2));
        let expected = row.3.into_iter().chain([row.3[4], row.3[5], row.3[6]]);
        for (caller, expected) in callers.iter().zip(expected) {
            let name = caller.0;
            let before = registry.head_of_log().await;
            let answer = send(&registry, row, caller, &web.digest()).await;
            assert_eq!(answer.status, expected, "{} {} by {name}: {answer:?}", row.0, row.1);
            // The tag points there already.
            assert_eq!(registry.head_of_log().await, before, "{} {} by {name}", row.0, row.1);
            if expected >= 400 {
                let error = answer.json()["error"].clone();
                assert_eq!(error["request_id"], answer.header("x-request-id"), "{error}");
                assert!(error["code"].as_str().is_some_and(|code| !code.is_empty()) && error["message"].is_string(), "{error}");
            }
        }
    }
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
