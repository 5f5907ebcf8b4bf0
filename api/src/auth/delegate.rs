//! Who acts for another account (requirement I5): the administrators of an account that the other has entrusted its registry to.
//!
//! Looked up at every use, with the time at that moment: a delegation that was revoked or has ended is of no use to the next request.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, DelegationId, UserId};
use ambar_domain::level::Level;
use ambar_domain::policy::access::Caller;
use ambar_projections::access::Entrusted;
use ambar_projections::delegations::{Delegation, find_delegation_to};
use ambar_projections::{Reader, Views, ViewsError};

/// As what the user acts for the account; `None` if it may not, and then it need not know whether there is such an account.
pub(crate) fn delegate(views: &Views, user: &Caller, account: &AccountId, now: Timestamp) -> Option<Caller> {
    entrusted(views, user, account, now, |_| true)
}

/// The same by what was entrusted at that moment already, and since.
pub(crate) fn delegate_since(views: &Views, user: &Caller, account: &AccountId, since: Timestamp, now: Timestamp) -> Option<Caller> {
    entrusted(views, user, account, now, |entrusted| entrusted.granted_at <= since)
}

/// The same under this delegation and no other.
pub(crate) fn delegate_under(
    reader: &Reader,
    user: &Caller,
    account: &AccountId,
    id: &DelegationId,
    now: Timestamp,
) -> Result<Option<(Caller, Delegation)>, ViewsError> {
    let Some((user, home)) = as_administrator(user) else { return Ok(None) };
    let found = find_delegation_to(reader, account, home, now)?.filter(|delegation| delegation.delegation == *id);
    Ok(found.and_then(|delegation| acting(user, home, account, delegation.level, delegation.until).map(|caller| (caller, delegation))))
}

fn entrusted(
    views: &Views,
    user: &Caller,
    account: &AccountId,
    now: Timestamp,
    is_meant: impl FnOnce(&Entrusted) -> bool,
) -> Option<Caller> {
    let (user, home) = as_administrator(user)?;
    let entrusted = views.entrusted(account, home, now).filter(is_meant)?;
    acting(user, home, account, entrusted.level, entrusted.until)
}

/// What was entrusted to somebody is not passed on by it: who acts for one account already acts for no other.
fn as_administrator(caller: &Caller) -> Option<(&UserId, &AccountId)> {
    match caller {
        Caller::User { user, account, administrator: true } => Some((user, account)),
        Caller::Anonymous | Caller::User { .. } | Caller::Delegate { .. } => None,
    }
}

fn acting(user: &UserId, home: &AccountId, account: &AccountId, level: Option<Level>, until: Option<Timestamp>) -> Option<Caller> {
    let (user, home, account) = (user.clone(), home.clone(), account.clone());
    Some(Caller::Delegate { user, home, account, level: level?, until })
}
