use std::sync::Arc;

use ambar_domain::clock::{Clock, Timestamp};
use ambar_domain::digest::Digest;
use ambar_domain::ids::IdSource;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::organization::OrganizationCommand;
use ambar_domain::repository::RepositoryCommand;
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::aggregate_store::{Aggregates, CommandContext};
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{Append, EventLog, NewEvent, Position, StreamId};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{State, Views, ViewsError, access, blobs, organizations, repositories};

struct Ids(std::sync::atomic::AtomicU64);

impl IdSource for Ids {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) + 1)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

struct Node {
    directory: tempfile::TempDir,
    log: Arc<dyn EventLog>,
    ids: Arc<Ids>,
}

impl Node {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = Arc::new(SqliteEventLog::open(&directory.path().join("events.db")).unwrap());
        Self { directory, log, ids: Arc::new(Ids(0.into())) }
    }

    fn views(&self, name: &str) -> Views {
        Views::open(&self.directory.path().join(name), self.log.clone()).unwrap()
    }

    fn aggregates(&self, views: &Views) -> Aggregates {
        Aggregates::new(self.log.clone(), None, Arc::new(Stopped), self.ids.clone(), Arc::new(views.clone()))
    }

    fn context(&self) -> CommandContext {
        CommandContext {
            command_id: self.ids.uuid(),
            actor: None,
            on_behalf_of: None,
            access_key: None,
            request_id: None,
            source_address: None,
            causation_id: None,
            correlation_id: None,
        }
    }

    async fn append_unknown_event(&self) -> Uuid {
        let event_id = self.ids.uuid();
        let event = NewEvent { event_id, event_type: "blob.eaten".into(), event_version: 1, payload: "{}".to_owned() };
        let append = Append {
            stream: StreamId::new("blob", format!("sha256:{:064x}", 9)),
            expected_sequence: 0,
            expected_event: None,
            events: vec![event],
            command_id: self.ids.uuid(),
            metadata: "{}".to_owned(),
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        self.log.append(append).await.unwrap();
        event_id
    }
}

fn digest(number: u8) -> Digest {
    format!("sha256:{number:064x}").parse().unwrap()
}

/// What a random history is made of. Most refusals are part of it: they record nothing.
#[derive(Debug, Clone)]
enum Step {
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
    Link(u8, u8),
    Unlink(u8, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let level = prop_oneof![Just(Level::Read), Just(Level::Edit), Just(Level::Manage)];
    let step = prop_oneof![
        (0..2_u8).prop_map(Step::CreateOrganization),
        (0..2_u8).prop_map(Step::DeleteOrganization),
        (0..2_u8, 0..3_u8, level.clone()).prop_map(|(o, u, l)| Step::GrantOrganization(o, u, l)),
        (0..2_u8, 0..3_u8).prop_map(|(o, u)| Step::RevokeOrganization(o, u)),
        (0..3_u8).prop_map(Step::CreateRepository),
        (0..3_u8).prop_map(Step::DeleteRepository),
        (0..3_u8, 0..4_u8, 0..3_u8, prop::option::of(0..4_u8)).prop_map(|(repository, manifest, tag, subject)| Step::Push {
            repository,
            manifest,
            tag,
            subject
        }),
        (0..3_u8, 0..3_u8).prop_map(|(r, t)| Step::Untag(r, t)),
        (0..3_u8, 0..4_u8).prop_map(|(r, m)| Step::DeleteManifest(r, m)),
        (0..3_u8, 0..3_u8, level).prop_map(|(r, u, l)| Step::GrantRepository(r, u, l)),
        (0..3_u8, any::<bool>()).prop_map(|(r, public)| Step::Publish(r, public)),
        (0..3_u8, 0..4_u8).prop_map(|(r, d)| Step::Link(r, d)),
        (0..3_u8, 0..4_u8).prop_map(|(r, d)| Step::Unlink(r, d)),
    ];
    prop::collection::vec(step, 1..60)
}

fn manifest(subject: Option<u8>) -> ambar_domain::manifest::ManifestFacts {
    let layer = ambar_domain::manifest::Descriptor { media_type: "layer".to_owned(), digest: digest(3), size_bytes: 7 };
    ambar_domain::manifest::ManifestFacts {
        media_type: "manifest".to_owned(),
        size_bytes: 9,
        artifact_type: subject.map(|_| "signature".to_owned()),
        config: None,
        layers: vec![layer],
        children: vec![],
        subject: subject.map(digest),
        platforms: vec![],
    }
}

async fn take(node: &Node, aggregates: &Aggregates, step: Step) {
    let context = node.context();
    let organization = |number: u8| format!("org{number}");
    let repository = |number: u8| format!("org{}/repo{number}", number % 2);
    let user = |number: u8| format!("{number:032x}").parse().unwrap();
    let account = "0".repeat(32).parse().unwrap();
    // A refusal is a part of the history that leaves no trace; the views must agree on that too.
    let organizations = async |number, command| drop(aggregates.organizations.execute(&organization(number), command, &context).await);
    let repositories = async |number, command| drop(aggregates.repositories.execute(&repository(number), command, &context).await);
    match step {
        Step::CreateOrganization(o) => organizations(o, OrganizationCommand::Create { account }).await,
        Step::DeleteOrganization(o) => organizations(o, OrganizationCommand::Delete).await,
        Step::GrantOrganization(o, u, level) => organizations(o, OrganizationCommand::GrantAccess { user: user(u), level }).await,
        Step::RevokeOrganization(o, u) => organizations(o, OrganizationCommand::RevokeAccess { user: user(u) }).await,
        Step::CreateRepository(r) => repositories(r, RepositoryCommand::Create { account, visibility: Visibility::Private }).await,
        Step::DeleteRepository(r) => repositories(r, RepositoryCommand::Delete).await,
        Step::Push { repository: r, manifest: m, tag, subject } => {
            let tags = vec![format!("v{tag}").parse().unwrap()];
            repositories(r, RepositoryCommand::PushManifest { digest: digest(m), manifest: manifest(subject), tags }).await;
        }
        Step::Untag(r, t) => repositories(r, RepositoryCommand::DeleteVersion { tag: format!("v{t}").parse().unwrap() }).await,
        Step::DeleteManifest(r, m) => repositories(r, RepositoryCommand::DeleteManifest { digest: digest(m) }).await,
        Step::GrantRepository(r, u, level) => repositories(r, RepositoryCommand::GrantAccess { user: user(u), level }).await,
        Step::Publish(r, public) => {
            let visibility = if public { Visibility::Public } else { Visibility::Private };
            repositories(r, RepositoryCommand::ChangeVisibility { visibility }).await;
        }
        Step::Link(r, d) => {
            let link = format!("{}@{}", repository(r), digest(d));
            let command = ambar_domain::blob_link::BlobLinkCommand::Upload { size_bytes: 7 };
            drop(aggregates.blob_links.execute(&link, command, &context).await);
            let command = ambar_domain::blob::BlobCommand::Store { size_bytes: 7 };
            drop(aggregates.blobs.execute(digest(d).as_str(), command, &context).await);
        }
        Step::Unlink(r, d) => {
            let link = format!("{}@{}", repository(r), digest(d));
            drop(aggregates.blob_links.execute(&link, ambar_domain::blob_link::BlobLinkCommand::Release, &context).await);
        }
    }
}

/// Every row of every table, in one order.
fn dump(views: &Views) -> Vec<String> {
    let reader = views.reader().unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let tables: Vec<String> =
        reader.connection().prepare(tables).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut rows = Vec::new();
    for table in tables {
        let mut statement = reader.connection().prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column)).collect::<Result<Vec<_>, _>>()
        };
        let found = statement.query_map([], read).unwrap();
        rows.extend(found.map(|row| format!("{table} {:?}", row.unwrap())));
    }
    rows.sort();
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn rebuilt_views_equal_the_live_ones_row_by_row(steps in steps(), restart_at in 0..60_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let node = Node::new();
        let mut views = node.views("live");
        let mut aggregates = node.aggregates(&views);
        for (index, step) in steps.into_iter().enumerate() {
            if index == restart_at {
                drop((aggregates, views));
                views = node.views("live");
                aggregates = node.aggregates(&views);
            }
            runtime.block_on(take(&node, &aggregates, step));
        }
        runtime.block_on(views.catch_up()).unwrap();
        let live = dump(&views);
        prop_assert_eq!(&live, &dump(&node.views("rebuilt")));
        runtime.block_on(views.rebuild()).unwrap();
        prop_assert_eq!(&live, &dump(&views));
    }
}

#[tokio::test]
async fn a_command_is_answered_when_the_views_show_it() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    let name: RepositoryName = "org0/repo0".parse().unwrap();
    for step in [Step::CreateOrganization(0), Step::CreateRepository(0), Step::Link(0, 3)] {
        take(&node, &aggregates, step).await;
    }
    take(&node, &aggregates, Step::Push { repository: 0, manifest: 1, tag: 1, subject: Some(2) }).await;
    take(&node, &aggregates, Step::GrantRepository(0, 1, Level::Edit)).await;
    let reader = views.reader().unwrap();
    let found = repositories::find_tag(&reader, &name, &"v1".parse().unwrap()).unwrap().unwrap();
    assert_eq!((found.digest, found.media_type.as_str(), found.size_bytes), (digest(1), "manifest", 9));
    assert_eq!(repositories::list_tags(&reader, &name, None, 10).unwrap(), ["v1"]);
    assert_eq!(repositories::list_referrers(&reader, &name, &digest(2), None, 0, 10).unwrap().len(), 1);
    assert!(repositories::is_blob_referenced(&reader, &name, &digest(3)).unwrap());
    assert_eq!(blobs::find_link(&reader, &name, &digest(3)).unwrap(), Some(7));
    let user = format!("{:032x}", 1).parse().unwrap();
    let facts = access::access_facts(&reader, Some(&user), &name).unwrap();
    assert_eq!((facts.visibility, facts.repository_grant), (Some(Visibility::Private), Some(Level::Edit)));
}

#[tokio::test]
async fn a_deleted_organization_leaves_nothing_to_the_next_of_its_name() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    for step in [Step::CreateOrganization(0), Step::GrantOrganization(0, 1, Level::Manage), Step::DeleteOrganization(0)] {
        take(&node, &aggregates, step).await;
    }
    let name = "org0".parse().unwrap();
    assert!(organizations::find_organization(&views.reader().unwrap(), &name).unwrap().is_none());
    take(&node, &aggregates, Step::CreateOrganization(0)).await;
    assert!(access::list_grants_on_organization(&views.reader().unwrap(), &name).unwrap().is_empty());
}

#[tokio::test]
async fn an_event_that_cannot_be_applied_stops_the_views_and_nobody_waits_in_vain() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    take(&node, &aggregates, Step::CreateOrganization(0)).await;
    let poison = node.append_unknown_event().await;
    take(&node, &aggregates, Step::CreateOrganization(1)).await;
    let stopped = views.catch_up().await;
    assert!(matches!(stopped, Err(ViewsError::Degraded { event_id, .. }) if event_id == poison), "{stopped:?}");
    let status = views.status();
    assert!(matches!(status.state, State::Degraded { .. }) && status.checkpoint > Position::START);
    assert!(organizations::find_organization(&views.reader().unwrap(), &"org0".parse().unwrap()).unwrap().is_some());
    drop((aggregates, views));
    assert!(matches!(node.views("views").status().state, State::Degraded { .. }), "it is still so after a restart");
}

#[tokio::test]
async fn files_of_another_version_broken_ones_and_those_of_another_log_are_built_anew() {
    let node = Node::new();
    let views = node.views("views");
    take(&node, &node.aggregates(&views), Step::CreateOrganization(0)).await;
    let expected = dump(&views);
    drop(views);
    let path = || crate::file::current(&node.directory.path().join("views")).unwrap();
    let change = |sql| assert_eq!(rusqlite::Connection::open(path()).unwrap().execute(sql, []).unwrap(), 1);
    let damage: [&dyn Fn(); 3] =
        [&|| change("UPDATE checkpoint SET version = 'another'"), &|| std::fs::write(path(), "no database").unwrap(), &|| {
            change("UPDATE checkpoint SET event_id = zeroblob(16)")
        }];
    for damage in damage {
        damage();
        assert_eq!(dump(&node.views("views")), expected);
    }
}

#[tokio::test]
async fn a_file_that_is_damaged_while_it_is_used_is_built_anew() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    take(&node, &aggregates, Step::CreateOrganization(0)).await;
    let path = crate::file::current(&node.directory.path().join("views")).unwrap();
    // Into the file itself, so that nothing of it is left in the write-ahead log.
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    let length = std::fs::metadata(&path).unwrap().len() as usize;
    std::fs::write(&path, vec![0xA5; length]).unwrap();
    take(&node, &aggregates, Step::CreateRepository(0)).await;
    assert_ne!(crate::file::current(&node.directory.path().join("views")), Some(path));
    assert_eq!(dump(&views), dump(&node.views("fresh")));
}

#[tokio::test]
async fn the_generation_of_access_changes_with_grants_and_not_with_pushes() {
    let node = Node::new();
    let views = node.views("views");
    let aggregates = node.aggregates(&views);
    for step in [Step::CreateOrganization(0), Step::CreateRepository(0)] {
        take(&node, &aggregates, step).await;
    }
    let before = views.generation_of_access();
    take(&node, &aggregates, Step::Push { repository: 0, manifest: 1, tag: 1, subject: None }).await;
    assert_eq!(views.generation_of_access(), before);
    take(&node, &aggregates, Step::GrantRepository(0, 1, Level::Read)).await;
    assert_ne!(views.generation_of_access(), before);
}
