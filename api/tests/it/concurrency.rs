//! Several clients at once.

use ambar_api::operations;
use ambar_projections::{organizations, repositories};
use bytes::Bytes;
use futures::future::join_all;
use futures::{StreamExt, stream};
use tokio::sync::oneshot;

use crate::support::{TestRegistry, digest, image};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pushes_of_one_tag_at_once_all_succeed_and_the_last_in_the_log_wins() {
    let registry = TestRegistry::start().await;
    let images: Vec<_> = (0..8).map(|number| image(&format!("image {number}"))).collect();
    let pushes = images.iter().map(|image| registry.push(&registry.administrator, "team/web", "latest", image));
    for pushed in join_all(pushes).await {
        pushed.assert(201);
    }
    let tagged = registry.get("/v2/team/web/manifests/latest").login(&registry.administrator).send().await;
    let winner = images.iter().find(|image| image.digest() == tagged.header("docker-content-digest")).expect("one of them");
    assert_eq!(tagged.body, winner.bytes());
    let moves = registry.events("repository.version_pushed").await;
    assert_eq!(moves.len(), images.len());
    assert_eq!(moves.last().unwrap()["digest"], winner.digest());
    for image in &images {
        let path = format!("/v2/team/web/manifests/{}", image.digest());
        registry.get(&path).login(&registry.administrator).send().await.assert(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn uploads_of_one_digest_at_once_all_succeed() {
    let registry = TestRegistry::start().await;
    let bytes = vec![7; 300_000];
    let pushes = (0..8).map(|_| registry.push_blob(&registry.administrator, "team/web", &bytes));
    for pushed in join_all(pushes).await {
        pushed.assert(201);
    }
    let path = format!("/v2/team/web/blobs/{}", digest(&bytes));
    assert_eq!(registry.get(&path).login(&registry.administrator).send().await.body, bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn first_pushes_of_many_repositories_at_once_all_succeed() {
    let registry = TestRegistry::start().await;
    let names: Vec<_> = (0..12).map(|number| format!("team/app{number}")).collect();
    let web = image("web");
    let pushes = names.iter().map(|name| registry.push(&registry.administrator, name, "v1", &web));
    for pushed in join_all(pushes).await {
        pushed.assert(201);
    }
    for name in &names {
        registry.head(&format!("/v2/{name}/manifests/v1")).login(&registry.administrator).send().await.assert(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_is_never_deleted_from_under_a_manifest() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    for round in 0..10 {
        let web = image(&format!("web {round}"));
        let layer = format!("/v2/team/web/blobs/{}", digest(&web.layer));
        registry.push_blob(admin, "team/web", &web.config).await.assert(201);
        registry.push_blob(admin, "team/web", &web.layer).await.assert(201);
        let bytes = web.bytes();
        let push = registry.put_manifest(admin, "team/web", "v1", &bytes);
        let (pushed, _) = tokio::join!(push, registry.delete(&layer).login(admin).send());
        let served = registry.get(&layer).login(admin).send().await.status;
        if pushed.status == 201 {
            assert_eq!(served, 200, "round {round}");
        } else {
            pushed.assert_refused(400, "MANIFEST_BLOB_UNKNOWN");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repository_that_is_deleted_while_it_is_pushed_to_is_whole_or_gone_and_never_left_behind() {
    let registry = TestRegistry::start().await;
    let (state, admin) = (&registry.state, &registry.administrator);
    let (team, web) = ("team".parse().unwrap(), "team/web".parse().unwrap());
    for round in 0..20 {
        registry.push(admin, "team/web", "old", &image(&format!("old {round}"))).await.assert(201);
        let new = image(&format!("new {round}"));
        let operator = registry.operator();
        let ends = async {
            let deleted = operations::delete_repository(state, &operator, &web).await;
            (deleted, operations::delete_organization(state, &operator, &team).await)
        };
        let (_, (deleted, _)) = tokio::join!(registry.push(admin, "team/web", "new", &new), ends);
        deleted.unwrap();
        let reader = || state.views.reader().unwrap();
        let lives = repositories::repository_exists(&reader(), &web).unwrap();
        if organizations::find_organization(&reader(), &team).unwrap().is_some() {
            let manifest = registry.get("/v2/team/web/manifests/new").login(admin).send().await.status;
            let layer = registry.get(&format!("/v2/team/web/blobs/{}", digest(&new.layer))).login(admin).send().await.status;
            assert!(manifest != 200 || layer == 200, "round {round}: {manifest} {layer}");
            assert_eq!(operations::delete_organization(state, &registry.operator(), &team).await.is_err(), lives, "round {round}");
        } else {
            assert!(!lives, "round {round}");
        }
        if !lives {
            operations::create_organization(state, &registry.operator(), &registry.account, &team).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_upload_takes_the_bytes_of_one_request_at_a_time() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let started = registry.post("/v2/team/web/blobs/uploads/").login(admin).send().await;
    let (location, finish) = (started.header("location"), format!("{}?digest={}", started.header("location"), digest(b"hello world")));
    let (begun, has_begun) = oneshot::channel();
    let (go, may_go) = oneshot::channel::<()>();
    let hello = stream::once(async move {
        begun.send(()).unwrap();
        Ok(Bytes::from_static(b"hello"))
    });
    let world = stream::once(async move {
        may_go.await.unwrap();
        Ok(Bytes::from_static(b" world"))
    });
    let first = tokio::spawn(registry.patch(location).login(admin).body_of(hello.chain(world)).send());
    has_begun.await.unwrap();

    let busy = [
        registry.patch(location).login(admin).body("other").send().await,
        registry.put(&finish).login(admin).send().await,
        registry.delete(location).login(admin).send().await,
    ];
    for refused in busy {
        refused.assert_refused(409, "BLOB_UPLOAD_INVALID");
        assert_eq!(refused.header("retry-after"), "1");
    }
    registry.get(location).login(admin).send().await.assert(204);
    go.send(()).unwrap();
    assert_eq!(first.await.unwrap().assert(202).header("range"), "0-10");
    registry.put(&finish).login(admin).send().await.assert(201);
}
