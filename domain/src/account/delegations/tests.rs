//! What account 1 entrusts to others.

use super::{DelegationChange, MAX_DELEGATIONS, NewDelegation};
use crate::account::{Account, AccountCommand, AccountError, AccountEvent};
use crate::delegation::Trustee;
use crate::ids::DelegationId;
use crate::level::Level;
use crate::samples::{account, at, given, parsed};

fn id(n: u8) -> DelegationId {
    parsed(&format!("{n:032x}"))
}

fn to(n: u8) -> Trustee {
    Trustee::Account(account(n))
}

fn opened() -> AccountEvent {
    AccountEvent::Opened { name: parsed("acme"), project_name: parsed("tr-west-1"), project_id: parsed("0123456789abcdef0123456789abcdef") }
}

fn new(n: u8, name: &str, trustee: Trustee, until: Option<i64>) -> NewDelegation {
    NewDelegation {
        account: account(1),
        delegation: id(n),
        name: parsed(name),
        trustee,
        level: Some(Level::Edit),
        until: until.map(at),
        description: parsed("for operations"),
    }
}

/// Entrusts delegation `n` to account `n` until so many seconds, asked at so many.
fn grant(n: u8, until: Option<i64>, now: i64) -> AccountCommand {
    AccountCommand::Delegate { new: new(n, &format!("ops-{n}"), to(n), until), now: at(now) }
}

fn granted_as(new: NewDelegation) -> AccountEvent {
    let NewDelegation { delegation, name, trustee, level, until, description, .. } = new;
    AccountEvent::DelegationGranted { delegation, name, trustee, level, until, description }
}

fn granted(n: u8, until: Option<i64>) -> AccountEvent {
    granted_as(new(n, &format!("ops-{n}"), to(n), until))
}

fn change(n: u8, change: DelegationChange, now: i64) -> AccountCommand {
    AccountCommand::ChangeDelegation { delegation: id(n), change, now: at(now) }
}

fn revoke(n: u8, now: i64) -> AccountCommand {
    AccountCommand::RevokeDelegation { delegation: id(n), now: at(now) }
}

fn expire(n: u8, now: i64) -> AccountCommand {
    AccountCommand::ExpireDelegation { delegation: id(n), now: at(now) }
}

fn revoked(n: u8) -> AccountEvent {
    AccountEvent::DelegationRevoked { delegation: id(n) }
}

fn expired(n: u8, until: i64) -> AccountEvent {
    AccountEvent::DelegationExpired { delegation: id(n), until: at(until) }
}

#[test]
fn a_registry_is_entrusted_to_another_account_or_to_a_service_for_a_time_or_for_ever() {
    for until in [None, Some(10)] {
        for trustee in [to(2), Trustee::Service(parsed("op_svc_swr"))] {
            let new = new(2, "ops", trustee, until);
            let command = AccountCommand::Delegate { new: new.clone(), now: at(0) };
            given::<Account>(&[opened()]).when(command).then_expect_events(vec![granted_as(new)]);
        }
    }
}

#[test]
fn an_account_entrusts_nothing_to_itself() {
    given::<Account>(&[opened()]).when(grant(1, None, 0)).then_expect_error(AccountError::OwnTrustee);
}

#[test]
fn a_delegation_ends_in_the_future() {
    for until in [0, -1] {
        given::<Account>(&[opened()]).when(grant(2, Some(until), 0)).then_expect_error(AccountError::DelegationEndsInThePast);
        let change = change(2, DelegationChange { until: Some(Some(at(until))), ..Default::default() }, 0);
        given::<Account>(&[opened(), granted(2, None)]).when(change).then_expect_error(AccountError::DelegationEndsInThePast);
    }
}

#[test]
fn a_name_stands_for_one_delegation_and_a_trustee_has_one() {
    let history = [opened(), granted(2, Some(10))];
    let same_name = AccountCommand::Delegate { new: new(3, "ops-2", to(3), None), now: at(9) };
    given::<Account>(&history).when(same_name).then_expect_error(AccountError::DelegationExists);
    let same_trustee = AccountCommand::Delegate { new: new(3, "other", to(2), None), now: at(9) };
    given::<Account>(&history).when(same_trustee).then_expect_error(AccountError::AlreadyEntrusted);
}

#[test]
fn what_has_ended_is_recorded_before_it_makes_room() {
    let history = [opened(), granted(2, Some(10)), granted(3, Some(20))];
    let new = new(4, "ops-2", to(3), None);
    let command = AccountCommand::Delegate { new: new.clone(), now: at(20) };
    given::<Account>(&history).when(command).then_expect_events(vec![expired(2, 10), expired(3, 20), granted_as(new)]);
}

#[test]
fn an_account_has_so_many_delegations_and_those_that_have_ended_count_no_more() {
    let mut history = vec![opened()];
    let limit = u8::try_from(MAX_DELEGATIONS).unwrap();
    history.extend((2..limit + 2).map(|n| granted(n, Some(if n == 2 { 10 } else { 100 }))));
    let refused = AccountError::TooManyDelegations { limit: MAX_DELEGATIONS };
    given::<Account>(&history).when(grant(200, None, 9)).then_expect_error(refused);
    given::<Account>(&history).when(grant(200, None, 10)).then_expect_events(vec![granted(200, None)]);
}

#[test]
fn what_is_given_is_changed_and_the_rest_stays() {
    let history = [opened(), granted(2, Some(10))];
    let changed = |level, until: Option<i64>, description| AccountEvent::DelegationChanged {
        delegation: id(2),
        level,
        until: until.map(at),
        description: parsed(description),
    };
    let cases = [
        (DelegationChange { level: Some(Some(Level::Read)), ..Default::default() }, changed(Some(Level::Read), Some(10), "for operations")),
        (DelegationChange { level: Some(None), ..Default::default() }, changed(None, Some(10), "for operations")),
        (DelegationChange { until: Some(None), ..Default::default() }, changed(Some(Level::Edit), None, "for operations")),
        (DelegationChange { description: Some(parsed("else")), ..Default::default() }, changed(Some(Level::Edit), Some(10), "else")),
    ];
    for (wanted, expected) in cases {
        given::<Account>(&history).when(change(2, wanted, 9)).then_expect_events(vec![expected]);
    }
    let same = DelegationChange { level: Some(Some(Level::Edit)), until: Some(Some(at(10))), description: Some(parsed("for operations")) };
    given::<Account>(&history).when(change(2, same, 9)).then_expect_events(vec![]);
}

#[test]
fn a_delegation_is_revoked_and_its_name_and_trustee_are_free_again() {
    let history = [opened(), granted(2, None)];
    given::<Account>(&history).when(revoke(2, 0)).then_expect_events(vec![revoked(2)]);
    given::<Account>(&history).and(vec![revoked(2)]).when(grant(2, None, 0)).then_expect_events(vec![granted(2, None)]);
}

#[test]
fn what_is_not_there_or_has_ended_is_neither_changed_nor_revoked() {
    for (history, now) in
        [(vec![opened()], 0), (vec![opened(), granted(2, Some(10))], 10), (vec![opened(), granted(2, None), revoked(2)], 0)]
    {
        for command in [change(2, DelegationChange::default(), now), revoke(2, now)] {
            given::<Account>(&history).when(command).then_expect_error(AccountError::DelegationNotFound);
        }
    }
}

#[test]
fn the_end_is_recorded_once_and_not_before_it() {
    let history = [opened(), granted(2, Some(10)), granted(3, None)];
    given::<Account>(&history).when(expire(2, 10)).then_expect_events(vec![expired(2, 10)]);
    for lasting_or_not_there in [expire(2, 9), expire(3, 1_000), expire(4, 10)] {
        given::<Account>(&history).when(lasting_or_not_there).then_expect_error(AccountError::DelegationNotFound);
    }
    given::<Account>(&history).and(vec![expired(2, 10)]).when(expire(2, 11)).then_expect_error(AccountError::DelegationNotFound);
}

#[test]
fn an_account_that_is_not_open_entrusts_nothing() {
    for history in [vec![], vec![opened(), granted(2, None), AccountEvent::Closed {}]] {
        for command in [grant(3, None, 0), change(2, DelegationChange::default(), 0), revoke(2, 0), expire(2, 0)] {
            given::<Account>(&history).when(command).then_expect_error(AccountError::NotFound);
        }
    }
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut state = Account::default();
    [opened(), granted(2, Some(10)), granted(3, None)].into_iter().for_each(|event| state.evolve(event));
    let snapshot = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<Account>(&snapshot).unwrap(), state);
}
