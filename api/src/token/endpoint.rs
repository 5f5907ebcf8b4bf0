//! `GET` and `POST /token`.

use std::sync::Arc;

use ambar_schemas::oci::token::TokenResponse;
use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use super::claims::{self, Claims};
use crate::auth::{Authenticated, Identity, authenticate_as};
use crate::body::read_within;
use crate::call::Call;
use crate::error::ApiError;
use crate::extract::{Actions, Query, Scope, is_bearer};

/// The largest form that is read.
const MAX_FORM_BYTES: usize = 16 << 10;
/// How many scopes a token may have; a client that mounts from everywhere asks for a few.
const MAX_SCOPES: usize = 50;
/// The longest repository name that a scope is taken for: longer ones are no names.
const MAX_SCOPE_NAME: usize = 256;

/// A token for the login in the `Authorization` header; without one, a token for nobody where anonymous pull is on.
pub(crate) fn get(call: &Call) -> Result<Response, ApiError> {
    let holder = match call.headers().get(AUTHORIZATION) {
        Some(header) => Some(log_in(call, header.as_bytes())?),
        None if call.state().settings.anonymous_pull => None,
        None => return Err(ApiError::LoginRefused),
    };
    issue(call, holder.as_deref(), call.query().all("scope"))
}

/// A token for the user name and password in a form, as OAuth 2 clients send them.
pub(crate) async fn post(call: &Call, body: Body) -> Result<Response, ApiError> {
    let form = read_within(body, MAX_FORM_BYTES, call.state().settings.body_pause)
        .await?
        .ok_or(ApiError::TokenRequestInvalid { reason: "the form is too large" })?;
    let form = std::str::from_utf8(&form).map_err(|_| ApiError::TokenRequestInvalid { reason: "the form is no text" })?;
    let form = Query::new(Some(form));
    match form.first("grant_type").as_deref() {
        Some("password") => {}
        // Clients try a login as refresh token, too; they take this for a wrong login and try another way.
        Some("refresh_token") => return Err(ApiError::LoginRefused),
        _ => return Err(ApiError::TokenRequestInvalid { reason: "the grant type must be password" }),
    }
    let (user, password) = form.first("username").zip(form.first("password")).ok_or(ApiError::LoginRefused)?;
    // Remembered as one of the same user that came in a header, and in the way of no other.
    let header = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    let holder = log_in(call, header.as_bytes())?;
    issue(call, Some(&holder), form.all("scope"))
}

/// Who logs in; tokens are no logins.
fn log_in(call: &Call, header: &[u8]) -> Result<Arc<Identity>, ApiError> {
    if is_bearer(header) {
        return Err(ApiError::LoginRefused);
    }
    match authenticate_as(call, header) {
        Ok(Authenticated { identity, .. }) => Ok(identity),
        Err(ApiError::Unauthenticated { .. }) => Err(ApiError::LoginRefused),
        Err(error) => Err(error),
    }
}

fn issue<'a>(
    call: &Call,
    holder: Option<&Identity>,
    scopes: impl Iterator<Item = std::borrow::Cow<'a, str>>,
) -> Result<Response, ApiError> {
    let state = call.state();
    // Several scopes come in several parameters, or in one with spaces between them.
    let mut access: Vec<Scope> = Vec::new();
    for text in scopes {
        access.extend(text.split(' ').filter_map(Scope::parse).filter(|scope| scope.repository.len() <= MAX_SCOPE_NAME));
    }
    access.truncate(MAX_SCOPES);
    let issued_at = state.clock.now();
    let lifetime_end = issued_at + state.settings.token_lifetime;
    // A token made from a temporary login ends with it.
    let expires_at = holder.and_then(Identity::login_until).map_or(lifetime_end, |until| until.min(lifetime_end));
    let user = holder.and_then(|identity| identity.user().cloned().zip(identity.access_key().cloned()));
    if user.is_none() {
        access.iter_mut().for_each(|scope| scope.actions = scope.actions.only(Actions::PULL));
    }
    let claims = Claims::new(user, access, issued_at, expires_at, state.ids.uuid());
    let token = claims::sign(state.keys.current().token(), &claims);
    if let Some(holder) = holder.filter(|_| claims.user.is_some()) {
        // Its first use is the next request of most clients.
        call.registry.logins.remember_token(&token, holder, &claims);
    }
    let answer = TokenResponse {
        access_token: token.clone(),
        token,
        expires_in: u64::try_from((expires_at - issued_at).num_seconds()).unwrap_or_default(),
        issued_at: issued_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    };
    let json = serde_json::to_vec(&answer).map_err(|error| ApiError::Internal(Box::new(error)))?;
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
