//! containerd: its own command, `ctr`, which asks for tokens with a form (OAuth 2) before it asks the way Docker does.

use std::path::Path;
use std::process::Command;

use ambar_test_support::containerd::Containerd;

use super::skopeo::Skopeo;
use crate::images::{archive, index_layout, layout};
use crate::registry::{Login, Registry, refuse, succeed};

struct Ctr<'a> {
    registry: &'a Registry,
    engine: Containerd,
}

impl<'a> Ctr<'a> {
    fn start(registry: &'a Registry) -> Self {
        Self { registry, engine: Containerd::start(&registry.path().join("containerd")).unwrap() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("ctr");
        command.arg("--address").arg(&self.engine.socket).args(["--namespace", "test"]).args(arguments);
        command.env("NO_PROXY", "*");
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        succeed(&mut self.command(arguments))
    }

    fn remote(&self, verb: &[&str], login: &Login, image: &[&str]) -> Command {
        let mut command = self.command(&["images"]);
        command.args(verb).arg("--user").arg(format!("{}:{}", login.user, login.key));
        command.arg("--tlscacert").arg(&self.registry.tls.authority).args(image);
        command
    }

    fn push(&self, login: &Login, image: &str) -> Command {
        self.remote(&["push"], login, &[image])
    }

    fn pull(&self, login: &Login, image: &str) -> Command {
        self.remote(&["pull", "--snapshotter", "native", "--all-platforms"], login, &[image])
    }

    /// Takes an OCI layout in, all of it; `name` is that of the image without the reference in the layout.
    fn import(&self, layout: &Path, name: &str) {
        let archive = archive(layout).display().to_string();
        self.run(&["images", "import", "--snapshotter", "native", "--all-platforms", "--base-name", name, &archive]);
    }

    fn digest(&self, image: &str) -> String {
        let list = self.run(&["images", "list", &format!("name=={image}")]);
        list.split_whitespace().find(|word| word.starts_with("sha256:")).unwrap_or_else(|| panic!("{list}")).to_owned()
    }

    /// Removes an image with its content, so that the next pull must fetch everything.
    fn forget(&self, image: &str) {
        self.run(&["images", "remove", "--sync", image]);
        assert_eq!(self.pieces(), 0);
    }

    /// How many pieces of content there are: manifests, configs and layers.
    fn pieces(&self) -> usize {
        self.run(&["content", "list", "--quiet"]).lines().count()
    }
}

#[test]
fn containerd_pushes_and_pulls_by_tag_and_by_digest() {
    let registry = Registry::start();
    let (ctr, login, image) = (Ctr::start(&registry), registry.administrator(), registry.strict_image("hello"));
    let by_tag = format!("{image}:image");
    ctr.import(&layout(registry.path()), &image);
    let digest = ctr.digest(&by_tag);
    let by_digest = format!("{image}@{digest}");
    succeed(&mut ctr.push(&login, &by_tag));
    ctr.forget(&by_tag);
    for name in [&by_tag, &by_digest] {
        succeed(&mut ctr.pull(&login, name));
        assert_eq!(ctr.digest(name), digest);
        ctr.forget(name);
    }
}

#[test]
fn containerd_pushes_an_index_of_two_architectures_and_pulls_one_or_all() {
    let registry = Registry::start();
    let (ctr, login, image) = (Ctr::start(&registry), registry.administrator(), registry.strict_image("hello"));
    let by_tag = format!("{image}:many");
    ctr.import(&index_layout(registry.path()), &image);
    let digest = ctr.digest(&by_tag);
    succeed(&mut ctr.push(&login, &by_tag));
    ctr.forget(&by_tag);
    for name in [by_tag.clone(), format!("{image}@{digest}")] {
        succeed(&mut ctr.pull(&login, &name));
        assert_eq!((ctr.digest(&name), ctr.pieces()), (digest.clone(), 1 + 2 * 3));
        ctr.forget(&name);
    }
    succeed(&mut ctr.remote(&["pull", "--snapshotter", "native", "--platform", "linux/arm64"], &login, &[&by_tag]));
    assert_eq!((ctr.digest(&by_tag), ctr.pieces()), (digest, 1 + 3));
}

#[test]
fn containerd_is_denied_a_push_by_a_reader_who_may_pull() {
    let registry = Registry::start();
    let (ctr, reader, image) = (Ctr::start(&registry), registry.user("reader", Some("read")), registry.strict_image("hello"));
    let by_tag = format!("{image}:image");
    ctr.import(&layout(registry.path()), &image);
    let refused = refuse(&mut ctr.push(&reader, &by_tag));
    assert!(refused.contains("403 Forbidden"), "{refused}");
    succeed(&mut ctr.push(&registry.administrator(), &by_tag));
    ctr.forget(&by_tag);
    succeed(&mut ctr.pull(&reader, &by_tag));
    let refused = refuse(&mut ctr.remote(&["push"], &reader, &[&format!("{image}:v2"), &by_tag]));
    assert!(refused.contains("403 Forbidden"), "{refused}");
}

#[test]
fn containerd_is_refused_a_wrong_key_and_refuses_a_certificate_that_it_cannot_check() {
    let registry = Registry::start();
    let (ctr, login, image) = (Ctr::start(&registry), registry.administrator(), format!("{}:image", registry.strict_image("hello")));
    ctr.import(&layout(registry.path()), &registry.strict_image("hello"));
    succeed(&mut ctr.push(&login, &image));
    let refused = refuse(&mut ctr.pull(&Login { key: "0".repeat(64), ..login.clone() }, &image));
    assert!(refused.contains("401"), "{refused}");
    let refused = refuse(&mut ctr.command(&["images", "pull", "--user", &format!("{}:{}", login.user, login.key), &image]));
    assert!(refused.contains("x509"), "{refused}");
}

#[test]
fn containerd_no_longer_pulls_what_was_deleted() {
    let registry = Registry::start();
    let (ctr, login, image) = (Ctr::start(&registry), registry.administrator(), registry.strict_image("hello"));
    let by_tag = format!("{image}:image");
    ctr.import(&layout(registry.path()), &image);
    let digest = ctr.digest(&by_tag);
    succeed(&mut ctr.push(&login, &by_tag));
    ctr.forget(&by_tag);
    succeed(&mut Skopeo { registry: &registry, login: &login }.command("delete", "", &[&format!("docker://{by_tag}")]));
    for name in [by_tag, format!("{image}@{digest}")] {
        let refused = refuse(&mut ctr.pull(&login, &name));
        assert!(refused.contains("not found"), "{refused}");
    }
}
