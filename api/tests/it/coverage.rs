//! Every route for every kind of caller: who gets through, and how the others are refused. A new route gets a row here.

use ambar_domain::level::Level;
use http::Method;

use crate::support::{Login, TestRegistry, digest, image};

/// Statuses for: nobody, another account's administrator, a colleague without rights, read, edit, manage, administrator.
type Row = (&'static str, &'static str, [u16; 7]);

const ROWS: &[Row] = &[
    ("GET", "/v2/", [401, 200, 200, 200, 200, 200, 200]),
    ("GET", "/v2/_catalog", [401, 405, 405, 405, 405, 405, 405]),
    ("GET", "/v2/team/web/tags/list", [401, 403, 403, 200, 200, 200, 200]),
    ("GET", "/v2/team/web/manifests/v1", [401, 403, 403, 200, 200, 200, 200]),
    ("HEAD", "/v2/team/web/manifests/v1", [401, 403, 403, 200, 200, 200, 200]),
    ("GET", "/v2/team/web/manifests/none", [401, 403, 403, 404, 404, 404, 404]),
    ("GET", "/v2/team/none/manifests/v1", [401, 403, 403, 404, 404, 404, 404]),
    ("PUT", "/v2/team/web/manifests/v2", [401, 403, 403, 403, 400, 400, 400]),
    ("PUT", "/v2/team/none/manifests/v2", [401, 403, 403, 403, 400, 400, 400]),
    ("DELETE", "/v2/team/web/manifests/none", [401, 403, 403, 403, 403, 404, 404]),
    ("GET", "/v2/team/web/blobs/LAYER", [401, 403, 403, 200, 200, 200, 200]),
    ("HEAD", "/v2/team/web/blobs/LAYER", [401, 403, 403, 200, 200, 200, 200]),
    ("DELETE", "/v2/team/web/blobs/LAYER", [401, 403, 403, 403, 403, 405, 405]),
    ("GET", "/v2/team/web/referrers/LAYER", [401, 403, 403, 200, 200, 200, 200]),
    ("POST", "/v2/team/web/blobs/uploads/", [401, 403, 403, 403, 202, 202, 202]),
    ("POST", "/v2/team/none/blobs/uploads/", [401, 403, 403, 403, 202, 202, 202]),
    ("POST", "/v2/team/none/blobs/uploads/?mount=LAYER&from=team/web", [401, 403, 403, 403, 201, 201, 201]),
    ("GET", "/v2/team/web/blobs/uploads/x.y", [401, 403, 403, 403, 404, 404, 404]),
    ("PATCH", "/v2/team/web/blobs/uploads/x.y", [401, 403, 403, 403, 404, 404, 404]),
    ("PUT", "/v2/team/web/blobs/uploads/x.y?digest=LAYER", [401, 403, 403, 403, 404, 404, 404]),
    ("DELETE", "/v2/team/web/blobs/uploads/x.y", [401, 403, 403, 403, 404, 404, 404]),
    ("GET", "/token", [401, 200, 200, 200, 200, 200, 200]),
    ("GET", "/healthz", [200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/readyz", [200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/metrics", [200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/nothing", [404, 404, 404, 404, 404, 404, 404]),
    ("GET", "/v2/nothing", [404, 404, 404, 404, 404, 404, 404]),
    ("POST", "/v2/", [405, 405, 405, 405, 405, 405, 405]),
];

#[tokio::test]
async fn every_route_answers_every_caller_as_expected() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    let callers: [(&str, Option<Login>); 7] = [
        ("nobody", None),
        ("another account", Some(registry.other_account("globex").await.1)),
        ("no rights", Some(registry.user("none").await)),
        ("read", Some(registry.member("reader", Level::Read).await)),
        ("edit", Some(registry.member("editor", Level::Edit).await)),
        ("manage", Some(registry.member("manager", Level::Manage).await)),
        ("administrator", Some(registry.administrator.clone())),
    ];
    let layer = digest(&web.layer);
    for (method, path, expected) in ROWS {
        for ((name, login), expected) in callers.iter().zip(expected) {
            let request = registry.ask(Method::from_bytes(method.as_bytes()).unwrap(), &path.replace("LAYER", &layer));
            let request = match login {
                Some(login) => request.login(login),
                None => request,
            };
            let answer = request.send().await;
            assert_eq!(answer.status.as_u16(), *expected, "{method} {path} by {name}: {answer:?}");
        }
    }
}
