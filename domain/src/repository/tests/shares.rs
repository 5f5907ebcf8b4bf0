//! Shares with other accounts. Account 1 owns the repository.

use super::{change_visibility, created, delete};
use crate::level::Visibility;
use crate::repository::{MAX_SHARES, Repository, RepositoryCommand, RepositoryError, RepositoryEvent, ShareDescription};
use crate::samples::{account, at, given, parsed};

fn why() -> ShareDescription {
    parsed("for their *tests*")
}

/// Shares with account `n` until so many seconds, asked at so many.
pub(super) fn share(n: u8, until: Option<i64>, now: i64) -> RepositoryCommand {
    RepositoryCommand::ShareWith { account: account(n), until: until.map(at), description: why(), now: at(now) }
}

pub(super) fn change(n: u8, until: Option<i64>, now: i64) -> RepositoryCommand {
    RepositoryCommand::ChangeShare { account: account(n), until: until.map(at), description: None, now: at(now) }
}

pub(super) fn end(n: u8, now: i64) -> RepositoryCommand {
    RepositoryCommand::EndShare { account: account(n), now: at(now) }
}

pub(super) fn expire(n: u8, now: i64) -> RepositoryCommand {
    RepositoryCommand::ExpireShare { account: account(n), now: at(now) }
}

fn shared(n: u8, until: Option<i64>) -> RepositoryEvent {
    RepositoryEvent::ShareCreated { account: account(n), until: until.map(at), description: why() }
}

fn changed(n: u8, until: Option<i64>, description: ShareDescription) -> RepositoryEvent {
    RepositoryEvent::ShareChanged { account: account(n), until: until.map(at), description }
}

fn ended(n: u8) -> RepositoryEvent {
    RepositoryEvent::ShareEnded { account: account(n) }
}

fn expired(n: u8, until: i64) -> RepositoryEvent {
    RepositoryEvent::ShareExpired { account: account(n), until: at(until) }
}

fn public() -> RepositoryEvent {
    RepositoryEvent::VisibilityChanged { visibility: Visibility::Public }
}

#[test]
fn a_private_repository_is_shared_for_a_time_or_for_ever() {
    for until in [None, Some(10)] {
        given::<Repository>(&[created()]).when(share(2, until, 0)).then_expect_events(vec![shared(2, until)]);
    }
}

#[test]
fn a_public_repository_is_not_shared() {
    given::<Repository>(&[created(), public()]).when(share(2, None, 0)).then_expect_error(RepositoryError::PublicRepository);
}

#[test]
fn a_repository_is_not_shared_with_its_own_account() {
    given::<Repository>(&[created()]).when(share(1, None, 0)).then_expect_error(RepositoryError::SharedWithOwner);
}

#[test]
fn a_share_ends_in_the_future() {
    for now in [10, 11] {
        given::<Repository>(&[created()]).when(share(2, Some(10), now)).then_expect_error(RepositoryError::ShareEndsInThePast);
        let history = [created(), shared(2, None)];
        given::<Repository>(&history).when(change(2, Some(10), now)).then_expect_error(RepositoryError::ShareEndsInThePast);
    }
}

#[test]
fn an_account_that_has_a_share_gets_no_second_one() {
    for until in [None, Some(10)] {
        let history = [created(), shared(2, until)];
        given::<Repository>(&history).when(share(2, None, 9)).then_expect_error(RepositoryError::AlreadyShared);
        given::<Repository>(&history).when(share(3, None, 9)).then_expect_events(vec![shared(3, None)]);
    }
}

#[test]
fn a_share_that_has_ended_unrecorded_makes_way_for_the_next_and_is_recorded_first() {
    let history = [created(), shared(2, Some(10))];
    given::<Repository>(&history).when(share(2, None, 10)).then_expect_events(vec![expired(2, 10), shared(2, None)]);
}

#[test]
fn an_account_whose_share_has_ended_gets_another() {
    for end in [ended(2), expired(2, 10)] {
        given::<Repository>(&[created(), shared(2, Some(10)), end]).when(share(2, None, 20)).then_expect_events(vec![shared(2, None)]);
    }
}

#[test]
fn five_hundred_accounts_have_a_share_and_no_more_until_one_ends() {
    let other = |n: usize| parsed(&format!("{n:032x}"));
    let share_of = |n: usize| RepositoryEvent::ShareCreated { account: other(n), until: None, description: why() };
    let mut history = vec![created(), shared(2, Some(10))];
    history.extend((0..MAX_SHARES - 1).map(|n| share_of(n + 1_000)));
    let full = RepositoryError::TooManyShares { limit: 500 };
    given::<Repository>(&history).when(share(3, None, 9)).then_expect_error(full);
    given::<Repository>(&history).when(share(3, None, 10)).then_expect_events(vec![shared(3, None)]);
    given::<Repository>(&history).and(vec![ended(2)]).when(share(3, None, 9)).then_expect_events(vec![shared(3, None)]);
}

#[test]
fn a_share_gets_another_end_and_keeps_its_description() {
    let history = [created(), shared(2, Some(10))];
    for until in [None, Some(20), Some(6)] {
        given::<Repository>(&history).when(change(2, until, 5)).then_expect_events(vec![changed(2, until, why())]);
    }
    given::<Repository>(&history).when(change(2, Some(10), 5)).then_expect_events(vec![]);
}

#[test]
fn a_share_gets_another_description() {
    let describe = |description| {
        let (account, until, now) = (account(2), Some(at(10)), at(5));
        RepositoryCommand::ChangeShare { account, until, description: Some(description), now }
    };
    let history = [created(), shared(2, Some(10))];
    let empty = ShareDescription::default();
    given::<Repository>(&history).when(describe(empty.clone())).then_expect_events(vec![changed(2, Some(10), empty)]);
    given::<Repository>(&history).when(describe(why())).then_expect_events(vec![]);
}

#[test]
fn a_share_is_ended_once() {
    let history = [created(), shared(2, None), shared(3, None)];
    given::<Repository>(&history).when(end(2, 5)).then_expect_events(vec![ended(2)]);
    given::<Repository>(&history).and(vec![ended(2)]).when(end(2, 5)).then_expect_error(RepositoryError::ShareNotFound);
}

#[test]
fn a_share_that_is_not_there_or_has_ended_is_neither_changed_nor_ended() {
    for history in [vec![created()], vec![created(), shared(2, Some(10))], vec![created(), shared(2, Some(10)), expired(2, 10)]] {
        for command in [change(2, None, 10), end(2, 10)] {
            given::<Repository>(&history).when(command).then_expect_error(RepositoryError::ShareNotFound);
        }
    }
}

#[test]
fn a_share_ends_by_itself_at_its_end_and_not_before_and_once() {
    let history = [created(), shared(2, Some(10)), shared(3, None)];
    given::<Repository>(&history).when(expire(2, 10)).then_expect_events(vec![expired(2, 10)]);
    for lasting_or_not_there in [expire(2, 9), expire(3, 10), expire(4, 10)] {
        given::<Repository>(&history).when(lasting_or_not_there).then_expect_error(RepositoryError::ShareNotFound);
    }
    for meanwhile in [expired(2, 10), changed(2, Some(20), why())] {
        given::<Repository>(&history).and(vec![meanwhile]).when(expire(2, 11)).then_expect_error(RepositoryError::ShareNotFound);
    }
}

#[test]
fn what_is_shared_does_not_become_public() {
    let history = [created(), shared(2, Some(10))];
    given::<Repository>(&history).when(change_visibility(Visibility::Public)).then_expect_error(RepositoryError::Shared);
    given::<Repository>(&history).when(change_visibility(Visibility::Private)).then_expect_events(vec![]);
    given::<Repository>(&history).and(vec![ended(2)]).when(change_visibility(Visibility::Public)).then_expect_events(vec![public()]);
}

#[test]
fn shares_that_have_ended_unrecorded_are_recorded_before_a_repository_becomes_public() {
    let history = [created(), shared(2, Some(-10)), shared(3, Some(0))];
    let publish = change_visibility(Visibility::Public);
    given::<Repository>(&history).when(publish).then_expect_events(vec![expired(2, -10), expired(3, 0), public()]);
}

#[test]
fn a_deleted_repository_leaves_no_share_to_the_next_of_its_name() {
    let history = [created(), shared(2, None)];
    given::<Repository>(&history).when(delete(None)).then_expect_events(vec![RepositoryEvent::Deleted {}]);
    let again = [&history[..], &[RepositoryEvent::Deleted {}, created()]].concat();
    given::<Repository>(&again).when(end(2, 5)).then_expect_error(RepositoryError::ShareNotFound);
    given::<Repository>(&again).when(share(2, None, 5)).then_expect_events(vec![shared(2, None)]);
}
