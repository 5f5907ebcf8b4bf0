//! What the event log says about the work of operators and clients.

use ambar_load::content::{Blob, Image, Random};
use serde_json::{Value, json};

use crate::commands::answer;
use crate::raw::Raw;
use crate::registry::{Login, ORGANIZATION, Registry};

/// Everything in the log, oldest first.
fn events(registry: &Registry) -> Vec<Value> {
    registry.ambar(&["events", "tail", "--all"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Pushes an image, mounts a blob of it elsewhere, and deletes the image.
async fn work(registry: &Registry, login: &Login) {
    let (web, copy) = (format!("{ORGANIZATION}/web"), format!("{ORGANIZATION}/copy"));
    let image = Image::random(&mut Random::new(1));
    let layer = &image.blobs[1].digest;
    let mut client = registry.subject(login).basic_clients(1).await.unwrap().remove(0);
    client.push_image(&web, "v1", &image).await.unwrap();
    client.mount(&copy, layer, &web).await.unwrap();
    for path in ["manifests/v1", &format!("manifests/{}", image.manifest.digest), &format!("blobs/{layer}")] {
        client.expect("DELETE", &format!("/v2/{web}/{path}"), 202).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_says_who_did_it_by_which_request_and_from_where() {
    let registry = Registry::start();
    let operated = events(&registry).len();
    let login = registry.user("anna", Some("manage"));
    let prepared = events(&registry).len();
    work(&registry, &login).await;
    let worked = events(&registry).len();
    registry.ambar(&["repo", "delete", &format!("{ORGANIZATION}/web")]);
    registry.ambar(&["user", "delete", "anna"]);

    let events = events(&registry);
    let operator = format!("operator:{}", rustix::process::getuid().as_raw());
    let anna = events.iter().find(|event| event["payload"]["name"] == "anna" && event["type"] == "user.created").unwrap();
    let anna = anna["stream"].as_str().unwrap().strip_prefix("user/").unwrap();
    assert!(operated > 5 && prepared > operated && worked > prepared + 8 && events.len() > worked + 2);
    for (index, event) in events.iter().enumerate() {
        let said = |key: &str| event[key].as_str().unwrap_or_else(|| panic!("no {key} in {event}"));
        let by_anna = (prepared..worked).contains(&index);
        assert_eq!(said("actor"), if by_anna { anna } else { operator.as_str() }, "{event}");
        assert_eq!(said("source_address"), if by_anna { "127.0.0.1" } else { "local" }, "{event}");
        assert!(!said("request_id").is_empty());
        assert_eq!(event["access_key"].as_str(), by_anna.then_some(login.access_key.as_str()), "{event}");
    }
}

/// An image index that names so many images that nobody has.
fn wide_index(number: u64, children: u64) -> Blob {
    let child = |index: u64| {
        let digest = format!("sha256:{:064x}", number * children + index);
        json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 1 })
    };
    let children: Vec<_> = (0..children).map(child).collect();
    let index = json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": children });
    Blob::new(index.to_string().into_bytes())
}

#[test]
fn tail_prints_the_whole_log_however_large_its_events_are() {
    let registry = Registry::start_plain(&[]);
    let login = Registry::authorization(&registry.user("anna", Some("edit")));
    // More than the 4 MiB that the log gives at a time, in far fewer events than are asked for at a time.
    let indexes: Vec<_> = (0..40).map(|number| wide_index(number, 1000)).collect();
    for Blob { digest, bytes } in &indexes {
        let mut client = Raw::connect(&registry);
        let length = bytes.len();
        client.send(format!("PUT /v2/team/web/manifests/{digest} HTTP/1.1\r\nHost: x\r\n{login}Content-Length: {length}\r\n\r\n"));
        client.send(bytes);
        assert_eq!(client.head().unwrap().status, 201);
    }
    let all = events(&registry);
    let pushed = all.iter().filter(|event| event["type"] == "repository.manifest_pushed");
    let digests: Vec<_> = pushed.map(|event| event["payload"]["digest"].as_str().unwrap()).collect();
    assert_eq!(digests, indexes.iter().map(|index| &index.digest).collect::<Vec<_>>());
    assert_eq!(registry.ambar(&["events", "tail", "-n", "12"]).lines().count(), 12);
}

#[test]
fn the_operator_looks_for_events_of_all_accounts_or_of_one() {
    let registry = Registry::start_plain(&[]);
    registry.ambar(&["account", "create", "acme"]);
    registry.ambar(&["user", "create", "anna", "--account", "acme"]);
    registry.ambar(&["org", "create", "works", "--account", "acme"]);
    let tail = |arguments: &[&str]| -> Vec<Value> {
        let printed = registry.ambar(&[&["events", "tail"], arguments].concat());
        printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let types = |events: &[Value]| events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>();

    let created = tail(&["--all", "--type", "organization.created"]);
    let accounts: Vec<_> = created.iter().map(|event| event["account"].as_str().unwrap()).collect();
    assert!(accounts.len() == 2 && accounts[0] != accounts[1], "{created:?}");
    let of_acme = tail(&["--all", "--account", "acme"]);
    let opened = of_acme.iter().find(|event| event["type"] == "account.opened").unwrap();
    assert_eq!(opened["stream"], format!("account/{}", accounts[1]));
    assert!(of_acme.iter().all(|event| event["account"] == accounts[1]), "{of_acme:?}");
    assert_eq!(types(&tail(&["--all", "--org", "works"])), ["account.organization_slot_claimed", "organization.created"]);
    // As many of those that are wanted, however far back they are.
    assert_eq!(types(&tail(&["-n", "1", "--account", "acme", "--type", "account.opened"])), ["account.opened"]);
    assert_eq!(types(&tail(&["-n", "1", "--account", "acme", "--stream", &format!("organization/{ORGANIZATION}")])), [""; 0]);
    let behind = opened["position"].as_str().unwrap();
    assert_eq!(tail(&["--account", "acme", "--after", behind]), of_acme[of_acme.iter().position(|event| event == opened).unwrap() + 1..]);

    let cloud_events = tail(&["--all", "--account", "acme", "--format", "cloudevents"]);
    let sources = cloud_events.iter().map(|event| (event["specversion"].as_str().unwrap(), event["source"].as_str().unwrap()));
    let source = format!("/accounts/{}", accounts[1]);
    assert!(sources.clone().all(|of| of == ("1.0", &source)) && cloud_events.len() == of_acme.len(), "{cloud_events:?}");
}

/// What is asked for, what the command ends with, and what it says of it.
type Answered<'a> = (&'a [&'a str], i32, &'a str);

/// Looks for what finds nothing.
fn look(registry: &Registry, cases: &[Answered<'_>]) {
    for (filter, code, expected) in cases {
        let output = answer(registry, &[&["events", "tail"], *filter].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(*code) && output.stdout.is_empty() && said.contains(expected), "{filter:?} {said}");
    }
}

#[test]
fn a_filter_of_the_operators_that_can_find_nothing_says_so() {
    const CASES: [Answered<'_>; 11] = [
        (&["--type", "organization.createt"], 2, "a similar value exists: 'organization.created'"),
        (&["--type", "nothing"], 2, "[possible values: account.opened, "),
        (&["-n", "10001"], 2, "at most the 10000 newest events"),
        (&["--user", "a/b"], 2, "'a/b' is no name"),
        (&["--account", "a/b"], 2, "'a/b' is no name"),
        (&["--org", "nope"], 3, "ambar: there is no organization 'nope', and no event of one\n"),
        (&["--image", "team/nope", "--all"], 3, "ambar: there is no image 'team/nope', and no event of one\n"),
        (&["--stream", "organization/nope"], 0, "there is no event of the stream 'organization/nope'\n"),
        (&["--org", "works", "--type", "address.blocked"], 0, "there is no event of the type 'address.blocked'\n"),
        (&["--type", "address.blocked", "--until", "2020-01-01"], 0, "there is no event of the type 'address.blocked'\n"),
        (
            &["--type", "address.blocked", "--actor", "anonymous", "--org", "works", "--all"],
            0,
            "there is no event of the type 'address.blocked'\nthere is no event of the actor 'anonymous'\n",
        ),
    ];
    let mut registry = Registry::start_plain(&[]);
    registry.ambar(&["org", "create", "works"]);
    registry.ambar(&["org", "delete", "works"]);
    look(&registry, &CASES);
    registry.server.process.stop(std::time::Duration::from_secs(20)).unwrap();
    look(&registry, &CASES);
    // What was deleted has its events still, and nothing is said of what is not there at a time.
    for filter in [&["--org", "works"][..], &["--org", "works", "--until", "2020-01-01"]] {
        let output = answer(&registry, &[&["events", "tail"], filter].concat());
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn what_one_account_has_nothing_of_is_not_said_to_be_nowhere() {
    let registry = Registry::start_plain(&[]);
    registry.ambar(&["account", "create", "acme"]);
    look(
        &registry,
        &[
            (&["--account", "acme", "--org", "team"], 3, "ambar: there is no organization 'team' in account 'acme', and no event of one\n"),
            (
                &["--account", "acme", "--image", "team/web"],
                3,
                "ambar: there is no image 'team/web' in account 'acme', and no event of one\n",
            ),
            (&["--account", "acme", "--type", "organization.created"], 0, "the account has no event of the type 'organization.created'\n"),
        ],
    );
    assert!(!registry.ambar(&["events", "tail", "--type", "organization.created"]).is_empty());
}

#[test]
fn the_operator_sees_no_secret_and_no_hash_in_events() {
    let registry = Registry::start_plain(&[]);
    registry.user("anna", Some("edit"));
    let printed = registry.ambar(&["events", "tail", "--all"]);
    assert!(printed.contains("user.access_key_created"));
    for hidden in ["sealed_secret", "login_key_hash", "password_hash"] {
        assert!(!printed.contains(hidden), "{hidden}");
    }
}
