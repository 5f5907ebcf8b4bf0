//! Where the master key comes from, and how it is changed, with the real server.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use ambar_test_support::server::Server;
use serde_json::Value;

use crate::registry::{AMBAR, Registry};

/// Long enough for a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// A master key in text.
const NEW: &str = "8c1f0a5be27d4936a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718";

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn stop(registry: &mut Registry) {
    assert!(registry.server.process.stop(LIMIT).unwrap().success());
}

/// Has the next commands and starts of the server go by these settings.
fn configure(registry: &mut Registry, settings: &str) {
    let path = registry.path().join("ambar.toml");
    fs::write(&path, format!("[master_key]\n{settings}\n")).unwrap();
    registry.options.arguments = vec!["--config".to_owned(), path.display().to_string()];
}

/// A command on the data directory.
fn ambar(registry: &Registry, arguments: &[&str]) -> Output {
    let mut command = Command::new(AMBAR);
    command.arg("--data-dir").arg(&registry.options.data_dir).args(&registry.options.arguments);
    command.args(arguments).output().unwrap()
}

fn record(registry: &Registry, arguments: &[&str]) -> Value {
    let output = ambar(registry, &[&["--json"], arguments].concat());
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the server says that does not start.
fn refused_start(registry: &Registry) -> String {
    let mut process = Server::spawn(&registry.options, "127.0.0.1:0").unwrap();
    assert!(!process.wait(LIMIT).unwrap().success());
    process.output().unwrap()
}

/// Logs in over the API, which is a signed call.
fn sign(registry: &Registry, key: &Value) -> Output {
    let text = |name: &str| key[name].as_str().unwrap().to_owned();
    let profiles = tempfile::tempdir_in(registry.path()).unwrap();
    let mut command = Command::new("sh");
    command.env("XDG_CONFIG_HOME", profiles.path()).env("NO_PROXY", "127.0.0.1").env_remove("no_proxy");
    command.args(["-c", "echo \"$1\" | \"$0\" login \"$2\" --access-key \"$3\" --sk-stdin --ca \"$4\"", AMBAR, &text("secret_key")]);
    command.args([&registry.server.url, &text("access_key")]).arg(&registry.tls.authority).output().unwrap()
}

fn assert_signs(registry: &Registry, key: &Value) {
    let output = sign(registry, key);
    assert!(output.status.success(), "{}", said(&output));
}

fn new_key(registry: &Registry, user: &str) -> Value {
    registry.ambar(&["user", "create", user]);
    serde_json::from_str(&registry.ambar(&["--json", "key", "create", user])).unwrap()
}

/// The key that the first start has made, beside the data directory.
fn take_old_key(registry: &Registry) -> String {
    let old = registry.path().join("old.key");
    fs::rename(registry.options.data_dir.join("master.key"), &old).unwrap();
    old.display().to_string()
}

#[test]
fn the_master_key_is_changed_and_access_keys_of_before_sign_without_the_old_one() {
    let mut registry = Registry::start();
    let key = new_key(&registry, "anna");
    stop(&mut registry);
    let old = take_old_key(&registry);
    // Another key alone: said at the start, not by the first call that fails.
    configure(&mut registry, &format!("command = 'echo {NEW}'"));
    let refusal = refused_start(&registry);
    assert!(refusal.contains("the secrets of 2 access keys") && !refusal.contains(NEW), "{refusal}");
    assert!(said(&ambar(&registry, &["key", "create", "anna"])).contains("the secrets of 2 access keys"));
    configure(&mut registry, &format!("command = 'echo {NEW}'\nprevious_file = '{old}'"));
    registry.server = Server::start(&registry.options).unwrap();
    assert_signs(&registry, &key);
    assert_eq!(record(&registry, &["master-key", "status"])["to_be_resealed"], 2);
    let rotated = ambar(&registry, &["master-key", "rotate"]);
    assert!(rotated.status.success() && said(&rotated).contains("2 access keys"), "{}", said(&rotated));
    assert_signs(&registry, &key);
    let again = said(&ambar(&registry, &["master-key", "rotate"]));
    assert!(again.contains("the secrets of all 2 access keys are sealed under the present master key"), "{again}");
    assert!(again.contains("the server has to be started again before it knows that"), "{again}");
    stop(&mut registry);
    fs::remove_file(old).unwrap();
    configure(&mut registry, &format!("command = 'echo {NEW}'"));
    registry.server = Server::start(&registry.options).unwrap();
    assert_signs(&registry, &key);
    let status = record(&registry, &["master-key", "status"]);
    assert_eq!((&status["sealed_under_it"], &status["cannot_be_opened"]), (&2.into(), &0.into()));
    assert_eq!(registry.ambar(&["events", "tail", "--all", "--type", "user.access_key_resealed"]).lines().count(), 2);
}

#[test]
fn a_rotation_during_which_the_server_is_killed_is_run_again() {
    let mut registry = Registry::start();
    let keys: Vec<_> = (0..40).map(|number| new_key(&registry, &format!("user-{number}"))).collect();
    stop(&mut registry);
    let old = take_old_key(&registry);
    let new = registry.path().join("new.key");
    fs::write(&new, NEW).unwrap();
    configure(&mut registry, &format!("file = '{}'\nprevious_file = '{old}'", new.display()));
    registry.server = Server::start(&registry.options).unwrap();
    let mut rotation = Command::new(AMBAR);
    rotation.arg("--data-dir").arg(&registry.options.data_dir).args(["master-key", "rotate"]);
    let mut rotation = rotation.stderr(std::process::Stdio::null()).spawn().unwrap();
    // Wherever it is by now: before, in the middle or behind.
    registry.server.process.kill().unwrap();
    rotation.wait().unwrap();
    let found = record(&registry, &["master-key", "status"]);
    assert_eq!(found["cannot_be_opened"], 0);
    // On the data directory itself this time.
    assert!(ambar(&registry, &["master-key", "rotate"]).status.success());
    configure(&mut registry, &format!("file = '{}'", new.display()));
    registry.server = Server::start(&registry.options).unwrap();
    for key in [&keys[0], &keys[39]] {
        assert_signs(&registry, key);
    }
    assert_eq!(record(&registry, &["master-key", "status"])["sealed_under_it"], 41);
}

#[test]
fn a_first_start_takes_the_key_of_a_variable_and_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let serve = |variables: &[(&str, &str)]| {
        let mut command = Command::new(AMBAR);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data_dir).envs(variables.iter().copied());
        ambar_test_support::process::Process::start(&mut command, &folder.path().join("log")).unwrap()
    };
    let mut server = serve(&[("AMBAR_MASTER_KEY_VARIABLE", "KEY_OF_AMBAR"), ("KEY_OF_AMBAR", NEW)]);
    ambar_test_support::wait::until("the server listens", LIMIT, || {
        server.check_running()?;
        Ok(server.output()?.contains("listening on").then_some(()))
    })
    .unwrap();
    assert!(server.stop(LIMIT).unwrap().success());
    assert!(!data_dir.join("master.key").exists() && !everything_in(&data_dir).contains(NEW));
    let mut without = serve(&[]);
    assert!(!without.wait(LIMIT).unwrap().success() && without.output().unwrap().contains("master.key is missing"));
}

#[test]
fn the_help_shows_nothing_of_what_the_environment_says_of_the_master_key() {
    let settings = ["FILE", "VARIABLE", "COMMAND"].into_iter();
    let names = settings.flat_map(|name| [format!("AMBAR_MASTER_KEY_{name}"), format!("AMBAR_PREVIOUS_MASTER_KEY_{name}")]);
    let output = Command::new(AMBAR).args(["serve", "--help"]).envs(names.map(|name| (name, "hunter2"))).output().unwrap();
    let help = said(&output);
    assert!(help.contains("AMBAR_PREVIOUS_MASTER_KEY_COMMAND") && !help.contains("hunter2"), "{help}");
}

/// What lies in a folder itself, as far as it is text.
fn everything_in(folder: &Path) -> String {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()).collect()
}
