//! Every route for every kind of caller: who gets through, and how the others are refused. A new route or method gets a row here.

use std::collections::BTreeSet;

use ambar_api::extract::{Route, Version, parse_route};
use ambar_domain::level::Level;
use http::Method;

use crate::support::{Login, TestRegistry, digest, image};

/// Methods, path, and statuses for: nobody, a wrong login, another account's administrator, a colleague without rights, read, edit, manage,
/// administrator. Who acts for the account is answered as its own users of that level are.
type Row = (&'static str, &'static str, [u16; 8]);

const ROWS: &[Row] = &[
    ("GET HEAD", "/v2/", [401, 401, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/_catalog", [401, 401, 405, 405, 405, 405, 405, 405]),
    ("GET HEAD", "/v2/team/web/tags/list", [401, 401, 403, 403, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/team/none/tags/list", [401, 401, 403, 403, 404, 404, 404, 404]),
    ("GET HEAD", "/v2/team/web/manifests/v1", [401, 401, 403, 403, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/team/web/manifests/none", [401, 401, 403, 403, 404, 404, 404, 404]),
    ("GET HEAD", "/v2/team/none/manifests/v1", [401, 401, 403, 403, 404, 404, 404, 404]),
    ("PUT", "/v2/team/web/manifests/v2", [401, 401, 403, 403, 403, 400, 400, 400]),
    ("PUT", "/v2/team/none/manifests/v2", [401, 401, 403, 403, 403, 400, 400, 400]),
    ("DELETE", "/v2/team/web/manifests/none", [401, 401, 403, 403, 403, 403, 404, 404]),
    ("GET HEAD", "/v2/team/web/blobs/LAYER", [401, 401, 403, 403, 200, 200, 200, 200]),
    ("DELETE", "/v2/team/web/blobs/LAYER", [401, 401, 403, 403, 403, 403, 405, 405]),
    ("GET HEAD", "/v2/team/web/referrers/LAYER", [401, 401, 403, 403, 200, 200, 200, 200]),
    ("POST", "/v2/team/web/blobs/uploads/", [401, 401, 403, 403, 403, 202, 202, 202]),
    ("POST", "/v2/team/none/blobs/uploads/", [401, 401, 403, 403, 403, 202, 202, 202]),
    ("POST", "/v2/team/none/blobs/uploads/?mount=LAYER&from=team/web", [401, 401, 403, 403, 403, 201, 201, 201]),
    ("GET HEAD PATCH DELETE", "/v2/team/web/blobs/uploads/x.y", [401, 401, 403, 403, 403, 404, 404, 404]),
    ("PUT", "/v2/team/web/blobs/uploads/x.y?digest=LAYER", [401, 401, 403, 403, 403, 404, 404, 404]),
    ("GET", "/token", [401, 401, 200, 200, 200, 200, 200, 200]),
    // The login would be in the form.
    ("POST", "/token", [400, 400, 400, 400, 400, 400, 400, 400]),
    ("GET HEAD", "/healthz", [200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/readyz", [200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/metrics", [200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/nothing", [404, 404, 404, 404, 404, 404, 404, 404]),
    ("GET", "/v2/nothing", [404, 404, 404, 404, 404, 404, 404, 404]),
    // Signed; their callers have tables of their own.
    ("GET", "/v2/manage/overview", [401, 401, 401, 401, 401, 401, 401, 401]),
    ("GET", "/v3/projects", [401, 401, 401, 401, 401, 401, 401, 401]),
    ("GET", "/v1/events", [401, 401, 401, 401, 401, 401, 401, 401]),
    ("GET HEAD", "/", [200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2", [200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST", "/v2/", [405, 405, 405, 405, 405, 405, 405, 405]),
];

const METHODS: [Method; 9] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE, Method::CONNECT];

fn methods(row: &Row) -> impl Iterator<Item = Method> {
    row.0.split(' ').map(|method| method.parse().unwrap())
}

fn route(row: &Row) -> Route<'static> {
    parse_route(row.1.split('?').next().unwrap())
}

/// An example of the route that comes next: the compiler asks for a new one here, and then [`ROWS`] must have it.
fn after(route: &Route<'_>) -> Option<Route<'static>> {
    let (repository, reference, digest, session) = ("", "".into(), "".into(), "");
    Some(match route {
        Route::Base => Route::Catalog,
        Route::Catalog => Route::Tags { repository },
        Route::Tags { .. } => Route::Manifest { repository, reference },
        Route::Manifest { .. } => Route::Blob { repository, digest },
        Route::Blob { .. } => Route::Uploads { repository },
        Route::Uploads { .. } => Route::Upload { repository, session },
        Route::Upload { .. } => Route::Referrers { repository, digest },
        Route::Referrers { .. } => Route::NoRegistryEndpoint,
        Route::NoRegistryEndpoint => Route::Manage { version: Version::V2, path: "" },
        Route::Manage { .. } => Route::Iam,
        Route::Iam => Route::V1 { path: "" },
        Route::V1 { .. } => Route::Versions,
        Route::Versions => Route::Version("v2"),
        Route::Version(_) => Route::Token,
        Route::Token => Route::Health,
        Route::Health => Route::Ready,
        Route::Ready => Route::Metrics,
        Route::Metrics => Route::Nothing,
        Route::Nothing => return None,
    })
}

async fn callers(registry: &TestRegistry) -> [(&'static str, Option<Login>); 11] {
    let mut wrong = registry.member("wrong", Level::Manage).await;
    wrong.key.login_key = "0".repeat(64);
    let [looker, builder, keeper] = registry.delegates().await;
    [
        ("nobody", None),
        ("a wrong login", Some(wrong)),
        ("another account", Some(registry.other_account("globex").await.1)),
        ("no rights", Some(registry.user("none").await)),
        ("read", Some(registry.member("reader", Level::Read).await)),
        ("edit", Some(registry.member("editor", Level::Edit).await)),
        ("manage", Some(registry.member("manager", Level::Manage).await)),
        ("administrator", Some(registry.administrator.clone())),
        ("delegate with read", Some(registry.docker_login_on_behalf(&looker).await)),
        ("delegate with edit", Some(registry.docker_login_on_behalf(&builder).await)),
        ("delegate with manage", Some(registry.docker_login_on_behalf(&keeper).await)),
    ]
}

#[tokio::test]
async fn every_route_answers_every_caller_as_expected() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    let callers = callers(&registry).await;
    for row in ROWS {
        let path = row.1.replace("LAYER", &digest(&web.layer));
        for method in methods(row) {
            let expected = row.2.into_iter().chain([row.2[4], row.2[5], row.2[6]]);
            for ((name, login), expected) in callers.iter().zip(expected) {
                let request = registry.ask(method.clone(), &path);
                let request = match login {
                    Some(login) => request.login(login),
                    None => request,
                };
                let answer = request.send().await;
                assert_eq!(answer.status, expected, "{method} {path} by {name}: {answer:?}");
            }
        }
    }
}

#[test]
fn every_route_has_a_row() {
    for expected in std::iter::successors(Some(Route::Base), after) {
        let has_row = ROWS.iter().any(|row| std::mem::discriminant(&route(row)) == std::mem::discriminant(&expected));
        assert!(has_row, "no row for {expected:?}");
    }
}

/// The methods that the route of a row is served for. To nobody: whoever has no login is asked for it, and changes nothing.
async fn served(registry: &TestRegistry, row: &Row) -> BTreeSet<String> {
    let mut served = BTreeSet::new();
    let mut allowed = BTreeSet::new();
    for method in METHODS {
        let answer = registry.ask(method.clone(), row.1).send().await;
        if answer.status == 405 {
            allowed.insert(answer.header("allow").to_owned());
        } else {
            served.insert(method.to_string());
        }
    }
    let allowed: Vec<BTreeSet<_>> = allowed.iter().map(|all| all.split(", ").map(str::to_owned).collect()).collect();
    assert_eq!(allowed, [served.clone()], "what is allowed at {} and what is served", row.1);
    served
}

#[tokio::test]
async fn every_method_of_every_route_has_a_row() {
    let registry = TestRegistry::start().await;
    let with_methods = ROWS.iter().filter(|row| {
        !matches!(route(row), Route::Nothing | Route::NoRegistryEndpoint | Route::Manage { .. } | Route::Iam | Route::V1 { .. })
    });
    for row in with_methods {
        let of_route = ROWS.iter().filter(|other| route(other).name() == route(row).name() && other.2[0] != 405);
        let covered: BTreeSet<_> = of_route.flat_map(methods).map(|method| method.to_string()).collect();
        assert_eq!(covered, served(&registry, row).await, "rows and methods of {}", row.1);
    }
}
