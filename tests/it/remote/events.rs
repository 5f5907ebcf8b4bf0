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
    for (until, lines) in [("2020-01-01T00:00:00Z", 1), ("2020-01-01", 1), ("2200-01-01", for_people.lines().count())] {
        assert_eq!(person.text(&["events", "list", "--org", "web", "--until", until]).lines().count(), lines, "{until}");
    }
    assert_eq!(person.text(&["events", "list", "--org", "web", "--from", "2020-01-01"]), for_people);
}

#[test]
fn a_filter_that_can_find_nothing_says_so_in_the_words_of_the_command_line() {
    let registry = Registry::start();
    let person = Person::logged_in(&registry, "admin");
    person.text(&["org", "create", "web"]);
    person.text(&["org", "delete", "web"]);
    for command in [&["events", "list"][..], &["events", "export"]] {
        let cases: [(&[&str], i32, &str); 10] = [
            (&["--user", "nobody"], 3, "there is no user 'nobody'"),
            (&["--org", "nope"], 3, "there is no organization 'nope', and no event of one"),
            (&["--image", "team/nope"], 3, "there is no image 'team/nope', and no event of one"),
            (&["--image", "nope"], 2, "organization/name"),
            (&["--actor", "admin"], 2, "--user takes a name"),
            (&["--stream", "team"], 2, "such as organization/team"),
            (&["--type", "organization.createt"], 2, "a similar value exists: 'organization.created'"),
            (&["--after", "yesterday"], 2, "for '--after <POSITION>': a position is"),
            (&["--from", "yesterday"], 2, "for '--from <TIME>': a time is"),
            (&["--until", "yesterday"], 2, "for '--until <TIME>': a time is"),
        ];
        for (filter, code, expected) in cases {
            let output = person.run(&[command, filter].concat());
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(code) && said.contains(expected), "{filter:?} {said}");
        }
        // What is deleted, and what never happened, is no error.
        assert!(person.text(&[command, &["--org", "web"]].concat()).contains("organization.deleted"));
        let output = person.run(&[command, &["--org", "web", "--type", "organization.access_revoked"]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && said == "the account has no event of the type 'organization.access_revoked'\n", "{said}");
    }
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
