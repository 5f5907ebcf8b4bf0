//! Questions about organizations.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::AccountId;
use ambar_domain::organization_name::OrganizationName;
use rusqlite::{Result, Row};

use crate::columns::{text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// An organization that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its name.
    pub name: OrganizationName,
    /// The account that owns it.
    pub account: AccountId,
    /// When it was created.
    pub created_at: Timestamp,
}

fn organization(row: &Row<'_>) -> Result<Organization> {
    Ok(Organization { name: text(row, 0)?, account: text(row, 1)?, created_at: time(row, 2)? })
}

/// The organization of that name.
///
/// # Errors
/// The views cannot be read.
pub fn find_organization(reader: &Reader, name: &OrganizationName) -> Result<Option<Organization>, ViewsError> {
    reader.find(
        "SELECT named.name, organization.account, organization.from_at
           FROM organization_names AS named
           JOIN organizations AS organization ON organization.organization = named.id AND organization.until_position IS NULL
          WHERE named.name = ?1",
        [name.as_str()],
        organization,
    )
}

/// The account that owned an organization of that name last, whether it still does or not.
///
/// # Errors
/// The views cannot be read.
pub fn find_last_owner(reader: &Reader, name: &OrganizationName) -> Result<Option<AccountId>, ViewsError> {
    reader.find(
        "SELECT organization.account
           FROM organization_names AS named
           JOIN organizations AS organization ON organization.organization = named.id
          WHERE named.name = ?1
          ORDER BY organization.from_position DESC
          LIMIT 1",
        [name.as_str()],
        |row| text(row, 0),
    )
}

/// The account's organizations, by name.
///
/// # Errors
/// The views cannot be read.
pub fn list_organizations(reader: &Reader, account: &AccountId) -> Result<Vec<Organization>, ViewsError> {
    reader.list(
        "SELECT named.name, organization.account, organization.from_at
           FROM organizations AS organization
           JOIN organization_names AS named ON named.id = organization.organization
          WHERE organization.account = ?1 AND organization.until_position IS NULL
          ORDER BY named.name",
        [account.as_str()],
        organization,
    )
}
