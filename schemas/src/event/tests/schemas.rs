//! The files in `events/` beside what the Rust types say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ambar_domain::event::Event;
use serde_json::{Value, json};

use crate::event::canonical::canonical;
use crate::event::compatibility::{Incompatibility, Reason};
use crate::event::publish::{Breaking, files, publish, stem};
use crate::event::schema::{Schemas, generate};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/events");
const REGENERATE: &str = "run `cargo run -p ambar-schemas --bin generate-schemas`";

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(FOLDER).join(name)).unwrap_or_else(|error| panic!("{name}: {error}; {REGENERATE}"))
}

fn published() -> Schemas {
    serde_json::from_str(&read("published.json")).unwrap()
}

#[test]
fn the_schemas_in_the_tree_break_none_that_is_published() {
    if let Err(breaking) = publish(&published(), &generate()) {
        panic!("{breaking}");
    }
}

#[test]
fn checked_in_schemas_equal_the_generated_ones() {
    for (name, text) in files(&published(), &generate()).unwrap() {
        assert_eq!(read(&name), text, "{name} is out of date; {REGENERATE}");
    }
}

#[test]
fn every_published_version_keeps_its_schema_and_its_sample_and_there_is_no_other_file() {
    let published = published();
    let versions =
        published.iter().flat_map(|(event_type, versions)| versions.iter().map(move |(version, old)| (event_type, version, old)));
    let mut expected = BTreeSet::from(["published.json".to_owned(), "samples".to_owned()]);
    for (event_type, version, old) in versions {
        let name = format!("{}.json", stem(event_type, *version));
        let schema: Value = serde_json::from_str(&read(&name)).unwrap();
        assert_eq!(canonical(&schema), *old, "{name}");
        read(&format!("samples/{name}"));
        expected.insert(name);
    }
    let list = |folder: &str| -> BTreeSet<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(list(FOLDER), expected);
    let samples: BTreeSet<String> = expected.into_iter().filter(|name| name != "published.json" && name != "samples").collect();
    assert_eq!(list(&format!("{FOLDER}/samples")), samples);
}

#[test]
fn every_event_type_has_a_schema_complete_in_itself() {
    let schemas = generate();
    for (_, event_type, version) in Event::types() {
        let schema = canonical(&schemas[event_type][&version]);
        assert_eq!(schema["properties"]["type"]["enum"], json!([event_type]));
        assert!(!schema.to_string().contains("$ref"), "{event_type}");
    }
    assert_eq!(schemas.len(), Event::types().count());
}

fn schemas(versions: &[(&str, u32, Value)]) -> Schemas {
    let mut schemas = Schemas::new();
    for (event_type, version, schema) in versions {
        schemas.entry((*event_type).to_owned()).or_default().insert(*version, canonical(schema));
    }
    schemas
}

fn with_field(field_type: &str) -> Value {
    json!({ "type": "object", "properties": { "size": { "type": field_type } }, "required": ["size"] })
}

#[test]
fn new_types_and_new_versions_are_published_beside_the_old_ones() {
    let before = schemas(&[("thing.pushed", 1, with_field("string"))]);
    let generated = schemas(&[("thing.pushed", 2, with_field("integer")), ("thing.pulled", 1, with_field("integer"))]);
    let after = publish(&before, &generated).unwrap();
    let versions: BTreeMap<&str, Vec<u32>> =
        after.iter().map(|(event_type, versions)| (event_type.as_str(), versions.keys().copied().collect())).collect();
    assert_eq!(versions, BTreeMap::from([("thing.pulled", vec![1]), ("thing.pushed", vec![1, 2])]));
    assert_eq!(after["thing.pushed"][&1], before["thing.pushed"][&1]);
}

#[test]
fn a_published_version_that_changes_incompatibly_is_refused_with_its_name() {
    let before = schemas(&[("thing.pushed", 1, with_field("string"))]);
    let breaking = publish(&before, &schemas(&[("thing.pushed", 1, with_field("integer"))])).unwrap_err();
    let found = Incompatibility { path: "size".to_owned(), reason: Reason::Retyped };
    assert_eq!(breaking, Breaking(vec![("thing.pushed.v1".to_owned(), found)]));
    assert!(breaking.to_string().ends_with("thing.pushed.v1: size has another type"), "{breaking}");
}

#[test]
fn a_published_type_or_version_that_is_gone_is_refused() {
    let before = schemas(&[("thing.pushed", 1, with_field("string")), ("thing.pushed", 2, with_field("string"))]);
    let gone = Incompatibility { path: String::new(), reason: Reason::Unpublished };
    let older = publish(&before, &schemas(&[("thing.pushed", 1, with_field("string"))])).unwrap_err();
    assert_eq!(older, Breaking(vec![("thing.pushed.v2".to_owned(), gone.clone())]));
    let renamed = publish(&before, &schemas(&[("thing.shoved", 1, with_field("string"))])).unwrap_err();
    assert_eq!(renamed, Breaking(vec![("thing.pushed.v1".to_owned(), gone.clone()), ("thing.pushed.v2".to_owned(), gone)]));
}
