//! Shares: who has one, until when, and how they came and went.

use ambar_domain::clock::Timestamp;
use ambar_domain::policy::access::Share as Fact;
use ambar_domain::repository_name::RepositoryName;

use super::history::{Step, account, after, open_account, take, user, user_of};
use super::node::Node;
use crate::shares::{Ending, find_share, list_due_shares, list_share_history, list_shares};
use crate::{Views, access};

fn repository() -> RepositoryName {
    "org0/repo0".parse().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).unwrap()
}

/// A repository of account 0, and accounts 1 and 2 with a user each.
async fn world(steps: &[Step]) -> (Node, Views) {
    let accounts = [open_account(0, "owner"), open_account(1, "second"), open_account(2, "first"), user_of(1, 1), user_of(2, 2)];
    let repository = [Step::CreateOrganization(0), Step::CreateRepository(0)];
    after(&[&accounts[..], &repository, steps].concat()).await
}

#[tokio::test]
async fn shares_that_last_are_listed_by_the_name_of_the_account() {
    let (_node, views) = world(&[Step::Share(0, 1, None), Step::Share(0, 2, Some(500))]).await;
    let reader = views.reader().unwrap();
    let names = |now, offset, limit| -> Vec<String> {
        let shares = list_shares(&reader, &repository(), at(now), offset, limit).unwrap();
        shares.iter().map(|share| share.account_name.to_string()).collect()
    };
    assert_eq!(names(499, 0, 10), ["first", "second"]);
    assert_eq!(names(499, 1, 10), ["second"]);
    assert_eq!(names(499, 0, 1), ["first"]);
    assert_eq!(names(500, 0, 10), ["second"]);
    let share = find_share(&reader, &repository(), &account(2), at(499)).unwrap().unwrap();
    assert_eq!((share.until, share.description.as_str(), share.creator), (Some(at(500)), "for 2", Some(user(1))));
    assert!(find_share(&reader, &repository(), &account(2), at(500)).unwrap().is_none());
}

#[tokio::test]
async fn the_users_of_the_account_have_the_share_among_their_facts() {
    let (_node, views) = world(&[Step::Share(0, 2, Some(500))]).await;
    let facts = |number| access::access_facts(&views.reader().unwrap(), Some(&user(number)), &repository()).unwrap();
    assert_eq!(facts(2).share, Some(Fact { until: Some(at(500)) }));
    assert_eq!(facts(1).share, None);
}

#[tokio::test]
async fn a_share_that_has_reached_its_end_is_due_until_its_expiry_is_recorded() {
    let (node, views) = world(&[Step::Share(0, 1, Some(20)), Step::Share(0, 2, Some(21))]).await;
    let due = |now| list_due_shares(&views.reader().unwrap(), at(now), 0, 10).unwrap();
    assert_eq!((due(19).len(), due(20).len(), due(21).len()), (0, 1, 2));
    assert_eq!((due(20)[0].repository.clone(), due(20)[0].account.clone()), (repository(), account(1)));
    while node.now() < at(20) {}
    take(&node, &node.aggregates(&views), Step::ExpireShare(0, 1)).await;
    assert_eq!(due(21).iter().map(|share| share.account.clone()).collect::<Vec<_>>(), [account(2)]);
    let newest = list_share_history(&views.reader().unwrap(), &repository(), None, 1).unwrap();
    let ended = list_share_history(&views.reader().unwrap(), &repository(), Some(newest[0].position), 10).unwrap();
    assert!(matches!(ended[0].ending, Some((Ending::Expired, _, None))), "{ended:?}");
}

#[tokio::test]
async fn the_history_of_shares_says_who_made_changed_and_ended_them() {
    let (node, views) =
        world(&[Step::Share(0, 1, Some(500)), Step::ChangeShare(0, 1, None), Step::EndShare(0, 1), Step::Share(0, 2, None)]).await;
    let history = list_share_history(&views.reader().unwrap(), &repository(), None, 10).unwrap();
    let endings: Vec<_> = history.iter().map(|record| record.ending.as_ref().map(|(ending, _, user)| (*ending, user.clone()))).collect();
    assert_eq!(endings, [None, Some((Ending::Ended, Some(user(1)))), Some((Ending::Changed, Some(user(1))))]);
    assert_eq!(history[1].share.created_at, history[2].share.created_at);
    assert_eq!((history[1].share.until, history[2].share.until), (None, Some(at(500))));
    for step in [Step::DeleteRepository(0), Step::CreateRepository(0)] {
        take(&node, &node.aggregates(&views), step).await;
    }
    let reader = views.reader().unwrap();
    assert!(list_share_history(&reader, &repository(), None, 10).unwrap().is_empty(), "nothing of the old one is told of the next");
    assert!(list_shares(&reader, &repository(), at(0), 0, 10).unwrap().is_empty());
}
