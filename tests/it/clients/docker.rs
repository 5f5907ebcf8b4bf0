//! Docker: the real engine, which checks the server's certificate, under its own command.

use std::process::Command;

use ambar_test_support::dockerd::Dockerd;

use super::skopeo::Skopeo;
use crate::images::{ARCHITECTURES, file_system};
use crate::registry::{Login, Registry, refuse, succeed};

struct Docker<'a> {
    registry: &'a Registry,
    engine: Dockerd,
}

impl<'a> Docker<'a> {
    /// An engine that trusts nobody yet.
    fn distrusting(registry: &'a Registry) -> Self {
        let engine = Dockerd::start(&registry.path().join("docker")).unwrap();
        Self { registry, engine }
    }

    fn start(registry: &'a Registry) -> Self {
        let docker = Self::distrusting(registry);
        docker.engine.trust(&registry.server.strict_host(), &registry.tls.authority).unwrap();
        docker
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.engine.docker(&self.registry.path().join("docker-config")).unwrap();
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        succeed(&mut self.command(arguments))
    }

    fn login(&self, login: &Login) -> Command {
        self.command(&["login", "--username", &login.user, "--password", &login.key, &self.registry.server.strict_host()])
    }

    /// Makes a local image with a file that holds `text`.
    fn import(&self, text: &str, image: &str) {
        self.run(&["import", &file_system(self.registry.path(), text).display().to_string(), image]);
    }

    /// Adds a layer to a local image, with a file that holds `text`.
    fn add_layer(&self, text: &str, image: &str) {
        let file = self.registry.path().join(text);
        std::fs::write(&file, text).unwrap();
        let container = self.run(&["create", image, "/never-run"]);
        self.run(&["cp", &file.display().to_string(), &format!("{}:/", container.trim())]);
        self.run(&["commit", container.trim(), image]);
    }

    /// Pushes a local image and gives the digest that the engine then knows it by.
    fn push(&self, image: &str) -> String {
        self.run(&["push", image]);
        let name = self.run(&["image", "inspect", "--format", "{{index .RepoDigests 0}}", image]);
        name.trim().split_once('@').unwrap().1.to_owned()
    }

    fn id(&self, image: &str) -> String {
        self.run(&["image", "inspect", "--format", "{{.Id}}", image]).trim().to_owned()
    }
}

#[test]
fn docker_logs_in_pushes_pulls_by_tag_and_digest_and_logs_out() {
    let registry = Registry::start();
    let docker = Docker::start(&registry);
    let (image, by_tag) = (registry.strict_image("hello"), format!("{}:v1", registry.strict_image("hello")));
    assert!(succeed(&mut docker.login(&registry.administrator())).contains("Login Succeeded"));
    docker.import("hello", &by_tag);
    let id = docker.id(&by_tag);
    let by_digest = format!("{image}@{}", docker.push(&by_tag));
    for name in [&by_tag, &by_digest] {
        docker.run(&["image", "rm", "--force", &id]);
        refuse(&mut docker.command(&["image", "inspect", name]));
        docker.run(&["pull", name]);
        assert_eq!(docker.id(name), id);
    }
    docker.run(&["logout", &registry.server.strict_host()]);
    let refused = refuse(&mut docker.command(&["pull", &by_tag]));
    assert!(refused.contains("denied") || refused.contains("unauthorized"), "{refused}");
}

#[test]
fn docker_is_told_that_a_login_is_wrong() {
    let registry = Registry::start();
    let docker = Docker::start(&registry);
    let wrong = Login { key: "0".repeat(64), ..registry.administrator() };
    let refused = refuse(&mut docker.login(&wrong));
    assert!(refused.contains("unauthorized"), "{refused}");
}

#[test]
fn docker_does_not_talk_to_a_server_whose_certificate_it_cannot_check() {
    let registry = Registry::start();
    let docker = Docker::distrusting(&registry);
    let refused = refuse(&mut docker.login(&registry.administrator()));
    assert!(refused.contains("x509"), "{refused}");
}

#[test]
fn docker_is_denied_a_push_by_a_reader_who_may_pull() {
    let registry = Registry::start();
    let docker = Docker::start(&registry);
    let image = format!("{}:v1", registry.strict_image("hello"));
    succeed(&mut docker.login(&registry.administrator()));
    docker.import("hello", &image);
    docker.push(&image);
    succeed(&mut docker.login(&registry.user("reader", Some("read"))));
    docker.run(&["pull", &image]);
    for name in ["hello:v1", "hello:v2", "new:v1"] {
        let name = registry.strict_image(name);
        docker.run(&["tag", &image, &name]);
        let refused = refuse(&mut docker.command(&["push", &name]));
        assert!(refused.contains("denied"), "{refused}");
    }
}

#[test]
fn docker_makes_an_index_of_two_architectures_and_pulls_its_own_or_the_one_it_is_asked_for() {
    let registry = Registry::start();
    let docker = Docker::start(&registry);
    let index = format!("{}:v1", registry.strict_image("many"));
    succeed(&mut docker.login(&registry.administrator()));
    let images = ARCHITECTURES.map(|architecture| format!("{}:{architecture}", registry.strict_image("many")));
    let ids = [0, 1].map(|at| {
        docker.import(ARCHITECTURES[at], &images[at]);
        docker.push(&images[at]);
        docker.id(&images[at])
    });
    docker.run(&["manifest", "create", &index, &images[0], &images[1]]);
    for (architecture, image) in ARCHITECTURES.iter().zip(&images) {
        docker.run(&["manifest", "annotate", "--os", "linux", "--arch", architecture, &index, image]);
    }
    docker.run(&["manifest", "push", &index]);
    docker.run(&["image", "rm", &images[0], &images[1]]);
    for (architecture, id) in ARCHITECTURES.iter().zip(&ids) {
        docker.run(&["pull", "--platform", &format!("linux/{architecture}"), &index]);
        assert_eq!(docker.id(&index), *id);
        docker.run(&["image", "rm", &index]);
    }
    let own = docker.run(&["version", "--format", "{{.Server.Arch}}"]);
    let own = ARCHITECTURES.iter().position(|architecture| *architecture == own.trim()).unwrap();
    docker.run(&["pull", &index]);
    assert_eq!(docker.id(&index), ids[own]);
}

#[test]
fn docker_tries_again_by_itself_when_it_uploads_too_many_layers_in_a_second() {
    let registry = Registry::start_with(&["--uploads-per-second", "3"]);
    let docker = Docker::start(&registry);
    let image = format!("{}:v1", registry.strict_image("layers"));
    succeed(&mut docker.login(&registry.administrator()));
    docker.import("bottom", &image);
    for layer in ["second", "third", "fourth"] {
        docker.add_layer(layer, &image);
    }
    docker.push(&image);
    let metrics = registry.curl("/metrics");
    let refused = metrics.lines().find_map(|line| line.strip_prefix("ambar_limit_refusals_total{limit=\"uploads_per_second\"} "));
    assert!(refused.is_some_and(|refused| refused != "0"), "nothing was refused: {metrics}");
    let blocks: Vec<_> = metrics.lines().filter(|line| line.starts_with("ambar_blocks_total{what=\"user\"")).collect();
    assert!(blocks.len() == 1 && blocks[0].ends_with(" 0"), "a user is blocked for it: {blocks:?}");
}

#[test]
fn docker_no_longer_pulls_what_was_deleted() {
    let registry = Registry::start();
    let docker = Docker::start(&registry);
    let (login, image) = (registry.administrator(), format!("{}:v1", registry.strict_image("hello")));
    succeed(&mut docker.login(&login));
    docker.import("hello", &image);
    let digest = docker.push(&image);
    docker.run(&["image", "rm", &image]);
    let skopeo = Skopeo { registry: &registry, login: &login };
    succeed(&mut skopeo.command("delete", "", &[&format!("docker://{}:v1", registry.strict_image("hello"))]));
    for name in [image, format!("{}@{digest}", registry.strict_image("hello"))] {
        let refused = refuse(&mut docker.command(&["pull", &name]));
        assert!(refused.contains("manifest unknown") || refused.contains("not found"), "{refused}");
    }
}
