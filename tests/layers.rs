//! Dependencies run one way (docs/architecture.md, "Folders"), each outside crate is named only where it belongs, and none is idle.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers as well")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A crate may depend on the ones before it in its list, and on no other crate of ours.
const LAYERS: &[(&str, &[&str])] = &[
    ("ambar-domain", &[]),
    ("ambar-schemas", &["ambar-domain"]),
    ("ambar-storage", &["ambar-domain", "ambar-schemas"]),
    ("ambar-projections", &["ambar-domain", "ambar-schemas", "ambar-storage"]),
    ("ambar-workers", &["ambar-domain", "ambar-schemas", "ambar-storage", "ambar-projections"]),
    ("ambar-api", &["ambar-domain", "ambar-schemas", "ambar-storage", "ambar-projections"]),
    ("ambar", &["ambar-domain", "ambar-schemas", "ambar-storage", "ambar-projections", "ambar-workers", "ambar-api"]),
    ("ambar-load", &["ambar-test-support"]),
    ("ambar-test-support", &[]),
];

/// Outside crates that these crates depend on, and no others may.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["ambar-storage", "ambar-projections"]),
    ("axum", &["ambar-api", "ambar"]),
    ("cqrs-es", &["ambar-domain", "ambar-storage"]),
    ("anyhow", &["ambar", "ambar-load", "ambar-test-support"]),
];

/// What the domain uses: it is pure, so nothing that does I/O.
const DOMAIN_USES: &[&str] = &["chrono", "cqrs-es", "schemars", "serde", "thiserror", "uuid"];

/// Our crates, as cargo describes them.
fn packages() -> Vec<Value> {
    let metadata =
        Command::new(env!("CARGO")).args(["metadata", "--no-deps", "--format-version", "1", "--locked", "--offline"]).output().unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let mut metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    metadata["packages"].as_array_mut().unwrap().drain(..).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The dependencies of each of our crates, without those of its tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let names = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|dependency| dependency["kind"].is_null()).map(|dependency| text(&dependency["name"]).to_owned()).collect()
    };
    packages().iter().map(|package| (text(&package["name"]).to_owned(), names(package))).collect()
}

/// All Rust code in a folder that belongs to the crate itself.
fn code_in(folder: &Path) -> String {
    let Ok(entries) = std::fs::read_dir(folder) else { return String::new() };
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| !path.join("Cargo.toml").exists());
    paths.map(|path| if path.is_dir() { code_in(&path) } else { rust(&path) }).collect()
}

fn rust(path: &Path) -> String {
    if path.extension().is_some_and(|extension| extension == "rs") { std::fs::read_to_string(path).unwrap() } else { String::new() }
}

#[test]
fn our_crates_depend_on_each_other_in_one_direction() {
    for (name, used) in dependencies() {
        let allowed = LAYERS.iter().find(|(layer, _)| *layer == name).unwrap_or_else(|| panic!("{name} has no place in the layers")).1;
        let ours = used.iter().filter(|used| used.starts_with("ambar"));
        let wrong: Vec<_> = ours.filter(|used| !allowed.contains(&used.as_str())).collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
    }
}

#[test]
fn outside_crates_are_used_only_where_they_belong() {
    for (name, used) in dependencies() {
        for (outside, places) in ONLY_IN {
            let allowed = places.contains(&name.as_str());
            assert!(allowed || !used.contains(*outside), "{name} must not depend on {outside}");
            assert!(!allowed || used.contains(*outside), "{name} does not depend on {outside}; the list says it does");
        }
    }
}

#[test]
fn the_domain_uses_nothing_that_does_io() {
    assert!(dependencies()["ambar-domain"].iter().eq(DOMAIN_USES), "{:?}", dependencies()["ambar-domain"]);
}

#[test]
fn every_dependency_is_named_in_the_code_of_its_crate() {
    for package in packages() {
        let folder = Path::new(text(&package["manifest_path"])).parent().unwrap();
        let shipped = code_in(&folder.join("src"));
        let all = ["tests", "benches"].iter().fold(shipped.clone(), |code, part| code + &code_in(&folder.join(part)));
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = text(&dependency["name"]).replace('-', "_");
            let code = if dependency["kind"].is_null() { &shipped } else { &all };
            let mut words = code.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            assert!(words.any(|word| word == name), "{} does not use {name}", text(&package["name"]));
        }
    }
}
