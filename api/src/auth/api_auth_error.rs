//! Why it is not known who sent a call of the API, and how the gateway in front of the real service says it.

use std::time::Duration;

use ambar_projections::ViewsError;
use ambar_schemas::iam::error::GatewayError;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use thiserror::Error;

use crate::error::{BLOCKED, chain, retry_after};
use crate::signature::SignatureError;

/// How a date stands in a signature, and so in what is said of it.
const SIGNED_DATE: &str = "%Y%m%dT%H%M%SZ";

/// Why it is not known who sent a call.
#[derive(Debug, Error)]
pub(crate) enum ApiAuthError {
    #[error("the call is neither signed nor has it a token")]
    Missing,
    #[error("the signature of the call cannot be checked")]
    Malformed(#[source] SignatureError),
    #[error("the signature of the call is too old or too new")]
    Expired(#[source] SignatureError),
    #[error("the signature of the call is wrong")]
    WrongSignature,
    #[error("there is no working access key of this id")]
    UnknownKey { access_key: String },
    #[error("the access key is locked after too many wrong signatures")]
    Locked,
    #[error("the token is not good")]
    BadToken,
    #[error("the header that names another account is not signed")]
    DomainNotSigned,
    #[error("the account does not exist")]
    NotEntrusted,
    /// The user, or everybody at the address (requirement P8).
    #[error("{BLOCKED}")]
    Blocked,
    #[error("too many failed logins from this address; try again later")]
    TooManyFailedLogins { wait: Duration },
    #[error("the registry is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<ViewsError> for ApiAuthError {
    fn from(error: ViewsError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<SignatureError> for ApiAuthError {
    fn from(error: SignatureError) -> Self {
        match error {
            SignatureError::Malformed | SignatureError::DateMissing => Self::Malformed(error),
            SignatureError::Expired { .. } => Self::Expired(error),
            SignatureError::Wrong => Self::WrongSignature,
        }
    }
}

impl ApiAuthError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Missing
            | Self::Malformed(_)
            | Self::Expired(_)
            | Self::WrongSignature
            | Self::UnknownKey { .. }
            | Self::Locked
            | Self::DomainNotSigned
            | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::NotEntrusted => StatusCode::NOT_FOUND,
            Self::Blocked => StatusCode::FORBIDDEN,
            Self::TooManyFailedLogins { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn gateway_code(&self) -> &'static str {
        match self {
            Self::Missing
            | Self::Malformed(_)
            | Self::Expired(_)
            | Self::WrongSignature
            | Self::UnknownKey { .. }
            | Self::Locked
            | Self::DomainNotSigned
            | Self::BadToken
            // Each surface says it in its own words.
            | Self::NotEntrusted => "APIGW.0301",
            Self::Blocked => "APIGW.0306",
            Self::TooManyFailedLogins { .. } => "APIGW.0308",
            Self::Unavailable(_) => "APIGW.0202",
        }
    }

    /// What clients of the service know to look for in a refusal.
    pub(crate) fn gateway_text(&self) -> String {
        let reason = match self {
            Self::Missing => "x-auth-token not found",
            Self::Malformed(SignatureError::DateMissing) => "verify aksk signature fail: x-sdk-date is missing or not signed",
            Self::Malformed(_) => "verify aksk signature fail: the Authorization header is malformed",
            Self::Expired(SignatureError::Expired { signed_at, now }) => {
                let (signed_at, now) = (signed_at.format(SIGNED_DATE), now.format(SIGNED_DATE));
                &format!("verify aksk signature fail: signature expired, signature time: {signed_at}, server time: {now}")
            }
            Self::Expired(_) => "verify aksk signature fail: signature expired",
            Self::WrongSignature => "verify aksk signature fail",
            Self::UnknownKey { access_key } => &format!("Get secretKey failed,ak:{access_key},err:ak not exist"),
            Self::Locked => "AK access failed to reach the limit,forbidden",
            Self::BadToken => "decrypt token fail",
            Self::DomainNotSigned => "verify aksk signature fail: x-domain-id is not signed",
            Self::NotEntrusted => "the domain does not exist",
            Self::Blocked => return BLOCKED.to_owned(),
            Self::TooManyFailedLogins { .. } => return format!("The throttling threshold has been reached: {self}"),
            Self::Unavailable(_) => return "Backend unavailable".to_owned(),
        };
        format!("Incorrect IAM authentication information: {reason}")
    }

    /// The answer as the gateway in front of the real service gives it.
    pub(crate) fn into_gateway_response(self, request_id: &str) -> Response {
        if let Self::Unavailable(source) = &self {
            tracing::error!(request_id, error = %self, cause = %chain(source.as_ref()), "a call could not be authenticated");
        }
        let body = GatewayError { error_msg: self.gateway_text(), error_code: self.gateway_code(), request_id: request_id.to_owned() };
        let mut response = Response::new(Body::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = self.status();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(value) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response
    }

    /// When trying again may help, where it may.
    pub(crate) fn retry_after(&self) -> Option<HeaderValue> {
        match self {
            Self::Unavailable(_) => Some(HeaderValue::from_static("1")),
            Self::TooManyFailedLogins { wait } => Some(retry_after(*wait)),
            Self::Missing
            | Self::Malformed(_)
            | Self::Expired(_)
            | Self::WrongSignature
            | Self::UnknownKey { .. }
            | Self::Locked
            | Self::BadToken
            | Self::DomainNotSigned
            | Self::NotEntrusted
            | Self::Blocked => None,
        }
    }
}
