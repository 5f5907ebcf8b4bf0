//! Questions about organizations.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Level;
use ambar_domain::names::UserName;
use ambar_domain::organization_name::OrganizationName;
use rusqlite::{Result, Row, params};

use crate::columns::{limit_of, optional_level, optional_text, size, text, time};
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
    /// The number of its name: the same for an organization of that name that comes later.
    pub id: i64,
    /// The user who created it, if it was one.
    pub creator: Option<UserId>,
    /// That user's name.
    pub creator_name: Option<UserName>,
}

/// An organization as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisibleOrganization {
    /// The organization.
    pub organization: Organization,
    /// The level that whoever asks holds on it; `None` is a grant on some of its repositories only.
    pub level: Option<Level>,
    /// How many users hold a level on it.
    pub user_count: u64,
    /// How many repositories are in it.
    pub repository_count: u64,
}

/// Begins a query of organizations, whose columns [`organization`] reads. What follows limits `named` and `organization`.
macro_rules! select_organizations {
    ($where:literal) => {
        select_organizations!("", "organizations AS organization", concat!("organization.until_position IS NULL AND ", $where))
    };
    ($more:expr, $from:expr, $where:expr) => {
        concat!(
            "SELECT named.name, organization.account, organization.from_at, named.id, organization.creator, creator.name",
            $more,
            " FROM ",
            $from,
            " JOIN organization_names AS named ON named.id = organization.organization
              LEFT JOIN users AS creator ON creator.user = organization.creator
             WHERE ",
            $where
        )
    };
}

/// The same, counted: what follows has the caller's level in its own column `level`.
macro_rules! select_visible {
    ($from:literal) => {
        select_organizations!(
            ", (SELECT level FROM organization_grants
                 WHERE organization_grants.organization = named.id AND user = ?2 AND organization_grants.until_position IS NULL),
               (SELECT count(*) FROM organization_grants AS held
                  JOIN users AS person ON person.user = held.user AND person.until_position IS NULL
                 WHERE held.organization = named.id AND held.until_position IS NULL),
               (SELECT coalesce(sum(cards), 0) FROM card_counts
                 WHERE card_counts.account = (SELECT id FROM event_terms WHERE term = ?1) AND card_counts.organization = named.id)",
            $from,
            "organization.account = ?1 AND (?3 IS NULL OR named.name = ?3) ORDER BY named.name"
        )
    };
}

fn organization(row: &Row<'_>) -> Result<Organization> {
    Ok(Organization {
        name: text(row, 0)?,
        account: text(row, 1)?,
        created_at: time(row, 2)?,
        id: row.get(3)?,
        creator: optional_text(row, 4)?,
        creator_name: optional_text(row, 5)?,
    })
}

/// The organization of that name.
///
/// # Errors
/// The views cannot be read.
pub fn find_organization(reader: &Reader, name: &OrganizationName) -> Result<Option<Organization>, ViewsError> {
    reader.find(select_organizations!("named.name = ?1"), [name.as_str()], organization)
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
    reader.list(select_organizations!("organization.account = ?1 ORDER BY named.name"), [account.as_str()], organization)
}

/// Organizations of accounts that are closed: up to `limit` behind the first `offset`.
///
/// # Errors
/// The views cannot be read.
pub fn list_organizations_of_closed_accounts(
    reader: &Reader,
    offset: usize,
    limit: usize,
) -> Result<Vec<(OrganizationName, AccountId)>, ViewsError> {
    reader.list(
        "SELECT named.name, organization.account
           FROM closed_accounts AS owner
          CROSS JOIN organizations AS organization ON organization.account = owner.account AND organization.until_position IS NULL
           JOIN organization_names AS named ON named.id = organization.organization
          ORDER BY owner.account, organization.organization
          LIMIT ?1 OFFSET ?2",
        [limit_of(limit), limit_of(offset)],
        |row| Ok((text(row, 0)?, text(row, 1)?)),
    )
}

/// The account's organizations that the user has a level on, by name, or only the one of that name.
///
/// An administrator has manage on all of them. `by_repository_grants` adds those in which the user has grants on repositories only.
///
/// # Errors
/// The views cannot be read.
pub fn list_visible_organizations(
    reader: &Reader,
    account: &AccountId,
    user: &UserId,
    administrator: bool,
    by_repository_grants: bool,
    name: Option<&str>,
) -> Result<Vec<VisibleOrganization>, ViewsError> {
    let sql = match (administrator, by_repository_grants) {
        (true, _) => select_visible!("(SELECT * FROM organizations WHERE account = ?1 AND until_position IS NULL) AS organization"),
        // From the grants, which are few: what nobody has granted is not looked at.
        (false, false) => select_visible!(
            "(SELECT organization AS granted FROM organization_grants WHERE user = ?2 AND until_position IS NULL)
             CROSS JOIN organizations AS organization ON organization.organization = granted AND organization.until_position IS NULL"
        ),
        (false, true) => select_visible!(
            "(SELECT organization AS granted FROM organization_grants WHERE user = ?2 AND until_position IS NULL
              UNION
              SELECT card.organization
                FROM repository_grants AS held CROSS JOIN repository_cards AS card ON card.repository = held.repository
               WHERE held.user = ?2 AND held.until_position IS NULL)
             CROSS JOIN organizations AS organization ON organization.organization = granted AND organization.until_position IS NULL"
        ),
    };
    reader.list(sql, params![account.as_str(), user.as_str(), name], |row| {
        let level = if administrator { Some(Level::Manage) } else { optional_level(row, 6)? };
        let (user_count, repository_count) = (size(row, 7)?, size(row, 8)?);
        Ok(VisibleOrganization { organization: organization(row)?, level, user_count, repository_count })
    })
}
