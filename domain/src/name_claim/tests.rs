use super::{NameClaim, NameClaimCommand, NameClaimError, NameClaimEvent, NameKey};
use crate::samples::{account, given, parsed, user};
use crate::user::{User, UserCommand, UserError, UserEvent};

fn claim(holder: &str) -> NameClaimCommand {
    NameClaimCommand::Claim { holder: holder.to_owned() }
}

fn claimed(holder: &str) -> NameClaimEvent {
    NameClaimEvent::Claimed { holder: holder.to_owned() }
}

fn release(holder: &str) -> NameClaimCommand {
    NameClaimCommand::Release { holder: holder.to_owned() }
}

fn released(holder: &str) -> NameClaimEvent {
    NameClaimEvent::Released { holder: holder.to_owned() }
}

#[test]
fn a_free_name_is_claimed() {
    given::<NameClaim>(&[]).when(claim("1")).then_expect_events(vec![claimed("1")]);
    given::<NameClaim>(&[claimed("1"), released("1")]).when(claim("2")).then_expect_events(vec![claimed("2")]);
}

#[test]
fn claiming_again_for_the_same_holder_changes_nothing() {
    given::<NameClaim>(&[claimed("1")]).when(claim("1")).then_expect_events(vec![]);
}

#[test]
fn a_taken_name_is_refused_and_says_who_holds_it() {
    given::<NameClaim>(&[claimed("1")]).when(claim("2")).then_expect_error(NameClaimError::Taken { holder: "1".to_owned() });
}

#[test]
fn the_holder_releases_the_name() {
    given::<NameClaim>(&[claimed("1")]).when(release("1")).then_expect_events(vec![released("1")]);
}

#[test]
fn who_does_not_hold_the_name_releases_nothing() {
    given::<NameClaim>(&[]).when(release("1")).then_expect_events(vec![]);
    given::<NameClaim>(&[claimed("1")]).when(release("2")).then_expect_events(vec![]);
    given::<NameClaim>(&[claimed("1"), released("1")]).when(release("1")).then_expect_events(vec![]);
}

#[test]
fn the_key_is_the_stream_id() {
    let id = "00000000000000000000000000000001";
    assert_eq!(NameKey::Account(parsed("acme")).to_string(), "account:acme");
    assert_eq!(NameKey::User(account(1), parsed("alice")).to_string(), format!("user:{id}:alice"));
    assert_eq!(NameKey::Group(account(1), parsed("ops")).to_string(), format!("group:{id}:ops"));
}

fn create_alice() -> UserCommand {
    UserCommand::Create { account: account(1), name: parsed("alice"), console_access: false, programmatic_access: true }
}

fn alice_created() -> UserEvent {
    UserEvent::Created { account: account(1), name: parsed("alice"), console_access: false, programmatic_access: true }
}

#[test]
fn a_crash_between_the_claim_and_its_holder_leaves_a_name_that_the_next_one_completes() {
    let first = user(1);
    let claim_left_behind = [claimed(first.as_str())];
    let taken = given::<NameClaim>(&claim_left_behind).when(claim(user(2).as_str())).inspect_result();
    assert_eq!(taken, Err(NameClaimError::Taken { holder: first.as_str().to_owned() }));
    given::<User>(&[]).when(create_alice()).then_expect_events(vec![alice_created()]);
}

#[test]
fn a_name_whose_holder_is_alive_stays_taken() {
    given::<User>(&[alice_created()]).when(create_alice()).then_expect_error(UserError::AlreadyExists);
}

#[test]
fn a_crash_between_the_end_of_a_holder_and_its_release_leaves_a_name_that_the_next_one_frees() {
    let (first, second) = (user(1), user(2));
    given::<User>(&[alice_created(), UserEvent::Deleted {}]).when(create_alice()).then_expect_error(UserError::Deleted);
    let claim_left_behind = [claimed(first.as_str())];
    given::<NameClaim>(&claim_left_behind).when(release(first.as_str())).then_expect_events(vec![released(first.as_str())]);
    given::<NameClaim>(&claim_left_behind)
        .and(vec![released(first.as_str())])
        .when(claim(second.as_str()))
        .then_expect_events(vec![claimed(second.as_str())]);
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut name = NameClaim::default();
    name.evolve(claimed("1"));
    let snapshot = serde_json::to_string(&name).unwrap();
    assert_eq!(serde_json::from_str::<NameClaim>(&snapshot).unwrap(), name);
}
