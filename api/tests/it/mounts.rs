//! Mounting blobs from other repositories.

use ambar_domain::level::Level;

use crate::support::{TestRegistry, digest, image};

#[tokio::test]
async fn a_blob_is_mounted_from_a_repository_that_serves_it() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    registry.push_blob(admin, "team/source", b"layer").await.assert(201);
    let digest = digest(b"layer");
    let mounted = registry.post(&format!("/v2/team/web/blobs/uploads/?mount={digest}&from=team/source")).login(admin).send().await;
    mounted.assert(201);
    assert_eq!(mounted.header("location"), format!("/v2/team/web/blobs/{digest}"));
    assert_eq!(mounted.header("docker-content-digest"), digest);
    assert_eq!(registry.get(mounted.header("location")).login(admin).send().await.body, "layer");
}

#[tokio::test]
async fn a_source_is_found_when_none_is_named() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    registry.push_blob(admin, "team/source", b"layer").await.assert(201);
    let path = format!("/v2/team/web/blobs/uploads/?mount={}", digest(b"layer"));
    registry.post(&path).login(admin).send().await.assert(201);
}

#[tokio::test]
async fn a_source_is_found_however_many_others_have_the_blob() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let (globex, stranger) = registry.other_account("globex").await;
    let name = "globex".parse().unwrap();
    ambar_api::operations::create_organization(&registry.state, &registry.operator(), &globex, &name).await.unwrap();
    registry.push_blob(&stranger, "globex/r0", b"layer").await.assert(201);
    let digest = digest(b"layer");
    for number in 1..=100 {
        let path = format!("/v2/globex/r{number}/blobs/uploads/?mount={digest}&from=globex/r0");
        registry.post(&path).login(&stranger).send().await.assert(201);
    }
    registry.push_blob(admin, "team/source", b"layer").await.assert(201);
    registry.post(&format!("/v2/team/web/blobs/uploads/?mount={digest}")).login(admin).send().await.assert(201);
}

#[tokio::test]
async fn what_the_repository_has_itself_is_found_however_many_have_it_that_the_caller_may_not_read() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let digest = digest(b"layer");
    registry.push_blob(admin, "team/r0", b"layer").await.assert(201);
    for number in 1..=100 {
        let path = format!("/v2/team/r{number}/blobs/uploads/?mount={digest}&from=team/r0");
        registry.post(&path).login(admin).send().await.assert(201);
    }
    registry.push(admin, "team/web", "v1", &image("web")).await.assert(201);
    registry.push_blob(admin, "team/web", b"layer").await.assert(201);
    let guest = registry.user("guest").await;
    registry.grant_on("team/web", &guest, Some(Level::Edit)).await;
    registry.post(&format!("/v2/team/web/blobs/uploads/?mount={digest}")).login(&guest).send().await.assert(201);
}

#[tokio::test]
async fn a_blob_that_is_not_there_has_to_be_sent() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    registry.push_blob(admin, "team/source", b"layer").await.assert(201);
    let (here, missing) = (digest(b"layer"), digest(b"missing"));
    for query in [
        format!("mount={missing}&from=team/source"),
        format!("mount={missing}"),
        format!("mount={here}&from=team/other"),
        format!("mount={here}&from=Not%20A%20Name"),
    ] {
        let answer = registry.post(&format!("/v2/team/web/blobs/uploads/?{query}")).login(admin).send().await;
        answer.assert(202);
        assert_eq!(answer.header("range"), "0-0");
        registry.get(answer.header("location")).login(admin).send().await.assert(204);
    }
    registry.post("/v2/team/web/blobs/uploads/?mount=nonsense").login(admin).send().await.assert_refused(400, "DIGEST_INVALID");
}

#[tokio::test]
async fn a_token_for_the_target_is_enough() {
    let registry = TestRegistry::start().await;
    registry.push_blob(&registry.administrator, "team/source", b"layer").await.assert(201);
    let token = registry.token(&registry.administrator, "repository:team/web:pull,push").await;
    let path = format!("/v2/team/web/blobs/uploads/?mount={}&from=team/source", digest(b"layer"));
    registry.post(&path).bearer(&token).send().await.assert(201);
}

#[tokio::test]
async fn nothing_is_mounted_from_where_the_caller_may_not_read() {
    let registry = TestRegistry::start().await;
    let (globex, stranger) = registry.other_account("globex").await;
    let operator = registry.operator();
    ambar_api::operations::create_organization(&registry.state, &operator, &globex, &"globex".parse().unwrap()).await.unwrap();
    registry.push_blob(&registry.administrator, "team/secret", b"secret").await.assert(201);
    let colleague = registry.member("colleague", Level::Edit).await;
    registry.post(&format!("/v2/team/a/blobs/uploads/?mount={}", digest(b"secret"))).login(&colleague).send().await.assert(201);

    let (there, nowhere) = (digest(b"secret"), digest(b"nothing has this digest"));
    for from in ["", "&from=team/secret", "&from=team/nothing", "&from=nobody/nothing"] {
        for digest in [&there, &nowhere] {
            let path = format!("/v2/globex/web/blobs/uploads/?mount={digest}{from}");
            registry.post(&path).login(&stranger).send().await.assert(202);
        }
    }
}
