//! An account keeps an administrator, and who is one keeps what makes it so unless all of it goes (requirement I1).

use ambar_api::operations::{self, OperationError};
use ambar_domain::description::GroupDescription;
use ambar_domain::level::Role;
use ambar_projections::identity;

use crate::support::TestRegistry;

#[tokio::test]
async fn an_account_keeps_an_administrator() {
    let registry = TestRegistry::start().await;
    let (state, operator, root) = (&registry.state, registry.operator(), &registry.administrator.user);
    let (role, before) = (Role::TenantAdministrator, registry.count_events().await);
    let last = operations::set_administrator(state, &operator, root, role, false).await;
    assert!(matches!(last, Err(OperationError::LastAdministrator)));
    assert!(matches!(operations::delete_user(state, &operator, root).await, Err(OperationError::LastAdministrator)));
    assert_eq!(registry.count_events().await, before, "a refusal is no event");

    let user = registry.user("user").await;
    let group = operations::create_group(state, &operator, &registry.account, &"admins".parse().unwrap(), &GroupDescription::default())
        .await
        .unwrap();
    operations::add_member(state, &operator, &group, &user.user).await.unwrap();
    operations::set_group_administrator(state, &operator, &group, role, true).await.unwrap();
    operations::set_administrator(state, &operator, root, role, false).await.unwrap();
    let before = registry.count_events().await;
    let last = operations::remove_member(state, &operator, &group, &user.user).await;
    assert!(matches!(last, Err(OperationError::LastAdministrator)));
    let last = operations::set_group_administrator(state, &operator, &group, role, false).await;
    assert!(matches!(last, Err(OperationError::LastAdministrator)));
    assert_eq!(registry.count_events().await, before, "a refusal is no event");
    operations::set_group_administrator(state, &operator, &group, Role::SwrAdministrator, true).await.unwrap();
    let before = registry.count_events().await;
    assert!(matches!(operations::delete_group(state, &operator, &group).await, Err(OperationError::LastAdministrator)));
    assert_eq!(registry.count_events().await, before, "a refusal is no event");
    let roles = identity::list_group_roles(&state.views.reader().unwrap(), &group).unwrap();
    assert_eq!(roles, [Role::SwrAdministrator, Role::TenantAdministrator], "a refused deletion takes no role");
    registry.post("/v2/team/x/blobs/uploads/").login(&user).send().await.assert(202);
}

#[tokio::test]
async fn what_is_taken_from_who_does_not_have_it_is_not_given_instead() {
    let registry = TestRegistry::start().await;
    let (state, operator, role) = (&registry.state, registry.operator(), Role::TenantAdministrator);
    // No administrator is left here whatever is taken.
    let account = operations::create_account(state, &operator, &"globex".parse().unwrap(), &"tr-west-2".parse().unwrap()).await.unwrap();
    let user = operations::create_user(state, &operator, &account, &"ann".parse().unwrap(), true, true).await.unwrap();
    let group =
        operations::create_group(state, &operator, &account, &"admins".parse().unwrap(), &GroupDescription::default()).await.unwrap();
    let before = registry.count_events().await;
    operations::set_administrator(state, &operator, &user, role, false).await.unwrap();
    operations::remove_member(state, &operator, &group, &user).await.unwrap();
    operations::set_group_administrator(state, &operator, &group, role, false).await.unwrap();
    assert_eq!(registry.count_events().await, before);
}

#[tokio::test]
async fn a_deletion_that_fails_at_any_of_its_steps_takes_no_power() {
    let registry = TestRegistry::start().await;
    let (state, operator, account) = (&registry.state, registry.operator(), &registry.account);
    let user = registry.user("user").await.user;
    let group =
        operations::create_group(state, &operator, account, &"admins".parse().unwrap(), &GroupDescription::default()).await.unwrap();
    let roles = [Role::SwrAdministrator, Role::TenantAdministrator];
    for role in roles {
        operations::set_administrator(state, &operator, &user, role, true).await.unwrap();
        operations::set_group_administrator(state, &operator, &group, role, true).await.unwrap();
    }
    // The roles, and the deletion itself.
    for append in 1..=3 {
        registry.refuse_append(append);
        let failed = operations::delete_user(state, &registry.operator(), &user).await;
        assert!(matches!(failed, Err(OperationError::Unavailable(_))), "{append}: {failed:?}");
        assert_eq!(identity::list_user_roles(&state.views.reader().unwrap(), &user).unwrap(), roles, "{append}");
        registry.refuse_append(append);
        let failed = operations::delete_group(state, &registry.operator(), &group).await;
        assert!(matches!(failed, Err(OperationError::Unavailable(_))), "{append}: {failed:?}");
        assert_eq!(identity::list_group_roles(&state.views.reader().unwrap(), &group).unwrap(), roles, "{append}");
    }
    operations::delete_user(state, &registry.operator(), &user).await.unwrap();
    operations::delete_group(state, &registry.operator(), &group).await.unwrap();
}
