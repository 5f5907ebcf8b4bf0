//! The JSON Schemas of events, generated from the Rust types (requirement E1).
//!
//! Each event type is a schema of its own, complete in itself: whoever reads the log can check one payload with one file.

use std::collections::BTreeMap;

use ambar_domain::event::Event;
use serde_json::{Map, Value, json};

/// Schemas by event type and version.
pub type Schemas = BTreeMap<String, BTreeMap<u32, Value>>;

/// The schema of the newest version of every event type.
#[must_use]
pub fn generate() -> Schemas {
    let everything = schemars::schema_for!(Event).to_value();
    let definitions = &everything["$defs"];
    let variants =
        definitions.as_object().into_iter().flat_map(Map::values).filter_map(|definition| definition["oneOf"].as_array()).flatten();
    let by_type: BTreeMap<&str, &Value> =
        variants.filter_map(|variant| Some((variant["properties"]["type"]["const"].as_str()?, variant))).collect();
    let mut schemas = Schemas::new();
    for (_, event_type, version) in Event::types() {
        if let Some(variant) = by_type.get(event_type) {
            let schema = stand_alone(event_type, version, variant, definitions);
            schemas.entry(event_type.to_owned()).or_default().insert(version, schema);
        }
    }
    schemas
}

/// The schema with a heading and the definitions it needs, directly or through another.
fn stand_alone(event_type: &str, version: u32, variant: &Value, definitions: &Value) -> Value {
    let mut needed = Map::new();
    collect(variant, definitions, &mut needed);
    let mut schema = variant.clone();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(format!("{event_type}, version {version}"));
    if !needed.is_empty() {
        schema["$defs"] = Value::Object(needed);
    }
    schema.sort_all_objects();
    schema
}

fn collect(schema: &Value, definitions: &Value, needed: &mut Map<String, Value>) {
    if let Some((name, definition)) = referred(schema, definitions)
        && !needed.contains_key(name)
    {
        needed.insert(name.to_owned(), definition.clone());
        collect(definition, definitions, needed);
    }
    match schema {
        Value::Object(fields) => fields.values().for_each(|field| collect(field, definitions, needed)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, definitions, needed)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The definition that a `$ref` names.
pub(super) fn referred<'a>(schema: &'a Value, definitions: &'a Value) -> Option<(&'a str, &'a Value)> {
    let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
    Some((name, definitions.get(name)?))
}
