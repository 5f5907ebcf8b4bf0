//! What can happen to an account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;
use crate::ids::ProjectId;
use crate::names::{AccountName, ProjectName};
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
    /// The account is closed for ever; its organizations were gone before.
    #[serde(rename = "account.closed")]
    Closed {},
}

event_names!(AccountEvent {
    Opened => "account.opened", 1;
    OrganizationSlotClaimed => "account.organization_slot_claimed", 1;
    OrganizationSlotReleased => "account.organization_slot_released", 1;
    Closed => "account.closed", 1;
});
