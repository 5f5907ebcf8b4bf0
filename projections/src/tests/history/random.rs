//! What random histories are drawn from.

use ambar_domain::access_key::{LoginKeyHash, SealedSecret};
use ambar_domain::account::{AccountCommand, DelegationChange};
use ambar_domain::address::AddressCommand;
use ambar_domain::blob::BlobCommand;
use ambar_domain::group::GroupCommand;
use ambar_domain::level::{Level, Role};
use ambar_domain::login::{LoginRepository, LoginRight, LoginScope};
use ambar_domain::password::PasswordHash;
use ambar_domain::repository::Category;
use ambar_domain::user::{NewLogin, UserCommand};
use proptest::prelude::*;

use super::{
    Step, access_key, account, after_hours, block_address, block_user, delegate, delegation, login, unblock_address, unblock_user, user,
};

fn role() -> impl Strategy<Value = Role> + Clone {
    prop_oneof![Just(Role::SwrAdministrator), Just(Role::TenantAdministrator)]
}

fn account_command() -> impl Strategy<Value = AccountCommand> {
    let (name, project_name) = ("acme".parse().unwrap(), "local".parse().unwrap());
    let organization = (0..2_u8).prop_map(|number| format!("org{number}").parse().unwrap());
    prop_oneof![
        4 => Just(AccountCommand::Open { name, project_name, project_id: "f".repeat(32).parse().unwrap() }),
        2 => organization.clone().prop_map(|organization| AccountCommand::ClaimOrganizationSlot { organization, quota: 5 }),
        2 => organization.prop_map(|organization| AccountCommand::ReleaseOrganizationSlot { organization }),
        4 => delegation_command(),
        1 => Just(AccountCommand::Close),
    ]
}

fn delegation_command() -> impl Strategy<Value = AccountCommand> {
    let id = || (0..3_u8).prop_map(delegation);
    let (level, hours) = (prop::option::of(Just(Level::Edit)), prop::option::of(1..3_u16));
    prop_oneof![
        3 => (0..3_u8, 1..3_u8, level, hours).prop_map(|(number, to, level, hours)| delegate(number, to, level, hours)),
        1 => (id(), prop::option::of(Just(None))).prop_map(|(delegation, level)| {
            let change = DelegationChange { level, until: Some(Some(after_hours(2))), description: None };
            AccountCommand::ChangeDelegation { delegation, change, now: after_hours(1) }
        }),
        1 => id().prop_map(|delegation| AccountCommand::RevokeDelegation { delegation, now: after_hours(0) }),
        1 => id().prop_map(|delegation| AccountCommand::ExpireDelegation { delegation, now: after_hours(2) }),
    ]
}

/// Some of the same id follow each other.
fn new_login() -> impl Strategy<Value = NewLogin> {
    let limit = |right| LoginRepository { repository: "org0/repo0".parse().unwrap(), right };
    let right = prop::option::of(prop_oneof![Just(LoginRight::Pull), Just(LoginRight::Push)]);
    let scope = right.prop_map(move |right| right.map_or(LoginScope::EVERYTHING, |right| LoginScope::only(vec![limit(right)]).unwrap()));
    (3..5_u8, prop::option::of(0..3_u8), scope, 0..2_u16).prop_map(|(id, key, scope, hours)| login(id, key, &scope, hours))
}

fn user_command() -> impl Strategy<Value = UserCommand> {
    let access = || (any::<bool>(), any::<bool>());
    let key = || (0..3_u8).prop_map(access_key);
    prop_oneof![
        4 => ((0..2_u8).prop_map(account), access()).prop_map(|(account, (console_access, programmatic_access))| {
            UserCommand::Create { account, name: "ann".parse().unwrap(), console_access, programmatic_access }
        }),
        2 => access().prop_map(|(console_access, programmatic_access)| {
            UserCommand::ChangeAccessMethods { console_access: Some(console_access), programmatic_access: Some(programmatic_access) }
        }),
        2 => role().prop_map(|role| UserCommand::GrantRole { role }),
        1 => role().prop_map(|role| UserCommand::RevokeRole { role }),
        4 => key().prop_map(|access_key| UserCommand::CreateAccessKey {
            access_key,
            login_key_hash: LoginKeyHash::new("hash".to_owned()),
            sealed_secret: SealedSecret::new("sealed".to_owned()),
            description: "of the pipeline".parse().unwrap(),
        }),
        1 => (key(), "[a-c]").prop_map(|(access_key, sealed)| UserCommand::ResealAccessKey {
            access_key,
            sealed_secret: SealedSecret::new(sealed),
        }),
        1 => "[a-c]".prop_map(|text| UserCommand::ChangeDescription { description: text.parse().unwrap() }),
        1 => key().prop_map(|access_key| UserCommand::DisableAccessKey { access_key }),
        1 => key().prop_map(|access_key| UserCommand::EnableAccessKey { access_key }),
        1 => key().prop_map(|access_key| UserCommand::DeleteAccessKey { access_key }),
        4 => new_login().prop_map(UserCommand::IssueLogin),
        1 => (3..5_u8, 0..2_u16).prop_map(|(login, hours)| UserCommand::RevokeLogin { login: access_key(login), now: after_hours(hours) }),
        2 => "[a-c]".prop_map(|hash| UserCommand::SetPassword { password_hash: PasswordHash::new(hash) }),
        1 => (key(), 0..3_u16).prop_map(|(access_key, hours)| UserCommand::NoteAccessKeyUse { access_key, used_at: after_hours(hours) }),
        1 => (0..2_u16).prop_map(block_user),
        1 => (0..2_u16).prop_map(unblock_user),
        1 => Just(UserCommand::Delete),
    ]
}

fn address_command() -> impl Strategy<Value = AddressCommand> {
    prop_oneof![(0..2_u16).prop_map(block_address), (0..2_u16).prop_map(unblock_address)]
}

fn group_command() -> impl Strategy<Value = GroupCommand> {
    let user = || (0..3_u8).prop_map(user);
    prop_oneof![
        4 => (0..2_u8).prop_map(|number| GroupCommand::Create {
            account: account(number),
            name: "builders".parse().unwrap(),
            description: "for builds".parse().unwrap(),
        }),
        1 => "[a-c]".prop_map(|text| GroupCommand::Rename { name: text.parse().unwrap() }),
        1 => "[a-c]".prop_map(|text| GroupCommand::ChangeDescription { description: text.parse().unwrap() }),
        2 => role().prop_map(|role| GroupCommand::GrantRole { role }),
        1 => role().prop_map(|role| GroupCommand::RevokeRole { role }),
        3 => user().prop_map(|user| GroupCommand::AddMember { user }),
        1 => user().prop_map(|user| GroupCommand::RemoveMember { user }),
        1 => Just(GroupCommand::Delete),
    ]
}

fn blob_command() -> impl Strategy<Value = BlobCommand> {
    prop_oneof![
        Just(BlobCommand::Store { size_bytes: 7 }),
        Just(BlobCommand::Condemn),
        Just(BlobCommand::Spare),
        (1..3_u32).prop_map(|generation| BlobCommand::Sweep { generation }),
    ]
}

pub(in crate::tests) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let level = || prop_oneof![Just(Level::Read), Just(Level::Edit), Just(Level::Manage)];
    let push = (0..3_u8, 0..5_u8, 0..3_u8, prop::option::of(0..4_u8));
    let category = prop::sample::select(&Category::ALL[..]);
    let until = || prop::option::of(1..200_u16);
    let step = prop_oneof![
        (0..2_u8, account_command()).prop_map(|(number, command)| Step::Account(number, command)),
        (0..3_u8, user_command()).prop_map(|(number, command)| Step::User(number, command)),
        (0..2_u8, group_command()).prop_map(|(number, command)| Step::Group(number, command)),
        (0..2_u8).prop_map(Step::CreateOrganization),
        (0..2_u8).prop_map(Step::DeleteOrganization),
        (0..2_u8, 0..3_u8, level()).prop_map(|(o, u, l)| Step::GrantOrganization(o, u, l)),
        (0..2_u8, 0..3_u8).prop_map(|(o, u)| Step::RevokeOrganization(o, u)),
        (0..3_u8).prop_map(Step::CreateRepository),
        (0..3_u8).prop_map(Step::DeleteRepository),
        push.prop_map(|(repository, manifest, tag, subject)| Step::Push { repository, manifest, tag, subject }),
        (0..3_u8, 0..3_u8).prop_map(|(r, t)| Step::Untag(r, t)),
        (0..3_u8, 0..5_u8).prop_map(|(r, m)| Step::DeleteManifest(r, m)),
        (0..3_u8, 0..3_u8, level()).prop_map(|(r, u, l)| Step::GrantRepository(r, u, l)),
        (0..3_u8, any::<bool>()).prop_map(|(r, public)| Step::Publish(r, public)),
        (0..3_u8, prop::option::of(category), prop::option::of(0..3_u8)).prop_map(|(r, c, d)| Step::Describe(r, c, d)),
        (0..3_u8, 1..3_u8, until()).prop_map(|(r, a, until)| Step::Share(r, a, until)),
        (0..3_u8, 1..3_u8, until()).prop_map(|(r, a, until)| Step::ChangeShare(r, a, until)),
        (0..3_u8, 1..3_u8).prop_map(|(r, a)| Step::EndShare(r, a)),
        (0..3_u8, 1..3_u8).prop_map(|(r, a)| Step::ExpireShare(r, a)),
        (0..3_u8, 0..5_u8, 0..3_u64).prop_map(|(repository, manifest, count)| Step::Download { repository, manifest, count }),
        (0..3_u8, 0..4_u8).prop_map(|(r, d)| Step::Link(r, d)),
        (0..3_u8, 0..4_u8, 0..3_u8).prop_map(|(repository, digest, from)| Step::Mount { repository, digest, from }),
        (0..3_u8, 0..4_u8).prop_map(|(r, d)| Step::Unlink(r, d)),
        (0..4_u8, blob_command()).prop_map(|(d, command)| Step::Blob(d, command)),
        (0..2_u8, address_command()).prop_map(|(number, command)| Step::Address(number, command)),
    ];
    prop::collection::vec(step, 1..120)
}
