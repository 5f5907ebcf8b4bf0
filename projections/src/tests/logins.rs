//! Temporary logins: until when they work, and what stops them earlier.

use ambar_domain::access_key::{LoginKeyHash, SealedSecret};
use ambar_domain::ids::UserId;
use ambar_domain::login::{LoginRepository, LoginRight, LoginScope};
use ambar_domain::user::UserCommand;
use chrono::Duration;

use super::history::{Step, access_key, after, after_hours, login, open_account, take, user, user_of};
use crate::Views;
use crate::identity::{find_login, find_signing_key, list_logins};

fn key(n: u8) -> UserCommand {
    UserCommand::CreateAccessKey {
        access_key: access_key(n),
        login_key_hash: LoginKeyHash::new("key".to_owned()),
        sealed_secret: SealedSecret::new("sealed".to_owned()),
        description: Default::default(),
    }
}

fn issue(id: u8, key: Option<u8>) -> Step {
    Step::User(1, UserCommand::IssueLogin(login(id, key, &LoginScope::EVERYTHING, 0)))
}

async fn world(steps: &[Step]) -> (super::node::Node, Views) {
    after(&[&[open_account(0, "acme"), user_of(1, 0), Step::User(1, key(1))], steps].concat()).await
}

/// The user's logins that work in their first second, and in which of the first `ids` a login would be found to work then.
fn working(views: &Views, ids: std::ops::Range<u8>) -> (usize, Vec<u8>) {
    let reader = views.reader().unwrap();
    let works = |id: &u8| find_login(&reader, &access_key(*id)).unwrap().is_some_and(|login| login.works_at(after_hours(0)));
    (list_logins(&reader, &user(1), after_hours(0)).unwrap().len(), ids.filter(works).collect())
}

#[tokio::test]
async fn a_login_is_found_by_its_id_and_works_until_its_end() {
    let (_node, views) = world(&[issue(3, Some(1))]).await;
    let reader = views.reader().unwrap();
    let found = find_login(&reader, &access_key(3)).unwrap().unwrap();
    assert_eq!((found.user.clone(), found.until), (user(1), Some(after_hours(1))));
    assert_eq!((found.project_name.as_str(), found.login_key_hash.as_str(), found.administrator), ("local", "hash", false));
    assert!(found.works_at(after_hours(1) - Duration::microseconds(1)) && !found.works_at(after_hours(1)));
    assert_eq!(find_signing_key(&reader, &access_key(3)).unwrap(), None, "nothing is signed with it");
    let listed = |now| list_logins(&reader, &user(1), now).unwrap();
    let [one] = &listed(after_hours(1) - Duration::microseconds(1))[..] else { panic!() };
    assert_eq!((one.login.clone(), one.name.as_str(), one.access_key.clone()), (access_key(3), "docker", Some(access_key(1))));
    assert_eq!(listed(after_hours(1)), []);
}

#[tokio::test]
async fn a_login_stops_with_its_key_its_user_and_what_its_user_may() {
    let access = |allowed| UserCommand::ChangeAccessMethods { console_access: Some(true), programmatic_access: Some(allowed) };
    let (access_key, all): (_, &[u8]) = (access_key(1), &[3, 4]);
    let stops: [(UserCommand, &[u8]); 5] = [
        (UserCommand::DisableAccessKey { access_key: access_key.clone() }, &[4]),
        (UserCommand::DeleteAccessKey { access_key }, &[4]),
        (UserCommand::RevokeLogin { login: super::history::access_key(4), now: after_hours(0) }, &[3]),
        (access(false), &[]),
        (UserCommand::Delete, &[]),
    ];
    for (command, left) in stops {
        let (node, views) = world(&[issue(3, Some(1)), issue(4, None)]).await;
        assert_eq!(working(&views, 3..5), (2, all.to_vec()));
        take(&node, &node.aggregates(&views), Step::User(1, command.clone())).await;
        assert_eq!(working(&views, 3..5), (left.len(), left.to_vec()), "{command:?}");
    }
}

#[tokio::test]
async fn a_login_asked_for_with_the_key_of_somebody_else_stops_with_that() {
    let (node, views) = world(&[user_of(2, 0), Step::User(2, key(2)), issue(3, Some(2))]).await;
    assert_eq!(working(&views, 3..4), (1, vec![3]));
    take(&node, &node.aggregates(&views), Step::User(2, UserCommand::DeleteAccessKey { access_key: access_key(2) })).await;
    assert_eq!(working(&views, 3..4), (0, vec![]));
}

#[tokio::test]
async fn a_login_of_the_same_id_as_one_that_has_ended_has_a_scope_of_its_own() {
    let limit = |name: &str, right| LoginRepository { repository: name.parse().unwrap(), right };
    let one = LoginScope::only(vec![limit("org0/a", LoginRight::Pull), limit("org0/b", LoginRight::Push)]).unwrap();
    let other = LoginScope::only(vec![limit("org0/c", LoginRight::Pull)]).unwrap();
    let issue = |scope: &LoginScope, hours| Step::User(1, UserCommand::IssueLogin(login(3, None, scope, hours)));
    let (node, views) = world(&[issue(&one, 0)]).await;
    let scope = |hours| {
        let reader = views.reader().unwrap();
        let found = find_login(&reader, &access_key(3)).unwrap().unwrap().scope;
        let owner: UserId = user(1);
        assert_eq!(list_logins(&reader, &owner, after_hours(hours)).unwrap()[0].scope, found);
        found
    };
    assert_eq!(scope(0), one);
    take(&node, &node.aggregates(&views), issue(&other, 1)).await;
    assert_eq!(scope(1), other);
}
