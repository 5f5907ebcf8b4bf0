//! Skopeo: copies, inspects, lists and deletes without a container engine.

use std::path::Path;
use std::process::Command;

use crate::images::{ARCHITECTURES, index_layout, layout};
use crate::registry::{Login, Registry, refuse, succeed};

pub(super) struct Skopeo<'a> {
    pub(super) registry: &'a Registry,
    pub(super) login: &'a Login,
}

impl Skopeo<'_> {
    /// `skopeo <verb>` with the login and the certificates on the registry's side: `side` is `""`, `"src-"` or `"dest-"`.
    pub(super) fn command(&self, verb: &str, side: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("skopeo");
        command.arg(verb).args([format!("--{side}creds"), format!("{}:{}", self.login.user, self.login.key)]);
        command.arg(format!("--{side}cert-dir")).arg(self.registry.certificates()).args(arguments);
        command
    }

    fn push(&self, layout: &Path, image: &str) -> Command {
        self.command("copy", "dest-", &[&format!("oci:{}:image", layout.display()), &format!("docker://{image}")])
    }

    fn pull(&self, image: &str, to: &Path) -> Command {
        self.command("copy", "src-", &[&format!("docker://{image}"), &format!("dir:{}", to.display())])
    }
}

#[test]
fn skopeo_pushes_inspects_pulls_by_tag_and_digest_and_deletes() {
    let registry = Registry::start();
    let login = registry.administrator();
    let skopeo = Skopeo { registry: &registry, login: &login };
    let (layout, image) = (layout(registry.path()), registry.image("web/front"));
    succeed(&mut skopeo.push(&layout, &format!("{image}:v1")));
    let inspected = succeed(&mut skopeo.command("inspect", "", &[&format!("docker://{image}:v1")]));
    let inspected: serde_json::Value = serde_json::from_str(&inspected).unwrap();
    let digest = inspected["Digest"].as_str().unwrap().to_owned();
    succeed(&mut skopeo.pull(&format!("{image}:v1"), &registry.path().join("by-tag")));
    succeed(&mut skopeo.pull(&format!("{image}@{digest}"), &registry.path().join("by-digest")));
    let manifest = |folder: &str| std::fs::read(registry.path().join(folder).join("manifest.json")).unwrap();
    assert_eq!(manifest("by-tag"), manifest("by-digest"));
    assert!(succeed(&mut skopeo.command("list-tags", "", &[&format!("docker://{image}")])).contains("\"v1\""));
    succeed(&mut skopeo.command("delete", "", &[&format!("docker://{image}:v1")]));
    refuse(&mut skopeo.pull(&format!("{image}:v1"), &registry.path().join("gone")));
}

#[test]
fn skopeo_converts_to_docker_schema_2_on_the_way() {
    let registry = Registry::start();
    let login = registry.administrator();
    let skopeo = Skopeo { registry: &registry, login: &login };
    let image = format!("{}:v1", registry.image("docker"));
    let mut push = skopeo.push(&layout(registry.path()), &image);
    succeed(push.args(["--format", "v2s2"]));
    let raw = succeed(&mut skopeo.command("inspect", "", &["--raw", &format!("docker://{image}")]));
    assert!(raw.contains("application/vnd.docker.distribution.manifest.v2+json"), "{raw}");
}

#[test]
fn skopeo_is_denied_a_push_by_a_reader_and_everything_by_a_stranger() {
    let registry = Registry::start();
    let (administrator, reader, stranger) =
        (registry.administrator(), registry.user("reader", Some("read")), registry.user("stranger", None));
    let (layout, image) = (layout(registry.path()), format!("{}:v1", registry.image("web")));
    let skopeo = |login| Skopeo { registry: &registry, login };
    succeed(&mut skopeo(&administrator).push(&layout, &image));
    succeed(&mut skopeo(&reader).pull(&image, &registry.path().join("read")));
    let refused = refuse(&mut skopeo(&reader).push(&layout, &format!("{}:v2", registry.image("web"))));
    assert!(refused.contains("denied"), "{refused}");
    let existing = refuse(&mut skopeo(&stranger).pull(&image, &registry.path().join("secret")));
    let missing = refuse(&mut skopeo(&stranger).pull(&format!("{}:v1", registry.image("wob")), &registry.path().join("secret")));
    assert!(existing.contains("denied") && missing.contains("denied"), "{existing}{missing}");
}

#[test]
fn a_disabled_access_key_stops_working_at_once() {
    let registry = Registry::start();
    let login = registry.user("anna", Some("edit"));
    let skopeo = Skopeo { registry: &registry, login: &login };
    let (layout, image) = (layout(registry.path()), format!("{}:v1", registry.image("web")));
    succeed(&mut skopeo.push(&layout, &image));
    registry.ambar(&["key", "disable", &login.access_key]);
    refuse(&mut skopeo.pull(&image, &registry.path().join("refused")));
    registry.ambar(&["key", "enable", &login.access_key]);
    succeed(&mut skopeo.pull(&image, &registry.path().join("allowed")));
}

#[test]
fn skopeo_logs_in_and_is_told_that_a_login_is_wrong() {
    let registry = Registry::start();
    let login = registry.administrator();
    let file = registry.path().join("auth.json");
    let with_file = |verb: &str, arguments: &[&str]| {
        let mut command = Command::new("skopeo");
        command.arg(verb).arg("--authfile").arg(&file).arg("--cert-dir").arg(registry.certificates()).args(arguments);
        command
    };
    let log_in = |key: &str| with_file("login", &["--username", &login.user, "--password", key, registry.server.host()]);
    let refused = refuse(&mut log_in(&"0".repeat(64)));
    assert!(refused.contains("authentication required") || refused.contains("invalid username/password"), "{refused}");
    succeed(&mut Skopeo { registry: &registry, login: &login }.push(&layout(registry.path()), &format!("{}:v1", registry.image("web"))));
    let image = format!("docker://{}:v1", registry.image("web"));
    refuse(&mut with_file("inspect", &[&image]));
    succeed(&mut log_in(&login.key));
    succeed(&mut with_file("inspect", &[&image]));
}

#[test]
fn skopeo_copies_an_index_of_two_architectures_and_one_image_out_of_it() {
    let registry = Registry::start();
    let login = registry.administrator();
    let skopeo = Skopeo { registry: &registry, login: &login };
    let (from, image) =
        (format!("oci:{}:many", index_layout(registry.path()).display()), format!("docker://{}:v1", registry.image("many")));
    succeed(&mut skopeo.command("copy", "dest-", &["--all", &from, &image]));
    let to = |name: &str| registry.path().join(name);
    succeed(&mut skopeo.command("copy", "src-", &["--all", &image, &format!("dir:{}", to("all").display())]));
    let index = std::fs::read_to_string(to("all").join("manifest.json")).unwrap();
    assert!(ARCHITECTURES.iter().all(|architecture| index.contains(architecture)), "{index}");
    for architecture in ARCHITECTURES {
        let arguments = ["--override-arch", architecture, &image];
        let inspected = succeed(&mut skopeo.command("inspect", "", &arguments));
        let inspected: serde_json::Value = serde_json::from_str(&inspected).unwrap();
        assert_eq!(inspected["Architecture"], architecture);
    }
}
