//! A large registry: two accounts with what is theirs, written into the event log as what happened.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use ambar_api::AppState;
use ambar_api::operations::{self, NewAccessKey};
use ambar_domain::clock::{Clock, ManualClock, Timestamp};
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::digest::Digest;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::{Level, Role, Visibility};
use ambar_domain::manifest::{Descriptor, ManifestFacts};
use ambar_domain::organization::OrganizationEvent;
use ambar_domain::repository::{Category, RepositoryEvent};
use ambar_storage::blobs::BlobStore;
use ambar_storage::blobs::disk::DiskBlobs;
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{Append, EventLog};
use chrono::Duration;
use futures::future::try_join_all;
use ring::digest;

use crate::registry::{Outcome, append, operator, state};

/// The organization that is asked for, and in it the repository with many tags.
pub(crate) const TEAM: &str = "team-0000";
pub(crate) const MANY: &str = "many-tags";
pub(crate) const MANY_TAGS: u64 = 10_000;
/// How many manifests those tags name.
const MANIFESTS: u64 = 1_000;
/// In the names of one repository in a hundred, and of one of the many tags in a hundred.
pub(crate) const RARE: &str = "app42";
pub(crate) const RARE_TAG: &str = "e-042";
/// Every so many organizations and repositories the member has a grant: on 50 and 500, when there are 1,000 and 100,000.
const GRANTED_ORGANIZATIONS: u64 = 20;
const GRANTED_REPOSITORIES: u64 = 200;
/// How many appends are under way at once.
const IN_FLIGHT: u64 = 512;

/// What there is, and who asks for it.
pub(crate) struct DataSet {
    pub(crate) account: AccountId,
    pub(crate) other: AccountId,
    member_id: UserId,
    /// Of an administrator of the account, who sees all of it.
    pub(crate) administrator: NewAccessKey,
    /// Of a user who sees what is granted.
    pub(crate) member: NewAccessKey,
    organizations: u64,
    pub(crate) repositories: u64,
    tags: u64,
    /// How many repositories the member sees.
    pub(crate) visible: u64,
    /// How many are private.
    pub(crate) private: u64,
    /// How many are of the category `linux`.
    pub(crate) linux: u64,
    /// When the first of the images was pushed, and each second the next.
    pub(crate) begun: Timestamp,
    /// When all that was written, and the clock stands still.
    pub(crate) now: Timestamp,
}

/// The data and what serves it.
pub(crate) struct Registry {
    pub(crate) state: AppState,
    pub(crate) data: DataSet,
}

impl fmt::Display for DataSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { organizations, repositories, tags, .. } = self;
        write!(f, "{organizations} organizations, {repositories} repositories, {tags} tags")
    }
}

/// Writes the log in a folder, and then opens the views over it.
pub(crate) async fn write(folder: &Path, repositories: u64) -> Outcome<Registry> {
    let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.join("events.db"))?);
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH + Duration::days(20_000)));
    let blobs = Arc::new(DiskBlobs::open(&folder.join("content"), clock.clone())?);
    let state = state(&folder.join("views-of-users"), &log, &clock, &blobs)?;
    let mut data = people(&state, repositories).await?;
    drop(state);
    organizations(&*log, &data).await?;
    for begin in (0..repositories).step_by(IN_FLIGHT as usize) {
        let numbers = begin..repositories.min(begin + IN_FLIGHT);
        let appends = numbers.map(|number| repository(&data, number)).collect::<Outcome<Vec<_>>>()?;
        data.tags += appends.iter().map(tags_in).sum::<u64>();
        try_join_all(appends.into_iter().map(|append| log.append(append))).await?;
    }
    let many = many_tags(&data, &*blobs).await?;
    data.tags += tags_in(&many);
    log.append(many).await?;
    crate::beyond::write(&*log, &data).await?;
    clock.advance(Duration::days(100));
    data.now = clock.now();
    let state = self::state(&folder.join("views"), &log, &clock, &blobs)?;
    Ok(Registry { state, data })
}

fn tags_in(append: &Append) -> u64 {
    append.events.iter().filter(|event| event.event_type == "repository.version_pushed").count() as u64
}

/// The accounts and users, who come about as everywhere.
async fn people(state: &AppState, repositories: u64) -> Outcome<DataSet> {
    let operator = operator();
    let account = operations::create_account(state, &operator, &"acme".parse()?, &"tr-west-1".parse()?).await?;
    let other = operations::create_account(state, &operator, &"other".parse()?, &"tr-west-2".parse()?).await?;
    let root = operations::create_user(state, &operator, &account, &"root".parse()?, false, true).await?;
    operations::set_administrator(state, &operator, &root, Role::TenantAdministrator, true).await?;
    let member_id = operations::create_user(state, &operator, &account, &"member".parse()?, false, true).await?;
    let administrator = operations::create_access_key(state, &operator, &root, AccessKeyDescription::default()).await?;
    let member = operations::create_access_key(state, &operator, &member_id, AccessKeyDescription::default()).await?;
    let organizations = (repositories / 100).max(1);
    let granted = |number: &u64| (number % organizations).is_multiple_of(GRANTED_ORGANIZATIONS) || has_grant(*number);
    let count = |what: &dyn Fn(&u64) -> bool| (0..repositories).filter(what).count() as u64;
    let (visible, private, linux) = (count(&granted), count(&|number| !is_public(*number)), count(&|number| is_linux(*number)));
    let (tags, now) = (0, state.clock.now());
    let begun = now;
    Ok(DataSet { account, other, member_id, administrator, member, organizations, repositories, tags, visible, private, linux, begun, now })
}

/// One in three.
fn is_public(repository: u64) -> bool {
    repository.is_multiple_of(3)
}

/// One in five.
fn is_linux(repository: u64) -> bool {
    repository.is_multiple_of(5)
}

fn has_grant(repository: u64) -> bool {
    repository % GRANTED_REPOSITORIES == 7
}

async fn organizations(log: &dyn EventLog, data: &DataSet) -> Outcome<()> {
    let mut appends = Vec::new();
    for number in 0..data.organizations {
        let mut events = vec![OrganizationEvent::Created { account: data.account.clone() }];
        if number.is_multiple_of(GRANTED_ORGANIZATIONS) {
            events.push(OrganizationEvent::AccessGranted { user: data.member_id.clone(), level: Level::Read, previous_level: None });
        }
        if number == 0 {
            events.push(OrganizationEvent::RepositoryAdmitted { repository: format!("{TEAM}/{MANY}").parse()? });
        }
        for repository in (number..data.repositories).step_by(data.organizations as usize) {
            events.push(OrganizationEvent::RepositoryAdmitted { repository: name(data, repository).parse()? });
        }
        appends.push(append(&format!("team-{number:04}"), data.now, events)?);
    }
    for number in 0..5 {
        appends.push(append(&format!("other-{number}"), data.now, vec![OrganizationEvent::Created { account: data.other.clone() }])?);
        let events = vec![RepositoryEvent::Created { account: data.other.clone(), visibility: Visibility::Public }];
        appends.push(append(&format!("other-{number}/{RARE}"), data.now, events)?);
    }
    try_join_all(appends.into_iter().map(|append| log.append(append))).await?;
    Ok(())
}

/// Each organization has one of each hundred kinds.
fn name(data: &DataSet, number: u64) -> String {
    let (organization, kind) = (number % data.organizations, number / data.organizations % 100);
    format!("team-{organization:04}/app{kind:02}-service-{number:06}")
}

/// All that happened to a repository of one image with 5 to 15 tags.
fn repository(data: &DataSet, number: u64) -> Outcome<Append> {
    let digest = digest_of(number, 0)?;
    let visibility = if is_public(number) { Visibility::Public } else { Visibility::Private };
    let mut events = vec![
        RepositoryEvent::Created { account: data.account.clone(), visibility },
        RepositoryEvent::ManifestPushed { digest: digest.clone(), manifest: manifest(number, 700)? },
    ];
    if is_linux(number) {
        events.push(RepositoryEvent::CategoryChanged { category: Category::Linux });
    }
    for tag in 0..5 + number * 7 % 11 {
        let tag = format!("v1.{tag}.{}", number % 10).parse()?;
        events.push(RepositoryEvent::VersionPushed { tag, digest: digest.clone(), previous_digest: None });
    }
    if has_grant(number) {
        events.push(RepositoryEvent::AccessGranted { user: data.member_id.clone(), level: Level::Read, previous_level: None });
    }
    append(&name(data, number), data.now + Duration::seconds(number.cast_signed()), events)
}

/// One with many tags, whose lists show manifests: those are stored.
async fn many_tags(data: &DataSet, blobs: &dyn BlobStore) -> Outcome<Append> {
    let mut events = vec![RepositoryEvent::Created { account: data.account.clone(), visibility: Visibility::Private }];
    let mut digests = Vec::new();
    for number in data.repositories..data.repositories + MANIFESTS {
        let bytes = serde_json::to_vec(&manifest(number, 0)?)?;
        let hash = digest::digest(&digest::SHA256, &bytes);
        let hash: Digest = format!("sha256:{}", hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()).parse()?;
        let size = bytes.len() as u64;
        blobs.put(&hash, bytes.into()).await?;
        events.push(RepositoryEvent::ManifestPushed { digest: hash.clone(), manifest: manifest(number, size)? });
        digests.push(hash);
    }
    for (number, digest) in (0..MANY_TAGS).zip(digests.iter().cycle()) {
        let tag = format!("release-{number:05}").parse()?;
        events.push(RepositoryEvent::VersionPushed { tag, digest: digest.clone(), previous_digest: None });
    }
    append(&format!("{TEAM}/{MANY}"), data.now + Duration::days(50), events)
}

/// Of one config, and of two layers that others have as well.
fn manifest(number: u64, size_bytes: u64) -> Outcome<ManifestFacts> {
    let blob = |media_type: &str, digest, size_bytes| Descriptor { media_type: media_type.to_owned(), digest, size_bytes };
    let layer = |digest, size_bytes| blob("application/vnd.oci.image.layer.v1.tar+gzip", digest, size_bytes);
    Ok(ManifestFacts {
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        size_bytes,
        artifact_type: None,
        config: Some(blob("application/vnd.oci.image.config.v1+json", digest_of(number, 2)?, 2_000)),
        layers: vec![layer(digest_of(number % 50, 1)?, 30_000_000), layer(digest_of(50 + number % 9_973, 1)?, 1_000_000)],
        children: vec![],
        subject: None,
        platforms: vec![],
    })
}

fn digest_of(number: u64, kind: u64) -> Outcome<Digest> {
    // Spread over all bits, as digests are.
    let spread = [1, 2, 3, 4].map(|part: u64| (number * 8 + kind).wrapping_add(part << 40).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let [a, b, c, d] = spread.map(|bits| bits ^ (bits >> 29));
    Ok(format!("sha256:{a:016x}{b:016x}{c:016x}{d:016x}").parse()?)
}
