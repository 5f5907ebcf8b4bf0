//! Who sees which organization.

use ambar_domain::level::Level;

use super::history::{Step, account, after, open_account, user, user_of};
use crate::organizations::{find_organization, list_visible_organizations};

#[tokio::test]
async fn organizations_are_seen_by_grant_by_grants_on_their_repositories_and_by_administrators() {
    let people = [open_account(0, "owner"), user_of(1, 0), user_of(2, 0), Step::CreateOrganization(0), Step::CreateOrganization(1)];
    let repositories = [Step::CreateRepository(0), Step::CreateRepository(1), Step::CreateRepository(2)];
    let grants =
        [Step::GrantOrganization(0, 1, Level::Edit), Step::GrantOrganization(0, 2, Level::Read), Step::GrantRepository(1, 1, Level::Read)];
    let (_node, views) = after(&[&people[..], &repositories, &grants].concat()).await;
    let reader = views.reader().unwrap();
    let seen = |administrator, by_repository, name| {
        let found = list_visible_organizations(&reader, &account(0), &user(1), administrator, by_repository, name).unwrap();
        let row = |seen: &crate::organizations::VisibleOrganization| {
            (seen.organization.name.to_string(), seen.level, seen.user_count, seen.repository_count)
        };
        found.iter().map(row).collect::<Vec<_>>()
    };
    let (first, second) = (("org0".to_owned(), Some(Level::Edit), 2, 2), ("org1".to_owned(), None, 0, 1));
    assert_eq!(seen(false, false, None), std::slice::from_ref(&first));
    assert_eq!(seen(false, true, None), [first.clone(), second.clone()]);
    assert_eq!(seen(false, true, Some("org1")), std::slice::from_ref(&second));
    assert_eq!(seen(false, true, Some("org")), []);
    let managed = |(name, _, users, repositories): (String, _, u64, u64)| (name, Some(Level::Manage), users, repositories);
    assert_eq!(seen(true, false, None), [managed(first), managed(second)]);
    assert_eq!(list_visible_organizations(&reader, &account(1), &user(1), true, true, None).unwrap(), []);
}

#[tokio::test]
async fn an_organization_says_who_created_it() {
    let (_node, views) = after(&[open_account(0, "owner"), user_of(1, 0), Step::CreateOrganization(0)]).await;
    let found = find_organization(&views.reader().unwrap(), &"org0".parse().unwrap()).unwrap().unwrap();
    assert_eq!((found.creator, found.creator_name.unwrap().as_str()), (Some(user(1)), "user1"));
}
