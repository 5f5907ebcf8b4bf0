//! What is known of the versions of an image, and several of them deleted at once.

use ambar_domain::level::Level;
use ambar_domain::repository::{ManifestPulls, RepositoryCommand};
use chrono::Duration;
use serde_json::{Value, json};

use super::all;
use crate::support::{Image, Login, TestRegistry, image, index};

const PATH: &str = "/v1/repositories/team$base$web/tags";

/// `team/base/web` with the versions v1, v2 and v3, a minute between them; v3 names the manifest of v1.
async fn registry() -> (TestRegistry, Image, Image) {
    let registry = TestRegistry::start().await;
    let (one, two) = (image("one"), image("two"));
    for (tag, image) in [("v1", &one), ("v2", &two), ("v3", &one)] {
        registry.push(&registry.administrator, "team/base/web", tag, image).await.assert(201);
        registry.advance(Duration::minutes(1));
    }
    (registry, one, two)
}

impl TestRegistry {
    async fn delete_tags(&self, login: &Login, body: Value) -> u16 {
        self.post("/v1/repositories/team$base$web/deletions").body(body.to_string()).signed(login, self.now()).send().await.status.as_u16()
    }

    async fn tags(&self) -> Vec<String> {
        all(&self.items(&self.administrator, PATH).await, "tag")
    }
}

#[tokio::test]
async fn a_version_tells_what_it_is_who_pushed_it_and_how_it_is_pulled() {
    let (registry, one, _) = registry().await;
    let (root, begun) = (&registry.administrator, registry.now() - Duration::minutes(3));
    let versions = registry.items(root, PATH).await;
    assert_eq!(all(&versions, "tag"), ["v1", "v2", "v3"]);
    let first = json!({
        "tag": "v1", "digest": one.digest(), "media_type": "application/vnd.oci.image.manifest.v1+json",
        "size_bytes": one.config.len() + one.layer.len(), "platforms": ["linux/arm64"],
        "pushed_at": begun.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(), "pushed_by": root.user.as_str(), "pushed_by_name": "root",
        "pull_count": 0, "last_pulled_at": null,
        "docker_pull": "docker pull registry.test:5000/team/base/web:v1",
        "containerd_pull": "ctr images pull --plain-http registry.test:5000/team/base/web:v1",
        "docker_pull_by_digest": format!("docker pull registry.test:5000/team/base/web@{}", one.digest()),
        "containerd_pull_by_digest": format!("ctr images pull --plain-http registry.test:5000/team/base/web@{}", one.digest()),
    });
    assert_eq!(versions[0], first);
    assert_eq!(registry.look(root, &format!("{PATH}/v1")).await.assert(200).json(), first);
}

#[tokio::test]
async fn a_version_tells_how_often_it_was_pulled_and_when_last_by_whatever_tag() {
    let (registry, one, two) = registry().await;
    let at = registry.now() + Duration::seconds(90);
    let pulls = |image: &Image, count, last_at| ManifestPulls { digest: image.digest().parse().unwrap(), count, last_at };
    for pulls in [vec![pulls(&one, 2, Some(at))], vec![pulls(&one, 1, Some(at - Duration::hours(1))), pulls(&two, 1, None)]] {
        let count = RepositoryCommand::CountDownloads { pulls, downloaded_bytes: 1 };
        registry.state.aggregates.repositories.execute("team/base/web", count, &registry.operator()).await.unwrap();
    }
    let pulled: Vec<_> = registry.items(&registry.administrator, PATH).await;
    assert_eq!(pulled.iter().map(|version| version["pull_count"].clone()).collect::<Vec<_>>(), [3, 1, 3]);
    let last = [at, registry.now(), at].map(|at| at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
    assert_eq!(all(&pulled, "last_pulled_at"), last, "an event that does not say when was recorded when");
}

#[tokio::test]
async fn an_index_tells_the_platforms_of_all_it_lists() {
    let registry = TestRegistry::start().await;
    let (root, web) = (&registry.administrator, image("web"));
    registry.push(root, "team/web", "single", &web).await.assert(201);
    let mut listed: Value = serde_json::from_slice(&index(&[&web.bytes(), &web.bytes()])).unwrap();
    for (number, platform) in
        [json!({ "os": "linux", "architecture": "arm", "variant": "v7" }), json!({ "os": "linux", "architecture": "amd64" })]
            .into_iter()
            .enumerate()
    {
        listed["manifests"][number]["platform"] = platform;
    }
    registry.put_manifest(root, "team/web", "both", listed.to_string().as_bytes()).await.assert(201);
    let both = registry.look(root, "/v1/repositories/team$web/tags/both").await.assert(200).json();
    assert_eq!((&both["platforms"], &both["media_type"]), (&json!(["linux/arm/v7", "linux/amd64"]), &listed["mediaType"]));
}

#[tokio::test]
async fn pages_go_on_behind_the_last_version_in_either_order_whatever_comes_and_goes() {
    let (registry, one, _) = registry().await;
    let root = &registry.administrator;
    let page = async |query: &str| {
        let page = registry.look(root, &format!("{PATH}?{query}")).await.assert(200).json();
        (all(page["items"].as_array().unwrap(), "tag"), page["next_cursor"].as_str().map(str::to_owned))
    };
    let (by_tag, cursor) = page("limit=1").await;
    let (newest, back) = page("limit=2&order=newest").await;
    assert_eq!((by_tag, newest), (vec!["v1".to_owned()], vec!["v3".to_owned(), "v2".to_owned()]));
    assert_eq!(registry.delete_tags(root, json!({ "tags": ["v1"] })).await, 204);
    registry.push(root, "team/base/web", "v0", &one).await.assert(201);
    registry.push(root, "team/base/web", "v1.5", &one).await.assert(201);
    assert_eq!(page(&format!("limit=2&cursor={}", cursor.unwrap())).await.0, ["v1.5", "v2"]);
    assert_eq!(page(&format!("limit=2&order=newest&cursor={}", back.unwrap())).await, (vec![], None));
    assert_eq!(page("tag=5").await, (vec!["v1.5".to_owned()], None));
    assert_eq!(page("order=newest").await.0, ["v1.5", "v0", "v3", "v2"]);
}

#[tokio::test]
async fn who_an_image_is_shared_with_sees_its_versions_and_not_who_pushed_them() {
    let (registry, ..) = registry().await;
    let (account, receiver) = registry.other_account("globex").await;
    registry.share("team/base/web", &account).await;
    let [looker, ..] = registry.delegates().await;
    let shown = registry.items(&receiver, PATH).await;
    assert_eq!(all(&shown, "tag"), ["v1", "v2", "v3"]);
    assert!(shown.iter().all(|version| version["pushed_by"].is_null() && version["pushed_by_name"].is_null()), "{shown:?}");
    let delegate = registry.get(PATH).header("x-domain-id", registry.account.as_str()).signed(&looker, registry.now()).send().await;
    assert_eq!(delegate.assert(200).json()["items"][0]["pushed_by_name"], "root");
    assert_eq!(registry.delete_tags(&receiver, json!({ "tags": ["v1"] })).await, 403);
}

#[tokio::test]
async fn several_versions_go_at_once_or_none_does() {
    let (registry, ..) = registry().await;
    let manager = registry.member("manager", Level::Manage).await;
    let before = registry.head_of_log().await;
    assert_eq!(registry.delete_tags(&manager, json!({ "tags": ["v1", "v2", "none"] })).await, 404);
    assert_eq!(registry.delete_tags(&manager, json!({ "tags": vec!["v1"; 1001] })).await, 400);
    assert_eq!((registry.tags().await.len(), registry.head_of_log().await), (3, before));
    assert_eq!(registry.delete_tags(&manager, json!({ "tags": ["v3", "v1", "v3"] })).await, 204);
    assert_eq!(registry.tags().await, ["v2"]);
    let gone: Vec<_> = registry.events("repository.version_deleted").await.iter().map(|event| event["tag"].clone()).collect();
    assert_eq!(gone, ["v3", "v1"]);
}

#[tokio::test]
async fn a_manifest_goes_with_every_version_on_it() {
    let (registry, one, _) = registry().await;
    let root = &registry.administrator;
    assert_eq!(registry.delete_tags(root, json!({ "digest": one.digest() })).await, 204);
    assert_eq!(registry.tags().await, ["v2"]);
    registry.get(&format!("/v2/team/base/web/manifests/{}", one.digest())).login(root).send().await.assert(404);
    assert_eq!(registry.delete_tags(root, json!({ "digest": one.digest() })).await, 404);
}
