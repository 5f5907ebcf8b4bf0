//! Tokens: what one says, in the shape of Keystone. The token itself stands in a header.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, DelegationId, ProjectId, UserId};
use ambar_domain::names::{AccountName, ProjectName, UserName};
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamToken")]
pub struct Token {
    /// What it was got with.
    pub methods: [TokenMethod; 1],
    /// When it was made.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub issued_at: Timestamp,
    /// When it ends.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub expires_at: Timestamp,
    /// Who holds it.
    pub user: TokenHolder,
    /// Who has assumed the agency, if one holds the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed_by: Option<AssumedBy>,
    /// The user's roles, its own and its groups', or the agency's.
    pub roles: Vec<TokenRole>,
    /// Where the services are; empty where the request has `nocatalog`.
    pub catalog: Vec<Service>,
    /// The project that it is for, unless it is for the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<TokenProject>,
    /// The account that it is for, unless it is for a project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<TokenDomain>,
}

/// The answer that describes a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamOneToken")]
pub struct OneToken {
    /// It.
    pub token: Token,
}

/// What a token is got with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenMethod {
    /// A password.
    Password,
    /// What another account has entrusted.
    AssumeRole,
}

/// Who holds a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum TokenHolder {
    /// A user of the account.
    User(TokenUser),
    /// An agency of the account, which a user of another one has assumed.
    Agency(TokenAgency),
}

/// The agency of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenAgency {
    /// Its id.
    pub id: DelegationId,
    /// The account's name and its own, with `/` between them.
    pub name: String,
    /// The account that entrusts.
    pub domain: TokenDomain,
}

/// Who has assumed the agency of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AssumedBy {
    /// A user of the account that it is entrusted to.
    pub user: TokenUser,
}

/// The user of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenUser {
    /// Its id.
    pub id: UserId,
    /// Its name.
    pub name: UserName,
    /// Its account.
    pub domain: TokenDomain,
    /// Always empty: passwords do not end by themselves.
    pub password_expires_at: &'static str,
}

/// An account, in a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenDomain {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: AccountName,
}

/// A project, in a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenProject {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: ProjectName,
    /// Its account.
    pub domain: TokenDomain,
}

/// A role, in a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenRole {
    /// Its id.
    pub id: &'static str,
    /// Its short name.
    pub name: &'static str,
}

/// A service that the token is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Service {
    /// `iam` or `swr`.
    pub id: &'static str,
    /// The same.
    pub name: &'static str,
    /// The same.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where it is.
    pub endpoints: [ServiceEndpoint; 1],
}

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServiceEndpoint {
    /// The service's.
    pub id: &'static str,
    /// Always `public`.
    pub interface: &'static str,
    /// The name of the account's project.
    pub region: ProjectName,
    /// The same.
    pub region_id: ProjectName,
    /// The address.
    pub url: String,
}
