//! Histories of everything that is recorded, random ones among them.

mod random;

use ambar_domain::access_key::{AccessKeyId, LoginKeyHash};
use ambar_domain::account::{AccountCommand, NewDelegation};
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
use ambar_domain::level::{Level, Visibility};
use ambar_domain::login::LoginScope;
use ambar_domain::manifest::{Descriptor, ManifestFacts, Platform};
use ambar_domain::organization::OrganizationCommand;
use ambar_domain::repository::{Category, ManifestPulls, RepositoryCommand};
use ambar_domain::user::{NewLogin, UserCommand};
use ambar_schemas::oci::media_type::OCI_INDEX;
use ambar_storage::aggregate_store::Aggregates;
use chrono::Duration;

pub(super) use self::random::steps;
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

pub(super) fn after_hours(hours: u16) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::hours(hours.into())
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

pub(super) fn address(number: u8) -> String {
    format!("192.0.2.{number}")
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
