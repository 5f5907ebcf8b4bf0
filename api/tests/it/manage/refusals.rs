//! Bad input that is refused with its own code, changes nothing and leaves no event; and what is passed over.

use ambar_domain::level::Level;
use http::Method;
use serde_json::{Value, json};

use super::bodies::{call, code};
use crate::support::{Login, TestRegistry, image};

const TEAM_ACCESS: &str = "/v2/manage/namespaces/team/access";
const REPOS: &str = "/v2/manage/namespaces/team/repos";
const WEB: &str = "/v2/manage/namespaces/team/repos/web";
const WEB_ACCESS: &str = "/v2/manage/namespaces/team/repos/web/access";
const TAGS: &str = "/v2/manage/namespaces/team/repos/web/tags";
const SHARES: &str = "/v2/manage/namespaces/team/repositories/web/access-domains";
const SHARE: &str = "/v2/manage/namespaces/team/repositories/web/access-domains/globex";

/// A registry with an image that is shared with `globex`, and whom its administrator may look after.
struct World {
    registry: TestRegistry,
    holder: Login,
    other: Login,
}

impl World {
    async fn set() -> Self {
        let registry = TestRegistry::start().await;
        registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
        let (globex, _) = registry.other_account("globex").await;
        registry.other_account("initech").await;
        registry.share("team/web", &globex).await;
        let holder = registry.member("holder", Level::Read).await;
        registry.grant_on("team/web", &holder, Some(Level::Read)).await;
        let other = registry.user("other").await;
        Self { registry, holder, other }
    }

    /// Fails unless every call is refused with its code, and nothing is recorded of it.
    async fn require_refused<'a>(&self, cases: impl IntoIterator<Item = (Method, &'a str, Value, &'a str)>) {
        let registry = &self.registry;
        for (method, path, body, expected) in cases {
            let before = registry.head_of_log().await;
            let answer = call(registry, &registry.administrator, method.clone(), path, &body).await;
            let told: String = body.to_string().chars().take(200).collect();
            assert_eq!(code(&answer), expected, "{method} {path} {told}: {answer:?}");
            assert!(expected.starts_with(answer.status.as_str()), "{method} {path} {told}: {answer:?}");
            assert_eq!(registry.head_of_log().await, before, "{method} {path} {told}");
        }
    }
}

fn share(with: &str) -> Value {
    json!({ "access_domain": with, "permit": "read", "deadline": "forever" })
}

#[tokio::test]
async fn texts_that_are_too_long_are_refused_where_something_is_made_and_where_it_is_changed() {
    let world = World::set().await;
    let long = |length: usize| "é".repeat(length);
    let with = |mut body: Value, length| {
        body["description"] = json!(long(length));
        body
    };
    let image = json!({ "repository": "new", "is_public": false });
    world
        .require_refused([
            (Method::POST, REPOS, with(image.clone(), 30_001), "4131012"),
            (Method::PATCH, WEB, with(json!({}), 30_001), "4131012"),
            (Method::POST, SHARES, with(share("initech"), 1_001), "4131012"),
            (Method::PATCH, SHARE, with(share("globex"), 1_001), "4131012"),
            (Method::POST, REPOS, with(image.clone(), 300_000), "4131001"),
            (Method::PATCH, SHARE, with(share("globex"), 300_000), "4131001"),
        ])
        .await;
    let registry = &world.registry;
    let root = &registry.administrator;
    call(registry, root, Method::POST, REPOS, &with(image, 30_000)).await.assert(201);
    call(registry, root, Method::PATCH, SHARE, &with(share("globex"), 1_000)).await.assert(201);
}

#[tokio::test]
async fn nobody_grants_itself_anything_changes_what_it_holds_or_takes_it_from_itself() {
    let world = World::set().await;
    let own = world.registry.administrator.user.as_str();
    let grant = json!([{ "user_id": own, "user_name": "root", "auth": 7 }]);
    for path in [TEAM_ACCESS, WEB_ACCESS] {
        let cases = [(Method::POST, &grant), (Method::PATCH, &grant), (Method::DELETE, &json!([own]))];
        world.require_refused(cases.map(|(method, body)| (method, path, body.clone(), "4001067"))).await;
    }
}

#[tokio::test]
async fn of_several_permissions_all_are_given_changed_or_taken_or_none_is() {
    let world = World::set().await;
    let (holder, other) = (world.holder.user.as_str(), world.other.user.as_str());
    let (_, foreign) = world.registry.other_account("umbrella").await;
    let grant = |user: &str, auth: i64| json!({ "user_id": user, "user_name": "x", "auth": auth });
    let own = world.registry.administrator.user.as_str();
    for (path, exists, none) in [(TEAM_ACCESS, "4090076", "4040078"), (WEB_ACCESS, "4090089", "4040091")] {
        world
            .require_refused([
                (Method::POST, path, json!([grant(other, 1), grant("nobody", 1)]), "4001067"),
                (Method::POST, path, json!([grant(other, 1), grant(foreign.user.as_str(), 1)]), "4001067"),
                (Method::POST, path, json!([grant(other, 1), grant(own, 1)]), "4001067"),
                (Method::POST, path, json!([grant(other, 1), grant(holder, 2)]), "4001065"),
                (Method::POST, path, json!([grant(other, 1), grant(holder, 1)]), exists),
                (Method::POST, path, json!([grant(other, 1), { "user_id": holder }]), "4001018"),
                (Method::PATCH, path, json!([grant(holder, 7), grant(other, 7)]), none),
                (Method::PATCH, path, json!([grant(holder, 7), grant(holder, 5)]), "4001065"),
                (Method::DELETE, path, json!([holder, other]), none),
                (Method::DELETE, path, json!([holder, "nobody"]), none),
                (Method::DELETE, path, json!([holder, own]), "4001067"),
                (Method::DELETE, path, json!([holder, 7]), "4001018"),
            ])
            .await;
        let registry = &world.registry;
        let shown = call(registry, &registry.administrator, Method::GET, path, &Value::Null).await.json();
        let held: Vec<_> = shown["others_auths"].as_array().unwrap().iter().map(|held| (&held["user_id"], &held["auth"])).collect();
        assert_eq!(held, [(&json!(holder), &json!(1))], "{path}");
    }
}

#[tokio::test]
async fn values_of_another_type_than_documented_are_refused() {
    let world = World::set().await;
    let cases = [
        (Method::POST, SHARES, "access_domain", share("initech")),
        (Method::POST, SHARES, "permit", share("initech")),
        (Method::POST, SHARES, "deadline", share("initech")),
        (Method::POST, SHARES, "description", share("initech")),
        (Method::PATCH, SHARE, "deadline", share("globex")),
        (Method::PATCH, SHARE, "description", share("globex")),
        (Method::POST, TAGS, "source_tag", json!({ "source_tag": "v1", "destination_tag": "v2" })),
        (Method::POST, TAGS, "destination_tag", json!({ "source_tag": "v1", "destination_tag": "v2" })),
        (Method::POST, TAGS, "override", json!({ "source_tag": "v1", "destination_tag": "v2" })),
        (Method::PATCH, WEB, "is_public", json!({})),
        (Method::PATCH, WEB, "category", json!({})),
        (Method::PATCH, WEB, "description", json!({})),
    ];
    for (method, path, field, body) in cases {
        for wrong in [json!(7), json!([]), json!({ "is": "wrong" })] {
            let mut body = body.clone();
            body[field] = wrong;
            world.require_refused([(method.clone(), path, body, "4001018")]).await;
        }
    }
    for (method, path) in
        [(Method::POST, SHARES), (Method::PATCH, SHARE), (Method::POST, TAGS), (Method::PATCH, WEB), (Method::POST, REPOS)]
    {
        for body in [json!([]), json!("text"), json!(7)] {
            // An array of no fields is one way to write a body whose fields are all left out.
            let expected = if body == json!([]) { "400" } else { "4001018" };
            let registry = &world.registry;
            let before = registry.head_of_log().await;
            let answer = call(registry, &registry.administrator, method.clone(), path, &body).await;
            assert!(code(&answer).starts_with(expected), "{method} {path} {body}: {answer:?}");
            assert_eq!(registry.head_of_log().await, before, "{method} {path} {body}");
        }
    }
}

#[tokio::test]
async fn fields_that_are_not_known_are_passed_over() {
    let world = World::set().await;
    let registry = &world.registry;
    let grant = json!({ "user_id": world.other.user, "user_name": "other", "auth": 1 });
    let cases = [
        (Method::POST, "/v2/manage/namespaces", json!({ "namespace": "new" }), 201),
        (Method::POST, REPOS, json!({ "repository": "new", "is_public": false }), 201),
        (Method::PATCH, WEB, json!({ "category": "linux" }), 201),
        (Method::POST, TAGS, json!({ "source_tag": "v1", "destination_tag": "v2" }), 201),
        (Method::POST, SHARES, share("initech"), 201),
        (Method::PATCH, SHARE, share("globex"), 201),
        (Method::POST, WEB_ACCESS, json!([grant]), 201),
        (Method::PATCH, WEB_ACCESS, json!([grant]), 201),
    ];
    for (method, path, mut body, expected) in cases {
        let fields = if body.is_array() { &mut body[0] } else { &mut body };
        fields["colour"] = json!({ "of": ["green"] });
        call(registry, &registry.administrator, method, path, &body).await.assert(expected);
    }
}

#[tokio::test]
async fn an_image_is_shared_once_with_an_account_and_with_others_only() {
    let world = World::set().await;
    world
        .require_refused([
            (Method::POST, SHARES, share("globex"), "4090090"),
            (Method::POST, SHARES, share("acme"), "4001041"),
            (Method::POST, SHARES, share("nobody"), "4001041"),
            (Method::PATCH, SHARE, json!({ "permit": "read", "deadline": "2001-01-01T00:00:00Z" }), "4001025"),
            (Method::PATCH, SHARE, json!({ "permit": "write", "deadline": "forever" }), "4001025"),
            (Method::PATCH, WEB, json!({ "is_public": true }), "4001025"),
        ])
        .await;
    let listed = call(&world.registry, &world.registry.administrator, Method::GET, SHARES, &Value::Null).await;
    assert_eq!(listed.assert(200).json().as_array().unwrap().len(), 1);
}
