//! Random histories of everything that is recorded.

use ambar_domain::access_key::{AccessKeyId, LoginKeyHash, SealedSecret};
use ambar_domain::account::{AccountCommand, DelegationChange, NewDelegation};
use ambar_domain::address::AddressCommand;
use ambar_domain::blob::BlobCommand;
use ambar_domain::blob_link::BlobLinkCommand;
use ambar_domain::block::BlockCause;
use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::Trustee;
use ambar_domain::digest::Digest;
use ambar_domain::grants::Granting;
use ambar_domain::group::GroupCommand;
use ambar_domain::ids::{AccountId, DelegationId, UserId};
use ambar_domain::level::{Level, Role, Visibility};
use ambar_domain::login::{LoginRepository, LoginRight, LoginScope};
use ambar_domain::manifest::{Descriptor, ManifestFacts, Platform};
use ambar_domain::organization::OrganizationCommand;
use ambar_domain::password::PasswordHash;
use ambar_domain::repository::{Category, ManifestPulls, RepositoryCommand};
use ambar_domain::user::{NewLogin, UserCommand};
use ambar_schemas::oci::media_type::OCI_INDEX;
use ambar_storage::aggregate_store::Aggregates;
use chrono::Duration;
use proptest::prelude::*;

use super::node::Node;
use crate::Views;

/// What a random history is made of. Most refusals are part of it: they record nothing.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Account(u8, AccountCommand),
    User(u8, UserCommand),
    Group(u8, GroupCommand),
    CreateOrganization(u8),
    DeleteOrganization(u8),
    GrantOrganization(u8, u8, Level),
    RevokeOrganization(u8, u8),
    CreateRepository(u8),
    DeleteRepository(u8),
    Push { repository: u8, manifest: u8, tag: u8, subject: Option<u8> },
    Untag(u8, u8),
    DeleteManifest(u8, u8),
    GrantRepository(u8, u8, Level),
    Publish(u8, bool),
    Describe(u8, Option<Category>, Option<u8>),
    Share(u8, u8, Option<u16>),
    ChangeShare(u8, u8, Option<u16>),
    EndShare(u8, u8),
    ExpireShare(u8, u8),
    Download { repository: u8, manifest: u8, count: u64 },
    Link(u8, u8),
    Mount { repository: u8, digest: u8, from: u8 },
    Unlink(u8, u8),
    Blob(u8, BlobCommand),
    Address(u8, AddressCommand),
}

/// One in four is a SHA-512.
pub(super) fn digest(number: u8) -> Digest {
    let text = if number % 4 == 2 { format!("sha512:{number:0128x}") } else { format!("sha256:{number:064x}") };
    text.parse().unwrap()
}

pub(super) fn account(number: u8) -> AccountId {
    format!("{number:032x}").parse().unwrap()
}

pub(super) fn user(number: u8) -> UserId {
    format!("{number:032x}").parse().unwrap()
}

pub(super) fn access_key(number: u8) -> AccessKeyId {
    format!("AK{number:018}").parse().unwrap()
}

fn repository(number: u8) -> String {
    format!("org{}/repo{number}", number % 2)
}

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

/// Account 9 entrusts its registry to another one until so many hours after 1970, asked in the first of them.
pub(super) fn delegate(number: u8, to: u8, level: Option<Level>, hours: Option<u16>) -> AccountCommand {
    let new = NewDelegation {
        account: account(9),
        delegation: delegation(number),
        name: format!("operations {number}").parse().unwrap(),
        trustee: Trustee::Account(account(to)),
        level,
        until: hours.map(after_hours),
        description: "for nights".parse().unwrap(),
    };
    AccountCommand::Delegate { new, now: after_hours(0) }
}

pub(super) fn delegation(number: u8) -> DelegationId {
    format!("{number:032x}").parse().unwrap()
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

/// A login of an hour, asked for so many hours after 1970.
pub(super) fn login(id: u8, key: Option<u8>, scope: &LoginScope, hours: u16) -> NewLogin {
    NewLogin {
        login: access_key(id),
        name: "docker".parse().unwrap(),
        login_key_hash: LoginKeyHash::new("hash".to_owned()),
        lifetime: Duration::hours(1),
        access_key: key.map(access_key),
        scope: scope.clone(),
        on_behalf_of: None,
        now: after_hours(hours),
    }
}

/// Some of the same id follow each other.
fn new_login() -> impl Strategy<Value = NewLogin> {
    let limit = |right| LoginRepository { repository: "org0/repo0".parse().unwrap(), right };
    let right = prop::option::of(prop_oneof![Just(LoginRight::Pull), Just(LoginRight::Push)]);
    let scope = right.prop_map(move |right| right.map_or(LoginScope::EVERYTHING, |right| LoginScope::only(vec![limit(right)]).unwrap()));
    (3..5_u8, prop::option::of(0..3_u8), scope, 0..2_u16).prop_map(|(id, key, scope, hours)| login(id, key, &scope, hours))
}

pub(super) fn after_hours(hours: u16) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::hours(hours.into())
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

/// For an hour from so many hours after 1970 on.
pub(super) fn block_user(hours: u16) -> UserCommand {
    UserCommand::Block { cause: BlockCause::RefusedUploads, until: after_hours(hours + 1), now: after_hours(hours) }
}

pub(super) fn unblock_user(hours: u16) -> UserCommand {
    UserCommand::Unblock { reason: Default::default(), now: after_hours(hours) }
}

pub(super) fn block_address(hours: u16) -> AddressCommand {
    AddressCommand::Block { cause: BlockCause::FailedLogins, until: after_hours(hours + 1), now: after_hours(hours) }
}

pub(super) fn unblock_address(hours: u16) -> AddressCommand {
    AddressCommand::Unblock { reason: Default::default(), now: after_hours(hours) }
}

fn address_command() -> impl Strategy<Value = AddressCommand> {
    prop_oneof![(0..2_u16).prop_map(block_address), (0..2_u16).prop_map(unblock_address)]
}

pub(super) fn address(number: u8) -> String {
    format!("192.0.2.{number}")
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

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
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

/// Manifest 3 is an index of the images 0 and 1, manifest 4 one of that index and, twice, of image 2. The images share a config and a layer of
/// 7 bytes each, and image n has one of its own, of 100 + n bytes. With a subject each is a signature as well.
fn manifest(number: u8, subject: Option<u8>) -> ManifestFacts {
    let descriptor = |media_type: &str, number, size_bytes| {
        let media_type = media_type.to_owned();
        Descriptor { media_type, digest: digest(number), size_bytes }
    };
    let platform = |architecture: &str| Platform { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None };
    let facts = ManifestFacts {
        media_type: "manifest".to_owned(),
        size_bytes: 9,
        artifact_type: subject.map(|_| "signature".to_owned()),
        config: None,
        layers: vec![],
        children: vec![],
        subject: subject.map(digest),
        platforms: vec![platform("amd64")],
    };
    let children: &[u8] = match number {
        3 => &[0, 1],
        4 => &[3, 2, 2],
        _ => {
            let own = descriptor("layer", 20 + number, 100 + u64::from(number));
            let layers = vec![descriptor("layer", 3, 7), own, descriptor("layer", 3, 7)];
            return ManifestFacts { config: Some(descriptor("config", 0, 7)), layers, ..facts };
        }
    };
    let children = children.iter().map(|number| descriptor("manifest", *number, 9)).collect();
    ManifestFacts { media_type: OCI_INDEX.to_owned(), children, platforms: vec![platform("amd64"), platform("arm64")], ..facts }
}

pub(super) fn open_account(number: u8, name: &str) -> Step {
    let (name, project_name, project_id) = (name.parse().unwrap(), "local".parse().unwrap(), "f".repeat(32).parse().unwrap());
    Step::Account(number, AccountCommand::Open { name, project_name, project_id })
}

pub(super) fn push(repository: u8, manifest: u8, tag: u8) -> Step {
    Step::Push { repository, manifest, tag, subject: None }
}

pub(super) fn user_of(number: u8, of: u8) -> Step {
    let name = format!("user{number}").parse().unwrap();
    Step::User(number, UserCommand::Create { account: account(of), name, console_access: false, programmatic_access: true })
}

/// Views of a log in which these steps were taken.
pub(super) async fn after(steps: &[Step]) -> (Node, Views) {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    for step in steps {
        take(&node, &aggregates, step.clone()).await;
    }
    (node, views)
}

pub(super) async fn take(node: &Node, aggregates: &Aggregates, step: Step) {
    let context = node.context();
    // A refusal is a part of the history that leaves no trace; the views must agree on that too.
    match step {
        Step::Account(number, command) => drop(aggregates.accounts.execute(account(number).as_str(), command, &context).await),
        Step::User(number, command) => drop(aggregates.users.execute(user(number).as_str(), command, &context).await),
        Step::Group(number, command) => drop(aggregates.groups.execute(&format!("{number:032x}"), command, &context).await),
        Step::Address(number, command) => drop(aggregates.addresses.execute(&address(number), command, &context).await),
        Step::Blob(d, command) => drop(aggregates.blobs.execute(digest(d).as_str(), command, &context).await),
        Step::Link(r, d) => {
            link(node, aggregates, r, d, BlobLinkCommand::Upload { size_bytes: 7 }).await;
            drop(aggregates.blobs.execute(digest(d).as_str(), BlobCommand::Store { size_bytes: 7 }, &node.context()).await);
        }
        Step::Mount { repository: r, digest: d, from } => {
            let from = repository(from).parse().unwrap();
            link(node, aggregates, r, d, BlobLinkCommand::Mount { size_bytes: 7, from }).await;
        }
        Step::Unlink(r, d) => link(node, aggregates, r, d, BlobLinkCommand::Release).await,
        step => match organization_command(&step) {
            Some((o, command)) => drop(aggregates.organizations.execute(&format!("org{o}"), command, &context).await),
            None => {
                let (r, command) = repository_command(step, node.now());
                drop(aggregates.repositories.execute(&repository(r), command, &context).await);
            }
        },
    }
}

async fn link(node: &Node, aggregates: &Aggregates, r: u8, d: u8, command: BlobLinkCommand) {
    drop(aggregates.blob_links.execute(&format!("{}@{}", repository(r), digest(d)), command, &node.context()).await);
}

fn organization_command(step: &Step) -> Option<(u8, OrganizationCommand)> {
    Some(match *step {
        Step::CreateOrganization(o) => (o, OrganizationCommand::Create { account: account(0) }),
        Step::DeleteOrganization(o) => (o, OrganizationCommand::Delete { account: account(0) }),
        Step::GrantOrganization(o, u, level) => {
            (o, OrganizationCommand::GrantAccess { grants: vec![(user(u), level)], granting: Granting::Whatever })
        }
        Step::RevokeOrganization(o, u) => (o, OrganizationCommand::RevokeAccess { users: vec![user(u)] }),
        _ => return None,
    })
}

/// So many seconds after 1970, which is about where the clock of the tests stands.
fn until(seconds: Option<u16>) -> Option<Timestamp> {
    seconds.map(|seconds| Timestamp::from_timestamp(seconds.into(), 0).unwrap())
}

fn share_command(step: &Step, now: Timestamp) -> Option<(u8, RepositoryCommand)> {
    Some(match *step {
        Step::Share(r, a, seconds) => {
            let description = format!("for {a}").parse().unwrap();
            (r, RepositoryCommand::ShareWith { account: account(a), until: until(seconds), description, now })
        }
        Step::ChangeShare(r, a, seconds) => {
            let description = seconds.map(|seconds| format!("until {seconds}").parse().unwrap());
            (r, RepositoryCommand::ChangeShare { account: account(a), until: until(seconds), description, now })
        }
        Step::EndShare(r, a) => (r, RepositoryCommand::EndShare { account: account(a), now }),
        Step::ExpireShare(r, a) => (r, RepositoryCommand::ExpireShare { account: account(a), now }),
        _ => return None,
    })
}

fn repository_command(step: Step, now: Timestamp) -> (u8, RepositoryCommand) {
    if let Some(command) = share_command(&step, now) {
        return command;
    }
    let tag = |number| format!("v{number}").parse().unwrap();
    match step {
        Step::CreateRepository(r) => (r, RepositoryCommand::Create { account: account(0), visibility: Visibility::Private }),
        Step::DeleteRepository(r) => (r, RepositoryCommand::Delete { account: None }),
        Step::Push { repository, manifest: m, tag: t, subject } => {
            let (account, digest, manifest, tags) = (account(0), digest(m), manifest(m, subject), vec![tag(t)]);
            (repository, RepositoryCommand::PushManifest { account, digest, manifest, tags })
        }
        Step::Untag(r, t) => (r, RepositoryCommand::DeleteVersions { tags: vec![tag(t)] }),
        Step::DeleteManifest(r, m) => (r, RepositoryCommand::DeleteManifest { digest: digest(m) }),
        Step::GrantRepository(r, u, level) => {
            (r, RepositoryCommand::GrantAccess { grants: vec![(user(u), level)], granting: Granting::Whatever })
        }
        Step::Publish(r, public) => {
            let visibility = if public { Visibility::Public } else { Visibility::Private };
            (r, RepositoryCommand::ChangeProperties { visibility: Some(visibility), category: None, description: None, now })
        }
        Step::Describe(r, category, description) => {
            let description = description.map(|number| "#".repeat(number.into()).parse().unwrap());
            (r, RepositoryCommand::ChangeProperties { visibility: None, category, description, now })
        }
        Step::Download { repository, manifest: m, count } => {
            let pulls = vec![ManifestPulls { digest: digest(m), count, last_at: (count != 2).then_some(now) }];
            (repository, RepositoryCommand::CountDownloads { pulls, downloaded_bytes: 100 * count })
        }
        step => panic!("{step:?} is not a repository's"),
    }
}
