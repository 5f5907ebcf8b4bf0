//! Several clients at once.

use ambar_api::operations::{self, OperationError, Push};
use ambar_domain::account::AccountError;
use ambar_domain::description::GroupDescription;
use ambar_domain::level::Role;
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::{identity, organizations, repositories};
use ambar_storage::aggregate_store::{Actor, CommandContext};
use bytes::Bytes;
use futures::future::join_all;
use futures::{StreamExt, stream};
use tokio::sync::oneshot;

use crate::support::{TestRegistry, digest, image, index};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repository_that_two_delete_while_it_is_pushed_to_is_counted_if_and_only_if_it_is_there() {
    let registry = TestRegistry::start().await;
    let (state, admin) = (&registry.state, &registry.administrator);
    let (team, web): (OrganizationName, RepositoryName) = ("team".parse().unwrap(), "team/web".parse().unwrap());
    let begin = || OrganizationCommand::BeginReleaseOfRepository { repository: web.clone() };
    for round in 0..20 {
        let image = image(&format!("{round}"));
        registry.push(admin, "team/web", "old", &image).await.assert(201);
        let (deletion, broken_off) = (registry.operator(), registry.operator());
        // A deletion whose second step fails: all it does is to begin.
        let breaks_off = async {
            for _ in 0..round % 8 {
                tokio::task::yield_now().await;
            }
            state.aggregates.organizations.execute("team", begin(), &broken_off).await
        };
        let bytes = image.bytes();
        let push = registry.put_manifest(admin, "team/web", "new", &bytes);
        let (_, deleted, begun) = tokio::join!(push, operations::delete_repository(state, &deletion, &web), breaks_off);
        deleted.unwrap();
        begun.unwrap();
        let lives = repositories::repository_exists(&state.views.reader().unwrap(), &web).unwrap();
        let counted = operations::delete_organization(state, &registry.operator(), &team).await.is_err();
        assert_eq!(counted, lives, "round {round}");
        if !counted {
            operations::create_organization(state, &registry.operator(), &registry.account, &team).await.unwrap();
        }
    }
}

/// Lets work go on until so many more events are recorded and shown by the views, and then no further.
pub(crate) async fn go_on<T>(registry: &TestRegistry, work: impl Future<Output = T> + Unpin, events: u64) {
    let (before, mut recorded) = (registry.head_of_log().await, registry.wakeups());
    tokio::select! {
        biased;
        reached = recorded.wait_for(|position| position.0 >= before.0 + events) => drop(reached.unwrap()),
        _ = work => panic!("it was to be stopped in the middle"),
    }
    registry.state.views.catch_up().await.unwrap();
}

#[tokio::test]
async fn a_push_that_comes_into_one_deletion_and_before_another_that_fails_is_counted() {
    let registry = TestRegistry::start().await;
    let (state, admin, web) = (&registry.state, &registry.administrator, image("web"));
    registry.push(admin, "team/web", "old", &web).await.assert(201);
    let (name, operator) = ("team/web".parse().unwrap(), registry.operator());
    let mut deletion = Box::pin(operations::delete_repository(state, &operator, &name));
    // Begun, and the repository is gone; the organization has not let go of it.
    go_on(&registry, &mut deletion, 2).await;
    registry.push(admin, "team/web", "new", &web).await.assert(201);
    // All that the other deletion gets to do.
    let begin = OrganizationCommand::BeginReleaseOfRepository { repository: name.clone() };
    state.aggregates.organizations.execute("team", begin, &registry.operator()).await.unwrap();
    deletion.await.unwrap();
    assert!(repositories::repository_exists(&state.views.reader().unwrap(), &name).unwrap());
    let full = operations::delete_organization(state, &registry.operator(), &"team".parse().unwrap()).await;
    assert!(matches!(full, Err(OperationError::Organization(OrganizationError::NotEmpty { .. }))), "{full:?}");
}

#[tokio::test]
async fn a_repository_that_is_deleted_before_its_first_push_is_over_is_not_counted() {
    let registry = TestRegistry::start().await;
    let (state, bytes) = (&registry.state, index(&[]));
    let push = Push {
        repository: "team/web".parse().unwrap(),
        account: registry.account.clone(),
        digest: digest(&bytes).parse().unwrap(),
        facts: ambar_schemas::oci::manifest::parse(None, &bytes).unwrap(),
        bytes: bytes.into(),
        tags: Vec::new(),
    };
    let operator = registry.operator();
    let mut pushing = Box::pin(operations::push_manifest(state, &operator, &push));
    // The blob, the admission and the creation.
    go_on(&registry, &mut pushing, 3).await;
    operations::delete_repository(state, &registry.operator(), &push.repository).await.unwrap();
    pushing.await.unwrap();
    operations::delete_organization(state, &registry.operator(), &"team".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_organization_that_is_created_again_before_its_deletion_is_over_keeps_its_slot() {
    let registry = TestRegistry::start_with(|settings| settings.organization_quota = 1).await;
    let (state, account) = (&registry.state, &registry.account);
    let (team, next) = ("team".parse().unwrap(), "next".parse().unwrap());
    let operator = registry.operator();
    let mut deletion = Box::pin(operations::delete_organization(state, &operator, &team));
    go_on(&registry, &mut deletion, 1).await;
    // Its slot is not given back yet, so that it is used again.
    operations::create_organization(state, &registry.operator(), account, &team).await.unwrap();
    deletion.await.unwrap();
    let full = operations::create_organization(state, &registry.operator(), account, &next).await;
    assert!(matches!(full, Err(OperationError::Account(AccountError::QuotaExceeded { quota: 1 }))), "{full:?}");
    operations::delete_organization(state, &registry.operator(), &team).await.unwrap();
    operations::create_organization(state, &registry.operator(), account, &next).await.unwrap();
}

#[tokio::test]
async fn a_group_that_is_renamed_into_the_creation_of_another_has_the_name_alone() {
    let registry = TestRegistry::start().await;
    let (state, account, name) = (&registry.state, &registry.account, "builders".parse().unwrap());
    let (operator, description) = (registry.operator(), GroupDescription::default());
    let other = operations::create_group(state, &operator, account, &"makers".parse().unwrap(), &description).await.unwrap();
    let mut creation = Box::pin(operations::create_group(state, &operator, account, &name, &description));
    // The name is claimed, and the group is not created yet.
    go_on(&registry, &mut creation, 1).await;
    operations::rename_group(state, &registry.operator(), &other, &name).await.unwrap();
    let refused = creation.await;
    assert!(matches!(refused, Err(OperationError::NameTaken { .. })), "{refused:?}");
    let groups = identity::list_groups(&state.views.reader().unwrap(), account).unwrap();
    assert_eq!(groups.into_iter().map(|group| group.group).collect::<Vec<_>>(), [other]);
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

#[tokio::test]
async fn two_administrators_who_delete_each_other_at_once_leave_one() {
    for by_group in [false, true] {
        let registry = TestRegistry::start().await;
        let (state, operator, account) = (&registry.state, registry.operator(), &registry.account);
        let (one, other) = (&registry.administrator.user, &registry.user("other").await.user);
        if by_group {
            let group = operations::create_group(state, &operator, account, &"admins".parse().unwrap(), &GroupDescription::default())
                .await
                .unwrap();
            operations::set_group_administrator(state, &operator, &group, Role::SwrAdministrator, true).await.unwrap();
            operations::add_member(state, &operator, &group, other).await.unwrap();
        } else {
            operations::set_administrator(state, &operator, other, Role::TenantAdministrator, true).await.unwrap();
        }
        let by = |user| CommandContext { actor: Actor::User(user), ..registry.operator() };
        let (by_one, by_other) = (by(one.clone()), by(other.clone()));
        let (first, second) = tokio::join!(operations::delete_user(state, &by_one, other), operations::delete_user(state, &by_other, one));
        let refused = |deleted: &Result<(), _>| matches!(deleted, Err(OperationError::LastAdministrator));
        assert!(refused(&first) || refused(&second), "{first:?} {second:?}");
        let users = identity::list_users(&state.views.reader().unwrap(), account).unwrap();
        assert!(users.iter().any(|user| user.administrator), "{first:?} {second:?}");
        assert!(users.iter().all(|user| user.administrator), "who was not deleted has kept its power: {users:?}");
    }
}
