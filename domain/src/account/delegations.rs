//! To whom an account has entrusted its registry, at which level and until when (requirement I5).
//!
//! A delegation that has reached its end counts no more, whether the event that says so is recorded or not: where one stands in the way of
//! what is asked, that event is recorded first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AccountError, AccountEvent};
use crate::aggregate::unless;
use crate::clock::Timestamp;
use crate::delegation::{DelegationDescription, Trustee};
use crate::ids::{AccountId, DelegationId};
use crate::level::Level;
use crate::names::DelegationName;

/// How many delegations of an account may last at once.
pub const MAX_DELEGATIONS: usize = 100;

/// A delegation as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelegation {
    /// The account that entrusts: the one that is asked.
    pub account: AccountId,
    /// Unique.
    pub delegation: DelegationId,
    /// Unique in the account.
    pub name: DelegationName,
    /// To whom.
    pub trustee: Trustee,
    /// What the trustee may do; `None` is nothing yet.
    pub level: Option<Level>,
    /// When it ends; `None` is when it is revoked.
    pub until: Option<Timestamp>,
    /// What it is for.
    pub description: DelegationDescription,
}

/// What is to be otherwise about a delegation. What is not given stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DelegationChange {
    /// What the trustee may do; `Some(None)` is nothing.
    pub level: Option<Option<Level>>,
    /// When it ends; `Some(None)` is when it is revoked.
    pub until: Option<Option<Timestamp>>,
    /// What it is for.
    pub description: Option<DelegationDescription>,
}

/// The delegations of an account, those that have ended and are not yet recorded as ended among them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Delegations(BTreeMap<DelegationId, Delegation>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Delegation {
    name: DelegationName,
    trustee: Trustee,
    level: Option<Level>,
    until: Option<Timestamp>,
    description: DelegationDescription,
}

impl Delegation {
    fn lasts(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Delegations {
    pub(super) fn grant(&self, new: NewDelegation, now: Timestamp) -> Result<Vec<AccountEvent>, AccountError> {
        let NewDelegation { account, delegation, name, trustee, level, until, description } = new;
        if trustee.account() == Some(&account) {
            return Err(AccountError::OwnTrustee);
        }
        require_future(until, now)?;
        let lasting = || self.0.values().filter(|known| known.lasts(now));
        if self.0.contains_key(&delegation) || lasting().any(|known| known.name == name) {
            return Err(AccountError::DelegationExists);
        }
        if lasting().any(|known| known.trustee == trustee) {
            return Err(AccountError::AlreadyEntrusted);
        }
        if lasting().count() >= MAX_DELEGATIONS {
            return Err(AccountError::TooManyDelegations { limit: MAX_DELEGATIONS });
        }
        let in_the_way = self.0.iter().filter(|(_, known)| known.name == name || known.trustee == trustee);
        let mut events: Vec<_> = in_the_way.filter_map(|(id, _)| self.expire(id, now)).collect();
        events.push(AccountEvent::DelegationGranted { delegation, name, trustee, level, until, description });
        Ok(events)
    }

    pub(super) fn change(
        &self,
        delegation: DelegationId,
        change: DelegationChange,
        now: Timestamp,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.find(&delegation, now)?;
        require_future(change.until.flatten(), now)?;
        let (level, until) = (change.level.unwrap_or(known.level), change.until.unwrap_or(known.until));
        let description = change.description.unwrap_or_else(|| known.description.clone());
        let already_so = (level, until) == (known.level, known.until) && description == known.description;
        Ok(unless(already_so, AccountEvent::DelegationChanged { delegation, level, until, description }))
    }

    pub(super) fn revoke(&self, delegation: DelegationId, now: Timestamp) -> Result<Vec<AccountEvent>, AccountError> {
        self.find(&delegation, now)?;
        Ok(vec![AccountEvent::DelegationRevoked { delegation }])
    }

    /// Says that the delegation has ended, if there is one that has.
    pub(super) fn expire(&self, delegation: &DelegationId, now: Timestamp) -> Option<AccountEvent> {
        let until = self.0.get(delegation)?.until.filter(|until| *until <= now)?;
        Some(AccountEvent::DelegationExpired { delegation: delegation.clone(), until })
    }

    fn find(&self, delegation: &DelegationId, now: Timestamp) -> Result<&Delegation, AccountError> {
        self.0.get(delegation).filter(|known| known.lasts(now)).ok_or(AccountError::DelegationNotFound)
    }

    /// Folds what happened to a delegation; of an account's other events there is nothing to tell here.
    pub(super) fn evolve(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::DelegationGranted { delegation, name, trustee, level, until, description } => {
                self.0.insert(delegation, Delegation { name, trustee, level, until, description });
            }
            AccountEvent::DelegationChanged { delegation, level, until, description } => {
                if let Some(known) = self.0.get_mut(&delegation) {
                    (known.level, known.until, known.description) = (level, until, description);
                }
            }
            AccountEvent::DelegationRevoked { delegation } | AccountEvent::DelegationExpired { delegation, .. } => {
                self.0.remove(&delegation);
            }
            AccountEvent::Opened { .. }
            | AccountEvent::OrganizationSlotClaimed { .. }
            | AccountEvent::OrganizationSlotReleased { .. }
            | AccountEvent::Closed {} => {}
        }
    }
}

fn require_future(until: Option<Timestamp>, now: Timestamp) -> Result<(), AccountError> {
    if until.is_some_and(|until| until <= now) { Err(AccountError::DelegationEndsInThePast) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
