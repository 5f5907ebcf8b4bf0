//! A real file system that runs full under a running server: clear refusals, nothing lost, and it works again when there is space.

use std::path::Path;
use std::time::Duration;

use crate::images::layout_of;
use crate::registry::{AMBAR, Login, ORGANIZATION, Registry, refuse};
use ambar_load::client::{Client, Refusal};
use ambar_load::connection::{Connection, Request};
use ambar_load::content::{Blob, Image, LargeLayers, Random};
use ambar_test_support::server::Server;
use ambar_test_support::small_disk::SmallDisk;
use ambar_test_support::wait;

const MIB: u64 = 1 << 20;
const REPOSITORY: &str = "team/full";
/// More than any free space in a log that is being written over again.
const ATTEMPTS: u64 = 2_000;

struct Full {
    registry: Registry,
    login: Login,
    disk: SmallDisk,
    random: Random,
    acknowledged: Vec<(String, Image)>,
}

impl Full {
    /// A registry whose folder `below` is a disk of 40 MiB.
    fn start(below: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = SmallDisk::mount(&folder.path().join(below), 40 * MIB).unwrap();
        let program = folder.path().join("ambar");
        disk.run_on(Path::new(AMBAR), &program).unwrap();
        let registry = Registry::start_as(folder, program, &[]);
        let login = registry.user("anna", Some("manage"));
        Self { registry, login, disk, random: Random::new(1), acknowledged: Vec::new() }
    }

    async fn client(&self) -> Client {
        self.registry.client(&self.login, REPOSITORY).await
    }

    async fn push(&mut self, client: &mut Client, tag: &str) -> anyhow::Result<()> {
        let image = Image::random(&mut self.random);
        client.push_image(REPOSITORY, tag, &image).await?;
        self.acknowledged.push((tag.to_owned(), image));
        Ok(())
    }

    /// Every push that was answered 201 is there, byte for byte.
    async fn check(&self, client: &mut Client) {
        for (tag, image) in &self.acknowledged {
            client.pull_image(REPOSITORY, tag, image).await.unwrap();
        }
    }

    async fn readiness(&self) -> (u16, String) {
        let mut connection = Connection::new(self.registry.endpoint().into());
        let answer = connection.send(&Request { method: "GET", target: "/readyz", headers: &[], body: &[] }).await.unwrap();
        (answer.head.status, String::from_utf8(answer.body).unwrap())
    }
}

/// The refusal, which must be of a server that has no space or cannot take anything now.
#[track_caller]
fn refusal(error: &anyhow::Error) -> &Refusal {
    let refusal = error.downcast_ref::<Refusal>().unwrap_or_else(|| panic!("no answer: {error:#}"));
    assert!(matches!(refusal.status, 503 | 507) && refusal.body.contains(r#""code":"UNAVAILABLE""#), "{refusal}");
    refusal
}

#[tokio::test]
async fn a_blob_that_does_not_fit_is_refused_with_507_and_gives_its_room_back() {
    let mut full = Full::start("data");
    let mut client = full.client().await;
    full.push(&mut client, "before").await.unwrap();
    let mut layers = LargeLayers::new(64 << 20, 1);
    let layer = layers.next_layer();
    let upload = client.begin_upload(REPOSITORY).await.unwrap();
    let error = client.append(&upload, &layers.pieces(&layer)).await.unwrap_err();
    let refused = refusal(&error);
    assert_eq!(refused.status, 507);
    assert!(refused.body.contains("no space left"), "{refused}");
    // The session is as it was, and nobody else is short of space because of it.
    full.check(&mut client).await;
    full.push(&mut client, "after").await.unwrap();
    let small = Blob::random(&mut full.random, 1000);
    let upload = client.append(&upload, &[&small.bytes]).await.unwrap();
    client.finish_upload(&upload, &small.digest).await.unwrap();
    full.check(&mut client).await;
}

#[tokio::test]
async fn a_full_disk_takes_nothing_serves_everything_and_works_again_without_a_restart() {
    let mut full = Full::start("data");
    let mut client = full.client().await;
    full.push(&mut client, "before").await.unwrap();
    let users = full.registry.ambar(&["user", "list"]);
    full.disk.fill().unwrap();

    let error = full.push(&mut client, "while-full").await.unwrap_err();
    refusal(&error);
    assert_eq!(full.registry.server.command(&["user", "list"]).unwrap(), users);
    refuse_users(&full);
    full.check(&mut client).await;
    let tags = client.tag_page(&format!("/v2/{REPOSITORY}/tags/list")).await.unwrap();
    assert_eq!(tags.count, 1, "a push that was refused shows");
    assert_eq!(full.readiness().await, (200, "ready\n".to_owned()), "what it holds, it serves");

    full.disk.free().unwrap();
    full.push(&mut client, "after").await.unwrap();
    full.registry.ambar(&["user", "create", "after"]);
    full.check(&mut client).await;
    let users = full.registry.ambar(&["user", "list"]);

    assert!(!full.registry.server.process.output().unwrap().contains("panicked"));
    full.registry.server.process.kill().unwrap();
    full.registry.server = Server::start(&full.registry.options).unwrap();
    let mut client = full.client().await;
    full.check(&mut client).await;
    assert_eq!(full.registry.ambar(&["user", "list"]), users);
    full.registry.ambar(&["views", "rebuild"]);
    assert_eq!(full.registry.ambar(&["user", "list"]), users);
    full.check(&mut client).await;
}

/// Creates users until the log takes no more; each that was acknowledged is there, and the others are not.
fn refuse_users(full: &Full) {
    let create = |number: u64| full.registry.server.command(&["user", "create", &format!("user-{number}")]);
    let (number, error) = (0..ATTEMPTS).find_map(|number| Some((number, create(number).err()?))).expect("the log runs full");
    let error = format!("{error:#}");
    assert!(error.contains("not available now") && !error.contains("panicked"), "{error}");
    let users = full.registry.ambar(&["user", "list"]);
    assert!((0..number).all(|number| users.contains(&format!("user-{number}"))), "{users}");
    assert!(!users.contains(&format!("user-{number}")), "{users}");
}

#[tokio::test]
async fn views_without_space_are_behind_and_not_ready_and_catch_up_when_there_is_space() {
    let full = Full::start("data/views");
    full.disk.fill().unwrap();
    let mut number = 0;
    wait::until("the views take no more", Duration::from_secs(60), || {
        number += 1;
        let console = (number % 2 == 1).to_string();
        let changed = full.registry.server.command(&["user", "access", "admin", "--programmatic", "true", "--console", &console]);
        // It is recorded all the same, and the answer says what is missing.
        Ok(changed.err().map(|error| assert!(error.to_string().contains("recorded, but not in effect"), "{error}")))
    })
    .unwrap();
    assert_eq!(full.readiness().await.0, 503);
    let rebuilt = full.registry.server.command(&["views", "rebuild"]).unwrap_err().to_string();
    assert!(rebuilt.contains("views") && !rebuilt.contains("panicked"), "{rebuilt}");
    full.disk.free().unwrap();
    let files = std::fs::read_dir(full.disk.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.filter(|name| name.ends_with(".db")).count(), 1, "what could not be built still takes room");
    wait::until("the views have caught up", Duration::from_secs(20), || {
        let users = full.registry.ambar(&["--json", "user", "list"]);
        Ok(users.contains(&format!(r#""console":{},"#, number % 2 == 1)).then_some(()))
    })
    .unwrap();
    assert_eq!(full.readiness().await, (200, "ready\n".to_owned()));
    assert!(full.registry.ambar(&["views", "status"]).contains("live"));
}

#[tokio::test]
async fn a_server_that_finds_no_space_at_its_start_says_so_and_starts_when_there_is_space() {
    let mut full = Full::start("data");
    let mut client = full.client().await;
    full.push(&mut client, "before").await.unwrap();
    full.registry.server.process.stop(Duration::from_secs(20)).unwrap();
    full.disk.fill().unwrap();
    let error = format!("{:#}", Server::start(&full.registry.options).unwrap_err());
    assert!(error.contains("disk is full") || error.contains("No space left"), "{error}");
    assert!(!error.contains("panicked"), "{error}");
    full.disk.free().unwrap();
    full.registry.server = Server::start(&full.registry.options).unwrap();
    let mut client = full.client().await;
    full.check(&mut client).await;
    assert!(full.registry.ambar(&["org", "list"]).contains(ORGANIZATION));
}

#[test]
fn skopeo_is_told_that_the_disk_is_full() {
    let full = Full::start("data");
    let (registry, login) = (&full.registry, &full.login);
    let layer = registry.path().join("layer");
    std::fs::write(&layer, Random::new(9).bytes(64 << 20)).unwrap();
    let image = layout_of(registry.path(), &layer);
    let mut skopeo = std::process::Command::new("skopeo");
    skopeo.args(["copy", "--dest-creds", &format!("{}:{}", login.user, login.key), "--dest-cert-dir"]).arg(registry.certificates());
    skopeo.args([format!("oci:{}:image", image.display()), format!("docker://{}:v1", registry.image("full"))]);
    let said = refuse(&mut skopeo);
    assert!(said.contains("507"), "{said}");
}
