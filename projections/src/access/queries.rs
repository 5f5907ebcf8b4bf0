//! Questions about who may do what.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::{Level, Visibility};
use ambar_domain::names::UserName;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::policy::access::{AccessFacts, Share};
use ambar_domain::repository_name::RepositoryName;
use rusqlite::{Result, Row, params};

use crate::columns::{level, newest, optional_level, optional_text, optional_time, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A level that a user holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who.
    pub user: UserId,
    /// The user's name.
    pub user_name: UserName,
    /// The user's account.
    pub account: AccountId,
    /// The level.
    pub level: Level,
    /// Since when.
    pub since: Timestamp,
}

pub(crate) const FACTS: &str = concat!(
    "SELECT ",
    newest!("account" of "organizations" where "organization = named.id"),
    ", ",
    newest!("level" of "organization_grants" where "organization = named.id AND user = ?3"),
    ", ",
    newest!("public" of "repository_visibility" where "repository = place.id"),
    ", ",
    newest!("level" of "repository_grants" where "repository = place.id AND user = ?3"),
    ", ",
    newest!("account" of "repositories" where "repository = place.id"),
    ", share.from_at, share.ends_at
       FROM organization_names AS named
       LEFT JOIN repository_names AS place ON place.name = ?2
       LEFT JOIN users AS person ON person.user = ?3 AND person.until_position IS NULL
       LEFT JOIN shares AS share ON share.repository = place.id AND share.account = person.account AND share.until_position IS NULL
      WHERE named.name = ?1"
);

/// What decides about the user, or about nobody in particular, on the repository, whether it exists or not.
///
/// # Errors
/// The views cannot be read.
pub fn access_facts(reader: &Reader, user: Option<&UserId>, repository: &RepositoryName) -> Result<AccessFacts, ViewsError> {
    let facts = reader.find(FACTS, params![repository.organization_str(), repository.as_str(), user.map(UserId::as_str)], |row| {
        let facts = AccessFacts {
            owner: optional_text(row, 0)?,
            organization_grant: optional_level(row, 1)?,
            visibility: visibility(row, 2)?,
            repository_grant: optional_level(row, 3)?,
            share: optional_time(row, 5)?.map(|_| Ok::<_, rusqlite::Error>(Share { until: optional_time(row, 6)? })).transpose()?,
        };
        let creator: Option<AccountId> = optional_text(row, 4)?;
        // What one account left under a name that another has taken over is nobody's.
        Ok(if creator.is_none() || creator == facts.owner { facts } else { AccessFacts::default() })
    })?;
    Ok(facts.unwrap_or_default())
}

/// What decides about the user on an organization's repositories to be.
///
/// # Errors
/// The views cannot be read.
pub fn organization_facts(reader: &Reader, user: Option<&UserId>, organization: &OrganizationName) -> Result<AccessFacts, ViewsError> {
    let facts = reader.find(
        "SELECT (SELECT account FROM organizations WHERE organization = named.id AND until_position IS NULL),
                (SELECT level FROM organization_grants WHERE organization = named.id AND user = ?2 AND until_position IS NULL)
           FROM organization_names AS named
          WHERE named.name = ?1",
        params![organization.as_str(), user.map(UserId::as_str)],
        |row| Ok(AccessFacts { owner: optional_text(row, 0)?, organization_grant: optional_level(row, 1)?, ..AccessFacts::default() }),
    )?;
    Ok(facts.unwrap_or_default())
}

fn visibility(row: &Row<'_>, column: usize) -> Result<Option<Visibility>> {
    let public: Option<bool> = row.get(column)?;
    Ok(public.map(|public| if public { Visibility::Public } else { Visibility::Private }))
}

fn grant(row: &Row<'_>) -> Result<Grant> {
    Ok(Grant { user: text(row, 0)?, user_name: text(row, 1)?, account: text(row, 2)?, level: level(row, 3)?, since: time(row, 4)? })
}

/// The levels that users who still exist hold on the organization, by user name.
///
/// # Errors
/// The views cannot be read.
pub fn list_grants_on_organization(reader: &Reader, organization: &OrganizationName) -> Result<Vec<Grant>, ViewsError> {
    reader.list(
        "SELECT person.user, person.name, person.account, held.level, held.from_at
           FROM organization_names AS named
           JOIN organization_grants AS held ON held.organization = named.id AND held.until_position IS NULL
           JOIN users AS person ON person.user = held.user AND person.until_position IS NULL
          WHERE named.name = ?1
          ORDER BY person.name, person.user",
        [organization.as_str()],
        grant,
    )
}

/// The levels that users who still exist hold on the repository itself, by user name.
///
/// # Errors
/// The views cannot be read.
pub fn list_grants_on_repository(reader: &Reader, repository: &RepositoryName) -> Result<Vec<Grant>, ViewsError> {
    reader.list(
        "SELECT person.user, person.name, person.account, held.level, held.from_at
           FROM repository_names AS named
           JOIN repository_grants AS held ON held.repository = named.id AND held.until_position IS NULL
           JOIN users AS person ON person.user = held.user AND person.until_position IS NULL
          WHERE named.name = ?1
          ORDER BY person.name, person.user",
        [repository.as_str()],
        grant,
    )
}
