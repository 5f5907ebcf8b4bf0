use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::generate::operations;
use super::{Surface, document};
use crate::extract::parse_route;
use crate::router::allowed;

/// The values of `$ref` anywhere in a document.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_document_that_is_checked_in_is_generated_from_the_code() {
    assert_eq!(include_str!("../../../schemas/openapi/ambar.json"), document().unwrap(), "run `make schemas`");
}

#[test]
fn every_operation_has_an_id_of_its_own_and_describes_its_path() {
    let mut ids = BTreeSet::new();
    for row in operations() {
        assert!(ids.insert(row.id), "{}", row.id);
        let named: Vec<_> = row.parameters.iter().filter(|parameter| parameter.place == "path").map(|parameter| parameter.name).collect();
        let braces: Vec<_> = row.path.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(named, braces, "{}", row.path);
        assert!(row.answers.keys().any(|status| *status < 400) || row.id.starts_with("ListAllRepositories"), "{}", row.id);
    }
}

/// Surfaces that have their own lists of routes hold theirs against them; here are those that the router knows by itself.
#[test]
fn every_row_is_what_the_router_serves_and_whatever_it_serves_has_a_row() {
    let mut rows: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut served: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in operations() {
        let path = row.path.replace(['{', '}'], "");
        let route = parse_route(&path);
        let known = route.name() != "none";
        assert!(known && allowed(&route).split(", ").any(|method| method == row.method || row.surface == Surface::Identity), "{path}");
        if matches!(row.surface, Surface::Registry | Surface::Tokens | Surface::Operators) {
            let name: String = format!("{route:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
            rows.entry(name.clone()).or_default().insert(row.method);
            served.insert(name, allowed(&route).split(", ").collect());
        }
    }
    assert_eq!(rows, served);
    let code = include_str!("../extract/route.rs").split("pub enum Route<'a> {").nth(1).unwrap().split("\n}").next().unwrap();
    let variants = code.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| line.starts_with(char::is_uppercase));
    let variants: BTreeSet<&str> = variants.map(|line| line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap()).collect();
    let elsewhere = BTreeSet::from(["Manage", "Iam", "V1", "NoRegistryEndpoint", "Nothing"]);
    assert_eq!(variants.difference(&elsewhere).copied().collect::<BTreeSet<_>>(), rows.keys().map(String::as_str).collect());
}

#[test]
fn every_definition_is_there_once_and_is_used() {
    let document: Value = serde_json::from_str(&document().unwrap()).unwrap();
    let definitions = document["components"]["schemas"].as_object().unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let used: BTreeSet<_> = found.iter().filter_map(|reference| reference.strip_prefix("#/components/schemas/")).collect();
    assert_eq!(used, definitions.keys().map(String::as_str).collect());
    for reference in found {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
    // Two types of one name would be told apart by a number.
    let numbered = definitions.keys().filter(|name| name.ends_with(|c: char| c.is_ascii_digit()) && !name.ends_with("V3"));
    assert_eq!(numbered.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn a_name_stands_for_the_same_schema_whether_it_is_read_or_written() {
    let (read, written) = super::generate::definitions(&operations());
    for (name, schema) in &read {
        assert!(written.get(name).is_none_or(|other| other == schema), "{name}");
    }
}
