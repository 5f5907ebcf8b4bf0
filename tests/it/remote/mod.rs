//! The command line over the API of a server: logged in with an access key, over TLS with an authority of its own.

mod accessories;
mod blocks;
mod delegation;
mod events;
mod locks;
mod login;
mod login_command;
mod nouns;
mod people;
mod refusals;
mod shells;
mod terminal;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ambar_load::content::{Image, Random};
use serde_json::Value;

use crate::registry::{AMBAR, ORGANIZATION, Registry};

/// Somebody at a machine of their own: with profiles, and without a data directory.
struct Person {
    folder: PathBuf,
}

/// An access key.
struct Key {
    access_key: String,
    secret_key: String,
}

impl Person {
    fn new(registry: &Registry, name: &str) -> Self {
        let folder = registry.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// A person who has logged in with a new key of this user.
    fn logged_in(registry: &Registry, user: &str) -> Self {
        Self::logged_in_of(registry, "default", user)
    }

    /// The same of a user of another account.
    fn logged_in_of(registry: &Registry, account: &str, user: &str) -> Self {
        let (person, key) = (Self::new(registry, &format!("{account}-{user}")), Key::create_of(registry, account, user));
        let output = person.login(registry, &key, &[]);
        assert!(output.status.success(), "{output:?}");
        person
    }

    fn command(&self) -> Command {
        let mut command = Command::new(AMBAR);
        command.current_dir(&self.folder).env("XDG_CONFIG_HOME", self.folder.join("config"));
        command.env("NO_PROXY", "127.0.0.1,localhost").env_remove("no_proxy").env_remove("AMBAR_DATA_DIR").env_remove("AMBAR_PROFILE");
        command.env_remove("AMBAR_ON_BEHALF_OF");
        command
    }

    fn profiles(&self) -> PathBuf {
        self.folder.join("config/ambar/profiles.toml")
    }

    fn login(&self, registry: &Registry, key: &Key, arguments: &[&str]) -> Output {
        let authority = registry.tls.authority.to_str().unwrap();
        let arguments = [&["login", &registry.server.url, "--access-key", &key.access_key, "--sk-stdin", "--ca", authority], arguments];
        self.with_input(&arguments.concat(), &format!("{}\n", key.secret_key))
    }

    fn with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that fails before it reads does not take it.
        let _taken = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// What a command prints for people.
    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it prints for programs.
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[&["--json"], arguments].concat())).unwrap()
    }

    /// The exit code of a command that must fail, and what it says.
    fn refused(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}: {output:?}");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}

impl Key {
    fn create(registry: &Registry, user: &str) -> Self {
        Self::create_of(registry, "default", user)
    }

    fn create_of(registry: &Registry, account: &str, user: &str) -> Self {
        let key: Value = serde_json::from_str(&registry.ambar(&["--json", "key", "create", user, "--account", account])).unwrap();
        let text = |field: &str| key[field].as_str().unwrap().to_owned();
        Self { access_key: text("access_key"), secret_key: text("secret_key") }
    }
}

/// Pushes an image with this content as `team/web/front`.
async fn push(registry: &Registry, tag: &str, content: u64) {
    let mut client = registry.subject(&registry.administrator()).basic_clients(1).await.unwrap().remove(0);
    client.push_image(&front(), tag, &Image::random(&mut Random::new(content))).await.unwrap();
}

/// An image whose name has a slash in it.
fn front() -> String {
    format!("{ORGANIZATION}/web/front")
}

/// One field of every row.
fn all(rows: &Value, field: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[field].clone()).collect()
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
