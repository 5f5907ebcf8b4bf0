//! What a tag pointed at and whom an image was shared with, before.

use serde_json::json;

use super::all;
use crate::support::{TestRegistry, image};

#[tokio::test]
async fn a_tag_tells_where_it_pointed_and_is_pointed_there_again() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let (first, second) = (image("first"), image("second"));
    registry.push(root, "team/web", "v1", &first).await.assert(201);
    registry.push(root, "team/web", "v1", &second).await.assert(201);
    let path = "/v1/repositories/team$web/tags/v1/history";
    let history = registry.items(root, path).await;
    assert_eq!(all(&history, "digest"), [second.digest(), first.digest()]);
    assert_eq!(history[1]["until"], history[0]["from"]);
    assert_eq!((&history[0]["pushed_by"], &history[0]["held"]), (&json!(root.user.as_str()), &json!(true)));
    let restore = registry.post("/v1/repositories/team$web/tags/v1/restore").body(json!({ "digest": first.digest() }).to_string());
    restore.signed(root, registry.now()).send().await.assert(200);
    let pulled = registry.get("/v2/team/web/manifests/v1").login(root).send().await;
    assert_eq!(pulled.assert(200).header("docker-content-digest"), first.digest());
    let page = registry.look(root, &format!("{path}?limit=2")).await.assert(200).json();
    let next = page["next_cursor"].as_str().unwrap();
    let rest = registry.items(root, &format!("{path}?cursor={next}&limit=2")).await;
    assert_eq!(all(&rest, "digest"), [first.digest()]);
}

#[tokio::test]
async fn shares_tell_who_made_and_ended_them() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    registry.push(root, "team/web", "v1", &image("web")).await.assert(201);
    for name in ["globex", "initech"] {
        let (account, _) = registry.other_account(name).await;
        registry.share("team/web", &account).await;
    }
    let end = registry.delete("/v2/manage/namespaces/team/repositories/web/access-domains/globex");
    end.signed(root, registry.now()).send().await.assert(204);
    let path = "/v1/repositories/team$web/shares/history";
    let history = registry.items(root, path).await;
    assert_eq!(all(&history, "account_name"), ["initech", "globex"]);
    assert_eq!((&history[1]["ending"], &history[1]["ended_by"]), (&json!("ended"), &json!(root.user.as_str())));
    assert_eq!(history[0]["ending"], json!(null));
    let page = registry.look(root, &format!("{path}?limit=1")).await.assert(200).json();
    let rest = registry.items(root, &format!("{path}?cursor={}&limit=1", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!(all(&rest, "account_name"), ["globex"]);
}
