//! Refusals: in Keystone's shape, and in that of the gateway which in the real service stands before every API.

use schemars::JsonSchema;
use serde::Serialize;

/// The body of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamError")]
pub struct ErrorBody {
    /// It.
    pub error: ErrorText,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamErrorText")]
pub struct ErrorText {
    /// The status of the answer.
    pub code: u16,
    /// A text for people.
    pub message: String,
    /// The name of the status.
    pub title: &'static str,
}

/// The body of a refusal to a caller who has not proved who it is, or that cannot be found out now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GatewayError {
    /// A text for people.
    pub error_msg: String,
    /// `APIGW.0301`, or `APIGW.0202` where the registry is not available.
    pub error_code: &'static str,
    /// Finds the request in the registry's log.
    pub request_id: String,
}
