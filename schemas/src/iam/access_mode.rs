//! A user's access methods (requirement I2) as the service writes them in one word.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a user may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessMode {
    /// With a password.
    pub console: bool,
    /// With access keys.
    pub programmatic: bool,
}

impl Serialize for AccessMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match (self.console, self.programmatic) {
            (true, true) => "default",
            (true, false) => "console",
            (false, true) => "programmatic",
            // The service has no word for it.
            (false, false) => "none",
        })
    }
}

impl<'de> Deserialize<'de> for AccessMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (console, programmatic) = match String::deserialize(deserializer)?.as_str() {
            "default" => (true, true),
            "console" => (true, false),
            "programmatic" => (false, true),
            "none" => (false, false),
            _ => return Err(serde::de::Error::custom("no access mode")),
        };
        Ok(Self { console, programmatic })
    }
}

impl JsonSchema for AccessMode {
    fn schema_name() -> Cow<'static, str> {
        "AccessMode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How a user may come in: with a password, with access keys, both (`default`) or not at all.",
            "type": "string",
            "enum": ["default", "console", "programmatic", "none"],
        })
    }
}
