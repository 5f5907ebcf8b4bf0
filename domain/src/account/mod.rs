//! Account: a tenant. Stream id: its [`AccountId`](crate::ids::AccountId).
//!
//! - An account is opened once and closed once; a closed one takes no command.
//! - It never holds more organization slots than its quota.
//! - It closes only when no slot is taken (requirement O4).
//! - It entrusts its registry to others, to each at most once at a time and never to itself (requirement I5).

mod delegations;
mod events;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::clock::Timestamp;
use crate::ids::{DelegationId, ProjectId};
use crate::names::{AccountName, ProjectName};
use crate::organization_name::OrganizationName;
use delegations::Delegations;

pub use delegations::{DelegationChange, MAX_DELEGATIONS, NewDelegation};
pub use events::AccountEvent;

/// What an account can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountCommand {
    /// Begin to exist.
    Open {
        /// Unique in the region: the caller holds its name claim.
        name: AccountName,
        /// Appears in logins, before the `@`.
        project_name: ProjectName,
        /// Appears in API calls.
        project_id: ProjectId,
    },
    /// Take a slot for an organization, unless that would be more than `quota`. Claiming a slot twice changes nothing.
    ClaimOrganizationSlot {
        /// The organization the slot is for.
        organization: OrganizationName,
        /// How many slots the account may hold.
        quota: u32,
    },
    /// Give a slot back. Releasing a slot that is not taken changes nothing.
    ReleaseOrganizationSlot {
        /// The organization the slot was for.
        organization: OrganizationName,
    },
    /// Entrust the registry to another account or to a service.
    Delegate {
        /// What is entrusted to whom.
        new: NewDelegation,
        /// The present moment.
        now: Timestamp,
    },
    /// Change what is entrusted. What is already so changes nothing.
    ChangeDelegation {
        /// Which.
        delegation: DelegationId,
        /// What is to be otherwise.
        change: DelegationChange,
        /// The present moment.
        now: Timestamp,
    },
    /// End a delegation before its time.
    RevokeDelegation {
        /// Which.
        delegation: DelegationId,
        /// The present moment.
        now: Timestamp,
    },
    /// Record that a delegation has ended by itself. One that lasts is refused like one that there is not.
    ExpireDelegation {
        /// Which.
        delegation: DelegationId,
        /// The present moment.
        now: Timestamp,
    },
    /// Close for ever; what it has entrusted to others ends with it.
    Close,
}

/// Why an account refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AccountError {
    /// It was opened before and is open.
    #[error("the account exists already")]
    AlreadyOpen,
    /// It was opened and closed before; its id and its streams are used up, though its name need not be.
    #[error("the account is closed")]
    Closed,
    /// It was never opened, or it is closed.
    #[error("the account does not exist")]
    NotFound,
    /// One more slot would be more than the quota.
    #[error("the account's quota of {quota} organizations is used up")]
    QuotaExceeded {
        /// How many slots the account may hold.
        quota: u32,
    },
    /// It holds at least one organization slot.
    #[error("the account still has organizations")]
    HasOrganizations {
        /// What the slots are for.
        organizations: BTreeSet<OrganizationName>,
    },
    /// An account does not entrust anything to itself.
    #[error("an account cannot entrust its registry to itself")]
    OwnTrustee,
    /// A delegation of that name lasts.
    #[error("the account has a delegation of that name already")]
    DelegationExists,
    /// A delegation to that trustee lasts.
    #[error("the account has entrusted its registry to that account or service already")]
    AlreadyEntrusted,
    /// There are as many as there may be.
    #[error("an account has at most {limit} delegations")]
    TooManyDelegations {
        /// How many may last at once.
        limit: usize,
    },
    /// There is no such delegation, or it has ended; or it lasts, where its end is to be recorded.
    #[error("the account has no such delegation")]
    DelegationNotFound,
    /// It would have ended before it began.
    #[error("the end of a delegation must be in the future")]
    DelegationEndsInThePast,
}

/// Where an account is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Life {
    #[default]
    Unborn,
    Open,
    Closed,
}

/// A tenant's state: whether it is open, its organization slots, and to whom it has entrusted its registry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    life: Life,
    organization_slots: BTreeSet<OrganizationName>,
    delegations: Delegations,
}

impl Account {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: AccountCommand) -> Result<Vec<AccountEvent>, AccountError> {
        match (self.life, command) {
            (Life::Unborn, AccountCommand::Open { name, project_name, project_id }) => {
                Ok(vec![AccountEvent::Opened { name, project_name, project_id }])
            }
            (Life::Open, AccountCommand::Open { .. }) => Err(AccountError::AlreadyOpen),
            (Life::Closed, AccountCommand::Open { .. }) => Err(AccountError::Closed),
            (
                Life::Unborn | Life::Closed,
                AccountCommand::ClaimOrganizationSlot { .. }
                | AccountCommand::ReleaseOrganizationSlot { .. }
                | AccountCommand::Delegate { .. }
                | AccountCommand::ChangeDelegation { .. }
                | AccountCommand::RevokeDelegation { .. }
                | AccountCommand::ExpireDelegation { .. }
                | AccountCommand::Close,
            ) => Err(AccountError::NotFound),
            (Life::Open, command) => self.decide_open(command),
        }
    }

    fn decide_open(&self, command: AccountCommand) -> Result<Vec<AccountEvent>, AccountError> {
        match command {
            AccountCommand::Open { .. } => Err(AccountError::AlreadyOpen),
            AccountCommand::ClaimOrganizationSlot { organization, quota } => self.claim_slot(organization, quota),
            AccountCommand::ReleaseOrganizationSlot { organization } => {
                let free = !self.organization_slots.contains(&organization);
                Ok(unless(free, AccountEvent::OrganizationSlotReleased { organization }))
            }
            AccountCommand::Delegate { new, now } => self.delegations.grant(new, now),
            AccountCommand::ChangeDelegation { delegation, change, now } => self.delegations.change(delegation, change, now),
            AccountCommand::RevokeDelegation { delegation, now } => self.delegations.revoke(delegation, now),
            AccountCommand::ExpireDelegation { delegation, now } => {
                self.delegations.expire(&delegation, now).map(|expired| vec![expired]).ok_or(AccountError::DelegationNotFound)
            }
            AccountCommand::Close if self.organization_slots.is_empty() => Ok(vec![AccountEvent::Closed {}]),
            AccountCommand::Close => Err(AccountError::HasOrganizations { organizations: self.organization_slots.clone() }),
        }
    }

    fn claim_slot(&self, organization: OrganizationName, quota: u32) -> Result<Vec<AccountEvent>, AccountError> {
        if self.organization_slots.contains(&organization) {
            return Ok(vec![]);
        }
        let is_free = u32::try_from(self.organization_slots.len()).is_ok_and(|taken| taken < quota);
        if is_free { Ok(vec![AccountEvent::OrganizationSlotClaimed { organization }]) } else { Err(AccountError::QuotaExceeded { quota }) }
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::Opened { .. } => self.life = Life::Open,
            AccountEvent::OrganizationSlotClaimed { organization } => {
                self.organization_slots.insert(organization);
            }
            AccountEvent::OrganizationSlotReleased { organization } => {
                self.organization_slots.remove(&organization);
            }
            AccountEvent::DelegationGranted { .. }
            | AccountEvent::DelegationChanged { .. }
            | AccountEvent::DelegationRevoked { .. }
            | AccountEvent::DelegationExpired { .. } => self.delegations.evolve(event),
            AccountEvent::Closed {} => *self = Self { life: Life::Closed, ..Self::default() },
        }
    }
}

aggregate!(Account, "account", AccountCommand, AccountEvent, AccountError);

#[cfg(test)]
mod tests;
