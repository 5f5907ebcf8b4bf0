use super::{Group, GroupCommand, GroupError, GroupEvent};
use crate::level::Role;
use crate::samples::{account, given, parsed, user};

fn create() -> GroupCommand {
    GroupCommand::Create { account: account(1), name: parsed("admins"), description: parsed("Who look after it") }
}

fn created() -> GroupEvent {
    GroupEvent::Created { account: account(1), name: parsed("admins"), description: parsed("Who look after it") }
}

const ROLE: Role = Role::SwrAdministrator;

#[test]
fn a_group_is_created() {
    given::<Group>(&[]).when(create()).then_expect_events(vec![created()]);
}

#[test]
fn a_group_is_not_created_twice() {
    given::<Group>(&[created()]).when(create()).then_expect_error(GroupError::AlreadyExists);
}

#[test]
fn a_deleted_group_says_so_when_it_is_created_again() {
    given::<Group>(&[created(), GroupEvent::Deleted {}]).when(create()).then_expect_error(GroupError::Deleted);
}

#[test]
fn a_group_that_is_not_there_takes_no_other_command() {
    for history in [vec![], vec![GroupEvent::CreationAbandoned { account: account(1) }], vec![created(), GroupEvent::Deleted {}]] {
        for command in [
            GroupCommand::Rename { name: parsed("owners") },
            GroupCommand::ChangeDescription { description: parsed("Who own it") },
            GroupCommand::GrantRole { role: ROLE },
            GroupCommand::RevokeRole { role: ROLE },
            GroupCommand::AddMember { user: user(1) },
            GroupCommand::RemoveMember { user: user(1) },
            GroupCommand::Delete,
        ] {
            given::<Group>(&history).when(command).then_expect_error(GroupError::NotFound);
        }
    }
}

#[test]
fn a_group_takes_another_name() {
    let (rename, renamed) = (|text| GroupCommand::Rename { name: parsed(text) }, |text| GroupEvent::Renamed { name: parsed(text) });
    given::<Group>(&[created()]).when(rename("owners")).then_expect_events(vec![renamed("owners")]);
    given::<Group>(&[created()]).when(rename("admins")).then_expect_events(vec![]);
    given::<Group>(&[created(), renamed("owners")]).when(rename("admins")).then_expect_events(vec![renamed("admins")]);
}

#[test]
fn a_group_does_without_a_name_that_it_goes_by_no_more() {
    let yield_name = |text| GroupCommand::YieldName { account: account(1), name: parsed(text) };
    given::<Group>(&[created()]).when(yield_name("admins")).then_expect_error(GroupError::NameInUse);
    let renamed = [created(), GroupEvent::Renamed { name: parsed("owners") }];
    given::<Group>(&renamed).when(yield_name("admins")).then_expect_events(vec![]);
    given::<Group>(&renamed).when(yield_name("owners")).then_expect_error(GroupError::NameInUse);
    given::<Group>(&[created(), GroupEvent::Deleted {}]).when(yield_name("admins")).then_expect_events(vec![]);
}

#[test]
fn a_group_whose_name_is_wanted_before_it_is_created_never_is() {
    let yield_name = || GroupCommand::YieldName { account: account(1), name: parsed("admins") };
    let abandoned = || GroupEvent::CreationAbandoned { account: account(1) };
    given::<Group>(&[]).when(yield_name()).then_expect_events(vec![abandoned()]);
    given::<Group>(&[abandoned()]).when(yield_name()).then_expect_events(vec![]);
    given::<Group>(&[abandoned()]).when(create()).then_expect_error(GroupError::Deleted);
}

#[test]
fn what_a_group_is_for_can_be_said_anew() {
    let change = |text| GroupCommand::ChangeDescription { description: parsed(text) };
    let changed = |text| GroupEvent::DescriptionChanged { description: parsed(text) };
    given::<Group>(&[created()]).when(change("Who look after it")).then_expect_events(vec![]);
    given::<Group>(&[created()]).when(change("")).then_expect_events(vec![changed("")]);
    given::<Group>(&[created(), changed("")]).when(change("")).then_expect_events(vec![]);
}

#[test]
fn a_role_is_carried_once() {
    let granted = GroupEvent::RoleGranted { role: ROLE };
    given::<Group>(&[created()]).when(GroupCommand::GrantRole { role: ROLE }).then_expect_events(vec![granted.clone()]);
    given::<Group>(&[created(), granted]).when(GroupCommand::GrantRole { role: ROLE }).then_expect_events(vec![]);
}

#[test]
fn a_role_is_revoked_once() {
    let (granted, revoked) = (GroupEvent::RoleGranted { role: ROLE }, GroupEvent::RoleRevoked { role: ROLE });
    let revoke = GroupCommand::RevokeRole { role: ROLE };
    given::<Group>(&[created(), granted.clone()]).when(revoke.clone()).then_expect_events(vec![revoked.clone()]);
    given::<Group>(&[created(), granted, revoked]).when(revoke).then_expect_events(vec![]);
}

#[test]
fn a_member_joins_once() {
    let added = GroupEvent::MemberAdded { user: user(1) };
    given::<Group>(&[created()]).when(GroupCommand::AddMember { user: user(1) }).then_expect_events(vec![added.clone()]);
    given::<Group>(&[created(), added]).when(GroupCommand::AddMember { user: user(1) }).then_expect_events(vec![]);
}

#[test]
fn a_member_leaves_once() {
    let (added, removed) = (GroupEvent::MemberAdded { user: user(1) }, GroupEvent::MemberRemoved { user: user(1) });
    let remove = GroupCommand::RemoveMember { user: user(1) };
    given::<Group>(&[created(), added.clone()]).when(remove.clone()).then_expect_events(vec![removed.clone()]);
    given::<Group>(&[created(), added, removed]).when(remove).then_expect_events(vec![]);
}

#[test]
fn a_group_is_deleted() {
    given::<Group>(&[created()]).when(GroupCommand::Delete).then_expect_events(vec![GroupEvent::Deleted {}]);
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut group = Group::default();
    let history = [created(), GroupEvent::RoleGranted { role: ROLE }, GroupEvent::MemberAdded { user: user(1) }];
    history.into_iter().for_each(|event| group.evolve(event));
    let snapshot = serde_json::to_string(&group).unwrap();
    assert_eq!(serde_json::from_str::<Group>(&snapshot).unwrap(), group);
}
