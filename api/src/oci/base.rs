//! `GET /v2/` (distribution-spec, "Determining Support"), where clients learn how to log in.

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use crate::auth::{Authenticated, authenticate};
use crate::call::Call;
use crate::error::ApiError;

/// Says that the registry is here, to everybody who has proved who it is. Nobody in particular is asked to log in, even where anonymous
/// pull is on: this answer is the one from which clients learn where tokens come from, anonymous ones included.
pub(crate) fn get(call: &Call) -> Result<Response, ApiError> {
    let Authenticated { identity, expired } = authenticate(call)?;
    let is_login = !identity.is_anonymous() || call.headers().contains_key(http::header::AUTHORIZATION);
    if expired || !is_login {
        return Err(ApiError::Unauthenticated { scope: None, insufficient_scope: false });
    }
    let mut response = Response::new(Body::from("{}"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// `GET /v2/_catalog`: not offered. The management API lists what a user may see.
pub(crate) fn catalog(call: &Call) -> ApiError {
    match get(call) {
        Ok(_) => ApiError::CatalogUnsupported,
        Err(error) => error,
    }
}
