//! Dependencies run one way (docs/architecture.md, "Folders"), and each outside crate is named only where it belongs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers as well")]

use std::collections::{BTreeMap, BTreeSet};
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

/// Outside crates that only these crates may depend on.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["ambar-storage", "ambar-projections"]),
    ("axum", &["ambar-api", "ambar"]),
    ("cqrs-es", &["ambar-domain", "ambar-storage", "ambar-projections"]),
    ("anyhow", &["ambar", "ambar-load", "ambar-test-support"]),
    ("kube", &["ambar-workers"]),
];

/// What the domain may use: it is pure, so nothing that does I/O.
const DOMAIN_USES: &[&str] = &["chrono", "cqrs-es", "globset", "regex", "schemars", "serde", "serde_json", "thiserror", "uuid"];

/// The dependencies of each of our crates, without those of its tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata =
        Command::new(env!("CARGO")).args(["metadata", "--no-deps", "--format-version", "1", "--locked", "--offline"]).output().unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let names = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|dependency| dependency["kind"].is_null()).map(|dependency| text(&dependency["name"])).collect()
    };
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|package| (text(&package["name"]), names(package))).collect()
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
            assert!(!used.contains(*outside) || places.contains(&name.as_str()), "{name} must not depend on {outside}");
        }
    }
}

#[test]
fn the_domain_uses_nothing_that_does_io() {
    let dependencies = dependencies();
    let wrong: Vec<_> = dependencies["ambar-domain"].iter().filter(|used| !DOMAIN_USES.contains(&used.as_str())).collect();
    assert!(wrong.is_empty(), "the domain must not depend on {wrong:?}");
}
