//! Every route for every kind of caller: who gets through, and how the others are refused. A new route or method gets a row here.

use std::collections::BTreeSet;

use ambar_api::extract::{Route, Version, parse_route};
use ambar_api::openapi::File;
use ambar_domain::level::Level;
use http::Method;
use serde_json::json;

use crate::support::{Answer, Ask, Image, Login, TestRegistry, digest, image};

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Methods, path, and statuses for: nobody, a wrong login, another account's administrator, a colleague without rights, read, edit, manage,
/// administrator, an account that the image is shared with. Who acts for the account is answered as its own users of that level are.
///
/// A path has `LAYER` for the digest of a blob of the image `web`, and what is another one for every caller: `mine`, a repository or a tag, to
/// which goes the manifest of `web`; `BLOB`, the digest of a blob that goes along; `OLD`, the digest of a manifest of `web`; and `SESSION`, an
/// upload of the caller's own.
type Row = (&'static str, &'static str, [u16; 9]);

const ROWS: &[Row] = &[
    ("GET HEAD", "/v2/", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/_catalog", [401, 401, 405, 405, 405, 405, 405, 405, 405]),
    ("GET HEAD", "/v2/team/web/tags/list", [401, 401, 403, 403, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/team/public/tags/list", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/team/public/manifests/v1", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/team/public/blobs/LAYER", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/team/public/referrers/LAYER", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/team/none/tags/list", [401, 401, 403, 403, 404, 404, 404, 404, 403]),
    ("GET HEAD", "/v2/team/web/manifests/v1", [401, 401, 403, 403, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2/team/web/manifests/none", [401, 401, 403, 403, 404, 404, 404, 404, 404]),
    ("GET HEAD", "/v2/team/none/manifests/v1", [401, 401, 403, 403, 404, 404, 404, 404, 403]),
    ("PUT", "/v2/team/web/manifests/v2", [401, 401, 403, 403, 403, 400, 400, 400, 403]),
    ("PUT", "/v2/team/none/manifests/v2", [401, 401, 403, 403, 403, 400, 400, 400, 403]),
    ("PUT", "/v2/team/web/manifests/mine", [401, 401, 403, 403, 403, 201, 201, 201, 403]),
    ("PUT", "/v2/team/public/manifests/mine", [401, 401, 403, 403, 403, 201, 201, 201, 403]),
    ("DELETE", "/v2/team/web/manifests/mine", [401, 401, 403, 403, 403, 403, 202, 202, 403]),
    ("DELETE", "/v2/team/web/manifests/OLD", [401, 401, 403, 403, 403, 403, 202, 202, 403]),
    ("DELETE", "/v2/team/web/manifests/none", [401, 401, 403, 403, 403, 403, 404, 404, 403]),
    ("GET HEAD", "/v2/team/web/blobs/LAYER", [401, 401, 403, 403, 200, 200, 200, 200, 200]),
    ("DELETE", "/v2/team/web/blobs/LAYER", [401, 401, 403, 403, 403, 403, 405, 405, 403]),
    ("GET HEAD", "/v2/team/web/referrers/LAYER", [401, 401, 403, 403, 200, 200, 200, 200, 200]),
    ("POST", "/v2/team/web/blobs/uploads/", [401, 401, 403, 403, 403, 202, 202, 202, 403]),
    ("POST", "/v2/team/none/blobs/uploads/", [401, 401, 403, 403, 403, 202, 202, 202, 403]),
    ("POST", "/v2/team/mine/blobs/uploads/?mount=LAYER&from=team/web", [401, 401, 403, 403, 403, 201, 201, 201, 403]),
    ("POST", "/v2/team/web/blobs/uploads/?digest=BLOB", [401, 401, 403, 403, 403, 201, 201, 201, 403]),
    ("PUT", "/v2/team/public/blobs/uploads/SESSION?digest=BLOB", [401, 401, 403, 403, 403, 201, 201, 201, 403]),
    ("PATCH", "/v2/team/public/blobs/uploads/SESSION", [401, 401, 403, 403, 403, 202, 202, 202, 403]),
    ("GET DELETE", "/v2/team/public/blobs/uploads/SESSION", [401, 401, 403, 403, 403, 204, 204, 204, 403]),
    ("GET HEAD PATCH DELETE", "/v2/team/web/blobs/uploads/x.y", [401, 401, 403, 403, 403, 404, 404, 404, 403]),
    ("PUT", "/v2/team/web/blobs/uploads/x.y?digest=LAYER", [401, 401, 403, 403, 403, 404, 404, 404, 403]),
    ("GET", "/token", [401, 401, 200, 200, 200, 200, 200, 200, 200]),
    // The login would be in the form.
    ("POST", "/token", [400, 400, 400, 400, 400, 400, 400, 400, 400]),
    ("GET HEAD", "/healthz", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/readyz", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/metrics", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/openapi.json", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/docs", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", "/nothing", [404, 404, 404, 404, 404, 404, 404, 404, 404]),
    ("GET", "/v2/nothing", [404, 404, 404, 404, 404, 404, 404, 404, 404]),
    // Signed; their callers have tables of their own.
    ("GET", "/v2/manage/overview", [401, 401, 401, 401, 401, 401, 401, 401, 401]),
    ("GET", "/v3/projects", [401, 401, 401, 401, 401, 401, 401, 401, 401]),
    ("GET", "/v1/events", [401, 401, 401, 401, 401, 401, 401, 401, 401]),
    ("GET HEAD", "/", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET HEAD", "/v2", [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("POST", "/v2/", [405, 405, 405, 405, 405, 405, 405, 405, 405]),
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
        Route::Metrics => Route::File(File::Document),
        Route::File(_) => Route::Nothing,
        Route::Nothing => return None,
    })
}

/// A registry with the images `web`, shared, and `public`, who calls, and how.
struct Scene {
    registry: TestRegistry,
    web: Image,
    callers: [(&'static str, Option<Login>); 12],
}

/// From here on they act for the account.
const FIRST_DELEGATE: usize = 9;

impl Scene {
    async fn set() -> Self {
        let (registry, web) = (TestRegistry::start().await, image("web"));
        registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
        registry.push(&registry.administrator, "team/public", "v1", &web).await.assert(201);
        registry.publish("team/public").await;
        let (receiver, initech) = registry.other_account("initech").await;
        registry.share("team/web", &receiver).await;
        let callers = callers(&registry, initech).await;
        for caller in 0..callers.len() {
            registry.put_manifest(&registry.administrator, "team/web", "old", &Self::old(&web, caller).bytes()).await.assert(201);
        }
        Self { registry, web, callers }
    }

    fn old(web: &Image, caller: usize) -> Image {
        web.clone().with("annotations", json!({ "of": caller }))
    }

    fn blob(caller: usize) -> String {
        format!("blob of {caller}")
    }

    async fn path(&self, path: &str, caller: usize) -> String {
        let path = path.replace("LAYER", &digest(&self.web.layer)).replace("OLD", &Self::old(&self.web, caller).digest());
        let path = path.replace("mine", &format!("mine-{caller}")).replace("BLOB", &digest(Self::blob(caller).as_bytes()));
        if path.contains("SESSION") { path.replace("SESSION", &self.session(&path, caller).await) } else { path }
    }

    /// An upload that the caller has begun, or one that there is not.
    async fn session(&self, path: &str, caller: usize) -> String {
        let start = path.split("SESSION").next().unwrap();
        let begun = self.by(caller, self.registry.post(start)).send().await;
        let location = begun.headers.get("location").map(|location| location.to_str().unwrap().to_owned());
        location.map_or("x.y".to_owned(), |location| location.rsplit('/').next().unwrap().to_owned())
    }

    fn by(&self, caller: usize, ask: Ask) -> Ask {
        match &self.callers[caller].1 {
            Some(login) => ask.login(login),
            None => ask,
        }
    }

    async fn send(&self, method: &Method, path: &str, caller: usize) -> Answer {
        let said = self.path(path, caller).await;
        let trace = self.registry.trace(caller).await;
        let ask = self.by(caller, trace.mark(self.registry.ask(method.clone(), &said)));
        let ask = match (method, path) {
            (&Method::PUT, path) if path.ends_with("/manifests/mine") => ask.header("content-type", OCI_MANIFEST).body(self.web.bytes()),
            (_, path) if path.ends_with("=BLOB") => ask.body(Self::blob(caller)),
            _ => ask,
        };
        let answer = ask.send().await;
        let is_change = answer.status == 201 || (method == Method::DELETE && answer.status == 202);
        let on_behalf_of = (caller >= FIRST_DELEGATE).then_some(&self.registry.account);
        trace.require(is_change, self.callers[caller].1.as_ref(), on_behalf_of, &format!("{method} {path}")).await;
        answer
    }
}

async fn callers(registry: &TestRegistry, receiver: Login) -> [(&'static str, Option<Login>); 12] {
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
        ("share receiver", Some(receiver)),
        ("delegate with read", Some(registry.docker_login_on_behalf(&looker).await)),
        ("delegate with edit", Some(registry.docker_login_on_behalf(&builder).await)),
        ("delegate with manage", Some(registry.docker_login_on_behalf(&keeper).await)),
    ]
}

#[tokio::test]
async fn every_route_answers_every_caller_as_expected() {
    let scene = Scene::set().await;
    for row in ROWS {
        // An address from which too many logins fail has to wait.
        scene.registry.advance(chrono::Duration::minutes(2));
        for method in methods(row) {
            let expected = row.2.into_iter().chain([row.2[4], row.2[5], row.2[6]]);
            for (caller, expected) in expected.enumerate() {
                let answer = scene.send(&method, row.1, caller).await;
                assert_eq!(answer.status, expected, "{method} {} by {}: {answer:?}", row.1, scene.callers[caller].0);
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
