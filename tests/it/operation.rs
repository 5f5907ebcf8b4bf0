//! What operators rely on: health, metrics, commands with and without a running server, a stop that loses nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::registry::{AMBAR, ORGANIZATION, Registry};
use ambar_domain::account::AccountError;
use ambar_domain::organization::OrganizationError;
use ambar_test_support::server::Server;

#[test]
fn a_running_server_says_that_it_lives_is_ready_and_what_it_has_done() {
    let registry = Registry::start();
    registry.curl("/healthz");
    registry.curl("/readyz");
    assert!(registry.curl("/metrics").contains("# TYPE"));
}

#[test]
fn a_server_whose_log_cannot_be_written_goes_on_answering() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ambar");
    std::fs::write(&program, format!("#!/bin/sh\nexec '{AMBAR}' \"$@\" 2>/dev/full\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let registry = Registry::start_as(folder, program, &[]);
    registry.curl("/healthz");
    registry.ambar(&["user", "create", "anna"]);
    registry.curl("/readyz");
}

#[test]
fn commands_work_on_the_running_server_and_on_the_stopped_one_alike() {
    let mut registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let running = registry.ambar(&["user", "list"]);
    let stopped = registry.server.process.stop(Duration::from_secs(20)).unwrap();
    assert!(stopped.success(), "{stopped}");
    assert_eq!(registry.ambar(&["user", "list"]), running);
    assert!(registry.ambar(&["org", "list"]).contains(ORGANIZATION));
    registry.server = Server::start(&registry.options).unwrap();
    assert_eq!(registry.ambar(&["user", "list"]), running);
}

#[test]
fn every_change_is_an_event_and_no_secret_is_in_any() {
    let registry = Registry::start();
    let login = registry.user("anna", Some("edit"));
    let events = registry.ambar(&["events", "tail", "--all"]);
    // What is printed leaves out what the log has beside; that is looked at as it is stored.
    let stored: Vec<u8> =
        ["events.db", "events.db-wal"].iter().flat_map(|file| fs::read(registry.path().join("data").join(file)).unwrap()).collect();
    let is_stored = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(is_stored(&login.access_key) && !is_stored(&login.key) && !is_stored(&registry.administrator().key));
    for event in ["account.opened", "user.created", "user.access_key_created", "organization.created", "organization.access_granted"] {
        assert!(events.contains(event), "{event}");
    }
    assert!(events.contains(&login.access_key) && !events.contains(&login.key));
    assert!(!events.contains(&registry.administrator().key));
}

#[test]
fn the_login_key_of_a_secret_key_is_worked_out_without_a_server() {
    let registry = Registry::start();
    registry.ambar(&["user", "create", "anna"]);
    let key: serde_json::Value = serde_json::from_str(&registry.ambar(&["--json", "key", "create", "anna"])).unwrap();
    let (access_key, secret_key) = (key["access_key"].as_str().unwrap(), key["secret_key"].as_str().unwrap());
    let worked_out = registry.server.command_with_input(&["login-key", access_key], secret_key).unwrap();
    assert_eq!(worked_out.trim(), key["login_key"].as_str().unwrap());
}

#[test]
fn the_sixth_organization_and_one_whose_name_is_taken_are_refused() {
    let registry = Registry::start();
    for name in ["a", "b", "c", "d"] {
        registry.ambar(&["org", "create", name]);
    }
    let refused = |name| {
        let error = registry.server.command(&["org", "create", name]).unwrap_err().to_string();
        error.trim_end().rsplit("ambar: ").next().unwrap().to_owned()
    };
    let (taken, full) = (OrganizationError::AlreadyExists.to_string(), AccountError::QuotaExceeded { quota: 5 }.to_string());
    // One's own name is taken before the quota is asked about.
    assert_eq!(refused("a"), taken);
    assert_eq!(refused("e"), full);
    registry.ambar(&["org", "delete", "d"]);
    assert_eq!(refused("a"), taken);
    registry.ambar(&["org", "create", "e"]);
}
