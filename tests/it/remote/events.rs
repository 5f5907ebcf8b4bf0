//! The account's events over the API.

use std::time::Duration;

use ambar_test_support::process::Process;
use ambar_test_support::server::Server;
use ambar_test_support::wait;
use serde_json::{Value, json};

use super::Person;
use crate::registry::Registry;

/// Long enough for a busy machine, and for a follower that waits before it connects again.
const LIMIT: Duration = Duration::from_secs(60);

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn events_are_filtered_and_paged_and_written_as_json_lines() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let person = Person::logged_in(&registry, "admin");
    person.text(&["org", "create", "web"]);
    let all = lines(&person.text(&["--json", "events", "list", "--all"]));
    assert!(all.len() > 10 && all[0]["type"] == "name.claimed", "{all:?}");
    let first = lines(&person.text(&["--json", "events", "list", "--limit", "3"]));
    assert_eq!(first, all[..3]);
    let position = first[2]["position"].as_str().unwrap();
    let rest = lines(&person.text(&["--json", "events", "list", "--after", position, "--all"]));
    assert_eq!(rest, all[3..]);

    let own = lines(&person.text(&["--json", "events", "list", "--user", "admin"]));
    let id = person.json(&["whoami"])["id"].clone();
    assert!(!own.is_empty() && own.iter().all(|event| event["actor"] == id), "{own:?}");
    let created = lines(&person.text(&["--json", "events", "list", "--type", "organization.created", "--org", "web"]));
    assert_eq!((created.len(), &created[0]["stream"]), (1, &json!("organization/web")));
    let for_people = person.text(&["events", "list", "--org", "web"]);
    let line = for_people.lines().find(|line| line.contains("organization.created")).unwrap();
    assert!(for_people.starts_with("POSITION") && line.ends_with("admin  organization/web"), "{for_people}");
    assert!(person.text(&["events", "list", "--until", "2020-01-01T00:00:00Z"]).lines().count() == 1);
}

#[test]
fn all_events_are_exported_as_json_lines_and_cloud_events() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    person.text(&["org", "create", "web"]);
    let listed = lines(&person.text(&["--json", "events", "list", "--all"]));
    assert_eq!(lines(&person.text(&["events", "export"])), listed);
    let events = lines(&person.text(&["events", "export", "--format", "cloudevents"]));
    assert_eq!(
        events.iter().map(|event| &event["id"]).collect::<Vec<_>>(),
        listed.iter().map(|event| &event["event_id"]).collect::<Vec<_>>()
    );
    assert!(events.iter().all(|event| event["specversion"] == "1.0"));
    let position = listed[2]["position"].as_str().unwrap();
    let created = lines(&person.text(&["events", "export", "--after", position, "--type", "organization.created", "--org", "web"]));
    assert_eq!((created.len(), &created[0]["stream"]), (1, &json!("organization/web")));
}

#[test]
fn a_follower_goes_on_behind_the_last_event_when_the_server_is_there_again() {
    let mut registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    let log = registry.path().join("followed");
    let mut follower = Process::start(person.command().args(["--json", "events", "follow", "--after", "0:0"]), &log).unwrap();
    let seen = |follower: &mut Process, text: &str| {
        wait::until("the follower prints an event", LIMIT, || {
            follower.check_running()?;
            Ok(follower.output()?.contains(text).then_some(()))
        })
        .unwrap();
    };
    seen(&mut follower, "organization.created");
    registry.ambar(&["user", "create", "anna"]);
    seen(&mut follower, "\"anna\"");
    registry.server.process.stop(LIMIT).unwrap();
    registry.ambar(&["user", "create", "otto"]);
    let address = registry.server.host().to_owned();
    registry.server.process = Server::spawn(&registry.options, &address).unwrap();
    seen(&mut follower, "\"otto\"");

    let printed = follower.output().unwrap();
    let positions: Vec<_> = printed.lines().filter(|line| line.starts_with('{')).collect();
    let all = person.text(&["--json", "events", "list", "--all"]);
    assert_eq!(positions, all.lines().take(positions.len()).collect::<Vec<_>>(), "none is lost, and none comes twice");
}
