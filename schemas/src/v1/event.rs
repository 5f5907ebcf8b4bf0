//! Events as an account's administrators see them.

use ambar_domain::clock::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::swr::time;

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "RecordedEvent")]
pub struct Event {
    /// Its place in the log: opaque, only compared.
    pub position: String,
    /// Its id.
    #[schemars(extend("format" = "uuid"))]
    pub event_id: String,
    /// What it happened to: a kind and an id with `/` between them.
    pub stream: String,
    /// Its number in the stream, from 1.
    pub sequence: u64,
    /// What kind of event it is; `schemas/events` describes the payload of each.
    #[serde(rename = "type")]
    pub kind: String,
    /// The version of the payload.
    pub version: u32,
    /// When it happened.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub time: Timestamp,
    /// Who did it: the id of a user, `operator:<uid>` or `anonymous`.
    #[schemars(with = "Option<String>")]
    pub actor: Value,
    /// The id of the user's account, where that is another one.
    #[schemars(with = "Option<String>")]
    pub actor_account: Value,
    /// On whose behalf.
    #[schemars(with = "Option<String>")]
    pub on_behalf_of: Value,
    /// By which access key.
    #[schemars(with = "Option<String>")]
    pub access_key: Value,
    /// By which request.
    #[schemars(with = "Option<String>")]
    pub request_id: Value,
    /// From where.
    #[schemars(with = "Option<String>")]
    pub source_address: Value,
    /// What exactly, without what secrets are checked with.
    pub payload: Value,
}
