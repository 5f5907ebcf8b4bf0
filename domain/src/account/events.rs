//! What can happen to an account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;
use crate::clock::Timestamp;
use crate::delegation::{DelegationDescription, Trustee};
use crate::ids::{DelegationId, ProjectId};
use crate::level::Level;
use crate::names::{AccountName, DelegationName, ProjectName};
use crate::organization_name::OrganizationName;

/// A fact about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum AccountEvent {
    /// The account began to exist, with its project in the region.
    #[serde(rename = "account.opened")]
    Opened {
        /// Unique in the region.
        name: AccountName,
        /// Appears in logins, before the `@`.
        project_name: ProjectName,
        /// Appears in API calls.
        project_id: ProjectId,
    },
    /// One of the account's organization slots was taken for a name.
    #[serde(rename = "account.organization_slot_claimed")]
    OrganizationSlotClaimed {
        /// The organization the slot is for.
        organization: OrganizationName,
    },
    /// The slot is free again: the organization was deleted, or its name was taken.
    #[serde(rename = "account.organization_slot_released")]
    OrganizationSlotReleased {
        /// The organization the slot was for.
        organization: OrganizationName,
    },
    /// Another account, or a service, may operate the account's registry from now on (requirement I5).
    #[serde(rename = "account.delegation_granted")]
    DelegationGranted {
        /// Which.
        delegation: DelegationId,
        /// Unique in the account.
        name: DelegationName,
        /// To whom.
        trustee: Trustee,
        /// What the trustee may do; without it, nothing yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<Level>,
        /// When that ends; without it, when it is revoked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// What it is for.
        description: DelegationDescription,
    },
    /// A delegation has another level, another end or another description.
    #[serde(rename = "account.delegation_changed")]
    DelegationChanged {
        /// Which.
        delegation: DelegationId,
        /// What the trustee may do from now on; without it, nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<Level>,
        /// When it ends from now on; without it, when it is revoked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// What it is for, from now on.
        description: DelegationDescription,
    },
    /// A delegation was ended before its time.
    #[serde(rename = "account.delegation_revoked")]
    DelegationRevoked {
        /// Which.
        delegation: DelegationId,
    },
    /// A delegation has ended by itself. It has counted no more since its end, which is before this was recorded.
    #[serde(rename = "account.delegation_expired")]
    DelegationExpired {
        /// Which.
        delegation: DelegationId,
        /// When it ended.
        until: Timestamp,
    },
    /// The account is closed for ever, its delegations with it; its organizations were gone before.
    #[serde(rename = "account.closed")]
    Closed {},
}

event_names!(AccountEvent {
    Opened => "account.opened", 1;
    OrganizationSlotClaimed => "account.organization_slot_claimed", 1;
    OrganizationSlotReleased => "account.organization_slot_released", 1;
    DelegationGranted => "account.delegation_granted", 1;
    DelegationChanged => "account.delegation_changed", 1;
    DelegationRevoked => "account.delegation_revoked", 1;
    DelegationExpired => "account.delegation_expired", 1;
    Closed => "account.closed", 1;
});
