use serde_json::json;

use super::canonical;

#[test]
fn a_reference_is_replaced_by_what_it_names() {
    let schema = json!({
        "$schema": "x", "title": "x", "description": "x", "type": "object",
        "properties": { "tag": { "description": "x", "$ref": "#/$defs/Tag" } },
        "required": ["tag"],
        "$defs": { "Tag": { "type": "string", "pattern": "^a$" } },
    });
    let expected = json!({ "type": ["object"], "properties": { "tag": { "type": ["string"], "pattern": "^a$" } }, "required": ["tag"] });
    assert_eq!(canonical(&schema), expected);
}

#[test]
fn the_ways_to_write_an_enumeration_are_one() {
    let expected = json!({ "type": ["string"], "enum": ["a", "b"] });
    let described = json!({ "oneOf": [
        { "description": "x", "type": "string", "const": "b" },
        { "description": "y", "type": "string", "enum": ["a"] },
    ]});
    assert_eq!(canonical(&json!({ "type": "string", "enum": ["b", "a"] })), expected);
    assert_eq!(canonical(&described), expected);
}

#[test]
fn the_ways_to_write_an_optional_value_are_one() {
    let expected = json!({ "type": ["null", "string"], "pattern": "^a$" });
    let definitions = json!({ "Tag": { "type": "string", "pattern": "^a$" } });
    let by_reference = json!({ "anyOf": [{ "$ref": "#/$defs/Tag" }, { "type": "null" }], "$defs": definitions });
    assert_eq!(canonical(&json!({ "type": ["string", "null"], "pattern": "^a$" })), expected);
    assert_eq!(canonical(&by_reference), expected);
    let level = json!({ "anyOf": [{ "type": "null" }, { "type": "string", "enum": ["read"] }] });
    assert_eq!(canonical(&level), json!({ "type": ["null", "string"], "enum": ["read", null] }));
}

#[test]
fn alternatives_that_are_neither_stay_as_they_are() {
    let schema = json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] });
    assert_eq!(canonical(&schema), json!({ "oneOf": [{ "type": ["string"] }, { "type": ["integer"] }] }));
}

#[test]
fn a_type_that_contains_itself_comes_to_an_end() {
    let node = json!({ "type": "object", "properties": { "next": { "$ref": "#/$defs/Node" } } });
    let schema = json!({ "$ref": "#/$defs/Node", "$defs": { "Node": node } });
    assert_eq!(canonical(&schema)["properties"]["next"]["type"], json!(["object"]));
}
