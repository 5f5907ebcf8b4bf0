//! Users.

use ambar_domain::clock::Timestamp;
use ambar_domain::description::UserDescription;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::names::UserName;
use schemars::JsonSchema;
use serde::Serialize;

use super::access_mode::AccessMode;
use super::link::{Link, ListLinks};
use crate::swr::time;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamUser")]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Its name.
    pub name: UserName,
    /// Its account.
    pub domain_id: AccountId,
    /// Always true: users are not put aside as a whole.
    pub enabled: bool,
    /// Who it is.
    pub description: UserDescription,
    /// How it may come in.
    pub access_mode: AccessMode,
    /// When it was created.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub create_time: Timestamp,
    /// Always false.
    pub is_domain_owner: bool,
    /// Always true.
    pub pwd_status: bool,
    /// Always null: passwords do not end by themselves.
    pub password_expires_at: Option<()>,
    /// Its address.
    pub links: Link,
}

/// One user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamOneUser")]
pub struct OneUser {
    /// It.
    pub user: User,
}

/// A list of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamUsers")]
pub struct Users {
    /// The list's address.
    pub links: ListLinks,
    /// The users by name.
    pub users: Vec<User>,
}
