use super::{Account, AccountCommand, AccountError, AccountEvent};
use crate::samples::{given, parsed};

fn open() -> AccountCommand {
    AccountCommand::Open { name: parsed("acme"), project_name: parsed("tr-west-1"), project_id: parsed("0123456789abcdef0123456789abcdef") }
}

fn opened() -> AccountEvent {
    AccountEvent::Opened { name: parsed("acme"), project_name: parsed("tr-west-1"), project_id: parsed("0123456789abcdef0123456789abcdef") }
}

fn claim(organization: &str, quota: u32) -> AccountCommand {
    AccountCommand::ClaimOrganizationSlot { organization: parsed(organization), quota }
}

fn claimed(organization: &str) -> AccountEvent {
    AccountEvent::OrganizationSlotClaimed { organization: parsed(organization) }
}

fn release(organization: &str) -> AccountCommand {
    AccountCommand::ReleaseOrganizationSlot { organization: parsed(organization) }
}

fn released(organization: &str) -> AccountEvent {
    AccountEvent::OrganizationSlotReleased { organization: parsed(organization) }
}

#[test]
fn an_account_is_opened() {
    given::<Account>(&[]).when(open()).then_expect_events(vec![opened()]);
}

#[test]
fn an_open_account_is_not_opened_again() {
    given::<Account>(&[opened()]).when(open()).then_expect_error(AccountError::AlreadyOpen);
}

#[test]
fn a_closed_account_is_never_opened_again() {
    given::<Account>(&[opened(), AccountEvent::Closed {}]).when(open()).then_expect_error(AccountError::Closed);
}

#[test]
fn an_account_that_is_not_open_takes_no_other_command() {
    for history in [vec![], vec![opened(), AccountEvent::Closed {}]] {
        for command in [claim("team-a", 5), release("team-a"), AccountCommand::Close] {
            given::<Account>(&history).when(command).then_expect_error(AccountError::NotFound);
        }
    }
}

#[test]
fn slots_are_claimed_up_to_the_quota() {
    given::<Account>(&[opened()]).when(claim("team-a", 2)).then_expect_events(vec![claimed("team-a")]);
    given::<Account>(&[opened(), claimed("team-a")]).when(claim("team-b", 2)).then_expect_events(vec![claimed("team-b")]);
}

#[test]
fn a_slot_beyond_the_quota_is_refused() {
    let full = [opened(), claimed("team-a"), claimed("team-b")];
    given::<Account>(&full).when(claim("team-c", 2)).then_expect_error(AccountError::QuotaExceeded { quota: 2 });
    given::<Account>(&[opened()]).when(claim("team-a", 0)).then_expect_error(AccountError::QuotaExceeded { quota: 0 });
}

#[test]
fn a_quota_that_was_lowered_refuses_new_slots_and_takes_none_away() {
    let full = [opened(), claimed("team-a"), claimed("team-b")];
    given::<Account>(&full).when(claim("team-c", 1)).then_expect_error(AccountError::QuotaExceeded { quota: 1 });
    given::<Account>(&full).when(claim("team-b", 1)).then_expect_events(vec![]);
}

#[test]
fn claiming_a_slot_twice_changes_nothing_even_when_the_quota_is_used_up() {
    given::<Account>(&[opened(), claimed("team-a")]).when(claim("team-a", 1)).then_expect_events(vec![]);
}

#[test]
fn a_released_slot_is_free_for_another_organization() {
    let history = [opened(), claimed("team-a")];
    given::<Account>(&history).when(release("team-a")).then_expect_events(vec![released("team-a")]);
    given::<Account>(&history).and(vec![released("team-a")]).when(claim("team-b", 1)).then_expect_events(vec![claimed("team-b")]);
}

#[test]
fn releasing_a_slot_that_is_not_taken_changes_nothing() {
    given::<Account>(&[opened(), claimed("team-a")]).when(release("team-b")).then_expect_events(vec![]);
}

#[test]
fn an_account_without_organizations_closes() {
    let history = [opened(), claimed("team-a"), released("team-a")];
    given::<Account>(&history).when(AccountCommand::Close).then_expect_events(vec![AccountEvent::Closed {}]);
}

#[test]
fn an_account_with_an_organization_does_not_close() {
    let refused = AccountError::HasOrganizations { organizations: [parsed("team-a")].into() };
    given::<Account>(&[opened(), claimed("team-a")]).when(AccountCommand::Close).then_expect_error(refused);
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut account = Account::default();
    [opened(), claimed("team-a")].into_iter().for_each(|event| account.evolve(event));
    let snapshot = serde_json::to_string(&account).unwrap();
    assert_eq!(serde_json::from_str::<Account>(&snapshot).unwrap(), account);
}
