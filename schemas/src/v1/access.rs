//! Who can do what on an image, and why.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Level;
use ambar_domain::names::{AccountName, UserName};
use schemars::JsonSchema;
use serde::Serialize;

use super::delegation::Delegation;
use crate::swr::time;

/// Who can do what on an image, a page of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ImageAccess")]
pub struct Access {
    /// The moment that is described.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub at: Timestamp,
    /// Whether everybody may pull.
    pub public: bool,
    /// With which accounts it is shared.
    pub shares: Vec<SharedWith>,
    /// To whom the owner's registry is entrusted, with a level.
    pub delegations: Vec<Delegation>,
    /// Users by name, each with its level.
    pub items: Vec<UserAccess>,
    /// Asks for the next page; null where there is none.
    pub next_cursor: Option<String>,
}

/// An account that may pull.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SharedWith {
    /// Its id.
    pub account_id: AccountId,
    /// Its name.
    pub account_name: AccountName,
    /// The share's end; null is for ever.
    #[serde(serialize_with = "time::serialize_option")]
    pub until: Option<Timestamp>,
}

/// A user with a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UserAccess {
    /// Its id.
    pub user_id: UserId,
    /// Its name.
    pub user_name: UserName,
    /// What it may.
    pub level: Level,
    /// Why.
    pub because: Reason,
}

/// Why somebody has a level: what gives the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AccessReason")]
pub enum Reason {
    /// The user is an administrator of the account.
    AccountAdministrator,
    /// By a permission on the organization.
    OrganizationGrant,
    /// By a permission on the image.
    RepositoryGrant,
    /// By what the owner has entrusted to the user's account.
    Delegation,
    /// The image is shared with the user's account.
    Share,
    /// Everybody may pull the image.
    Public,
}
