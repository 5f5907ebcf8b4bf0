//! Podman: login, pull and push with an image store of its own.

use std::process::Command;

use crate::registry::{Login, Registry, layout, refuse, succeed};

struct Podman<'a>(&'a Registry);

impl Podman<'_> {
    fn command(&self, verb: &[&str], arguments: &[&str]) -> Command {
        let home = self.0.path().join("podman");
        let mut command = Command::new("podman");
        command.args(["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file"]);
        command.arg("--root").arg(home.join("root")).arg("--runroot").arg(home.join("run")).args(verb).args(arguments);
        // Podman makes a name of the path of a layout, and temporary folders have capitals in theirs.
        command.current_dir(self.0.path());
        command.env("REGISTRY_AUTH_FILE", home.join("auth.json")).env("HOME", &home);
        command
    }

    fn remote(&self, verb: &[&str], arguments: &[&str]) -> Command {
        let mut all = verb.to_vec();
        let certificates = self.0.certificates().display().to_string();
        all.extend(["--cert-dir", &certificates]);
        self.command(&all, arguments)
    }

    fn login(&self, login: &Login) -> Command {
        self.remote(&["login", "-u", &login.user, "-p", &login.key], &[self.0.server.host()])
    }
}

#[test]
fn podman_logs_in_pushes_pulls_by_tag_and_digest_and_logs_out() {
    let registry = Registry::start();
    let podman = Podman(&registry);
    let image = registry.image("hello");
    succeed(&mut podman.login(&registry.administrator()));
    layout(registry.path());
    succeed(&mut podman.command(&["pull"], &["oci:layout:image"]));
    let id = succeed(&mut podman.command(&["images"], &["--quiet", "--no-trunc"]));
    let id = id.trim().trim_start_matches("sha256:");
    succeed(&mut podman.command(&["tag"], &[id, &format!("{image}:v1")]));
    let digest_file = registry.path().join("digest").display().to_string();
    succeed(&mut podman.remote(&["push", "--digestfile", &digest_file], &[&format!("{image}:v1")]));
    let digest = std::fs::read_to_string(&digest_file).unwrap();
    succeed(&mut podman.command(&["rmi"], &["--force", id]));
    succeed(&mut podman.remote(&["pull"], &[&format!("{image}:v1")]));
    succeed(&mut podman.remote(&["pull"], &[&format!("{image}@{}", digest.trim())]));
    succeed(&mut podman.command(&["logout"], &[registry.server.host()]));
    succeed(&mut podman.command(&["rmi"], &["--force", "--all"]));
    refuse(&mut podman.remote(&["pull"], &[&format!("{image}:v1")]));
}

#[test]
fn podman_is_told_that_a_login_is_wrong() {
    let registry = Registry::start();
    let wrong = Login { key: "0".repeat(64), ..registry.administrator() };
    let refused = refuse(&mut Podman(&registry).login(&wrong));
    assert!(refused.contains("authentication required") || refused.contains("invalid username/password"), "{refused}");
}
