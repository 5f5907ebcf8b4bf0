//! Shared images: what lasts, what has ended, and from whom.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{Login, TestRegistry, image};

struct Scene {
    registry: TestRegistry,
    globex: Login,
}

impl Scene {
    /// Images that acme shares with globex: `kept` for ever, `ended` until a share was ended, `short` for an hour.
    async fn set() -> Self {
        let registry = TestRegistry::start().await;
        let (account, globex) = registry.other_account("globex").await;
        for name in ["team/kept", "team/ended", "team/short", "team/never"] {
            registry.push(&registry.administrator, name, "v1", &image(name)).await.assert(201);
        }
        for name in ["team/kept", "team/ended", "team/short"] {
            registry.share(name, &account).await;
        }
        let share = |name: &str| format!("/v2/manage/namespaces/team/repositories/{name}/access-domains/globex");
        let (root, now) = (&registry.administrator, registry.now());
        registry.advance(Duration::minutes(1));
        registry.delete(&share("ended")).signed(root, now).send().await.assert(204);
        let change =
            json!({ "permit": "read", "deadline": (now + Duration::hours(1)).format("%Y-%m-%dT%H:%M:%SZ").to_string() }).to_string();
        registry.patch(&share("short")).body(change).signed(root, now).send().await.assert(201);
        Self { registry, globex }
    }

    async fn list(&self, login: &Login, query: &str) -> Vec<Value> {
        let now = self.registry.now();
        let listed = self.registry.get(&format!("/v2/manage/shared-repositories?{query}")).signed(login, now).send().await;
        listed.assert(200).json().as_array().unwrap().clone()
    }

    /// Names by version 2, which version 3 must agree with, and the status that each of them has.
    async fn names(&self, login: &Login, by: &str, query: &str, status: bool) -> Vec<String> {
        let listed = self.list(login, &format!("center={by}&order_column=name&order_type=asc&{query}")).await;
        let path = format!("/v3/manage/shared-repositories?shared_by={by}&{query}");
        let v3 = self.registry.get(&path).signed(login, self.registry.now()).send().await.assert(200).json()["repos"]
            .as_array()
            .unwrap()
            .clone();
        let names = |items: &[Value]| items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let mut by_marker = names(&v3);
        by_marker.sort();
        assert_eq!(by_marker, names(&listed), "{query}");
        assert!(listed.iter().chain(&v3).all(|item| item["status"] == status), "{query}: {listed:?} {v3:?}");
        names(&listed)
    }
}

#[tokio::test]
async fn status_tells_shares_that_last_from_those_that_have_ended() {
    let scene = Scene::set().await;
    let root = &scene.registry.administrator;
    for (login, by) in [(root, "self"), (&scene.globex, "thirdparty")] {
        for query in ["", "status=true"] {
            assert_eq!(scene.names(login, by, query, true).await, ["kept", "short"]);
        }
        assert_eq!(scene.names(login, by, "status=false", false).await, ["ended"]);
        assert_eq!(
            scene.names(login, by, "filter=status::false|center::self|shared_by::self", false).await.len(),
            usize::from(by == "self")
        );
        assert!(scene.names(login, by, "status=false&name=kep", false).await.is_empty());
        assert!(scene.names(login, by, "status=false&namespace=team2", false).await.is_empty());
    }
    scene.registry.advance(Duration::hours(2));
    for (login, by) in [(root, "self"), (&scene.globex, "thirdparty")] {
        assert_eq!(scene.names(login, by, "status=true", true).await, ["kept"]);
        assert_eq!(scene.names(login, by, "status=false", false).await, ["ended", "short"], "though nothing has recorded it yet");
    }
    // Given again, it is no more among those that have ended.
    let globex =
        scene.registry.state.views.find(|reader| ambar_projections::identity::find_account_by_name(reader, &"globex".parse().unwrap()));
    scene.registry.share("team/ended", &globex.await.unwrap().unwrap().account).await;
    assert_eq!(scene.names(root, "self", "status=false", false).await, ["short"]);
}

#[tokio::test]
async fn whose_share_has_ended_is_told_nothing_of_what_the_image_has_become() {
    let scene = Scene::set().await;
    let described = json!({ "category": "linux", "description": "secret" }).to_string();
    let change = scene.registry.patch("/v2/manage/namespaces/team/repos/ended").body(described);
    change.signed(&scene.registry.administrator, scene.registry.now()).send().await.assert(201);
    let told = scene.list(&scene.globex, "center=thirdparty&status=false&limit=10&offset=0").await;
    let at = |minutes| (scene.registry.now() - Duration::minutes(minutes)).format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    let path = "registry.test:5000/team/ended";
    let expected = json!({
        "name": "ended", "category": "other", "description": "", "size": 0, "is_public": false, "num_images": 0, "num_download": 0,
        "created_at": at(1), "updated_at": at(0), "logo": "", "url": "", "path": path, "internal_path": path,
        "domain_name": "acme", "namespace": "team", "tags": [], "status": false, "total_range": 1,
    });
    assert_eq!(told, [expected]);
    assert!(scene.list(&scene.globex, "center=thirdparty&status=false&category=linux").await.is_empty());
    let own = scene.list(&scene.registry.administrator, "center=self&status=false&category=linux").await;
    assert_eq!((&own[0]["name"], &own[0]["description"], &own[0]["tags"]), (&json!("ended"), &json!("secret"), &json!(["v1"])));
    scene
        .registry
        .delete("/v2/manage/namespaces/team/repos/ended")
        .signed(&scene.registry.administrator, scene.registry.now())
        .send()
        .await
        .assert(204);
    scene.registry.push(&scene.registry.administrator, "team/ended", "v1", &image("new")).await.assert(201);
    assert!(scene.list(&scene.globex, "center=thirdparty&status=false").await.is_empty(), "the next image of the name is another");
}

#[tokio::test]
async fn who_sees_some_images_only_sees_the_ended_shares_of_those() {
    let scene = Scene::set().await;
    let none = scene.registry.user("none").await;
    assert!(scene.list(&none, "center=self&status=false").await.is_empty());
    scene.registry.grant_on("team/ended", &none, Some(ambar_domain::level::Level::Read)).await;
    assert_eq!(scene.list(&none, "center=self&status=false").await.len(), 1);
}

#[tokio::test]
async fn the_account_that_shares_and_whether_all_may_pull_pick_out_of_what_is_shared() {
    let scene = Scene::set().await;
    for (query, expected) in [("domain_name=acme", 2), ("domain_name=globex", 0), ("is_public=false", 2), ("is_public=true", 0)] {
        assert_eq!(scene.list(&scene.globex, &format!("center=thirdparty&{query}")).await.len(), expected, "{query}");
    }
    for (query, expected) in [("domain_name=acme", 1), ("domain_name=globex", 0), ("is_public=true", 0)] {
        assert_eq!(scene.list(&scene.globex, &format!("center=thirdparty&status=false&{query}")).await.len(), expected, "{query}");
    }
}

#[tokio::test]
async fn shared_images_are_sorted_by_their_last_change_by_both_names_that_it_has() {
    let scene = Scene::set().await;
    for column in ["updated_time", "updated_at"] {
        let listed = scene.list(&scene.registry.administrator, &format!("center=self&order_column={column}&order_type=desc")).await;
        assert_eq!(listed.iter().map(|item| item["name"].clone()).collect::<Vec<_>>(), ["short", "kept"], "{column}");
    }
}
