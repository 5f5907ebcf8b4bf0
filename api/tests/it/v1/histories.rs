//! What a tag pointed at and whom an image was shared with, before.

use ambar_domain::repository::RepositoryCommand;
use chrono::Duration;
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

#[tokio::test]
async fn the_account_sees_all_that_it_ever_shared_whatever_became_of_the_images() {
    let registry = TestRegistry::start().await;
    let root = &registry.administrator;
    let (globex, stranger) = registry.other_account("globex").await;
    let (initech, _) = registry.other_account("initech").await;
    for (name, account) in [("team/web", &globex), ("team/web", &initech), ("team/gone", &globex)] {
        registry.push(root, name, "v1", &image(name)).await.assert(201);
        registry.share(name, account).await;
    }
    let share = "/v2/manage/namespaces/team/repositories/web/access-domains/initech";
    let deadline = registry.now() + Duration::hours(1);
    let change = json!({ "permit": "read", "deadline": deadline.format("%Y-%m-%dT%H:%M:%SZ").to_string() }).to_string();
    registry.patch(share).body(change).signed(root, registry.now()).send().await.assert(201);
    registry.delete("/v2/manage/namespaces/team/repos/gone").signed(root, registry.now()).send().await.assert(204);
    // Of the same name, and another image.
    registry.push(root, "team/gone", "v1", &image("new")).await.assert(201);

    let history = async |query: &str| {
        let found = registry.items(root, &format!("/v1/shares/history?{query}")).await;
        found
            .iter()
            .map(|item| format!("{} {} {}", item["repository"], item["account_name"], item["ending"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    let all_of_it = ["team/web initech null", "team/gone globex repository_deleted", "team/web initech changed", "team/web globex null"];
    assert_eq!(history("").await, all_of_it);
    assert_eq!(history("account=globex").await, [all_of_it[1], all_of_it[3]]);
    assert_eq!(history("repository=team/gone").await, all_of_it[1..2]);
    assert_eq!(history("state=valid").await, [all_of_it[0], all_of_it[3]]);
    assert_eq!(history("state=changed&account=initech").await, all_of_it[2..3]);
    let first = registry.look(root, "/v1/shares/history?limit=3").await.assert(200).json();
    assert_eq!(history(&format!("cursor={}", first["next_cursor"].as_str().unwrap())).await, all_of_it[3..]);
    assert!(registry.items(&stranger, "/v1/shares/history").await.is_empty(), "what others shared with an account is their history");

    registry.advance(Duration::hours(1));
    assert_eq!(history("state=valid").await, all_of_it[3..]);
    assert_eq!(history("state=expired").await, ["team/web initech expired"], "though nothing has recorded it yet");
    let expire = RepositoryCommand::ExpireShare { account: initech, now: registry.now() };
    registry.state.aggregates.repositories.execute("team/web", expire, &registry.operator()).await.unwrap();
    assert_eq!(history("state=expired").await, ["team/web initech expired"]);
}
