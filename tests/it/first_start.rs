//! The first start: its login is shown once, so nothing that an operator can get wrong may come after it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::registry::{AMBAR, succeed};
use ambar_test_support::process::Process;
use ambar_test_support::server::{Server, ServerOptions};
use ambar_test_support::tls::TlsFiles;
use ambar_test_support::wait;
use tempfile::TempDir;

const START_LIMIT: Duration = Duration::from_secs(30);

/// How a server over `data` in a folder is started, with certificates of its own.
fn options(folder: &TempDir) -> ServerOptions {
    let tls = TlsFiles::create(&folder.path().join("tls")).unwrap();
    ServerOptions { program: PathBuf::from(AMBAR), data_dir: folder.path().join("data"), tls: Some(tls), arguments: Vec::new() }
}

/// What a server says that cannot start.
fn failure_of(options: &ServerOptions, address: &str) -> String {
    let mut process = Server::spawn(options, address).unwrap();
    wait::until("ambar ends", START_LIMIT, || Ok(process.check_running().err())).unwrap().to_string()
}

fn announcement(process: &mut Process) -> String {
    wait::until("ambar says where it listens", START_LIMIT, || {
        process.check_running()?;
        process.output()?.contains("listening on ").then(|| process.output()).transpose()
    })
    .unwrap()
}

#[test]
fn a_start_without_a_usable_certificate_does_not_spend_the_login() {
    let folder = tempfile::tempdir().unwrap();
    let good = options(&folder);
    let mut bad = good.clone();
    bad.tls.as_mut().unwrap().key = folder.path().join("no-such-key.pem");
    let said = failure_of(&bad, "127.0.0.1:0");
    assert!(said.contains("no-such-key.pem") && !said.contains("docker login"), "{said}");
    let TlsFiles { certificate, key, .. } = good.tls.clone().unwrap();
    for (tls, wrong) in [((&certificate, &certificate), "has no private key in it"), ((&key, &key), "has no certificate in it")] {
        let files = bad.tls.as_mut().unwrap();
        (files.certificate, files.key) = (tls.0.clone(), tls.1.clone());
        let said = failure_of(&bad, "127.0.0.1:0");
        assert!(said.contains(wrong) && !said.contains("no items found"), "{said}");
    }
    assert!(!good.data_dir.join("first-login.json").exists());
    let server = Server::start(&good).unwrap();
    assert!(server.process.output().unwrap().contains("docker login"));
    assert!(server.first_login().is_ok());
}

#[test]
fn a_start_on_a_port_that_is_taken_does_not_spend_the_login() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(&folder);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let said = failure_of(&options, &taken.local_addr().unwrap().to_string());
    assert!(said.contains("cannot be listened on") && !said.contains("docker login"), "{said}");
    assert!(!options.data_dir.join("first-login.json").exists());
}

#[test]
fn a_data_directory_may_lie_deeper_than_the_path_of_a_socket_can_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(&folder);
    options.data_dir = folder.path().join("a".repeat(100)).join("b".repeat(100));
    let server = Server::start(&options).unwrap();
    server.command(&["org", "create", "team"]).unwrap();
    assert!(server.command(&["org", "list"]).unwrap().contains("team"));
}

#[test]
fn the_login_of_a_server_on_all_addresses_names_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(&folder);
    let mut process = Server::spawn(&options, "0.0.0.0:0").unwrap();
    let said = announcement(&mut process);
    let host = succeed(Command::new("uname").arg("-n"));
    let login = said.lines().find(|line| line.contains("docker login")).unwrap();
    assert!(login.contains(&format!(" {}:", host.trim())) && !login.contains("0.0.0.0"), "{login}");
    assert!(said.contains("--public-url"), "{said}");
}

#[test]
fn a_server_whose_accounts_are_all_closed_starts_again_without_a_login_and_is_given_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(&folder);
    let mut server = Server::start(&options).unwrap();
    server.command(&["account", "close", "default"]).unwrap();
    server.process.stop(START_LIMIT).unwrap();
    let server = Server::start(&options).unwrap();
    let said = server.process.output().unwrap();
    assert!(!said.contains("docker login"), "{said}");
    let none = server.command(&["user", "list"]).unwrap_err().to_string();
    assert!(none.contains("there is no account; `ambar account create` makes one"), "{none}");
    server.command(&["account", "create", "default"]).unwrap();
    server.command(&["user", "create", "admin", "--administrator"]).unwrap();
    assert!(server.command(&["key", "create", "admin"]).unwrap().contains("local@"));
}

#[test]
fn the_hint_for_the_next_command_names_the_data_directory() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(&folder);
    options.data_dir = folder.path().join("my data");
    let server = Server::start(&options).unwrap();
    let hint = format!("ambar --data-dir '{}' org create my-team", options.data_dir.display());
    let said = server.process.output().unwrap();
    assert!(said.contains(&hint), "{said}");
}
