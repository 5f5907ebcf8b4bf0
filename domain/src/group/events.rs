//! What can happen to a user group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;
use crate::description::GroupDescription;
use crate::ids::{AccountId, UserId};
use crate::level::Role;
use crate::names::GroupName;

/// A fact about a user group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum GroupEvent {
    /// The group began to exist.
    #[serde(rename = "group.created")]
    Created {
        /// The account the group belongs to, for ever.
        account: AccountId,
        /// Unique in the account.
        name: GroupName,
        /// What it is for; empty in payloads from before groups had one.
        #[serde(default, skip_serializing_if = "GroupDescription::is_empty")]
        description: GroupDescription,
    },
    /// The group goes by another name.
    #[serde(rename = "group.renamed")]
    Renamed {
        /// Unique in the account.
        name: GroupName,
    },
    /// What it is for was said anew.
    #[serde(rename = "group.description_changed")]
    DescriptionChanged {
        /// What it is for.
        description: GroupDescription,
    },
    /// Every member became an account administrator by this role.
    #[serde(rename = "group.role_granted")]
    RoleGranted {
        /// The role.
        role: Role,
    },
    /// The members lost the role.
    #[serde(rename = "group.role_revoked")]
    RoleRevoked {
        /// The role.
        role: Role,
    },
    /// A user joined.
    #[serde(rename = "group.member_added")]
    MemberAdded {
        /// The user.
        user: UserId,
    },
    /// A user left.
    #[serde(rename = "group.member_removed")]
    MemberRemoved {
        /// The user.
        user: UserId,
    },
    /// The group never began to exist, and never will: another one wanted the name that was claimed for it.
    #[serde(rename = "group.creation_abandoned")]
    CreationAbandoned {
        /// The account that it would have been of.
        account: AccountId,
    },
    /// The group is gone for ever.
    #[serde(rename = "group.deleted")]
    Deleted {},
}

event_names!(GroupEvent {
    Created => "group.created", 1;
    Renamed => "group.renamed", 1;
    DescriptionChanged => "group.description_changed", 1;
    RoleGranted => "group.role_granted", 1;
    RoleRevoked => "group.role_revoked", 1;
    MemberAdded => "group.member_added", 1;
    MemberRemoved => "group.member_removed", 1;
    CreationAbandoned => "group.creation_abandoned", 1;
    Deleted => "group.deleted", 1;
});
