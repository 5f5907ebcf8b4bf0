use super::{User, UserCommand, UserError, UserEvent};
use crate::access_key::{LoginKeyHash, SealedSecret};
use crate::block::BlockCause;
use crate::level::Role;
use crate::password::PasswordHash;
use crate::samples::{access_key, account, at, given, parsed};

fn create() -> UserCommand {
    UserCommand::Create { account: account(1), name: parsed("alice"), console_access: false, programmatic_access: true }
}

pub(super) fn created() -> UserEvent {
    UserEvent::Created { account: account(1), name: parsed("alice"), console_access: false, programmatic_access: true }
}

fn create_key(n: u8) -> UserCommand {
    UserCommand::CreateAccessKey {
        access_key: access_key(n),
        login_key_hash: LoginKeyHash::new("hash".to_owned()),
        sealed_secret: SealedSecret::new("sealed".to_owned()),
        description: parsed("of the pipeline"),
    }
}

pub(super) fn key_created(n: u8) -> UserEvent {
    UserEvent::AccessKeyCreated {
        access_key: access_key(n),
        login_key_hash: LoginKeyHash::new("hash".to_owned()),
        sealed_secret: SealedSecret::new("sealed".to_owned()),
        description: parsed("of the pipeline"),
    }
}

fn set_password(hash: &str) -> UserCommand {
    UserCommand::SetPassword { password_hash: PasswordHash::new(hash.to_owned()) }
}

fn password_set(hash: &str) -> UserEvent {
    UserEvent::PasswordSet { password_hash: PasswordHash::new(hash.to_owned()) }
}

pub(super) fn key_disabled(n: u8) -> UserEvent {
    UserEvent::AccessKeyDisabled { access_key: access_key(n) }
}

fn block(seconds: i64) -> UserCommand {
    UserCommand::Block { cause: BlockCause::RefusedUploads, until: at(seconds + 1_800), now: at(seconds) }
}

fn blocked(seconds: i64) -> UserEvent {
    UserEvent::Blocked { cause: BlockCause::RefusedUploads, until: at(seconds + 1_800) }
}

fn unblock(seconds: i64) -> UserCommand {
    UserCommand::Unblock { reason: parsed("the pipeline is mended"), now: at(seconds) }
}

fn unblocked() -> UserEvent {
    UserEvent::Unblocked { reason: parsed("the pipeline is mended") }
}

#[test]
fn a_user_is_created() {
    given::<User>(&[]).when(create()).then_expect_events(vec![created()]);
}

#[test]
fn a_user_is_not_created_twice() {
    given::<User>(&[created()]).when(create()).then_expect_error(UserError::AlreadyExists);
}

#[test]
fn a_deleted_user_says_so_when_it_is_created_again() {
    given::<User>(&[created(), UserEvent::Deleted {}]).when(create()).then_expect_error(UserError::Deleted);
}

#[test]
fn a_user_that_is_not_there_takes_no_other_command() {
    let commands = [
        UserCommand::ChangeAccessMethods { console_access: Some(true), programmatic_access: Some(true) },
        UserCommand::GrantRole { role: Role::SwrAdministrator },
        UserCommand::RevokeRole { role: Role::SwrAdministrator },
        create_key(1),
        UserCommand::DisableAccessKey { access_key: access_key(1) },
        UserCommand::EnableAccessKey { access_key: access_key(1) },
        UserCommand::DeleteAccessKey { access_key: access_key(1) },
        set_password("hash"),
        UserCommand::RevokeLogin { login: access_key(1), now: at(0) },
        block(0),
        unblock(0),
        UserCommand::Delete,
    ];
    for command in commands {
        given::<User>(&[]).when(command.clone()).then_expect_error(UserError::NotFound);
        given::<User>(&[created(), key_created(1), UserEvent::Deleted {}]).when(command).then_expect_error(UserError::NotFound);
    }
}

#[test]
fn access_methods_are_switched_one_by_one() {
    let both = UserEvent::AccessMethodsChanged { console_access: true, programmatic_access: true };
    let console_only = UserEvent::AccessMethodsChanged { console_access: true, programmatic_access: false };
    let command = UserCommand::ChangeAccessMethods { console_access: Some(true), programmatic_access: Some(true) };
    given::<User>(&[created()]).when(command).then_expect_events(vec![both.clone()]);
    let command = UserCommand::ChangeAccessMethods { console_access: Some(true), programmatic_access: Some(false) };
    given::<User>(&[created(), both.clone()]).when(command).then_expect_events(vec![console_only.clone()]);
    // The other one may have been switched meanwhile.
    let command = UserCommand::ChangeAccessMethods { console_access: None, programmatic_access: Some(false) };
    given::<User>(&[created(), both]).when(command.clone()).then_expect_events(vec![console_only.clone()]);
    given::<User>(&[created(), console_only]).when(command).then_expect_events(vec![]);
}

#[test]
fn the_same_access_methods_again_change_nothing() {
    let command = UserCommand::ChangeAccessMethods { console_access: Some(false), programmatic_access: Some(true) };
    given::<User>(&[created()]).when(command).then_expect_events(vec![]);
}

#[test]
fn a_password_is_set_whatever_was_there_before() {
    given::<User>(&[created()]).when(set_password("one")).then_expect_events(vec![password_set("one")]);
    given::<User>(&[created(), password_set("one")]).when(set_password("two")).then_expect_events(vec![password_set("two")]);
}

#[test]
fn a_role_is_granted_once() {
    let role = Role::TenantAdministrator;
    given::<User>(&[created()]).when(UserCommand::GrantRole { role }).then_expect_events(vec![UserEvent::RoleGranted { role }]);
    let history = [created(), UserEvent::RoleGranted { role }];
    given::<User>(&history).when(UserCommand::GrantRole { role }).then_expect_events(vec![]);
    let other = Role::SwrAdministrator;
    given::<User>(&history).when(UserCommand::GrantRole { role: other }).then_expect_events(vec![UserEvent::RoleGranted { role: other }]);
}

#[test]
fn a_role_is_revoked_once() {
    let role = Role::TenantAdministrator;
    let history = [created(), UserEvent::RoleGranted { role }];
    given::<User>(&history).when(UserCommand::RevokeRole { role }).then_expect_events(vec![UserEvent::RoleRevoked { role }]);
    given::<User>(&history).and(vec![UserEvent::RoleRevoked { role }]).when(UserCommand::RevokeRole { role }).then_expect_events(vec![]);
}

#[test]
fn a_user_has_two_access_keys_and_no_third_even_when_one_is_disabled() {
    given::<User>(&[created()]).when(create_key(1)).then_expect_events(vec![key_created(1)]);
    given::<User>(&[created(), key_created(1)]).when(create_key(2)).then_expect_events(vec![key_created(2)]);
    let full = [created(), key_created(1), key_created(2), key_disabled(1)];
    given::<User>(&full).when(create_key(3)).then_expect_error(UserError::TooManyAccessKeys);
}

#[test]
fn an_access_key_id_is_not_used_twice() {
    given::<User>(&[created(), key_created(1)]).when(create_key(1)).then_expect_error(UserError::AccessKeyExists);
    let full = [created(), key_created(1), key_created(2)];
    given::<User>(&full).when(create_key(2)).then_expect_error(UserError::AccessKeyExists);
}

#[test]
fn a_deleted_access_key_makes_room_for_another() {
    let history = [created(), key_created(1), key_created(2)];
    let deleted = UserEvent::AccessKeyDeleted { access_key: access_key(1) };
    let delete = UserCommand::DeleteAccessKey { access_key: access_key(1) };
    given::<User>(&history).when(delete).then_expect_events(vec![deleted.clone()]);
    given::<User>(&history).and(vec![deleted]).when(create_key(3)).then_expect_events(vec![key_created(3)]);
}

#[test]
fn an_access_key_is_disabled_and_enabled_again() {
    let disable = UserCommand::DisableAccessKey { access_key: access_key(1) };
    let enable = UserCommand::EnableAccessKey { access_key: access_key(1) };
    let enabled = UserEvent::AccessKeyEnabled { access_key: access_key(1) };
    let history = [created(), key_created(1)];
    given::<User>(&history).when(disable.clone()).then_expect_events(vec![key_disabled(1)]);
    given::<User>(&history).when(enable.clone()).then_expect_events(vec![]);
    given::<User>(&history).and(vec![key_disabled(1)]).when(disable.clone()).then_expect_events(vec![]);
    given::<User>(&history).and(vec![key_disabled(1)]).when(enable).then_expect_events(vec![enabled.clone()]);
    given::<User>(&history).and(vec![key_disabled(1), enabled]).when(disable).then_expect_events(vec![key_disabled(1)]);
}

#[test]
fn an_access_key_that_the_user_does_not_have_cannot_be_changed() {
    let history = [created(), key_created(1), UserEvent::AccessKeyDeleted { access_key: access_key(1) }];
    for command in [
        UserCommand::DisableAccessKey { access_key: access_key(1) },
        UserCommand::EnableAccessKey { access_key: access_key(1) },
        UserCommand::DeleteAccessKey { access_key: access_key(1) },
        UserCommand::NoteAccessKeyUse { access_key: access_key(1), used_at: at(1) },
    ] {
        given::<User>(&history).when(command).then_expect_error(UserError::AccessKeyNotFound);
    }
}

#[test]
fn the_use_of_an_access_key_is_recorded_with_its_time() {
    let used = UserEvent::AccessKeyUsed { access_key: access_key(1), used_at: at(7) };
    let note = UserCommand::NoteAccessKeyUse { access_key: access_key(1), used_at: at(7) };
    given::<User>(&[created(), key_created(1)]).when(note).then_expect_events(vec![used]);
}

#[test]
fn what_is_issued_to_a_user_and_kept_nowhere_is_on_record() {
    let (until, on_behalf_of) = (at(7), Some(account(2)));
    let note = UserCommand::NoteToken { until, on_behalf_of: on_behalf_of.clone() };
    let token = UserEvent::TokenIssued { until, on_behalf_of };
    given::<User>(&[created()]).when(note.clone()).then_expect_events(vec![token]);
    given::<User>(&[created(), UserEvent::Deleted {}]).when(note).then_expect_error(UserError::NotFound);
    let note = UserCommand::NoteTemporaryKey { access_key: access_key(3), until, on_behalf_of: None };
    let key = UserEvent::TemporaryKeyIssued { access_key: access_key(3), until, on_behalf_of: None };
    given::<User>(&[created()]).when(note).then_expect_events(vec![key]);
}

#[test]
fn a_user_is_blocked_once_in_the_time_of_a_block_and_may_be_again_behind_it() {
    given::<User>(&[created()]).when(block(0)).then_expect_events(vec![blocked(0)]);
    given::<User>(&[created(), blocked(0)]).when(block(1_799)).then_expect_events(vec![]);
    given::<User>(&[created(), blocked(0)]).when(block(1_800)).then_expect_events(vec![blocked(1_800)]);
}

#[test]
fn the_block_of_a_user_is_lifted_once_and_before_its_end() {
    given::<User>(&[created(), blocked(0)]).when(unblock(1_799)).then_expect_events(vec![unblocked()]);
    given::<User>(&[created(), blocked(0)]).when(unblock(1_800)).then_expect_error(UserError::NotBlocked);
    given::<User>(&[created(), blocked(0), unblocked()]).when(unblock(1)).then_expect_error(UserError::NotBlocked);
    given::<User>(&[created()]).when(unblock(0)).then_expect_error(UserError::NotBlocked);
    given::<User>(&[created(), blocked(0), unblocked()]).when(block(1)).then_expect_events(vec![blocked(1)]);
}

#[test]
fn the_secret_of_a_key_is_kept_under_another_master_key_also_while_it_is_disabled() {
    let sealed_secret = SealedSecret::new("sealed anew".to_owned());
    let reseal = UserCommand::ResealAccessKey { access_key: access_key(1), sealed_secret: sealed_secret.clone() };
    let resealed = UserEvent::AccessKeyResealed { access_key: access_key(1), sealed_secret };
    given::<User>(&[created(), key_created(1)]).when(reseal.clone()).then_expect_events(vec![resealed.clone()]);
    given::<User>(&[created(), key_created(1), key_disabled(1)]).when(reseal.clone()).then_expect_events(vec![resealed.clone()]);
    given::<User>(&[created(), key_created(2)]).when(reseal).then_expect_error(UserError::AccessKeyNotFound);
    let enable = UserCommand::EnableAccessKey { access_key: access_key(1) };
    given::<User>(&[created(), key_created(1), resealed]).when(enable).then_expect_events(vec![]);
}

#[test]
fn who_a_user_is_can_be_said_anew() {
    let (describe, described) = (
        |text: &str| UserCommand::ChangeDescription { description: parsed(text) },
        |text: &str| UserEvent::DescriptionChanged { description: parsed(text) },
    );
    given::<User>(&[created()]).when(describe("")).then_expect_events(vec![]);
    given::<User>(&[created()]).when(describe("builds")).then_expect_events(vec![described("builds")]);
    given::<User>(&[created(), described("builds")]).when(describe("builds")).then_expect_events(vec![]);
    given::<User>(&[created(), described("builds")]).when(describe("")).then_expect_events(vec![described("")]);
    given::<User>(&[]).when(describe("builds")).then_expect_error(UserError::NotFound);
}

#[test]
fn a_user_is_deleted() {
    given::<User>(&[created(), key_created(1)]).when(UserCommand::Delete).then_expect_events(vec![UserEvent::Deleted {}]);
}

#[test]
fn the_state_survives_a_snapshot() {
    let mut user = User::default();
    let history = [created(), key_created(1), key_created(2), key_disabled(2), UserEvent::RoleGranted { role: Role::SwrAdministrator }];
    history.into_iter().for_each(|event| user.evolve(event));
    let snapshot = serde_json::to_string(&user).unwrap();
    assert_eq!(serde_json::from_str::<User>(&snapshot).unwrap(), user);
}

#[test]
fn neither_half_of_a_secret_stands_in_a_snapshot() {
    let mut user = User::default();
    [created(), key_created(1)].into_iter().for_each(|event| user.evolve(event));
    let snapshot = serde_json::to_string(&user).unwrap();
    assert!(!snapshot.contains("hash") && !snapshot.contains("sealed"), "{snapshot}");
}
