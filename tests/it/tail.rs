//! `ambar events tail`: what it prints of the log, and how it follows what comes.

use ambar_test_support::process::Process;
use ambar_test_support::wait;

use crate::commands::{LIMIT, ambar, json};
use crate::registry::{Registry, succeed};

/// The positions of the events that were printed.
fn positions(printed: &str) -> Vec<String> {
    printed.lines().map(|line| json(line.as_bytes())["position"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn tail_prints_the_newest_events_or_all_or_those_behind_a_position() {
    let registry = Registry::start();
    for name in ["a", "b", "c", "d"] {
        registry.ambar(&["user", "create", name]);
    }
    let all = positions(&registry.ambar(&["events", "tail", "--all"]));
    let tail = |arguments: &[&str]| positions(&registry.ambar(&[&["events", "tail"], arguments].concat()));
    assert!(all.len() > 10, "{}", all.len());
    assert_eq!(tail(&[]), all[all.len() - 10..]);
    assert_eq!(tail(&["-n", "3"]), all[all.len() - 3..]);
    assert_eq!(tail(&["-n", "0"]), [""; 0]);
    assert_eq!(tail(&["-n", "10000"]), all);
    assert_eq!(tail(&["--after", &all[all.len() - 3]]), all[all.len() - 2..]);
    assert_eq!(tail(&["--after", "0:0"]), all);
}

#[test]
fn a_follower_of_an_account_hears_of_that_alone_until_it_is_closed_and_of_no_other_of_its_name() {
    let registry = Registry::start();
    registry.ambar(&["account", "create", "acme"]);
    let log = registry.path().join("followed");
    let mut follower = Process::start(ambar(&registry).args(["events", "tail", "--follow", "-n", "0", "--account", "acme"]), &log).unwrap();
    // It follows once it has printed something; until then it may not have begun.
    let printed = |follower: &mut Process, text: &str, make: &dyn Fn()| {
        wait::until("the follower prints an event", LIMIT, || {
            follower.check_running()?;
            make();
            Ok(follower.output()?.contains(text).then_some(()))
        })
        .unwrap();
    };
    printed(&mut follower, "user.created", &|| {
        drop(registry.server.command(&["user", "create", "otto", "--account", "acme"]));
        drop(registry.server.command(&["user", "delete", "otto", "--account", "acme"]));
    });
    registry.ambar(&["user", "create", "anna", "--account", "default"]);
    registry.ambar(&["--yes", "account", "close", "acme"]);
    printed(&mut follower, "account.closed", &|| {});
    registry.ambar(&["account", "create", "acme"]);
    registry.ambar(&["user", "create", "berta", "--account", "acme"]);
    let output = follower.output().unwrap();
    assert!(!output.contains("anna") && !output.contains("berta"), "{output}");
    let closed = registry.ambar(&["events", "tail", "--all", "--type", "account.closed"]);
    let old = json(closed.trim().as_bytes())["account"].as_str().unwrap().to_owned();
    assert!(registry.ambar(&["events", "tail", "--all", "--account", &old]).contains("otto"));
    assert!(!registry.ambar(&["events", "tail", "--all", "--account", "acme"]).contains("otto"));
}

#[test]
fn a_follower_prints_what_is_recorded_and_says_where_to_go_on_when_the_server_has_stopped() {
    let mut registry = Registry::start();
    let log = registry.path().join("followed");
    let mut follower = Process::start(ambar(&registry).args(["events", "tail", "--follow", "-n", "1"]), &log).unwrap();
    let seen = |follower: &mut Process, text: &str| {
        wait::until("the follower prints an event", LIMIT, || {
            follower.check_running()?;
            Ok(follower.output()?.contains(text).then_some(()))
        })
        .unwrap();
    };
    seen(&mut follower, "organization.created");
    registry.ambar(&["user", "create", "anna"]);
    seen(&mut follower, "user.created");
    let last = positions(&registry.ambar(&["events", "tail", "-n", "1"])).remove(0);
    registry.server.process.stop(LIMIT).unwrap();
    let ended = wait::until("the follower ends", LIMIT, || Ok(follower.check_running().err())).unwrap().to_string();
    let expected =
        format!("ambar: the server has stopped; `ambar events tail --after {last}` with the same options goes on when it runs again\n");
    assert!(ended.contains("exit status: 1") && ended.ends_with(&expected), "{ended}");
    assert!(succeed(ambar(&registry).args(["events", "tail"])).contains("user.created"));
}
