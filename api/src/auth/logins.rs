//! From an `Authorization` header to an identity.
//!
//! A login or token that was found good is remembered by the hash of its header, and holds only until anything changes that it depends on: a
//! key that is disabled stops with the next request. What a login is checked against is remembered by its id as well: a new token, or a user
//! that has changed, needs no look at the views' file. A temporary login, and every token made from it, stops at its end as well. Refusals
//! are never remembered.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::policy::access::Caller;
use ambar_projections::ViewsError;
use ambar_projections::access::{Stamp, UserState};
use ambar_projections::identity::{self, Login};
use http::header::AUTHORIZATION;
use lru::LruCache;
use ring::digest;

use super::attempt::{login_failed, may_log_in};
use super::delegate::delegate_since;
use super::identity::Identity;
use crate::call::Call;
use crate::error::ApiError;
use crate::extract::{Credentials, is_bearer, parse_authorization};
use crate::keys;
use crate::state::AppState;
use crate::token::claims::{self, Claims};

/// How many logins in headers are remembered, how many tokens, and how many logins by their ids: some 1 KiB each, and up to 25 where a token or
/// a login is limited to as many images as it may.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Looks like the hash of a login key and is that of none.
const NO_HASH: &str = "................................................................";

/// Stands for the project in the user name of a temporary login that an authorization token was asked for as (reference, section 3.5).
pub(crate) const BEARER_TOKEN: &str = "bearertoken";

type HeaderHash = [u8; digest::SHA256_OUTPUT_LEN];

/// Logins and tokens that were found good, and nobody, who has none.
pub(crate) struct Logins {
    known: Mutex<LruCache<HeaderHash, Arc<Identity>>>,
    /// Apart from them: whoever takes many tokens makes no login be forgotten.
    tokens: Mutex<LruCache<HeaderHash, Arc<Identity>>>,
    /// What logins are checked against, by their ids, and until when it is so.
    logins: Mutex<LruCache<AccessKeyId, (Login, Stamp)>>,
    nobody: Arc<Identity>,
}

impl Logins {
    pub(crate) fn new() -> Self {
        let stamp = Some(Stamp::of_caller(0, &Caller::Anonymous));
        Self {
            known: Mutex::new(LruCache::new(REMEMBERED)),
            tokens: Mutex::new(LruCache::new(REMEMBERED)),
            logins: Mutex::new(LruCache::new(REMEMBERED)),
            nobody: Arc::new(Identity { stamp, ..Identity::anonymous() }),
        }
    }

    fn find(&self, header: &[u8]) -> (HeaderHash, Option<Arc<Identity>>) {
        let hash = hash(header);
        (hash, lock(self.like(header)).get(&hash).cloned())
    }

    fn remember(&self, header: &[u8], hash: HeaderHash, identity: &Arc<Identity>) {
        lock(self.like(header)).put(hash, identity.clone());
    }

    fn like(&self, header: &[u8]) -> &Mutex<LruCache<HeaderHash, Arc<Identity>>> {
        if is_bearer(header) { &self.tokens } else { &self.known }
    }

    /// A token that this holder has just got.
    pub(crate) fn remember_token(&self, token: &str, holder: &Identity, claims: &Claims) {
        let identity = Identity { scopes: Some(claims.access.clone()), expires_at: claims.expires_at(), ..holder.clone() };
        let header = format!("Bearer {token}");
        self.remember(header.as_bytes(), hash(header.as_bytes()), &Arc::new(identity));
    }

    /// As [`identity::find_login`].
    fn find_login(&self, state: &AppState, id: &AccessKeyId) -> Result<Option<Login>, ViewsError> {
        if let Some(login) = self.find_known(state, id) {
            return Ok(Some(login));
        }
        let generation = state.views.generation_of_access();
        let found = identity::find_login(&state.views.reader()?, id)?;
        if let Some(login) = &found {
            lock(&self.logins).put(id.clone(), (login.clone(), Stamp::of_login(generation, login)));
        }
        Ok(found)
    }

    /// A login that was found before, if nothing has changed of what proves it, with what its user may do now.
    fn find_known(&self, state: &AppState, id: &AccessKeyId) -> Option<Login> {
        let is_current = |(_, stamp): &&(Login, Stamp)| state.views.is_current(stamp);
        let (login, _) = lock(&self.logins).get(id).filter(is_current).cloned()?;
        let UserState { administrator, blocked_until } = state.views.user_state(&login.user)?;
        Some(Login { administrator, blocked_until, ..login })
    }

    /// What a header that was good proves now, without another look at it: `None` if that is not to be told from memory. The key of an id is
    /// always the same.
    fn renew(&self, state: &AppState, known: &Identity) -> Option<Identity> {
        let access_key = known.access_key.clone()?;
        let login = self.find_known(state, &access_key)?;
        let works = login.works_at(state.clock.now()) && known.user() == Some(&login.user);
        let renewed = prove(state, login, access_key).filter(|_| works)?;
        Some(Identity { scopes: known.scopes.clone(), expires_at: known.expires_at, ..renewed })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A caller whose credentials are genuine.
#[derive(Debug, Clone)]
pub(crate) struct Authenticated {
    pub(crate) identity: Arc<Identity>,
    /// The token has run out. It is good for going on with an upload of its own, and for nothing else.
    pub(crate) expired: bool,
}

/// Finds out who sent a request. A request without credentials comes from nobody; one with wrong ones is refused.
pub(crate) fn authenticate(call: &Call) -> Result<Authenticated, ApiError> {
    let Some(header) = call.headers().get(AUTHORIZATION) else {
        return Ok(Authenticated { identity: call.registry.logins.nobody.clone(), expired: false });
    };
    authenticate_as(call, header.as_bytes())
}

/// The same with what could stand in an `Authorization` header.
pub(crate) fn authenticate_as(call: &Call, header: &[u8]) -> Result<Authenticated, ApiError> {
    let state = call.state();
    let logins = &call.registry.logins;
    let (hash, known) = logins.find(header);
    let identity = match known {
        Some(identity) if identity.is_current(&state.views) => identity,
        known => {
            // Taken before the look at the views: what is found may be newer, never older.
            let generation = state.views.generation_of_access();
            let renewed = known.as_deref().and_then(|known| logins.renew(state, known));
            let identity = renewed.map_or_else(|| check(call, header, known.is_some()), Ok)?;
            let stamp = Some(Stamp::of_caller(generation, &identity.caller));
            let identity = Arc::new(Identity { stamp, ..identity });
            logins.remember(header, hash, &identity);
            identity
        }
    };
    let now = state.clock.now();
    if identity.is_over(now) {
        return Err(refused());
    }
    call.identify(&identity);
    if identity.is_blocked(now) {
        return Err(ApiError::Blocked);
    }
    let expired = identity.expires_at.is_some_and(|expires_at| expires_at <= now);
    Ok(Authenticated { identity, expired })
}

fn hash(header: &[u8]) -> HeaderHash {
    let mut hash = HeaderHash::default();
    hash.copy_from_slice(digest::digest(&digest::SHA256, header).as_ref());
    hash
}

fn refused() -> ApiError {
    ApiError::Unauthenticated { scope: None, insufficient_scope: false }
}

/// Why a login is refused.
enum Refused {
    /// It has the right key, or had until it was deleted, but works no more or names another project.
    Outdated,
    Wrong,
}

/// Whoever sends a login that was good once, or still has the right key, guesses nothing: a cluster whose key was disabled must not get everybody
/// blocked who is behind the same address. A token cannot be guessed at all.
fn check(call: &Call, header: &[u8], was_good: bool) -> Result<Identity, ApiError> {
    if !was_good && !is_bearer(header) {
        may_log_in(call).map_err(|wait| ApiError::TooManyFailedLogins { wait })?;
    }
    let checked = match parse_authorization(header) {
        Ok(Credentials::Token(token)) => return check_token(call, token),
        Ok(Credentials::Login { project, access_key, login_key }) => check_login(call, &project, access_key, &login_key)?,
        Err(_) => Err(Refused::Wrong),
    };
    match checked {
        Ok(identity) => return Ok(identity),
        Err(Refused::Wrong) if !was_good => login_failed(call),
        Err(Refused::Wrong | Refused::Outdated) => {}
    }
    Err(refused())
}

/// Checks a login against the views.
fn check_login(call: &Call, project: &str, access_key: AccessKeyId, login_key: &str) -> Result<Result<Identity, Refused>, ApiError> {
    let state = call.state();
    let login = call.registry.logins.find_login(state, &access_key)?;
    // An unknown key is compared with a hash as well, so that the comparison takes as long as for a known one.
    let stored = login.as_ref().map_or(NO_HASH, |login| login.login_key_hash.as_str());
    let hash = keys::login_key_hash(login_key);
    let proved = is_equal(hash.as_str().as_bytes(), stored.as_bytes());
    Ok(match login {
        Some(login) if proved && login.works_at(state.clock.now()) && is_named(&login, project) => {
            prove(state, login, access_key).ok_or(Refused::Outdated)
        }
        Some(_) if proved => Err(Refused::Outdated),
        Some(_) | None if identity::was_login_key(&state.views.reader()?, &access_key, &hash)? => Err(Refused::Outdated),
        Some(_) | None => Err(Refused::Wrong),
    })
}

fn check_token(call: &Call, token: &str) -> Result<Identity, ApiError> {
    let state = call.state();
    let claims = state.keys.all().find_map(|keys| claims::verify(keys.token(), token)).ok_or_else(refused)?;
    let expires_at = Some(claims.expires_at().ok_or_else(refused)?);
    let identity = match (&claims.user, &claims.access_key) {
        (Some(user), Some(access_key)) => {
            let login = call.registry.logins.find_login(state, access_key)?;
            let login = login.filter(|login| login.works_at(state.clock.now()) && login.user == *user).ok_or_else(refused)?;
            prove(state, login, access_key.clone()).ok_or_else(refused)?
        }
        (None, None) if state.settings.anonymous_pull => Identity::anonymous(),
        _ => return Err(refused()),
    };
    Ok(Identity { scopes: Some(claims.access), expires_at, ..identity })
}

/// Whether this can stand before the `@`.
fn is_named(login: &Login, project: &str) -> bool {
    login.project_name.as_str() == project || (login.until.is_some() && project == BEARER_TOKEN)
}

/// What a login proves now. `None` if it is for another account, which entrusts nothing to the user's any more.
fn prove(state: &AppState, login: Login, access_key: AccessKeyId) -> Option<Identity> {
    let acts_for = login.on_behalf_of.clone().zip(login.issued_at);
    let own = identity_of(login, access_key);
    let Some((account, issued_at)) = acts_for else { return Some(own) };
    let caller = delegate_since(&state.views, &own.caller, &account, issued_at, state.clock.now())?;
    let entrusted_until = if let Caller::Delegate { until, .. } = &caller { *until } else { None };
    let login_until = own.login_until.into_iter().chain(entrusted_until).min();
    Some(Identity { caller, login_until, ..own })
}

/// What a login proves of a user in its own account.
pub(super) fn identity_of(login: Login, access_key: AccessKeyId) -> Identity {
    let caller = Caller::User { user: login.user, account: login.account, administrator: login.administrator };
    let (login_until, login_scope, blocked_until) = (login.until, login.scope, login.blocked_until);
    Identity { caller, access_key: Some(access_key), login_until, blocked_until, login_scope, ..Identity::anonymous() }
}

/// Compares texts of one length without a hint about where they differ.
fn is_equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_that_an_unknown_key_is_compared_with_is_as_long_as_a_real_one_and_equals_none() {
        let hash = keys::login_key_hash("anything");
        let real = hash.as_str();
        assert_eq!(NO_HASH.len(), real.len());
        assert!(!is_equal(NO_HASH.as_bytes(), real.as_bytes()) && is_equal(real.as_bytes(), real.as_bytes()));
    }
}
