//! Who sent a call of the API: by a request signature or by an IAM token (requirement I6).
//!
//! A token, where there is one, decides: clients that were given one sign their requests all the same, with whatever keys they have.
//!
//! A user acts for another account by naming it in a header, or with a token that was made for that (requirement I5). A signature must cover
//! the header then: it makes another call of it.
//!
//! Too many wrong signatures in a row of a key that exists lock it for a while, on this node and in memory.

use std::sync::Arc;

use ambar_domain::access_key::AccessKeyId;
use ambar_projections::identity::{self, SigningKey};
use http::HeaderName;
use http::header::AUTHORIZATION;

use super::api_auth_error::ApiAuthError;
use super::attempt::{login_failed, may_log_in};
use super::delegate::delegate;
use super::identity::Identity;
use super::logins::identity_of;
use crate::call::Call;
use crate::iam::{Holder, TemporaryKey, find_holder, find_temporary};
use crate::limits::{Limit, count_refusal};
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
    refuse_blocked(call, &identity)?;
    let identity = Arc::new(act_for_named(call, identity, covers_domain)?);
    call.identify(&identity);
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
    let known = find_key(call.state(), access_key.as_str())?.filter(|(_, key)| key.login.enabled);
    let (access_key, key) = known.ok_or_else(|| ApiAuthError::UnknownKey { access_key: access_key.to_string() })?;
    Ok(identity_of(key.login, access_key))
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
    let caller = delegate(&state.views, identity.caller(), &account, state.clock.now());
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
    let identity = match call.headers().get(X_SECURITY_TOKEN) {
        Some(token) => check_temporary(call, body, &signature, token.as_bytes())?,
        None => check_permanent(call, body, &signature)?,
    };
    Ok((identity, signature.covers(X_DOMAIN_ID.as_str())))
}

/// Who signed a call with an access key.
fn check_permanent(call: &Call, body: &[u8], signature: &Signature<'_>) -> Result<Identity, ApiAuthError> {
    let (state, now) = (call.state(), call.state().clock.now());
    let known = find_key(state, signature.access_key)?;
    let secret = known.as_ref().map_or(Ok(NO_SECRET.to_owned()), |(access_key, key)| open_secret(state, access_key, key))?;
    let verdict = signature::verify(signature, &call.parts, body, &secret, now);
    if verdict == Err(SignatureError::Wrong) {
        guessed(call)?;
    }
    let unknown = || ApiAuthError::UnknownKey { access_key: signature.access_key.to_owned() };
    let (access_key, key) = known.ok_or_else(unknown)?;
    let lockout = &call.registry.limits.wrong_signatures;
    if lockout.is_locked(&access_key, now) {
        count_refusal(Limit::WrongSignatures);
        return Err(ApiAuthError::Locked);
    }
    match verdict {
        Err(SignatureError::Wrong) if lockout.failed(&access_key, now) => {
            tracing::warn!(%access_key, "an access key is locked: too many wrong signatures in a row");
        }
        Ok(()) => lockout.succeeded(&access_key),
        Err(_) => {}
    }
    verdict?;
    if key.login.enabled { Ok(identity_of(key.login, access_key)) } else { Err(unknown()) }
}

/// A wrong signature counts for the address that it came from, which has to wait when there are too many. A right one neither counts nor waits:
/// nobody finds a secret by trying, and whoever has it must not stand still for what others do behind the same address.
fn guessed(call: &Call) -> Result<(), ApiAuthError> {
    may_log_in(call).map_err(|wait| ApiAuthError::TooManyFailedLogins { wait })?;
    login_failed(call);
    Ok(())
}

fn open_secret(state: &AppState, access_key: &AccessKeyId, key: &SigningKey) -> Result<String, ApiAuthError> {
    state.keys.open(access_key, &key.sealed_secret).map_err(|error| {
        tracing::error!(%access_key, "the secret of an access key cannot be opened: is the master key another one?");
        ApiAuthError::Unavailable(Box::new(error))
    })
}

/// Who signed a call with a temporary access key, whose token came along.
fn check_temporary(call: &Call, body: &[u8], signature: &Signature<'_>, token: &[u8]) -> Result<Identity, ApiAuthError> {
    let state = call.state();
    let (key, identity) = check_security_token(state, token)?;
    if key.access_key.as_str() != signature.access_key {
        return Err(ApiAuthError::BadToken);
    }
    let verdict = signature::verify(signature, &call.parts, body, &key.secret, state.clock.now());
    if verdict == Err(SignatureError::Wrong) {
        guessed(call)?;
    }
    Ok(verdict.map(|()| identity)?)
}

fn check_security_token(state: &AppState, token: &[u8]) -> Result<(TemporaryKey, Identity), ApiAuthError> {
    let (key, holder) = find_temporary(state, token)?.ok_or(ApiAuthError::BadToken)?;
    let temporary_until = holder.ends_at();
    Ok((key, Identity { temporary_until, ..identity_of_holder(holder) }))
}

fn check_token(state: &AppState, token: &[u8]) -> Result<Identity, ApiAuthError> {
    let holder = find_holder(state, token)?.ok_or(ApiAuthError::BadToken)?;
    let temporary_until = holder.temporary_until();
    Ok(Identity { temporary_until, ..identity_of_holder(holder) })
}

fn identity_of_holder(holder: Holder) -> Identity {
    let access_key = holder.access_key().cloned();
    let blocked_until = holder.blocked_until();
    Identity { caller: holder.caller, access_key, blocked_until, ..Identity::anonymous() }
}

/// The key, whether it works or not. A temporary login signs nothing.
fn find_key(state: &AppState, id: &str) -> Result<Option<(AccessKeyId, SigningKey)>, ApiAuthError> {
    let Ok(access_key) = id.parse::<AccessKeyId>() else { return Ok(None) };
    let found = state.views.reader().and_then(|reader| identity::find_signing_key(&reader, &access_key));
    Ok(found?.map(|key| (access_key, key)))
}
