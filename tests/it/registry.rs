//! A running Ambar with an organization, and users to log in as.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ambar_load::client::Client;
use ambar_load::endpoint::Endpoint;
use ambar_load::subject::Subject;
use ambar_test_support::server::{Server, ServerOptions};
use ambar_test_support::tls::TlsFiles;
use serde_json::Value;
use tempfile::TempDir;

/// The binary under test.
pub(crate) const AMBAR: &str = env!("CARGO_BIN_EXE_ambar");
/// The organization every test pushes into.
pub(crate) const ORGANIZATION: &str = "team";

/// Name and key of a registry login.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) key: String,
    pub(crate) access_key: String,
}

/// A server with a data directory of its own. Both go when it is dropped.
pub(crate) struct Registry {
    pub(crate) server: Server,
    pub(crate) tls: TlsFiles,
    pub(crate) options: ServerOptions,
    folder: TempDir,
}

impl Registry {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        Self::start_as(tempfile::tempdir().unwrap(), PathBuf::from(AMBAR), arguments)
    }

    /// Without TLS, for tests that write to the connection themselves.
    pub(crate) fn start_plain(arguments: &[&str]) -> Self {
        Self::launch(tempfile::tempdir().unwrap(), PathBuf::from(AMBAR), false, arguments)
    }

    /// Over `data` in a folder, with `program` in place of the binary; it must run that in its own process.
    pub(crate) fn start_as(folder: TempDir, program: PathBuf, arguments: &[&str]) -> Self {
        Self::launch(folder, program, true, arguments)
    }

    fn launch(folder: TempDir, program: PathBuf, over_tls: bool, arguments: &[&str]) -> Self {
        let tls = TlsFiles::create(&folder.path().join("tls")).unwrap();
        let options = ServerOptions {
            program,
            data_dir: folder.path().join("data"),
            tls: over_tls.then(|| tls.clone()),
            arguments: arguments.iter().map(ToString::to_string).collect(),
        };
        let server = Server::start(&options).unwrap();
        let registry = Self { server, tls, options, folder };
        registry.ambar(&["org", "create", ORGANIZATION]);
        registry
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command of the CLI against the running server.
    pub(crate) fn ambar(&self, arguments: &[&str]) -> String {
        self.server.command(arguments).unwrap()
    }

    pub(crate) fn administrator(&self) -> Login {
        let login = self.server.first_login().unwrap();
        let access_key = login.login_user.split('@').nth(1).unwrap().to_owned();
        Login { user: login.login_user, key: login.login_key, access_key }
    }

    /// A new user with a level on the organization, or with none.
    pub(crate) fn user(&self, name: &str, level: Option<&str>) -> Login {
        self.ambar(&["user", "create", name]);
        if let Some(level) = level {
            self.ambar(&["grant", "org", ORGANIZATION, "--user", name, "--level", level]);
        }
        let key: Value = serde_json::from_str(&self.ambar(&["--json", "key", "create", name])).unwrap();
        let text = |field: &str| key[field].as_str().unwrap().to_owned();
        Login { user: text("login_user"), key: text("login_key"), access_key: text("access_key") }
    }

    /// What the server shows at a path without a login.
    pub(crate) fn curl(&self, path: &str) -> String {
        let mut command = Command::new("curl");
        succeed(command.args(["--silent", "--fail", "--cacert"]).arg(&self.tls.authority).arg(format!("{}{path}", self.server.url)))
    }

    /// Where the server answers now, for the load driver's client.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::new(&self.server.url, Some(&self.tls.authority)).unwrap()
    }

    /// The name and value of the header that logs a user in.
    pub(crate) fn authorization(login: &Login) -> String {
        format!("Authorization: {}\r\n", ambar_load::login::Login { user: login.user.clone(), key: login.key.clone() }.basic())
    }

    /// A client with the right to pull from and push to one repository.
    pub(crate) async fn client(&self, login: &Login, repository: &str) -> Client {
        Client::new(self.subject(login).authorized(&[repository.to_owned()]).await.unwrap())
    }

    /// The server as it answers now, for whoever logs in with `login`.
    pub(crate) fn subject(&self, login: &Login) -> Subject {
        let login = ambar_load::login::Login { user: login.user.clone(), key: login.key.clone() };
        Subject { name: "Ambar".to_owned(), endpoint: self.endpoint(), login: Some(login), process: None }
    }

    /// The folder of certificates that Podman, Skopeo and Buildah take.
    pub(crate) fn certificates(&self) -> PathBuf {
        let folder = self.path().join("certificates");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(&self.tls.authority, folder.join("ca.crt")).unwrap();
        folder
    }

    /// The name of an image in the organization.
    pub(crate) fn image(&self, name: &str) -> String {
        format!("{}/{ORGANIZATION}/{name}", self.server.host())
    }

    /// The name of the same image for Docker and containerd: with it they check the certificate.
    pub(crate) fn strict_image(&self, name: &str) -> String {
        format!("{}/{ORGANIZATION}/{name}", self.server.strict_host())
    }
}

impl Drop for Registry {
    /// Clients leave folders that their owner may not write to, and those only root could remove.
    fn drop(&mut self) {
        let _removable = Command::new("chmod").args(["-R", "u+rwX"]).arg(self.path()).output();
    }
}

/// Runs a client and gives what it prints, without its warnings; fails the test when it fails.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = run(command);
    assert!(output.status.success(), "{command:?} ended with {}: {}", output.status, text_of(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a client that must be refused, and gives what it says.
pub(crate) fn refuse(command: &mut Command) -> String {
    let output = run(command);
    let text = text_of(&output);
    assert!(!output.status.success(), "{command:?} was not refused: {text}");
    text
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; `make clients` installs the clients"))
}

fn text_of(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
