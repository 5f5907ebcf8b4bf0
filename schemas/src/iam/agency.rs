//! Agencies: what accounts entrust to each other, as the service knows it.

use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::DelegationDescription;
use ambar_domain::ids::{AccountId, DelegationId};
use ambar_domain::names::DelegationName;
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// An agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamAgency")]
pub struct Agency {
    /// Its id.
    pub id: DelegationId,
    /// Its name, unique in the account.
    pub name: DelegationName,
    /// The account that entrusts.
    pub domain_id: AccountId,
    /// The id of the account that it is entrusted to; empty for a service.
    pub trust_domain_id: String,
    /// The name of the account or the service that it is entrusted to.
    pub trust_domain_name: String,
    /// What it is for.
    pub description: DelegationDescription,
    /// `FOREVER`, or in hours.
    pub duration: String,
    /// When it was made.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub create_time: Timestamp,
    /// When it ends; empty if it does not.
    pub expire_time: String,
}

/// One agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamOneAgency")]
pub struct OneAgency {
    /// It.
    pub agency: Agency,
}

/// A list of agencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamAgencies")]
pub struct Agencies {
    /// The agencies by name.
    pub agencies: Vec<Agency>,
}
