//! The image centre: what is public, for everybody who is signed in.

use serde_json::{Value, json};

use super::all;
use crate::support::{TestRegistry, image};

#[tokio::test]
async fn every_user_finds_the_public_images_of_all_accounts_and_how_to_pull_them() {
    let registry = TestRegistry::start().await;
    let (root, (_, stranger)) = (&registry.administrator, registry.other_account("globex").await);
    for name in ["team/web", "team/base/web", "team/secret"] {
        registry.push(root, name, "v1", &image(name)).await.assert(201);
    }
    assert!(registry.items(&stranger, "/v1/center/images").await.is_empty());
    registry.publish("team/web").await;
    registry.publish("team/base/web").await;
    let described = json!({ "category": "linux", "description": "ü".repeat(600) }).to_string();
    let changed = registry.patch("/v2/manage/namespaces/team/repos/web").body(described).signed(root, registry.now()).send().await;
    changed.assert(201);

    for login in [&stranger, &registry.user("none").await, root] {
        let found = registry.items(login, "/v1/center/images").await;
        assert_eq!(all(&found, "name"), ["team/base/web", "team/web"]);
        let web = &found[1];
        assert_eq!((&web["account_name"], &web["category"], &web["version_count"]), (&json!("acme"), &json!("linux"), &json!(1)));
        assert_eq!(web["summary"].as_str().unwrap().chars().count(), 500);
        let newest = json!({
            "tag": "v1", "architectures": ["linux/arm64"],
            "docker_pull": "docker pull registry.test:5000/team/web:v1",
            "containerd_pull": "ctr images pull --plain-http registry.test:5000/team/web:v1",
        });
        assert_eq!(web["newest"], newest);
        registry.get("/v2/team/web/manifests/v1").login(login).send().await.assert(200);
    }
    assert_eq!(all(&registry.items(&stranger, "/v1/center/images?name=base").await, "name"), ["team/base/web"]);
    assert_eq!(all(&registry.items(&stranger, "/v1/center/images?category=linux&organization=team").await, "name"), ["team/web"]);
    assert!(registry.items(&stranger, "/v1/center/images?name=secret").await.is_empty());
}

#[tokio::test]
async fn a_cursor_goes_on_where_the_page_before_ended_though_its_last_image_is_gone() {
    let registry = TestRegistry::start().await;
    for name in ["team/a", "team/b", "team/c"] {
        registry.push(&registry.administrator, name, "v1", &image(name)).await.assert(201);
        registry.publish(name).await;
    }
    let page = async |path: &str| registry.look(&registry.administrator, path).await.assert(200).json();
    let first = page("/v1/center/images?limit=2").await;
    assert_eq!(all(first["items"].as_array().unwrap(), "name"), ["team/a", "team/b"]);
    let delete = registry.delete("/v2/manage/namespaces/team/repos/b").signed(&registry.administrator, registry.now());
    delete.send().await.assert(204);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(cursor, "team/b", "a name, and no number that tells of others");
    let second = page(&format!("/v1/center/images?limit=2&cursor={cursor}")).await;
    assert_eq!((all(second["items"].as_array().unwrap(), "name"), &second["next_cursor"]), (vec!["team/c".to_owned()], &Value::Null));
}
