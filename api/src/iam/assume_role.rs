//! `POST /v3/auth/tokens` with the method `assume_role`: a user gets a token for an account that has entrusted its registry to the user's
//! (requirement I5).
//!
//! The token is worth no more than what proved the call: it ends with the token it was got by, or stops with the access key. Whoever may not act
//! under the agency gets the same answer whether there is one or not.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::names::DelegationName;
use ambar_projections::delegations::{Delegation, find_delegation_by_name};
use ambar_projections::identity::{self, Account};

use super::caller::Caller;
use super::claims::{Acting, Claims, Holder};
use super::error::IamError;
use super::request::{AssumeRole, Named};
use super::security_tokens::claims_behind;
use super::sign_in::find_account;
use crate::auth::delegate_under;

/// What proved the call: a password that a token was got with, and that token's end; or an access key, and when that ends if it is temporary.
struct Proved {
    password: Option<String>,
    access_key: Option<AccessKeyId>,
    until: Option<Timestamp>,
    temporary_until: Option<i64>,
}

/// Who holds the token that is asked for.
pub(super) fn assume(asking: &Caller<'_>, role: &AssumeRole) -> Result<Holder, IamError> {
    let missing = || IamError::NotFound { what: "agency" };
    let state = asking.call.state();
    let now = state.clock.now();
    let reader = asking.reader()?;
    let (other, agency) = find_agency(asking, role)?.ok_or_else(missing)?;
    let entrusted = delegate_under(&reader, asking.identity.caller(), &other.account, &agency.delegation, now)?;
    let (caller, delegation) = entrusted.ok_or_else(missing)?;
    let user = asking.identity.user().map(|user| identity::find_user_by_id(&reader, user)).transpose()?.flatten().ok_or_else(missing)?;
    let account = identity::find_account(&reader, &user.account)?.ok_or_else(missing)?;
    let Proved { password, access_key, until, temporary_until } = proved(asking)?;
    let usual = now + state.settings.iam_token_lifetime;
    let claims = Claims {
        user: user.user.clone(),
        account: account.account.clone(),
        project: None,
        password,
        access_key,
        acting: Some(Acting { account: other.account.clone(), delegation: delegation.delegation.clone() }),
        temporary_until,
        issued: now.timestamp(),
        expires: [Some(usual), until, delegation.until].into_iter().flatten().min().unwrap_or(usual).timestamp(),
        id: state.ids.uuid(),
    };
    Ok(Holder { caller, user, account, entrusted: Some((other, delegation)), claims })
}

fn find_agency(asking: &Caller<'_>, role: &AssumeRole) -> Result<Option<(Account, Delegation)>, IamError> {
    let (id, name) = (role.domain_id.clone(), role.domain_name.clone());
    if id.is_none() && name.is_none() {
        return Err(IamError::Malformed { reason: "assume_role.domain_id or assume_role.domain_name is missing" });
    }
    let Ok(agency) = role.agency_name.parse::<DelegationName>() else { return Ok(None) };
    let reader = asking.reader()?;
    let named = Named { id, name };
    let other = find_account(&reader, &named)?.filter(|other| named.means(other.account.as_str(), other.name.as_str()));
    let Some(other) = other else { return Ok(None) };
    let found = find_delegation_by_name(&reader, &other.account, &agency, asking.call.state().clock.now())?;
    Ok(found.map(|delegation| (other, delegation)))
}

fn proved(asking: &Caller<'_>) -> Result<Proved, IamError> {
    if let Some(claims) = claims_behind(asking.call)? {
        let until = claims.expires_at();
        return Ok(Proved { password: claims.password, access_key: claims.access_key, until, temporary_until: claims.temporary_until });
    }
    Ok(Proved { password: None, access_key: asking.identity.access_key().cloned(), until: None, temporary_until: None })
}
