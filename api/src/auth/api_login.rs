//! Who sent a call of the API: by a request signature or by an IAM token (requirement I6).
//!
//! A token, where there is one, decides: clients that were given one sign their requests all the same, with whatever keys they have.
//!
//! A user acts for another account by naming it in a header, or with a token that was made for that (requirement I5). A signature must cover
//! the header then: it makes another call of it.
//!
//! Five wrong signatures in a row of a key that exists lock it for five minutes, on this node and in memory.

use std::sync::Arc;
use std::time::Duration;

use ambar_domain::access_key::AccessKeyId;
use ambar_projections::ViewsError;
use ambar_projections::identity::{self, SigningKey};
use ambar_schemas::iam::error::GatewayError;
use axum::body::Body;
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use thiserror::Error;

use super::attempt::{login_failed, may_log_in};
use super::delegate::delegate;
use super::identity::Identity;
use super::logins::identity_of;
use crate::call::Call;
use crate::error::{BLOCKED, chain, retry_after};
use crate::iam::{Holder, find_holder, find_temporary};
use crate::signature::{self, Signature, SignatureError, is_signature};
use crate::state::AppState;

/// The header that an IAM token comes in.
pub(crate) const X_AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// The header that the token of a temporary access key comes in, beside the signature.
pub(crate) const X_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");

/// The header that names the account a call is made for. Clients send their own account's id in it, signed or not.
pub(crate) const X_DOMAIN_ID: HeaderName = HeaderName::from_static("x-domain-id");

/// Stands for the secret of a key that there is not, so that checking takes as long as for one that there is.
const NO_SECRET: &str = "........................................";

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

/// Finds out who sent a call with this body.
pub(crate) fn authenticate_api(call: &Call, body: &[u8]) -> Result<Arc<Identity>, ApiAuthError> {
    if call.is_address_blocked() {
        return Err(ApiAuthError::Blocked);
    }
    let mut tokens = call.headers().get_all(X_AUTH_TOKEN).iter();
    let (identity, covers_domain) = match (tokens.next(), tokens.next()) {
        (None, _) => check_signature(call, body)?,
        (Some(token), None) => (check_token(call.state(), token.as_bytes())?, true),
        (Some(_), Some(_)) => return Err(ApiAuthError::BadToken),
    };
    let identity = Arc::new(act_for_named(call, identity, covers_domain)?);
    call.identify(&identity);
    refuse_blocked(call, &identity)?;
    Ok(identity)
}

fn refuse_blocked(call: &Call, identity: &Identity) -> Result<(), ApiAuthError> {
    if identity.is_blocked(call.state().clock.now()) { Err(ApiAuthError::Blocked) } else { Ok(()) }
}

/// Who sent a call that was found to be in order, as of now: its token or key may have stopped working since, or its user lost a right.
pub(crate) fn authenticate_again(call: &Call) -> Result<Identity, ApiAuthError> {
    if call.is_address_blocked() {
        return Err(ApiAuthError::Blocked);
    }
    let identity = match call.headers().get(X_AUTH_TOKEN) {
        Some(token) => check_token(call.state(), token.as_bytes())?,
        None => match call.headers().get(X_SECURITY_TOKEN) {
            Some(token) => check_security_token(call.state(), token.as_bytes())?.1,
            None => find_signer(call)?,
        },
    };
    refuse_blocked(call, &identity)?;
    Ok(identity)
}

/// Who signed a call whose signature was found to be in order.
fn find_signer(call: &Call) -> Result<Identity, ApiAuthError> {
    let access_key = call.identity().and_then(Identity::access_key).ok_or(ApiAuthError::Missing)?;
    let generation = call.state().views.generation_of_access();
    let known = find_key(call.state(), access_key.as_str())?;
    let (access_key, key) = known.ok_or_else(|| ApiAuthError::UnknownKey { access_key: access_key.to_string() })?;
    Ok(identity_of(key.login, access_key, generation))
}

/// The user in the account that the call names: it acts for that, if it is not its own.
fn act_for_named(call: &Call, identity: Identity, covers_domain: bool) -> Result<Identity, ApiAuthError> {
    let mut named = call.headers().get_all(X_DOMAIN_ID).iter().filter(|named| !named.is_empty());
    let named = match (named.next(), named.next()) {
        (None, _) => return Ok(identity),
        (Some(named), None) => named.to_str().map_err(|_| ApiAuthError::NotEntrusted)?,
        (Some(_), Some(_)) => return Err(ApiAuthError::NotEntrusted),
    };
    if identity.account().is_some_and(|account| account.as_str() == named) {
        return Ok(identity);
    }
    if !covers_domain {
        return Err(ApiAuthError::DomainNotSigned);
    }
    let account = named.parse().map_err(|_| ApiAuthError::NotEntrusted)?;
    let state = call.state();
    let caller = delegate(&state.views.reader()?, identity.caller(), &account, state.clock.now())?;
    Ok(Identity { caller: caller.ok_or(ApiAuthError::NotEntrusted)?, ..identity })
}

/// Who signed the call, and whether the signature covers which account it is made for.
fn check_signature(call: &Call, body: &[u8]) -> Result<(Identity, bool), ApiAuthError> {
    let mut headers = call.headers().get_all(AUTHORIZATION).iter();
    let header = match (headers.next(), headers.next()) {
        (Some(header), None) if is_signature(header.as_bytes()) => header.as_bytes(),
        (_, Some(_)) => return Err(ApiAuthError::Malformed(SignatureError::Malformed)),
        (None | Some(_), None) => return Err(ApiAuthError::Missing),
    };
    let signature = Signature::parse(header)?;
    may_log_in(call).map_err(|wait| ApiAuthError::TooManyFailedLogins { wait })?;
    let state = call.state();
    if let Some(token) = call.headers().get(X_SECURITY_TOKEN) {
        let identity = check_temporary(call, body, &signature, token.as_bytes())?;
        return Ok((identity, signature.covers(X_DOMAIN_ID.as_str())));
    }
    // Read before the views: what is found may be newer than the generation, never older.
    let generation = state.views.generation_of_access();
    let known = find_key(state, signature.access_key)?;
    let secret = match &known {
        Some((access_key, key)) => state.keys.open(access_key, &key.sealed_secret).map_err(|error| {
            tracing::error!(%access_key, "the secret of an access key cannot be opened: is the master key another one?");
            ApiAuthError::Unavailable(Box::new(error))
        })?,
        None => NO_SECRET.to_owned(),
    };
    let now = state.clock.now();
    let verdict = signature::verify(&signature, &call.parts, body, &secret, now);
    let Some((access_key, key)) = known else {
        login_failed(call);
        return Err(ApiAuthError::UnknownKey { access_key: signature.access_key.to_owned() });
    };
    let lockout = &call.registry.wrong_signatures;
    if lockout.is_locked(&access_key, now) {
        login_failed(call);
        return Err(ApiAuthError::Locked);
    }
    if let Err(error) = verdict {
        if error == SignatureError::Wrong {
            login_failed(call);
            if lockout.failed(&access_key, now) {
                tracing::warn!(%access_key, "an access key is locked: too many wrong signatures in a row");
            }
        }
        return Err(error.into());
    }
    lockout.succeeded(&access_key);
    Ok((identity_of(key.login, access_key, generation), signature.covers(X_DOMAIN_ID.as_str())))
}

/// Who signed a call with a temporary access key, whose token came along.
fn check_temporary(call: &Call, body: &[u8], signature: &Signature<'_>, token: &[u8]) -> Result<Identity, ApiAuthError> {
    let state = call.state();
    let (access_key, identity) = check_security_token(state, token)?;
    if access_key.as_str() != signature.access_key {
        return Err(ApiAuthError::BadToken);
    }
    let verdict = signature::verify(signature, &call.parts, body, &state.keys.temporary_secret(&access_key), state.clock.now());
    if verdict == Err(SignatureError::Wrong) {
        login_failed(call);
    }
    Ok(verdict.map(|()| identity)?)
}

fn check_security_token(state: &AppState, token: &[u8]) -> Result<(AccessKeyId, Identity), ApiAuthError> {
    let generation = state.views.generation_of_access();
    let (access_key, holder) = find_temporary(state, token)?.ok_or(ApiAuthError::BadToken)?;
    Ok((access_key, identity_of_holder(holder, generation)))
}

fn check_token(state: &AppState, token: &[u8]) -> Result<Identity, ApiAuthError> {
    let generation = state.views.generation_of_access();
    let holder = find_holder(state, token)?.ok_or(ApiAuthError::BadToken)?;
    Ok(identity_of_holder(holder, generation))
}

fn identity_of_holder(holder: Holder, generation: u64) -> Identity {
    let access_key = holder.access_key().cloned();
    let blocked_until = holder.blocked_until();
    Identity { caller: holder.caller, access_key, blocked_until, ..Identity::anonymous(generation) }
}

/// The key, if it works. A temporary login signs nothing.
fn find_key(state: &AppState, id: &str) -> Result<Option<(AccessKeyId, SigningKey)>, ApiAuthError> {
    let Ok(access_key) = id.parse::<AccessKeyId>() else { return Ok(None) };
    let found = state.views.reader().and_then(|reader| identity::find_signing_key(&reader, &access_key));
    Ok(found?.filter(|key| key.login.enabled).map(|key| (access_key, key)))
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
