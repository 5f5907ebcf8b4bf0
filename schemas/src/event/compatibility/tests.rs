use serde_json::{Value, json};

use super::{Incompatibility, Reason, compatibility};

fn published() -> Value {
    json!({
        "title": "thing.pushed, version 1",
        "type": "object",
        "properties": {
            "type": { "type": "string", "const": "thing.pushed" },
            "tag": { "$ref": "#/$defs/Tag" },
            "level": { "oneOf": [{ "type": "string", "const": "read" }, { "type": "string", "const": "edit" }] },
            "count": { "type": "integer", "format": "uint32", "minimum": 0, "maximum": 100 },
            "note": { "type": ["string", "null"] },
            "layers": { "type": "array", "items": { "$ref": "#/$defs/Layer" }, "maxItems": 9 },
        },
        "required": ["type", "tag", "level", "count", "layers"],
        "$defs": {
            "Tag": { "type": "string", "pattern": "^[a-z]+$", "minLength": 1, "maxLength": 64 },
            "Layer": { "type": "object", "properties": { "size": { "type": "integer" } }, "required": ["size"] },
        },
    })
}

/// The published schema with one value replaced, or taken away.
fn changed(pointer: &str, value: Option<Value>) -> Value {
    let mut schema = published();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = schema.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    schema
}

fn incompatible(new: &Value, path: &str, reason: Reason) {
    assert_eq!(compatibility(&published(), new), [Incompatibility { path: path.to_owned(), reason }]);
}

fn compatible(new: &Value) {
    assert_eq!(compatibility(&published(), new), []);
}

fn narrowed(keyword: &str) -> Reason {
    Reason::Narrowed(keyword.to_owned())
}

#[test]
fn a_schema_replaces_itself() {
    compatible(&published());
}

#[test]
fn other_words_are_no_change() {
    compatible(&changed("/title", Some(json!("Thing pushed"))));
    compatible(&changed("/properties/note/description", Some(json!("Anything."))));
    compatible(&changed("/$defs/Tag/description", None));
}

#[test]
fn an_optional_field_may_be_added() {
    compatible(&changed("/properties/more", Some(json!({ "type": "string" }))));
    compatible(&changed("/$defs/Layer/properties/more", Some(json!({ "type": "string" }))));
}

#[test]
fn a_field_may_accept_more() {
    compatible(&changed("/$defs/Tag/pattern", None));
    compatible(&changed("/$defs/Tag/minLength", Some(json!(0))));
    compatible(&changed("/$defs/Tag/maxLength", Some(json!(128))));
    compatible(&changed("/$defs/Tag/maxLength", None));
    compatible(&changed("/properties/count/maximum", Some(json!(101))));
    compatible(&changed("/properties/count/format", Some(json!("uint64"))));
    compatible(&changed("/properties/layers/maxItems", Some(json!(10))));
    compatible(&changed("/properties/level", Some(json!({ "type": "string", "enum": ["manage", "edit", "read"] }))));
}

#[test]
fn a_field_may_not_be_removed() {
    incompatible(&changed("/properties/note", None), "note", Reason::Removed);
    let mut new = changed("/properties/tag", None);
    new["required"] = json!(["type", "level", "count", "layers"]);
    incompatible(&new, "tag", Reason::Removed);
    let emptied = changed("/$defs/Layer", Some(json!({ "type": "object" })));
    incompatible(&emptied, "layers[].size", Reason::Removed);
}

#[test]
fn a_field_may_not_be_renamed() {
    let mut new = changed("/properties/note", None);
    new["properties"]["comment"] = json!({ "type": ["string", "null"] });
    incompatible(&new, "note", Reason::Removed);
}

#[test]
fn a_field_may_not_have_another_type() {
    incompatible(&changed("/properties/count", Some(json!({ "type": "string" }))), "count", Reason::Retyped);
    incompatible(&changed("/properties/note", Some(json!({ "type": "string" }))), "note", Reason::Retyped);
    incompatible(&changed("/$defs/Layer/properties/size/type", Some(json!("number"))), "layers[].size", Reason::Retyped);
    incompatible(&changed("/properties/note", Some(json!(true))), "note", Reason::Retyped);
}

#[test]
fn a_required_field_may_not_be_added() {
    let mut new = changed("/properties/more", Some(json!({ "type": "string" })));
    new["required"] = json!(["type", "tag", "level", "count", "layers", "more"]);
    incompatible(&new, "more", Reason::NowRequired);
}

#[test]
fn an_optional_field_may_not_become_required_nor_a_required_one_optional() {
    let with_note = json!(["type", "tag", "level", "count", "layers", "note"]);
    incompatible(&changed("/required", Some(with_note)), "note", Reason::NowRequired);
    incompatible(&changed("/required", Some(json!(["type", "tag", "level", "count"]))), "layers", Reason::NoLongerRequired);
    incompatible(&changed("/$defs/Layer/required", None), "layers[].size", Reason::NoLongerRequired);
}

#[test]
fn a_pattern_may_not_be_added_or_exchanged() {
    incompatible(&changed("/$defs/Tag/pattern", Some(json!("^[a-z0-9]+$"))), "tag", narrowed("pattern"));
    incompatible(&changed("/properties/note/pattern", Some(json!(".*"))), "note", narrowed("pattern"));
}

#[test]
fn an_enumeration_may_not_lose_a_value_or_be_added() {
    incompatible(&changed("/properties/level", Some(json!({ "type": "string", "enum": ["edit", "manage"] }))), "level", narrowed("enum"));
    incompatible(&changed("/properties/note/enum", Some(json!(["a", null]))), "note", narrowed("enum"));
    incompatible(&changed("/properties/type/const", Some(json!("thing.shoved"))), "type", narrowed("enum"));
}

#[test]
fn a_range_may_not_be_narrower() {
    incompatible(&changed("/$defs/Tag/minLength", Some(json!(2))), "tag", narrowed("minLength"));
    incompatible(&changed("/$defs/Tag/maxLength", Some(json!(63))), "tag", narrowed("maxLength"));
    incompatible(&changed("/properties/count/minimum", Some(json!(1))), "count", narrowed("minimum"));
    incompatible(&changed("/properties/count/maximum", Some(json!(99))), "count", narrowed("maximum"));
    incompatible(&changed("/properties/count/format", Some(json!("uint16"))), "count", narrowed("format"));
    incompatible(&changed("/properties/layers/maxItems", Some(json!(8))), "layers", narrowed("maxItems"));
    incompatible(&changed("/properties/layers/minItems", Some(json!(1))), "layers", narrowed("minItems"));
    incompatible(&changed("/properties/note/maxLength", Some(json!(1000))), "note", narrowed("maxLength"));
}

#[test]
fn a_change_that_cannot_be_shown_to_be_safe_is_refused() {
    incompatible(&changed("/additionalProperties", Some(json!(false))), "", Reason::Changed("additionalProperties".to_owned()));
    incompatible(&changed("/properties/layers/uniqueItems", Some(json!(true))), "layers", Reason::Changed("uniqueItems".to_owned()));
    incompatible(&changed("/properties/layers/items", None), "layers", Reason::Changed("items".to_owned()));
    incompatible(&changed("/properties/note/format", Some(json!("uuid"))), "note", narrowed("format"));
}

#[test]
fn every_reason_is_found_at_once() {
    let mut new = changed("/properties/note", None);
    new["properties"]["count"] = json!({ "type": "string" });
    let found = compatibility(&published(), &new);
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["count has another type", "note is removed"]);
}
