use chrono::Duration;

use super::{MAX_LOGINS, NewLogin};
use crate::access_key::{AccessKeyId, LoginKeyHash};
use crate::login::{LoginRepository, LoginRight, LoginScope};
use crate::samples::{access_key, account, at, given, parsed};
use crate::user::tests::{created, key_created, key_disabled};
use crate::user::{User, UserCommand, UserError, UserEvent};

fn login(n: usize) -> AccessKeyId {
    parsed(&format!("TMP{n:017}"))
}

fn order(n: usize) -> NewLogin {
    NewLogin {
        login: login(n),
        name: parsed("docker login"),
        login_key_hash: LoginKeyHash::new("hash".to_owned()),
        lifetime: Duration::hours(1),
        access_key: Some(access_key(1)),
        scope: LoginScope::EVERYTHING,
        on_behalf_of: None,
        now: at(0),
    }
}

fn issue(n: usize, seconds: i64) -> UserCommand {
    UserCommand::IssueLogin(NewLogin { now: at(seconds), ..order(n) })
}

fn issued(n: usize, seconds: i64) -> UserEvent {
    let NewLogin { login, name, login_key_hash, access_key, scope, on_behalf_of, .. } = order(n);
    UserEvent::LoginIssued { login, name, login_key_hash, until: at(seconds + 3_600), access_key, scope, on_behalf_of }
}

fn revoke(n: usize, seconds: i64) -> UserCommand {
    UserCommand::RevokeLogin { login: login(n), now: at(seconds) }
}

fn revoked(n: usize) -> UserEvent {
    UserEvent::LoginRevoked { login: login(n) }
}

#[test]
fn a_login_says_for_which_account_it_is_used() {
    let order = NewLogin { on_behalf_of: Some(account(9)), ..order(1) };
    let UserEvent::LoginIssued { login, name, login_key_hash, until, access_key, scope, .. } = issued(1, 0) else { unreachable!() };
    let expected = UserEvent::LoginIssued { login, name, login_key_hash, until, access_key, scope, on_behalf_of: Some(account(9)) };
    given::<User>(&[created()]).when(UserCommand::IssueLogin(order)).then_expect_events(vec![expected]);
}

#[test]
fn a_login_is_issued_beside_others_until_its_end() {
    let history = [created(), key_created(1)];
    given::<User>(&history).when(issue(1, 0)).then_expect_events(vec![issued(1, 0)]);
    given::<User>(&history).and(vec![issued(1, 0)]).when(issue(2, 7)).then_expect_events(vec![issued(2, 7)]);
}

#[test]
fn a_login_says_what_it_is_good_for() {
    let scope = LoginScope::only(vec![LoginRepository { repository: parsed("team/web"), right: LoginRight::Pull }]).unwrap();
    let UserEvent::LoginIssued { login, name, login_key_hash, until, access_key, .. } = issued(1, 0) else { unreachable!() };
    let limited = UserEvent::LoginIssued { login, name, login_key_hash, until, access_key, scope: scope.clone(), on_behalf_of: None };
    given::<User>(&[created()]).when(UserCommand::IssueLogin(NewLogin { scope, ..order(1) })).then_expect_events(vec![limited]);
}

#[test]
fn a_login_lasts_neither_too_long_nor_too_shortly() {
    for lifetime in [Duration::seconds(899), Duration::seconds(86_401), Duration::seconds(-1)] {
        let command = UserCommand::IssueLogin(NewLogin { lifetime, ..order(1) });
        given::<User>(&[created()]).when(command).then_expect_error(UserError::LoginLifetime);
    }
}

#[test]
fn who_may_not_use_access_keys_gets_no_login() {
    let console_only = UserEvent::AccessMethodsChanged { console_access: true, programmatic_access: false };
    given::<User>(&[created(), console_only]).when(issue(1, 0)).then_expect_error(UserError::NoProgrammaticAccess);
}

#[test]
fn the_id_of_a_login_that_works_or_of_a_key_is_not_used_again() {
    let history = [created(), key_created(1), issued(1, 0)];
    given::<User>(&history).when(issue(1, 3_599)).then_expect_error(UserError::LoginExists);
    given::<User>(&history).when(issue(1, 3_600)).then_expect_events(vec![issued(1, 3_600)]);
    let as_key = UserCommand::IssueLogin(NewLogin { login: access_key(1), ..order(1) });
    given::<User>(&history).when(as_key).then_expect_error(UserError::LoginExists);
}

#[test]
fn a_hundred_logins_work_at_once_and_those_that_have_ended_do_not_count() {
    let full: Vec<_> = [created()].into_iter().chain((0..MAX_LOGINS).map(|n| issued(n, 0))).collect();
    given::<User>(&full).when(issue(100, 3_599)).then_expect_error(UserError::TooManyLogins);
    given::<User>(&full).when(issue(100, 3_600)).then_expect_events(vec![issued(100, 3_600)]);
    given::<User>(&full).and(vec![revoked(7)]).when(issue(100, 1)).then_expect_events(vec![issued(100, 1)]);
}

#[test]
fn logins_go_with_the_key_that_they_were_asked_for_with() {
    let history = [created(), key_created(1), issued(1, 0)];
    let deleted = UserEvent::AccessKeyDeleted { access_key: access_key(1) };
    given::<User>(&history).and(vec![deleted]).when(revoke(1, 1)).then_expect_error(UserError::LoginNotFound);
    // One that is disabled may work again, and its logins with it.
    given::<User>(&history).and(vec![key_disabled(1)]).when(revoke(1, 1)).then_expect_events(vec![revoked(1)]);
}

#[test]
fn a_login_is_revoked_once_and_before_its_end() {
    let history = [created(), issued(1, 0)];
    given::<User>(&history).when(revoke(1, 3_599)).then_expect_events(vec![revoked(1)]);
    given::<User>(&history).when(revoke(1, 3_600)).then_expect_error(UserError::LoginNotFound);
    given::<User>(&history).when(revoke(2, 0)).then_expect_error(UserError::LoginNotFound);
    given::<User>(&history).and(vec![revoked(1)]).when(revoke(1, 1)).then_expect_error(UserError::LoginNotFound);
}

#[test]
fn the_state_does_not_grow_with_logins_that_have_long_ended() {
    let size = |logins: usize| {
        let mut user = User::default();
        user.evolve(created());
        (0..logins).for_each(|n| user.evolve(issued(n, i64::try_from(n).unwrap() * 900)));
        serde_json::to_string(&user).unwrap().len()
    };
    assert_eq!(size(200), size(1_000));
}

#[test]
fn a_snapshot_keeps_the_logins_and_nothing_that_proves_one() {
    let mut user = User::default();
    [created(), issued(1, 0)].into_iter().for_each(|event| user.evolve(event));
    let snapshot = serde_json::to_string(&user).unwrap();
    assert!(!snapshot.contains("hash"), "{snapshot}");
    assert_eq!(serde_json::from_str::<User>(&snapshot).unwrap(), user);
}
