//! The data directory: nobody else reads what lies in it, and a command makes none where there is none.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::registry::{AMBAR, Registry};
use ambar_test_support::server::{Server, ServerOptions};

/// Long enough for a busy machine.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// A command in a folder of its own, as somebody else than the test's own helpers types it.
fn ambar(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(AMBAR);
    command.current_dir(folder).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder with the data of a registry that has been stopped, in `data`.
fn stopped() -> Registry {
    let mut registry = Registry::start();
    assert!(registry.server.process.stop(STOP_LIMIT).unwrap().success());
    registry
}

/// Everything below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { [vec![path.clone()], below(&path)].concat() } else { vec![path] }).collect()
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn nothing_in_the_data_directory_can_be_read_by_anybody_else() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    fs::create_dir(&data_dir).unwrap();
    fs::set_permissions(&data_dir, Permissions::from_mode(0o755)).unwrap();
    let options = ServerOptions { program: PathBuf::from(AMBAR), data_dir: data_dir.clone(), tls: None, arguments: Vec::new() };
    let mut server = Server::start(&options).unwrap();
    server.command(&["org", "create", "team"]).unwrap();
    let running = below(&data_dir);
    for name in ["events.db", "snapshots.db", "master.key", "first-login.json", "control.sock", "lock", "views", "content"] {
        assert!(running.contains(&data_dir.join(name)), "{name} in {running:?}");
    }
    assert!(server.process.stop(STOP_LIMIT).unwrap().success());
    server.command(&["user", "list"]).unwrap();
    for path in running.into_iter().chain(below(&data_dir)).filter(|path| path.exists()) {
        assert_eq!(mode(&path) & 0o077, 0, "{} has mode {:o}", path.display(), mode(&path));
    }
}

#[test]
fn a_directory_in_which_others_can_write_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    fs::create_dir(&data_dir).unwrap();
    fs::set_permissions(&data_dir, Permissions::from_mode(0o777)).unwrap();
    let options = ServerOptions { program: PathBuf::from(AMBAR), data_dir, tls: None, arguments: Vec::new() };
    let said = Server::start(&options).unwrap().process.output().unwrap();
    assert!(said.contains("WARN") && said.contains("others can write"), "{said}");
}

#[test]
fn a_command_on_a_directory_without_data_says_so_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for directory in ["empty", "missing"] {
        let output = ambar(folder.path(), &["--data-dir", directory, "user", "list"], &[]);
        assert_eq!(output.status.code(), Some(3));
        assert!(said(&output).contains(&format!("no Ambar data in {directory}")), "{}", said(&output));
    }
    assert_eq!(below(folder.path()), [folder.path().join("empty")]);
}

#[test]
fn a_command_without_a_server_goes_by_the_environment_and_the_file() {
    let registry = stopped();
    let quota = [("AMBAR_ORGANIZATION_QUOTA", "2")];
    let org = |name: &str| ambar(registry.path(), &["--data-dir", "data", "org", "create", name], &quota);
    assert!(org("a").status.success());
    let refused = org("b");
    assert!(!refused.status.success() && said(&refused).contains("quota"), "{}", said(&refused));
    let wrong = ambar(registry.path(), &["--data-dir", "data", "org", "create", "b"], &[("AMBAR_ORGANIZATION_QUOTA", "two")]);
    assert!(said(&wrong).contains("'two'") && said(&wrong).lines().count() == 1, "{}", said(&wrong));
    fs::write(registry.path().join("ambar.toml"), "data_dir = 'data'\n[limits]\norganization_quota = 3").unwrap();
    assert!(ambar(registry.path(), &["org", "create", "b"], &[]).status.success());
    assert!(!ambar(registry.path(), &["org", "create", "c"], &[]).status.success());
}

#[test]
fn a_command_without_a_server_does_not_mind_how_the_server_listens() {
    let registry = stopped();
    fs::write(registry.path().join("ambar.toml"), "data_dir = 'data'\nlisten = '0.0.0.0:5000'").unwrap();
    for variables in [&[][..], &[("AMBAR_TLS_CERT", "a.pem"), ("AMBAR_TLS_KEY", "a.key")], &[("AMBAR_TLS_CERT", "a.pem")]] {
        let output = ambar(registry.path(), &["user", "list"], variables);
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[test]
fn events_cannot_be_followed_without_a_server_which_could_not_start_meanwhile() {
    let registry = stopped();
    let output = ambar(registry.path(), &["--data-dir", "data", "events", "tail", "--follow"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("no server is running"), "{}", said(&output));
}
