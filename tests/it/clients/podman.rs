//! Podman: with an image store of its own.

use std::process::Command;

use super::skopeo::Skopeo;
use crate::images::{ARCHITECTURES, file_system, layout};
use crate::registry::{Login, Registry, refuse, succeed};

struct Podman<'a>(&'a Registry);

impl Podman<'_> {
    fn command(&self, verb: &[&str], arguments: &[&str]) -> Command {
        let home = self.0.path().join("podman");
        std::fs::create_dir_all(&home).unwrap();
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
    fn run(&self, arguments: &[&str]) -> String {
        succeed(&mut self.command(arguments, &[]))
    }

    /// Makes a local image of one layer and gives its id.
    fn import(&self) -> String {
        layout(self.0.path());
        self.run(&["pull", "--quiet", "oci:layout:image"]).trim().to_owned()
    }

    /// Pushes a local image and gives its digest.
    fn push(&self, local: &str, image: &str) -> String {
        let file = self.0.path().join("digest");
        succeed(&mut self.remote(&["push", "--digestfile", &file.display().to_string()], &[local, image]));
        std::fs::read_to_string(file).unwrap().trim().to_owned()
    }

    fn pull(&self, image: &str) -> Command {
        self.remote(&["pull", "--quiet"], &[image])
    }

    fn forget_everything(&self) {
        self.run(&["rmi", "--all", "--force"]);
        assert_eq!(self.run(&["images", "--quiet"]), "");
    }
}

#[test]
fn podman_logs_in_pushes_pulls_by_tag_and_digest_and_logs_out() {
    let registry = Registry::start();
    let (podman, image) = (Podman(&registry), registry.image("hello"));
    let by_tag = format!("{image}:v1");
    succeed(&mut podman.login(&registry.administrator()));
    let id = podman.import();
    let by_digest = format!("{image}@{}", podman.push(&id, &by_tag));
    for name in [&by_tag, &by_digest] {
        podman.forget_everything();
        assert_eq!(succeed(&mut podman.pull(name)).trim(), id);
    }
    podman.run(&["logout", registry.server.host()]);
    podman.forget_everything();
    refuse(&mut podman.pull(&by_tag));
}

#[test]
fn podman_is_told_that_a_login_is_wrong() {
    let registry = Registry::start();
    let wrong = Login { key: "0".repeat(64), ..registry.administrator() };
    let refused = refuse(&mut Podman(&registry).login(&wrong));
    assert!(refused.contains("authentication required") || refused.contains("invalid username/password"), "{refused}");
}

#[test]
fn podman_is_denied_a_push_by_a_reader_who_may_pull() {
    let registry = Registry::start();
    let (podman, image) = (Podman(&registry), registry.image("hello"));
    succeed(&mut podman.login(&registry.administrator()));
    let id = podman.import();
    podman.push(&id, &format!("{image}:v1"));
    succeed(&mut podman.login(&registry.user("reader", Some("read"))));
    succeed(&mut podman.pull(&format!("{image}:v1")));
    let refused = refuse(&mut podman.remote(&["push"], &[&id, &format!("{image}:v2")]));
    assert!(refused.contains("denied"), "{refused}");
}

#[test]
fn podman_makes_an_index_of_two_architectures_and_pulls_the_one_it_is_asked_for() {
    let registry = Registry::start();
    let (podman, image) = (Podman(&registry), format!("{}:v1", registry.image("many")));
    succeed(&mut podman.login(&registry.administrator()));
    podman.run(&["manifest", "create", "many"]);
    let ids = ARCHITECTURES.map(|architecture| {
        let archive = file_system(registry.path(), architecture).display().to_string();
        let id = podman.run(&["import", "--quiet", "--arch", architecture, &archive]).trim().trim_start_matches("sha256:").to_owned();
        podman.run(&["manifest", "add", "many", &format!("containers-storage:{id}")]);
        id
    });
    succeed(&mut podman.remote(&["manifest", "push", "--all"], &["many", &format!("docker://{image}")]));
    podman.run(&["manifest", "rm", "many"]);
    for (architecture, id) in ARCHITECTURES.iter().zip(&ids) {
        podman.forget_everything();
        assert_eq!(succeed(podman.pull(&image).args(["--arch", architecture])).trim(), id);
    }
}

#[test]
fn podman_no_longer_pulls_what_was_deleted() {
    let registry = Registry::start();
    let (podman, login, image) = (Podman(&registry), registry.administrator(), registry.image("hello"));
    let by_tag = format!("{image}:v1");
    succeed(&mut podman.login(&login));
    let by_digest = format!("{image}@{}", podman.push(&podman.import(), &by_tag));
    podman.forget_everything();
    succeed(&mut Skopeo { registry: &registry, login: &login }.command("delete", "", &[&format!("docker://{by_tag}")]));
    for name in [by_tag, by_digest] {
        let refused = refuse(&mut podman.pull(&name));
        assert!(refused.contains("manifest unknown"), "{refused}");
    }
}
