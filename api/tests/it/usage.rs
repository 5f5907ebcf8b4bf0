//! What is used is counted: pulled manifests, sent bytes, access keys.

use ambar_domain::repository::{ManifestPulls, RepositoryCommand};
use ambar_domain::user::UserCommand;
use ambar_storage::usage::Pulls;

use crate::support::{TestRegistry, image};

#[tokio::test]
async fn a_pull_is_a_manifest_that_was_sent_by_whatever_name_and_bytes_are_those_of_blobs() {
    let registry = TestRegistry::start().await;
    let (admin, web) = (&registry.administrator, image("web"));
    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    let blob = registry.push_blob(admin, "team/web", &[7; 1000]).await.header("location").to_owned();
    let by_digest = format!("/v2/team/web/manifests/{}", web.digest());
    registry.state.usage.take();

    for path in ["/v2/team/web/manifests/v1", &by_digest] {
        registry.get(path).login(admin).send().await.assert(200);
        registry.head(path).login(admin).send().await.assert(200);
        registry.get(path).login(admin).header("if-none-match", &format!("\"{}\"", web.digest())).send().await.assert(304);
    }
    registry.get("/v2/team/web/manifests/v2").login(admin).send().await.assert(404);
    registry.get(&blob).login(admin).send().await.assert(200);
    registry.get(&blob).login(admin).header("range", "bytes=10-19").send().await.assert(206);
    registry.head(&blob).login(admin).send().await.assert(200);

    let counted = registry.state.usage.take().downloads.remove(&"team/web".parse().unwrap()).unwrap();
    assert_eq!(counted.bytes, 1010);
    let pulls = Pulls { by_tag: 1, by_digest: 1, last_at: registry.now() };
    assert_eq!(counted.pulls.into_iter().collect::<Vec<_>>(), [(web.digest().parse().unwrap(), pulls)]);
}

#[tokio::test]
async fn recorded_pulls_stand_in_the_image_and_in_lists() {
    let registry = TestRegistry::start().await;
    let (admin, web, now) = (&registry.administrator, image("web"), registry.now());
    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    let pulls = vec![ManifestPulls { digest: web.digest().parse().unwrap(), count: 12, last_at: None }];
    let count = RepositoryCommand::CountDownloads { pulls, downloaded_bytes: 5000 };
    registry.state.aggregates.repositories.execute("team/web", count, &registry.operator()).await.unwrap();

    let ask = async |path: &str| registry.get(path).signed(admin, now).send().await.json();
    assert_eq!(ask("/v2/manage/namespaces/team/repos/web").await["num_download"], 12);
    assert_eq!(ask("/v2/manage/repos").await[0]["num_download"], 12);
    assert_eq!(ask("/v3/manage/repos").await["repos"][0]["num_download"], 12);
    registry.push(admin, "team/new", "v1", &image("new")).await.assert(201);
    for (direction, expected) in [("asc", ["new", "web"]), ("desc", ["web", "new"])] {
        let sorted = ask(&format!("/v2/manage/repos?order_column=download_count&order_type={direction}")).await;
        assert_eq!([&sorted[0]["name"], &sorted[1]["name"]], expected);
    }
    assert_eq!(ask("/v1/repositories/team$web/tags/v1/history").await["items"][0]["pull_count"], 12);
    assert_eq!(ask("/v2/manage/overview").await["downflow_size"], 5000.0);
    let report = ask("/v2/manage/reports/downflow/daily").await;
    assert_eq!(report[29], serde_json::json!({ "date": now.date_naive().to_string(), "value": 5000 }));
}

#[tokio::test]
async fn the_use_of_an_access_key_is_counted_and_shown() {
    let registry = TestRegistry::start().await;
    let (admin, now) = (&registry.administrator, registry.now());
    registry.get("/v2/").login(admin).send().await.assert(200);
    let (access_key, (user, used_at)) = registry.state.usage.take().access_keys.into_iter().next().unwrap();
    assert_eq!((&access_key, &user, used_at), (&admin.key.access_key, &admin.user, now));

    let path = format!("/v3.0/OS-CREDENTIAL/credentials/{access_key}");
    let last_use = async || registry.get(&path).signed(admin, now).send().await.json()["credential"]["last_use_time"].clone();
    assert_eq!(last_use().await, "");
    let note = UserCommand::NoteAccessKeyUse { access_key: access_key.clone(), used_at };
    registry.state.aggregates.users.execute(user.as_str(), note, &registry.operator()).await.unwrap();
    assert_eq!(last_use().await, now.format("%Y-%m-%d %H:%M:%S").to_string());
}

#[tokio::test]
async fn a_token_is_no_use_of_the_key_that_it_was_got_with() {
    let registry = TestRegistry::start().await;
    let token = registry.token(&registry.administrator, "repository:team/web:pull").await;
    registry.state.usage.take();
    registry.advance(chrono::Duration::minutes(4));
    registry.get("/v2/").bearer(&token).send().await.assert(200);
    assert!(registry.state.usage.take().access_keys.is_empty());
}
