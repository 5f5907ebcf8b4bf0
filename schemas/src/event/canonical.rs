//! What a schema accepts, apart from how it is written: two schemas that accept the same by the same means are equal in this form.
//!
//! References are replaced by what they name, titles and descriptions are dropped, and each of the ways in which the generator writes
//! an enumeration or an optional value becomes one way. So a renamed Rust type or a better description is no change.

use serde_json::{Map, Value, json};

use super::schema::referred;

/// Keywords that say nothing about which payloads are accepted.
const ANNOTATIONS: &[&str] = &["$schema", "$defs", "$ref", "title", "description", "default", "examples"];

/// No payload nests this deep. A type that contains itself ends here with its `$ref` left in place.
const MAX_DEPTH: usize = 32;

/// The schema in its canonical form.
#[must_use]
pub fn canonical(schema: &Value) -> Value {
    let definitions = schema.get("$defs").unwrap_or(&Value::Null);
    let mut canonical = resolve(schema, definitions, 0);
    canonical.sort_all_objects();
    canonical
}

fn resolve(schema: &Value, definitions: &Value, depth: usize) -> Value {
    let Value::Object(keywords) = schema else { return schema.clone() };
    if depth > MAX_DEPTH {
        return schema.clone();
    }
    let target = referred(schema, definitions).map(|(_, definition)| resolve(definition, definitions, depth + 1));
    let mut resolved = match target {
        Some(Value::Object(keywords)) => keywords,
        Some(accepts_all_or_nothing) => return accepts_all_or_nothing,
        None => Map::new(),
    };
    for (keyword, value) in keywords.iter().filter(|(keyword, _)| !ANNOTATIONS.contains(&keyword.as_str())) {
        let (keyword, value) = match keyword.as_str() {
            "const" => ("enum", json!([value])),
            "type" | "enum" | "required" => (keyword.as_str(), sorted(value)),
            "properties" => (keyword.as_str(), fields(value, definitions, depth)),
            "anyOf" | "oneOf" | "allOf" => (keyword.as_str(), alternatives(value, definitions, depth)),
            _ => (keyword.as_str(), resolve(value, definitions, depth + 1)),
        };
        resolved.insert(keyword.to_owned(), value);
    }
    one_way(resolved)
}

fn fields(fields: &Value, definitions: &Value, depth: usize) -> Value {
    let Some(fields) = fields.as_object() else { return fields.clone() };
    fields.iter().map(|(name, field)| (name.clone(), resolve(field, definitions, depth + 1))).collect()
}

fn alternatives(schemas: &Value, definitions: &Value, depth: usize) -> Value {
    let Some(schemas) = schemas.as_array() else { return schemas.clone() };
    schemas.iter().map(|schema| resolve(schema, definitions, depth + 1)).collect()
}

/// A list whose order means nothing, in one order; a single value is a list of one.
fn sorted(value: &Value) -> Value {
    let mut items = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    items.sort_by_key(Value::to_string);
    items.dedup();
    Value::Array(items)
}

/// Writes "one of these constants" as `enum`, and "this or null" into the type.
fn one_way(schema: Map<String, Value>) -> Value {
    let alternatives = match (schema.len(), schema.get("anyOf").or_else(|| schema.get("oneOf"))) {
        (1, Some(Value::Array(alternatives))) => alternatives.as_slice(),
        _ => return Value::Object(schema),
    };
    let null = json!({ "type": ["null"] });
    match alternatives {
        [one, other] if *other == null => or_null(one).unwrap_or(Value::Object(schema)),
        [other, one] if *other == null => or_null(one).unwrap_or(Value::Object(schema)),
        constants => one_of(constants).unwrap_or(Value::Object(schema)),
    }
}

fn or_null(schema: &Value) -> Option<Value> {
    let mut schema = schema.as_object()?.clone();
    for keyword in ["type", "enum"] {
        if let Some(Value::Array(values)) = schema.get(keyword) {
            let null = if keyword == "type" { json!("null") } else { Value::Null };
            let values = sorted(&Value::Array([values.as_slice(), &[null]].concat()));
            schema.insert(keyword.to_owned(), values);
        }
    }
    schema.contains_key("type").then_some(Value::Object(schema))
}

fn one_of(constants: &[Value]) -> Option<Value> {
    let one_type = constants.first()?.get("type")?;
    let mut values = Vec::new();
    for constant in constants {
        let keywords = constant.as_object().filter(|keywords| keywords.len() == 2 && keywords.get("type") == Some(one_type))?;
        values.extend_from_slice(keywords.get("enum")?.as_array()?);
    }
    Some(json!({ "type": one_type, "enum": sorted(&Value::Array(values)) }))
}

#[cfg(test)]
mod tests;
