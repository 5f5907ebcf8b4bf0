//! `POST /v3.0/OS-CREDENTIAL/securitytokens`: a temporary access key, for whoever may not be given a permanent one.
//!
//! It consists of an id, a secret and a token, which goes along with every call that the secret signs. Nothing is stored of it: the token says
//! whose it is, and the secret follows from the id and the master key. It is worth no more than what proved the call: it stops with the
//! password, the access key or the delegation behind that, and ends no later than a token that it was got with.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::policy::access::Caller as Person;
use ambar_projections::ViewsError;
use ambar_schemas::iam::security_token::{OneSecurityToken, SecurityToken};
use axum::response::Response;
use chrono::Duration;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::assume_role::assume;
use super::caller::Caller;
use super::claims::{Claims, Holder, find_holder, holder_of};
use super::error::IamError;
use super::request::{AssumeRole, read};
use super::respond::respond;
use super::tokens::may_take;
use crate::auth::{X_AUTH_TOKEN, X_SECURITY_TOKEN};
use crate::call::Call;
use crate::keys::{DerivedKeys, new_access_key_id};
use crate::operations;
use crate::state::AppState;
use crate::token::jwt;

/// How long a temporary access key lasts at least, and unless it is asked for otherwise.
const SHORTEST_SECONDS: i64 = 15 * 60;
const LONGEST_SECONDS: i64 = 24 * 60 * 60;

/// What a security token says.
#[derive(Debug, Serialize, Deserialize)]
struct SecurityClaims {
    /// The temporary access key that it goes with.
    #[serde(rename = "tmp")]
    access_key: AccessKeyId,
    #[serde(flatten)]
    claims: Claims,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SecurityTokenRequest")]
pub(super) struct Body {
    auth: Auth,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SecurityTokenAuth")]
struct Auth {
    identity: Identity,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SecurityTokenIdentity")]
struct Identity {
    methods: Vec<String>,
    #[serde(default)]
    token: Option<Token>,
    #[serde(default)]
    assume_role: Option<AssumeRole>,
    /// Would narrow what the key may do.
    #[serde(default)]
    policy: Option<Value>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "SecurityTokenToken")]
struct Token {
    /// A token of the identity service; without it, whoever calls.
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    duration_seconds: Option<i64>,
}

/// Makes a temporary access key.
pub(super) async fn create(caller: &Caller<'_>, body: &[u8]) -> Result<Response, IamError> {
    let Body { auth: Auth { identity } } = read(body)?;
    if identity.policy.is_some() {
        return Err(IamError::Malformed { reason: "a temporary access key cannot be narrowed by a policy" });
    }
    let (claims, seconds) = match (identity.methods.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), identity.assume_role) {
        (["token"], _) => {
            let Token { id, duration_seconds } = identity.token.unwrap_or_default();
            (of_caller(caller, id.as_deref())?, duration_seconds)
        }
        (["assume_role"], Some(role)) => (assume(caller, &role)?.claims, role.duration_seconds),
        (["assume_role"], None) => return Err(IamError::Malformed { reason: "identity.assume_role is missing" }),
        _ => return Err(IamError::Malformed { reason: "the method is 'token' or 'assume_role'" }),
    };
    let seconds = seconds.unwrap_or(SHORTEST_SECONDS);
    if !(SHORTEST_SECONDS..=LONGEST_SECONDS).contains(&seconds) {
        return Err(IamError::Malformed { reason: "a temporary access key lasts from 900 to 86400 seconds" });
    }
    issue(caller.call, claims, Duration::seconds(seconds)).await
}

/// What the token says that is named, or what proves the call itself.
fn of_caller(caller: &Caller<'_>, token: Option<&str>) -> Result<Claims, IamError> {
    let Caller { call, identity, .. } = caller;
    if let Some(token) = token {
        let holder = find_holder(call.state(), token.as_bytes())?.ok_or(IamError::NotFound { what: "token" })?;
        return if identity.user() == Some(&holder.claims.user) { Ok(holder.claims) } else { Err(IamError::Denied) };
    }
    if let Some(claims) = claims_behind(call)? {
        return Ok(claims);
    }
    let Person::User { user, account, .. } = identity.caller() else { return Err(IamError::Denied) };
    let now = call.state().clock.now();
    Ok(Claims {
        user: user.clone(),
        account: account.clone(),
        project: None,
        password: None,
        access_key: identity.access_key().cloned(),
        acting: None,
        temporary_until: None,
        issued: now.timestamp(),
        expires: (now + Duration::seconds(LONGEST_SECONDS)).timestamp(),
        id: call.state().ids.uuid(),
    })
}

/// What the token says that a call came with, of either kind. What is got by a temporary access key says when that ends, whatever it is exchanged
/// for.
pub(super) fn claims_behind(call: &Call) -> Result<Option<Claims>, IamError> {
    let holder = if let Some(token) = call.headers().get(X_AUTH_TOKEN) {
        find_holder(call.state(), token.as_bytes())?
    } else if let Some(token) = call.headers().get(X_SECURITY_TOKEN) {
        find_temporary(call.state(), token.as_bytes())?.map(|(_, mut holder)| {
            holder.claims.temporary_until = Some(holder.claims.expires);
            holder
        })
    } else {
        return Ok(None);
    };
    holder.map(|holder| Some(holder.claims)).ok_or(IamError::Denied)
}

async fn issue(call: &Call, claims: Claims, lifetime: Duration) -> Result<Response, IamError> {
    let state = call.state();
    let (now, access_key) = (state.clock.now(), new_access_key_id(&*state.ids));
    let ends: Timestamp = claims.expires_at().map_or(now, |expires| expires.min(now + lifetime));
    may_take(call, &claims.user)?;
    let claims = Claims { issued: now.timestamp(), expires: ends.timestamp(), id: state.ids.uuid(), ..claims };
    operations::note_temporary_key(state, &call.context(), access_key.clone(), claims.to_record()).await?;
    let keys = state.keys.current();
    let secret = keys.temporary_secret(&access_key);
    let token = jwt::sign(keys.security_token(), &SecurityClaims { access_key: access_key.clone(), claims });
    let credential = SecurityToken { access: access_key, secret, securitytoken: token, expires_at: ends };
    Ok(respond(StatusCode::CREATED, &OneSecurityToken { credential }))
}

/// A temporary access key.
pub(crate) struct TemporaryKey {
    pub(crate) access_key: AccessKeyId,
    pub(crate) secret: String,
}

/// The temporary access key that a security token goes with, and whose it is. `None` if it is none of ours or good no more.
pub(crate) fn find_temporary(state: &AppState, token: &[u8]) -> Result<Option<(TemporaryKey, Holder)>, ViewsError> {
    let Ok(token) = std::str::from_utf8(token) else { return Ok(None) };
    // The secret follows from the same master key that has signed the token.
    let verify = |keys: &DerivedKeys| {
        let SecurityClaims { access_key, claims } = jwt::verify(keys.security_token(), token)?;
        Some((keys.temporary_secret(&access_key), access_key, claims))
    };
    let Some((secret, access_key, claims)) = state.keys.all().find_map(verify) else { return Ok(None) };
    Ok(holder_of(state, claims)?.map(|holder| (TemporaryKey { access_key, secret }, holder)))
}
