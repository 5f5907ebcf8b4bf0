//! Processes over several aggregates.

use ambar_api::keys;
use ambar_api::operations::{self, OperationError, Push};
use ambar_domain::account::AccountError;
use ambar_domain::description::{AccessKeyDescription, GroupDescription};
use ambar_domain::grants::Granting;
use ambar_domain::ids::UserId;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::organization::OrganizationError;
use ambar_domain::user::UserError;
use ambar_projections::{identity, organizations};
use ambar_storage::aggregate_store::{Actor, CommandContext};

use crate::concurrency::go_on;
use crate::support::{Login, TestRegistry, digest, image, index};

fn by(registry: &TestRegistry, login: &Login) -> CommandContext {
    CommandContext { actor: Actor::User(login.user.clone()), ..registry.operator() }
}

#[tokio::test]
async fn names_of_accounts_users_and_groups_are_unique_and_come_free_again() {
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let (name, project) = ("acme".parse().unwrap(), "p".parse().unwrap());
    let taken = operations::create_account(state, &operator, &name, &project).await;
    assert!(matches!(taken, Err(OperationError::NameTaken { .. })));

    let name = "ann".parse().unwrap();
    let user = operations::create_user(state, &operator, &registry.account, &name, false, true).await.unwrap();
    let taken = operations::create_user(state, &operator, &registry.account, &name, false, true).await;
    assert!(matches!(taken, Err(OperationError::NameTaken { .. })));
    operations::delete_user(state, &operator, &user).await.unwrap();
    let again = operations::create_user(state, &operator, &registry.account, &name, false, true).await.unwrap();
    assert_ne!(user, again);

    let name = "builders".parse().unwrap();
    let group = operations::create_group(state, &operator, &registry.account, &name, &GroupDescription::default()).await.unwrap();
    let taken = operations::create_group(state, &operator, &registry.account, &name, &GroupDescription::default()).await;
    assert!(matches!(taken, Err(OperationError::NameTaken { .. })));
    operations::delete_group(state, &operator, &group).await.unwrap();
    operations::create_group(state, &operator, &registry.account, &name, &GroupDescription::default()).await.unwrap();
}

#[tokio::test]
async fn a_name_that_a_crash_left_claimed_goes_to_the_next_who_wants_it() {
    use ambar_domain::name_claim::{NameClaimCommand, NameKey};
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let holder = "f".repeat(32);
    let key = NameKey::User(registry.account.clone(), "ann".parse().unwrap());
    let claim = NameClaimCommand::Claim { holder: holder.clone() };
    state.aggregates.names.execute(&key.to_string(), claim, &operator).await.unwrap();
    let user = operations::create_user(state, &registry.operator(), &registry.account, &"ann".parse().unwrap(), false, true).await.unwrap();
    assert_eq!(user.as_str(), holder);
}

#[tokio::test]
async fn a_slot_that_a_crash_left_taken_is_used_by_the_next_try() {
    use ambar_domain::account::AccountCommand;
    let registry = TestRegistry::start_with(|settings| settings.organization_quota = 2).await;
    let (state, operator) = (&registry.state, registry.operator());
    let claim = AccountCommand::ClaimOrganizationSlot { organization: "half".parse().unwrap(), quota: 2 };
    state.aggregates.accounts.execute(registry.account.as_str(), claim, &operator).await.unwrap();
    operations::create_organization(state, &registry.operator(), &registry.account, &"half".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_slot_that_a_crash_left_taken_for_a_deleted_organization_is_given_back_by_deleting_it_again() {
    use ambar_domain::organization::OrganizationCommand;
    let registry = TestRegistry::start_with(|settings| settings.organization_quota = 1).await;
    let (state, operator, team) = (&registry.state, registry.operator(), "team".parse().unwrap());
    let delete = OrganizationCommand::Delete { account: registry.account.clone() };
    state.aggregates.organizations.execute("team", delete, &operator).await.unwrap();
    let full = operations::create_organization(state, &registry.operator(), &registry.account, &"next".parse().unwrap()).await;
    assert!(matches!(full, Err(OperationError::Account(AccountError::QuotaExceeded { quota: 1 }))));
    let gone = operations::delete_organization(state, &registry.operator(), &team).await;
    assert!(matches!(gone, Err(OperationError::Organization(OrganizationError::NotFound))));
    operations::create_organization(state, &registry.operator(), &registry.account, &"next".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_organization_that_is_deleted_before_its_creation_is_over_keeps_no_slot() {
    let registry = TestRegistry::start_with(|settings| settings.organization_quota = 2).await;
    let (state, operator, account, web) = (&registry.state, registry.operator(), &registry.account, "web".parse().unwrap());
    let mut creation = Box::pin(operations::create_organization(state, &operator, account, &web));
    // The slot is taken, and the organization is there.
    go_on(&registry, &mut creation, 2).await;
    operations::delete_organization(state, &registry.operator(), &web).await.unwrap();
    creation.await.unwrap();
    operations::create_organization(state, &registry.operator(), account, &"next".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_organization_whose_slot_went_to_another_during_its_creation_stays_if_something_was_pushed_into_it_and_goes_if_not() {
    for is_pushed_into in [false, true] {
        let registry = TestRegistry::start_with(|settings| settings.organization_quota = 1).await;
        let (state, account) = (&registry.state, &registry.account);
        let (team, next) = ("team".parse().unwrap(), "next".parse().unwrap());
        let (one, other) = (registry.operator(), registry.operator());
        let mut deletion = Box::pin(operations::delete_organization(state, &one, &team));
        go_on(&registry, &mut deletion, 1).await;
        let mut creation = Box::pin(operations::create_organization(state, &other, account, &team));
        go_on(&registry, &mut creation, 1).await;
        // It gives the slot back that the creation has found taken, and a crash stops it.
        go_on(&registry, &mut deletion, 1).await;
        drop(deletion);
        operations::create_organization(state, &registry.operator(), account, &next).await.unwrap();
        if is_pushed_into {
            registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
            creation.await.unwrap();
            operations::delete_organization(state, &registry.operator(), &next).await.unwrap();
        } else {
            let full = creation.await;
            assert!(matches!(full, Err(OperationError::Account(AccountError::QuotaExceeded { quota: 1 }))), "{full:?}");
        }
        let organizations = organizations::list_organizations(&state.views.reader().unwrap(), account).unwrap();
        assert_eq!(organizations.into_iter().map(|found| found.name).collect::<Vec<_>>(), [if is_pushed_into { team } else { next }]);
        // Which has the one slot that there is.
        let full = operations::create_organization(state, &registry.operator(), account, &"more".parse().unwrap()).await;
        assert!(matches!(full, Err(OperationError::Account(AccountError::QuotaExceeded { quota: 1 }))), "{full:?}");
    }
}

#[tokio::test]
async fn an_organizations_slot_is_given_back_when_its_name_is_taken() {
    let registry = TestRegistry::start_with(|settings| settings.organization_quota = 2).await;
    let (state, operator) = (&registry.state, registry.operator());
    let (other, _) = registry.other_account("globex").await;
    let name = "team".parse().unwrap();
    let taken = operations::create_organization(state, &operator, &other, &name).await;
    assert!(matches!(taken, Err(OperationError::Organization(OrganizationError::AlreadyExists))));
    // One's own name again takes no second slot and gives none back.
    let taken = operations::create_organization(state, &operator, &registry.account, &name).await;
    assert!(matches!(taken, Err(OperationError::Organization(OrganizationError::AlreadyExists))));
    operations::create_organization(state, &operator, &other, &"one".parse().unwrap()).await.unwrap();
    operations::create_organization(state, &operator, &other, &"two".parse().unwrap()).await.unwrap();
    let full = operations::create_organization(state, &operator, &other, &"three".parse().unwrap()).await;
    assert!(matches!(full, Err(OperationError::Account(AccountError::QuotaExceeded { quota: 2 }))));
    operations::delete_organization(state, &operator, &"one".parse().unwrap()).await.unwrap();
    operations::create_organization(state, &operator, &other, &"three".parse().unwrap()).await.unwrap();
    let listed = organizations::list_organizations(&state.views.reader().unwrap(), &other).unwrap();
    assert_eq!(listed.len(), 2);
}

#[tokio::test]
async fn a_user_has_at_most_two_keys_and_their_secrets_are_sealed() {
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let user = registry.user("user").await;
    let second = operations::create_access_key(state, &operator, &user.user, AccessKeyDescription::default()).await.unwrap();
    assert_eq!(second.login_key, keys::login_key(&second.access_key, &second.secret_key));
    assert_eq!(second.login_user, format!("tr-west-1@{}", second.access_key));
    let third = operations::create_access_key(state, &operator, &user.user, AccessKeyDescription::default()).await;
    assert!(matches!(third, Err(OperationError::User(UserError::TooManyAccessKeys))));
    assert!(!format!("{second:?}").contains(&second.secret_key));
    let listed = identity::list_access_keys(&state.views.reader().unwrap(), &user.user).unwrap();
    assert_eq!(listed.len(), 2);
}

#[tokio::test]
async fn actors_do_only_what_they_may() {
    let registry = TestRegistry::start().await;
    let state = &registry.state;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let (other, stranger) = registry.other_account("globex").await;
    let user = registry.user("user").await;
    let manager = registry.member("manager", Level::Manage).await;
    let team = "team".parse().unwrap();
    let web = "team/web".parse().unwrap();
    let nobody = CommandContext { actor: Actor::Anonymous, ..registry.operator() };
    for actor in [by(&registry, &user), by(&registry, &stranger), nobody] {
        let denied =
            operations::grant_on_organization(state, &actor, &team, vec![(manager.user.clone(), Level::Read)], Granting::Whatever).await;
        assert!(matches!(denied, Err(OperationError::Denied)));
        let denied =
            operations::grant_on_repository(state, &actor, &web, vec![(manager.user.clone(), Level::Read)], Granting::Whatever).await;
        assert!(matches!(denied, Err(OperationError::Denied)));
        let denied = operations::create_organization(state, &actor, &registry.account, &"mine".parse().unwrap()).await;
        assert!(matches!(denied, Err(OperationError::Denied)));
        assert!(matches!(operations::delete_repository(state, &actor, &web).await, Err(OperationError::Denied)));
        let denied = operations::disable_access_key(state, &actor, &manager.key.access_key).await;
        assert!(matches!(denied, Err(OperationError::Denied)));
    }
    let grant = async |user: &UserId| {
        operations::grant_on_organization(state, &by(&registry, &manager), &team, vec![(user.clone(), Level::Read)], Granting::Whatever)
            .await
    };
    grant(&user.user).await.unwrap();
    assert!(matches!(grant(&stranger.user).await, Err(OperationError::ForeignUser)));
    assert!(matches!(grant(&manager.user).await, Err(OperationError::OwnGrant)));
    operations::disable_access_key(state, &by(&registry, &user), &user.key.access_key).await.unwrap();
    let denied = operations::create_user(state, &by(&registry, &registry.administrator), &other, &"x".parse().unwrap(), false, true).await;
    assert!(matches!(denied, Err(OperationError::Denied)));
}

#[tokio::test]
async fn nothing_of_a_deleted_repository_remains() {
    let registry = TestRegistry::start().await;
    let (state, operator, admin) = (&registry.state, registry.operator(), &registry.administrator);
    let web = image("web");
    let user = registry.user("user").await;
    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    registry.grant_on("team/web", &user, Some(Level::Manage)).await;
    let name = "team/web".parse().unwrap();
    let full = operations::delete_organization(state, &operator, &"team".parse().unwrap()).await;
    assert!(matches!(full, Err(OperationError::Organization(OrganizationError::NotEmpty { .. }))));
    operations::delete_repository(state, &operator, &name).await.unwrap();

    registry.get("/v2/team/web/manifests/v1").login(admin).send().await.assert_refused(404, "NAME_UNKNOWN");
    registry.get("/v2/team/web/tags/list").login(&user).send().await.assert_refused(403, "DENIED");
    let layer = format!("/v2/team/web/blobs/{}", digest(&web.layer));
    registry.get(&layer).login(admin).send().await.assert_refused(404, "NAME_UNKNOWN");
    registry.push(admin, "team/web", "v2", &web).await.assert(201);
    registry.get(&layer).login(admin).send().await.assert(200);
    registry.get("/v2/team/web/manifests/v1").login(admin).send().await.assert_refused(404, "MANIFEST_UNKNOWN");
    registry.get("/v2/team/web/tags/list").login(&user).send().await.assert_refused(403, "DENIED");

    operations::delete_repository(state, &operator, &name).await.unwrap();
    operations::delete_organization(state, &operator, &"team".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_push_changes_nothing_of_what_another_account_has_under_the_name() {
    use ambar_domain::repository::{RepositoryCommand, RepositoryError};
    let registry = TestRegistry::start().await;
    let (state, operator) = (&registry.state, registry.operator());
    let (globex, _) = registry.other_account("globex").await;
    // An account's repository whose organization has changed hands since.
    let create = RepositoryCommand::Create { account: globex, visibility: Visibility::Private };
    state.aggregates.repositories.execute("team/web", create, &operator).await.unwrap();
    let bytes = index(&[]);
    let push = Push {
        repository: "team/web".parse().unwrap(),
        account: registry.account.clone(),
        digest: digest(&bytes).parse().unwrap(),
        facts: ambar_schemas::oci::manifest::parse(None, &bytes).unwrap(),
        bytes: bytes.into(),
        tags: vec!["v1".parse().unwrap()],
    };
    let refused = operations::push_manifest(state, &registry.operator(), &push).await;
    assert!(matches!(refused, Err(OperationError::Repository(RepositoryError::ForeignAccount))), "{refused:?}");
    assert!(registry.events("repository.manifest_pushed").await.is_empty());
    assert!(registry.events("repository.deleted").await.is_empty());
    // The operator clears it away, and the name can be pushed to.
    operations::delete_repository(state, &registry.operator(), &push.repository).await.unwrap();
    operations::push_manifest(state, &registry.operator(), &push).await.unwrap();
}

#[tokio::test]
async fn a_password_is_set_by_its_user_or_an_administrator_and_only_its_hash_is_recorded() {
    let registry = TestRegistry::start().await;
    let state = &registry.state;
    let (ann, otto) = (registry.user("ann").await, registry.user("otto").await);
    let (_, foreign) = registry.other_account("other").await;
    operations::set_password(state, &by(&registry, &ann), &ann.user, "correct horse").await.unwrap();
    operations::set_password(state, &by(&registry, &registry.administrator), &ann.user, "correct horse").await.unwrap();
    for other in [&otto, &foreign] {
        let denied = operations::set_password(state, &by(&registry, other), &ann.user, "correct horse").await;
        assert!(matches!(denied, Err(OperationError::Denied)));
    }
    let weak = operations::set_password(state, &registry.operator(), &ann.user, "ann").await;
    assert!(matches!(weak, Err(OperationError::WeakPassword(_))));
    let events = registry.events("user.password_set").await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event["password_hash"].as_str().unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert!(events[0] != events[1] && !events[0].to_string().contains("horse"));
}
