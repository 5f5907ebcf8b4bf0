//! Buildah: builds and pushes images, for several architectures under one name too.

use std::process::Command;

use super::skopeo::Skopeo;
use crate::images::{ARCHITECTURES, buildah, index, layout};
use crate::registry::{Login, Registry, refuse, succeed};

struct Buildah<'a>(&'a Registry);

impl Buildah<'_> {
    fn run(&self, arguments: &[&str]) -> String {
        succeed(&mut buildah(self.0.path(), arguments))
    }

    fn remote(&self, verb: &[&str], arguments: &[&str]) -> Command {
        let mut command = buildah(self.0.path(), verb);
        command.arg("--cert-dir").arg(self.0.certificates()).arg("--authfile").arg(self.0.path().join("auth.json")).args(arguments);
        command
    }

    fn login(&self, login: &Login) -> Command {
        self.remote(&["login", "--username", &login.user, "--password", &login.key], &[self.0.server.host()])
    }

    /// Makes a local image of one layer and gives its id.
    fn import(&self) -> String {
        layout(self.0.path());
        self.run(&["pull", "--quiet", "oci:layout:image"]).trim().to_owned()
    }

    /// Pushes a local image and gives its digest.
    fn push(&self, local: &str, image: &str) -> String {
        let file = self.0.path().join("digest");
        succeed(&mut self.remote(&["push", "--quiet", "--digestfile", &file.display().to_string()], &[local, image]));
        std::fs::read_to_string(file).unwrap().trim().to_owned()
    }

    fn forget_everything(&self) {
        self.run(&["rmi", "--all", "--force"]);
        assert_eq!(self.run(&["images", "--quiet"]), "");
    }
}

#[test]
fn buildah_logs_in_pushes_pulls_by_tag_and_digest_and_not_what_was_deleted() {
    let registry = Registry::start();
    let (buildah, login, image) = (Buildah(&registry), registry.administrator(), registry.image("hello"));
    let by_tag = format!("{image}:v1");
    succeed(&mut buildah.login(&login));
    let id = buildah.import();
    let by_digest = format!("{image}@{}", buildah.push(&id, &by_tag));
    for name in [&by_tag, &by_digest] {
        buildah.forget_everything();
        assert_eq!(succeed(&mut buildah.remote(&["pull", "--quiet"], &[name])).trim(), id);
    }
    buildah.forget_everything();
    succeed(&mut Skopeo { registry: &registry, login: &login }.command("delete", "", &[&format!("docker://{by_tag}")]));
    for name in [&by_tag, &by_digest] {
        let refused = refuse(&mut buildah.remote(&["pull", "--quiet"], &[name]));
        assert!(refused.contains("manifest unknown"), "{refused}");
    }
}

#[test]
fn buildah_is_told_that_a_login_is_wrong_and_that_a_reader_may_not_push() {
    let registry = Registry::start();
    let buildah = Buildah(&registry);
    let refused = refuse(&mut buildah.login(&Login { key: "0".repeat(64), ..registry.administrator() }));
    assert!(refused.contains("authentication required") || refused.contains("invalid username/password"), "{refused}");
    succeed(&mut buildah.login(&registry.user("reader", Some("read"))));
    let refused = refuse(&mut buildah.remote(&["push"], &[&buildah.import(), &format!("{}:v1", registry.image("hello"))]));
    assert!(refused.contains("denied"), "{refused}");
}

#[test]
fn buildah_pushes_an_index_of_two_architectures_and_each_is_pulled_back() {
    let registry = Registry::start();
    let (buildah, image) = (Buildah(&registry), format!("{}:v1", registry.image("many")));
    succeed(&mut buildah.login(&registry.administrator()));
    index(registry.path());
    succeed(&mut buildah.remote(&["manifest", "push", "--quiet", "--all"], &["many", &format!("docker://{image}")]));
    buildah.run(&["manifest", "rm", "many"]);
    buildah.run(&["rm", "--all"]);
    for architecture in ARCHITECTURES {
        buildah.forget_everything();
        let id = succeed(&mut buildah.remote(&["pull", "--quiet", "--arch", architecture], &[&image]));
        let pulled = buildah.run(&["inspect", "--type", "image", "--format", "{{.OCIv1.Architecture}}", id.trim()]);
        assert_eq!(pulled.trim(), architecture);
    }
}
