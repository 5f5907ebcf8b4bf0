//! A user's access methods (requirement I2) as the service writes them in one word.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a user may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AccessMode {
    pub(super) console: bool,
    pub(super) programmatic: bool,
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
