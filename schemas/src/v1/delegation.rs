//! What accounts entrust to each other, and to services.

use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::DelegationDescription;
use ambar_domain::ids::{AccountId, DelegationId, UserId};
use ambar_domain::level::Level;
use ambar_domain::names::{AccountName, DelegationName, ServiceName};
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// A delegation. The trustee is an account or a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// Its name, unique in the account that entrusts.
    pub name: DelegationName,
    /// The account that entrusts.
    pub account_id: AccountId,
    /// That account's name.
    pub account_name: AccountName,
    /// The account that it is entrusted to; null if it is a service.
    pub trustee_account_id: Option<AccountId>,
    /// That account's name; null also if it is closed.
    pub trustee_account_name: Option<AccountName>,
    /// The service that it is entrusted to; null if it is an account.
    pub trustee_service: Option<ServiceName>,
    /// What the trustee may; null is nothing yet.
    pub level: Option<Level>,
    /// Its end; null is for ever.
    #[serde(serialize_with = "time::serialize_option")]
    pub until: Option<Timestamp>,
    /// What it is for.
    pub description: DelegationDescription,
    /// Who granted it; null if it was no user.
    pub creator: Option<UserId>,
    /// When it was granted.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub granted_at: Timestamp,
    /// When it was granted or changed last.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub updated_at: Timestamp,
}
