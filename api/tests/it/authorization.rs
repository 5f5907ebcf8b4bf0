//! Who may do what (requirements G1, G2, P6, M4).

use ambar_domain::level::Level;

use crate::support::{TestRegistry, digest, image};

#[tokio::test]
async fn a_reader_pulls_and_nothing_else() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    let reader = registry.member("reader", Level::Read).await;
    registry.get("/v2/team/web/manifests/v1").login(&reader).send().await.assert(200);
    registry.get(&format!("/v2/team/web/blobs/{}", digest(&web.layer))).login(&reader).send().await.assert(200);
    let refused = registry.push(&reader, "team/web", "v2", &web).await;
    refused.assert_refused(403, "DENIED");
    assert_eq!(refused.message(), "you do not have the permission");
    registry.put_manifest(&reader, "team/web", "v2", &web.bytes()).await.assert_refused(403, "DENIED");
    registry.delete("/v2/team/web/manifests/v1").login(&reader).send().await.assert_refused(403, "DENIED");
}

#[tokio::test]
async fn an_editor_pushes_and_does_not_delete() {
    let registry = TestRegistry::start().await;
    let (editor, web) = (registry.member("editor", Level::Edit).await, image("web"));
    registry.push(&editor, "team/web", "v1", &web).await.assert(201);
    registry.delete("/v2/team/web/manifests/v1").login(&editor).send().await.assert_refused(403, "DENIED");
    registry.delete(&format!("/v2/team/web/blobs/{}", digest(&web.layer))).login(&editor).send().await.assert_refused(403, "DENIED");
    let manager = registry.member("manager", Level::Manage).await;
    registry.delete("/v2/team/web/manifests/v1").login(&manager).send().await.assert(202);
}

#[tokio::test]
async fn a_grant_on_an_image_suffices_to_push_to_it_and_not_to_make_another() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let user = registry.user("user").await;
    registry.grant_on("team/web", &user, Some(Level::Edit)).await;
    registry.push(&user, "team/web", "v2", &image("two")).await.assert(201);
    registry.push(&user, "team/new", "v1", &image("web")).await.assert_refused(403, "DENIED");
    registry.put_manifest(&user, "team/new", "v1", &image("web").bytes()).await.assert_refused(403, "DENIED");
}

#[tokio::test]
async fn nobody_pushes_into_an_organization_of_others_or_of_nobody() {
    let registry = TestRegistry::start().await;
    let (_, stranger) = registry.other_account("globex").await;
    for repository in ["team/web", "nobody/web"] {
        registry.push(&stranger, repository, "v1", &image("web")).await.assert_refused(403, "DENIED");
    }
    registry.push(&registry.administrator, "nobody/web", "v1", &image("web")).await.assert_refused(403, "DENIED");
}

#[tokio::test]
async fn a_public_repository_is_read_by_every_user_and_by_nobody_anonymous() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (_, stranger) = registry.other_account("globex").await;
    registry.get("/v2/team/web/manifests/v1").login(&stranger).send().await.assert_refused(403, "DENIED");
    registry.publish("team/web").await;
    registry.get("/v2/team/web/manifests/v1").login(&stranger).send().await.assert(200);
    registry.push(&stranger, "team/web", "v2", &image("two")).await.assert_refused(403, "DENIED");
    registry.get("/v2/team/web/manifests/v1").send().await.assert_refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn names_that_are_none_are_refused_in_words_that_clients_know() {
    let registry = TestRegistry::start().await;
    for (path, message) in [
        ("/v2/Team/web/tags/list", "'namespace' is invalid"),
        ("/v2/team/Web/tags/list", "'repository' is invalid"),
        ("/v2/team/web%2f/tags/list", "'repository' is invalid"),
        ("/v2/team/tags/list", "'repository' is invalid"),
    ] {
        let refused = registry.get(path).login(&registry.administrator).send().await;
        refused.assert_refused(400, "NAME_INVALID");
        assert_eq!(refused.message(), message, "{path}");
    }
}
