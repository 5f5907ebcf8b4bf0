//! Who holds what on a repository, now or at a past moment: the facts of all users at once.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::{Level, Visibility};
use ambar_domain::names::UserName;
use ambar_domain::repository_name::RepositoryName;
use rusqlite::params;

use crate::columns::{limit_of, optional_level, text};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A repository as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The account that owned it.
    pub owner: AccountId,
    /// Who could pull it without a grant.
    pub visibility: Visibility,
}

/// A user of the owning account that held something on a repository, or on everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub user: UserId,
    /// The user's name.
    pub user_name: UserName,
    /// Held an administrator role, directly or through a group.
    pub administrator: bool,
    /// The grant on the organization.
    pub organization_grant: Option<Level>,
    /// The grant on the repository.
    pub repository_grant: Option<Level>,
}

/// That a row holds at the moment ?1, or still where that is NULL: what is now is not told by a clock.
macro_rules! holds {
    ($row:literal) => {
        concat!(
            "(CASE WHEN ?1 IS NULL THEN ",
            $row,
            ".until_position IS NULL ELSE ",
            $row,
            ".from_at <= ?1 AND (",
            $row,
            ".until_at IS NULL OR ",
            $row,
            ".until_at > ?1) END)"
        )
    };
}

/// At ?1: those of the account ?4 that held something on the repository ?2 of the organization ?3.
pub(crate) const LIST_HOLDERS: &str = concat!(
    "WITH on_organization AS MATERIALIZED (
        SELECT held.user, held.level
          FROM organization_names AS named
          JOIN organization_grants AS held ON held.organization = named.id AND ",
    holds!("held"),
    "    WHERE named.name = ?3),
     on_repository AS MATERIALIZED (
        SELECT held.user, held.level
          FROM repository_names AS named
          JOIN repository_grants AS held ON held.repository = named.id AND ",
    holds!("held"),
    "    WHERE named.name = ?2),
     in_power AS MATERIALIZED (
        SELECT role.user FROM user_roles AS role WHERE role.account = ?4 AND ",
    holds!("role"),
    "    UNION
        SELECT member.user
          FROM group_roles AS carried
         CROSS JOIN memberships AS member ON member.user_group = carried.user_group AND ",
    holds!("member"),
    "    WHERE carried.account = ?4 AND ",
    holds!("carried"),
    "),
     holders AS (SELECT user FROM on_organization UNION SELECT user FROM on_repository UNION SELECT user FROM in_power)
     SELECT person.user, person.name, EXISTS (SELECT 1 FROM in_power WHERE user = person.user),
            (SELECT level FROM on_organization WHERE user = person.user),
            (SELECT level FROM on_repository WHERE user = person.user)
       FROM holders CROSS JOIN users AS person ON person.user = holders.user AND ",
    holds!("person"),
    " WHERE person.account = ?4 AND (person.name, person.user) > (?5, ?6)
      ORDER BY person.name, person.user LIMIT ?7"
);

/// The repository at a past moment, or now; `None` if it was not there. What an account left under a name that another took over was nobody's.
///
/// # Errors
/// The views cannot be read.
pub fn find_state(reader: &Reader, repository: &RepositoryName, at: Option<Timestamp>) -> Result<Option<Held>, ViewsError> {
    reader.find(
        concat!(
            "SELECT organization.account, seen.public
               FROM repository_names AS place
               JOIN repositories AS repository ON repository.repository = place.id AND ",
            holds!("repository"),
            "  JOIN repository_visibility AS seen ON seen.repository = place.id AND ",
            holds!("seen"),
            "  JOIN organization_names AS named ON named.name = ?3
               JOIN organizations AS organization
                 ON organization.organization = named.id AND organization.account = repository.account AND ",
            holds!("organization"),
            " WHERE place.name = ?2"
        ),
        params![at.map(|at| at.timestamp_micros()), repository.as_str(), repository.organization_str()],
        |row| {
            let visibility = if row.get(1)? { Visibility::Public } else { Visibility::Private };
            Ok(Held { owner: text(row, 0)?, visibility })
        },
    )
}

/// The users of the account with anything on the repository at a past moment, or now, by name: up to `limit` behind a name and id.
///
/// # Errors
/// The views cannot be read.
pub fn list_holders(
    reader: &Reader,
    account: &AccountId,
    repository: &RepositoryName,
    at: Option<Timestamp>,
    after: Option<(&str, &str)>,
    limit: usize,
) -> Result<Vec<Holder>, ViewsError> {
    let (after_name, after_user) = after.unwrap_or_default();
    reader.list(
        LIST_HOLDERS,
        params![
            at.map(|at| at.timestamp_micros()),
            repository.as_str(),
            repository.organization_str(),
            account.as_str(),
            after_name,
            after_user,
            limit_of(limit)
        ],
        |row| {
            Ok(Holder {
                user: text(row, 0)?,
                user_name: text(row, 1)?,
                administrator: row.get(2)?,
                organization_grant: optional_level(row, 3)?,
                repository_grant: optional_level(row, 4)?,
            })
        },
    )
}
