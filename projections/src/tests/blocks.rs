//! Who is blocked at a moment.

use ambar_domain::block::BlockCause;
use ambar_domain::user::UserCommand;

use super::history::{
    Step, account, address, after, after_hours, block_address, block_user, open_account, take, unblock_address, unblock_user, user, user_of,
};
use super::node::{Node, dump};
use crate::Views;
use crate::blocks::{count_blocks, list_blocked_addresses, list_blocked_users};
use crate::identity::find_user_by_id;

/// At half past that hour.
fn blocked_users(views: &Views, of: u8, hour: u16) -> Vec<String> {
    let now = after_hours(hour) + chrono::Duration::minutes(30);
    let listed = list_blocked_users(&views.reader().unwrap(), &account(of), now, None, 10).unwrap();
    listed.into_iter().map(|blocked| blocked.name.to_string()).collect()
}

fn blocked_addresses(views: &Views, hour: u16) -> Vec<String> {
    let now = after_hours(hour) + chrono::Duration::minutes(30);
    let listed = list_blocked_addresses(&views.reader().unwrap(), now).unwrap();
    listed.into_iter().map(|blocked| blocked.address.to_string()).collect()
}

async fn people() -> (Node, Views) {
    after(&[open_account(0, "acme"), open_account(1, "globex"), user_of(1, 0), user_of(2, 1)]).await
}

#[tokio::test]
async fn the_users_of_an_account_are_blocked_until_the_end_or_until_they_are_let_in_or_go() {
    let (node, views) = people().await;
    let aggregates = node.aggregates(&views);
    for number in [1, 2] {
        take(&node, &aggregates, Step::User(number, block_user(0))).await;
    }
    assert_eq!((blocked_users(&views, 0, 0), blocked_users(&views, 1, 0)), (vec!["user1".to_owned()], vec!["user2".to_owned()]));
    assert!(blocked_users(&views, 0, 1).is_empty());
    let found = find_user_by_id(&views.reader().unwrap(), &user(1)).unwrap().unwrap();
    assert_eq!(found.blocked_until, Some(after_hours(1)));
    take(&node, &aggregates, Step::User(1, unblock_user(0))).await;
    take(&node, &aggregates, Step::User(2, UserCommand::Delete)).await;
    assert!(blocked_users(&views, 0, 0).is_empty() && blocked_users(&views, 1, 0).is_empty());
    let found = find_user_by_id(&views.reader().unwrap(), &user(1)).unwrap().unwrap();
    assert_eq!(found.blocked_until, None);
}

#[tokio::test]
async fn a_block_says_what_for_and_one_behind_another_counts_alone() {
    let (node, views) = people().await;
    let aggregates = node.aggregates(&views);
    for hours in [0, 1] {
        take(&node, &aggregates, Step::User(1, block_user(hours))).await;
    }
    let listed = list_blocked_users(&views.reader().unwrap(), &account(0), after_hours(1), None, 10).unwrap();
    assert_eq!((listed.len(), listed[0].cause, listed[0].until), (1, BlockCause::RefusedUploads, after_hours(2)));
    let behind = list_blocked_users(&views.reader().unwrap(), &account(0), after_hours(1), Some(&user(1)), 10).unwrap();
    assert!(behind.is_empty());
}

#[tokio::test]
async fn addresses_are_blocked_until_the_end_or_until_they_are_let_in_and_the_generation_tells_of_both() {
    let (node, views) = people().await;
    let aggregates = node.aggregates(&views);
    let (access, before) = (views.generation_of_access(), views.generation_of_addresses());
    for number in [1, 2] {
        take(&node, &aggregates, Step::Address(number, block_address(0))).await;
    }
    assert_eq!(blocked_addresses(&views, 0), [address(1), address(2)]);
    assert_eq!(count_blocks(&views.reader().unwrap(), after_hours(0)).unwrap(), (0, 2));
    assert!(blocked_addresses(&views, 1).is_empty());
    let blocked = views.generation_of_addresses();
    assert_ne!(blocked, before);
    take(&node, &aggregates, Step::Address(1, unblock_address(0))).await;
    assert_eq!(blocked_addresses(&views, 0), [address(2)]);
    assert_ne!(views.generation_of_addresses(), blocked);
    assert_eq!(views.generation_of_access(), access);
    assert_eq!(dump(&views), dump(&node.views("fresh")));
}
