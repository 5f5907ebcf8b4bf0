//! Why a call did not succeed, in words that say what to do about it, and in the codes of the server.

use http::{Response, StatusCode};
use serde_json::Value;
use thiserror::Error;
use ureq::Body;

use super::ServerUrl;
use crate::profiles::Profile;

/// The longest refusal that is read.
const MAX_REFUSAL_BYTES: u64 = 64 << 10;

/// Why a call did not succeed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The server says no.
    #[error("{message} ({code})")]
    Refused {
        /// HTTP status.
        status: StatusCode,
        /// The code of the API.
        code: String,
        /// The server's words, or better ones.
        message: String,
        /// What finds the call in the server's log.
        request_id: Option<String>,
    },
    /// There was no answer, or it broke off.
    #[error("{asked} got no answer{hint}")]
    Unreachable {
        /// The call.
        asked: String,
        /// What to do, with what stands before it; empty if nobody knows.
        hint: String,
        /// What happened.
        source: Box<ureq::Error>,
    },
    /// Somebody answered who does not speak the API.
    #[error("{asked} was answered by something that is no Ambar{hint}")]
    NotTheApi {
        /// The call.
        asked: String,
        /// What to do, with what stands before it; empty if nobody knows.
        hint: String,
    },
}

impl Failure {
    /// There was no answer to a call, or no whole one.
    pub(super) fn unanswered(asked: &str, source: ureq::Error, url: &ServerUrl) -> Self {
        let other = url.otherwise();
        let hint = match &source {
            source if url.is_secure() && is_no_tls(source) => format!(": the server speaks plain HTTP there, use {other}"),
            ureq::Error::Protocol(_) if !url.is_secure() => format!("; if the server speaks TLS there, use {other}"),
            _ => String::new(),
        };
        Self::Unreachable { asked: asked.to_owned(), hint, source: Box::new(source) }
    }

    /// Reads what the server said. Each surface of it writes refusals in the shape that its clients know.
    pub(super) fn read(asked: String, response: Response<Body>, name: &str, profile: &Profile) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.into_with_config().limit(MAX_REFUSAL_BYTES).read_to_vec().unwrap_or_default();
        let Some((code, message)) = serde_json::from_slice(&body).ok().as_ref().and_then(said) else {
            // Of those that speak TLS some say so in an answer of their own, and others send on to themselves.
            let other = || format!("; if the server speaks TLS there, use {}", profile.url.otherwise());
            return Self::NotTheApi { asked, hint: if profile.url.is_secure() { String::new() } else { other() } };
        };
        let request_id = parts.headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let message = match parts.status {
            StatusCode::UNAUTHORIZED => unauthenticated(&message, name, profile).unwrap_or(message),
            StatusCode::INTERNAL_SERVER_ERROR => match &request_id {
                Some(id) => format!("{message}; request {id}"),
                None => message,
            },
            _ => message,
        };
        Self::Refused { status: parts.status, code, message, request_id }
    }
}

/// Whether what came back to the beginning of a TLS connection is none.
fn is_no_tls(error: &ureq::Error) -> bool {
    let error = match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => error.get_ref().and_then(|error| error.downcast_ref()),
        _ => None,
    };
    matches!(error, Some(rustls::Error::InvalidMessage(_)))
}

/// Code and message.
fn said(body: &Value) -> Option<(String, String)> {
    let code = |value: &Value| match value {
        Value::Number(number) => Some(number.to_string()),
        value => value.as_str().map(str::to_owned),
    };
    let pair = |of: &Value, code_name: &str, message_name: &str| {
        Some((of.get(code_name).and_then(code)?, of.get(message_name)?.as_str()?.to_owned()))
    };
    pair(body, "error_code", "error_msg").or_else(|| pair(body.get("error")?, "code", "message"))
}

/// What is wrong with the key, and what to do. `None` if the server's own words are all there is to say.
fn unauthenticated(message: &str, name: &str, profile: &Profile) -> Option<String> {
    let (key, url) = (&profile.access_key, &profile.url);
    let says = |texts: [&str; 2]| texts.iter().any(|text| message.contains(text));
    if says(["ak not exist", "no working access key"]) {
        return Some(format!(
            "{url} knows no working access key {key}: it is deleted, disabled or another server's; `ambar --profile {name} login {url}` takes another"
        ));
    }
    if says(["signature expired", "too old or too new"]) {
        return Some(format!("the clock of this machine and that of {url} are more than 15 minutes apart"));
    }
    if says(["reach the limit", "is locked"]) {
        return Some(format!("the access key {key} is locked for five minutes after too many wrong signatures"));
    }
    if says(["verify aksk signature fail", "signature of the call is wrong"]) {
        return Some(format!(
            "the secret key is not that of the access key {key}; `ambar --profile {name} login {url}` takes the right one"
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_read_in_the_shape_of_every_surface() {
        let expected = |code: &str| Some((code.to_owned(), "no".to_owned()));
        assert_eq!(said(&json!({ "error_msg": "no", "error_code": "APIGW.0301", "request_id": "r" })), expected("APIGW.0301"));
        assert_eq!(said(&json!({ "errors": [{}], "error_code": "SVCSTG.SWR.4040010", "error_msg": "no" })), expected("SVCSTG.SWR.4040010"));
        assert_eq!(said(&json!({ "error": { "code": 404, "message": "no", "title": "Not Found" } })), expected("404"));
        assert_eq!(said(&json!({ "error": { "code": "denied", "message": "no", "request_id": "r" } })), expected("denied"));
        assert_eq!(said(&json!({ "errors": [{ "code": "NOT_OURS" }] })), None);
        assert_eq!(said(&json!("text")), None);
    }
}
