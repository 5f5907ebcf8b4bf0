//! User groups.

use ambar_domain::description::GroupDescription;
use ambar_domain::ids::{AccountId, GroupId};
use ambar_domain::names::GroupName;
use schemars::JsonSchema;
use serde::Serialize;

use super::link::{Link, ListLinks};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamGroup")]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: GroupName,
    /// Its account.
    pub domain_id: AccountId,
    /// What it is for.
    pub description: GroupDescription,
    /// When it was created, in milliseconds since 1970.
    pub create_time: i64,
    /// Its address.
    pub links: Link,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamOneGroup")]
pub struct OneGroup {
    /// It.
    pub group: Group,
}

/// A list of groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamGroups")]
pub struct Groups {
    /// The list's address.
    pub links: ListLinks,
    /// The groups by name.
    pub groups: Vec<Group>,
}
