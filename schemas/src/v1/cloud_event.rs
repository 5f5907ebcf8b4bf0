//! Events in the form that other systems know: CloudEvents 1.0, structured, in JSON.
//!
//! Where they say something that CloudEvents has no attribute for, it is an extension; one that has no value is left out.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::AccountId;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::event::Event;
use crate::swr::time;

/// What happened, as `CloudEvents` has it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CloudEvent {
    /// Always `1.0`.
    pub specversion: &'static str,
    /// The event's id.
    #[schemars(extend("format" = "uuid"))]
    pub id: String,
    /// Whose event it is: `/accounts/` and the account's id; `/` for what belongs to no account, which only the operator sees.
    pub source: String,
    /// What kind of event it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it happened to: a kind and an id with `/` between them.
    pub subject: String,
    /// When it happened.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub time: Timestamp,
    /// Always `application/json`.
    pub datacontenttype: &'static str,
    /// The version of the data: `schemas/events` describes it for each kind and version.
    pub dataversion: u32,
    /// Its place in the log: opaque, only compared.
    pub position: String,
    /// Its number among those of the same subject, from 1. A text: numbers of CloudEvents are short.
    pub subjectsequence: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schemars(with = "Option<String>")]
    pub actor: Value,
    /// The id of the user's account, where that is another one.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schemars(with = "Option<String>")]
    pub actoraccount: Value,
    /// On whose behalf.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schemars(with = "Option<String>")]
    pub onbehalfof: Value,
    /// By which access key.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schemars(with = "Option<String>")]
    pub accesskey: Value,
    /// By which request.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schemars(with = "Option<String>")]
    pub requestid: Value,
    /// From where.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schemars(with = "Option<String>")]
    pub sourceaddress: Value,
    /// What exactly, without what secrets are checked with.
    pub data: Value,
}

impl CloudEvent {
    /// An event of an account, or of none.
    #[must_use]
    pub fn of(account: Option<&AccountId>, event: Event) -> Self {
        Self {
            specversion: "1.0",
            id: event.event_id,
            source: account.map_or_else(|| "/".to_owned(), |account| format!("/accounts/{account}")),
            kind: event.kind,
            subject: event.stream,
            time: event.time,
            datacontenttype: "application/json",
            dataversion: event.version,
            position: event.position,
            subjectsequence: event.sequence.to_string(),
            actor: event.actor,
            actoraccount: event.actor_account,
            onbehalfof: event.on_behalf_of,
            accesskey: event.access_key,
            requestid: event.request_id,
            sourceaddress: event.source_address,
            data: event.payload,
        }
    }
}
