//! The data directory: nobody else reads what lies in it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::registry::AMBAR;
use ambar_test_support::server::{Server, ServerOptions};

/// Long enough for a busy machine.
const STOP_LIMIT: Duration = Duration::from_secs(20);

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
