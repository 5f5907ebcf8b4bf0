//! Projects and domains: an account has one project, and is a domain.

use ambar_domain::ids::{AccountId, ProjectId};
use ambar_domain::names::{AccountName, ProjectName};
use schemars::JsonSchema;
use serde::Serialize;

use super::link::{Link, ListLinks};

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamProject")]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name, which stands before the `@` in logins.
    pub name: ProjectName,
    /// Its account.
    pub domain_id: AccountId,
    /// The same.
    pub parent_id: AccountId,
    /// Always false.
    pub is_domain: bool,
    /// Always true.
    pub enabled: bool,
    /// Always empty.
    pub description: &'static str,
    /// Its address.
    pub links: Link,
}

/// One project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamOneProject")]
pub struct OneProject {
    /// It.
    pub project: Project,
}

/// A list of projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamProjects")]
pub struct Projects {
    /// The list's address.
    pub links: ListLinks,
    /// The projects.
    pub projects: Vec<Project>,
}

/// The projects that a caller may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamOwnProjects")]
pub struct OwnProjects {
    /// The list's address.
    pub links: Link,
    /// The projects.
    pub projects: Vec<Project>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamDomain")]
pub struct Domain {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: AccountName,
    /// Always true.
    pub enabled: bool,
    /// Always empty.
    pub description: &'static str,
    /// Its address.
    pub links: Link,
}

/// The accounts that a caller may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamDomains")]
pub struct Domains {
    /// The list's address.
    pub links: Link,
    /// The accounts.
    pub domains: Vec<Domain>,
}
