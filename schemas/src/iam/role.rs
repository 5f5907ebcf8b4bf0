//! Roles, of which there are four.

use schemars::JsonSchema;
use serde::Serialize;

use super::link::{Link, ListLinks};

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamRole")]
pub struct Role {
    /// Its id: the same in every account.
    pub id: &'static str,
    /// Its short name.
    pub name: &'static str,
    /// Its name for people.
    pub display_name: &'static str,
    /// What it allows.
    pub description: &'static str,
    /// Always `BASE`.
    pub catalog: &'static str,
    /// Always `AA`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Always null: roles are of no account.
    pub domain_id: Option<()>,
    /// Its address.
    pub links: Link,
}

/// One role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamOneRole")]
pub struct OneRole {
    /// It.
    pub role: Role,
}

/// A list of roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamRoles")]
pub struct Roles {
    /// The list's address.
    pub links: ListLinks,
    /// How many there are.
    pub total_number: usize,
    /// The roles.
    pub roles: Vec<Role>,
}
