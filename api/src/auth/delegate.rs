//! Who acts for another account (requirement I5): the administrators of an account that the other has entrusted its registry to.
//!
//! Looked up at every use, with the time at that moment: a delegation that was revoked or has ended is of no use to the next request.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, DelegationId, UserId};
use ambar_domain::policy::access::Caller;
use ambar_projections::delegations::{Delegation, find_delegation_to};
use ambar_projections::{Reader, ViewsError};

/// As what the user acts for the account; `None` if it may not, and then it need not know whether there is such an account.
pub(crate) fn delegate(reader: &Reader, user: &Caller, account: &AccountId, now: Timestamp) -> Result<Option<Caller>, ViewsError> {
    Ok(entrusted(reader, user, account, now, |_| true)?.map(|(caller, _)| caller))
}

/// The same by what was entrusted at that moment already, and since.
pub(crate) fn delegate_since(
    reader: &Reader,
    user: &Caller,
    account: &AccountId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<Caller>, ViewsError> {
    Ok(entrusted(reader, user, account, now, |delegation| delegation.granted_at <= since)?.map(|(caller, _)| caller))
}

/// The same under this delegation and no other.
pub(crate) fn delegate_under(
    reader: &Reader,
    user: &Caller,
    account: &AccountId,
    id: &DelegationId,
    now: Timestamp,
) -> Result<Option<(Caller, Delegation)>, ViewsError> {
    entrusted(reader, user, account, now, |delegation| delegation.delegation == *id)
}

fn entrusted(
    reader: &Reader,
    user: &Caller,
    account: &AccountId,
    now: Timestamp,
    is_meant: impl Fn(&Delegation) -> bool,
) -> Result<Option<(Caller, Delegation)>, ViewsError> {
    let Some((user, home)) = as_administrator(user) else { return Ok(None) };
    let found = find_delegation_to(reader, account, home, now)?.filter(is_meant);
    Ok(found.and_then(|delegation| acting(user, home, &delegation).map(|caller| (caller, delegation))))
}

/// What was entrusted to somebody is not passed on by it: who acts for one account already acts for no other.
fn as_administrator(caller: &Caller) -> Option<(&UserId, &AccountId)> {
    match caller {
        Caller::User { user, account, administrator: true } => Some((user, account)),
        Caller::Anonymous | Caller::User { .. } | Caller::Delegate { .. } => None,
    }
}

fn acting(user: &UserId, home: &AccountId, delegation: &Delegation) -> Option<Caller> {
    let (user, home, account) = (user.clone(), home.clone(), delegation.account.clone());
    Some(Caller::Delegate { user, home, account, level: delegation.level?, until: delegation.until })
}
