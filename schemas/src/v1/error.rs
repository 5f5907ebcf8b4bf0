//! Refusals of the own API: a code, a message and the request's id (requirement B3).

use schemars::JsonSchema;
use serde::Serialize;

/// The body of every answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "V1Error")]
pub struct ErrorBody<'a> {
    /// It.
    pub error: ErrorText<'a>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "V1ErrorText")]
pub struct ErrorText<'a> {
    /// For programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// Finds the request in the registry's log.
    pub request_id: &'a str,
}
