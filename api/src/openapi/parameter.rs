//! Parameters, and the shapes of what is read and written.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

/// A schema, once there is a generator for the definitions that it refers to.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// As serde reads the type.
    Read(fn(&mut SchemaGenerator) -> Schema),
    /// As serde writes it.
    Written(fn(&mut SchemaGenerator) -> Schema),
    /// This very one.
    Plain(Value),
}

impl Shape {
    pub(crate) fn read<T: JsonSchema>() -> Self {
        Self::Read(|generator| generator.subschema_for::<T>())
    }

    pub(crate) fn written<T: JsonSchema>() -> Self {
        Self::Written(|generator| generator.subschema_for::<T>())
    }

    /// Any text.
    pub(crate) fn text() -> Self {
        Self::Plain(json!({ "type": "string" }))
    }

    pub(crate) fn one_of(words: &[&str]) -> Self {
        Self::Plain(json!({ "type": "string", "enum": words }))
    }

    pub(crate) fn number(least: u64, most: u64) -> Self {
        Self::Plain(json!({ "type": "integer", "minimum": least, "maximum": most }))
    }

    /// A moment, as RFC 3339 writes it.
    pub(crate) fn moment() -> Self {
        Self::Plain(json!({ "type": "string", "format": "date-time" }))
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Read(one), Self::Read(other)) | (Self::Written(one), Self::Written(other)) => std::ptr::fn_addr_eq(*one, *other),
            (Self::Plain(one), Self::Plain(other)) => one == other,
            (Self::Read(_) | Self::Written(_) | Self::Plain(_), _) => false,
        }
    }
}

/// A part of a path, of a query or of the head.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: &'static str,
    pub(crate) text: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    pub(crate) example: Option<&'static str>,
}

impl Parameter {
    pub(crate) fn path(name: &'static str, shape: Shape, text: &'static str, example: &'static str) -> Self {
        Self { name, place: "path", text, shape, required: true, example: Some(example) }
    }

    pub(crate) fn query(name: &'static str, shape: Shape, text: &'static str) -> Self {
        Self { name, place: "query", text, shape, required: false, example: None }
    }

    pub(crate) fn header(name: &'static str, shape: Shape, text: &'static str) -> Self {
        Self { place: "header", ..Self::query(name, shape, text) }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }
}
