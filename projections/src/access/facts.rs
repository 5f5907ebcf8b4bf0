//! The facts of access as the rows tell them: all there are, or the one of a topic that has changed. Both by the same queries.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::AccountId;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::policy::access::Share;
use rusqlite::{Connection, Result, Row, params_from_iter};
use uuid::Uuid;

use super::topics::Topic;
use crate::columns::{level, optional_level, optional_time, text, time};

/// What a topic stands for now.
#[derive(Debug)]
pub(super) enum Fact {
    /// The account that owns the organization.
    Organization(Id),
    Repository(Repository),
    Level(Level),
    Share(Share),
    User(UserState),
    Entrusted(Vec<Entrusted>),
    /// There is nothing of the kind, or nothing any more.
    Nothing,
}

/// A repository that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repository {
    /// The account that it was created in.
    pub(super) creator: Id,
    pub(super) visibility: Visibility,
}

/// Who a user is, beside what proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserState {
    /// Holds an administrator role, directly or through a group.
    pub administrator: bool,
    /// When the user's newest block ends, or did; `None` if there is none, or it was lifted.
    pub blocked_until: Option<Timestamp>,
}

/// What an account has entrusted to another one, whether it has reached its end or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entrusted {
    pub(super) trustee: Id,
    /// What the trustee may do; `None` is nothing yet.
    pub level: Option<Level>,
    /// The moment from which it counts no more; without it, it lasts.
    pub until: Option<Timestamp>,
    /// When it was granted.
    pub granted_at: Timestamp,
}

/// An account's id, in half the room of its hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(Uuid);

impl Id {
    pub(super) fn is(self, account: &AccountId) -> bool {
        self.0.simple().encode_lower(&mut [0; 32]) == account.as_str()
    }

    pub(super) fn account(self) -> AccountId {
        AccountId::from(self.0)
    }

    fn read(row: &Row<'_>, column: usize) -> Result<Self> {
        text(row, column).map(Self)
    }
}

type Read = fn(&Row<'_>) -> Result<(Topic<String>, Fact)>;

macro_rules! organizations {
    ($which:literal) => {
        concat!(
            "SELECT named.name, held.account
               FROM organization_names AS named JOIN organizations AS held ON held.organization = named.id AND held.until_position IS NULL ",
            $which
        )
    };
}

macro_rules! repositories {
    ($which:literal) => {
        concat!(
            "SELECT named.name, held.account, seen.public
               FROM repository_names AS named
               JOIN repositories AS held ON held.repository = named.id AND held.until_position IS NULL
               JOIN repository_visibility AS seen ON seen.repository = named.id AND seen.until_position IS NULL ",
            $which
        )
    };
}

/// Of `organization` or `repository`.
macro_rules! grants {
    ($on:literal, $which:literal) => {
        concat!(
            "SELECT named.name, held.user, held.level
               FROM ",
            $on,
            "_names AS named JOIN ",
            $on,
            "_grants AS held ON held.",
            $on,
            " = named.id AND held.until_position IS NULL ",
            $which
        )
    };
}

macro_rules! shares {
    ($which:literal) => {
        concat!(
            "SELECT named.name, share.account, share.ends_at
               FROM repository_names AS named JOIN shares AS share ON share.repository = named.id AND share.until_position IS NULL ",
            $which
        )
    };
}

macro_rules! users {
    ($which:literal) => {
        concat!(
            "SELECT person.user, EXISTS (SELECT 1 FROM administrators WHERE user = person.user), block.ends_at
               FROM users AS person
               LEFT JOIN user_blocks AS block ON block.user = person.user AND block.until_position IS NULL
              WHERE person.until_position IS NULL ",
            $which
        )
    };
}

/// Every fact there is.
pub(super) fn read_all(connection: &Connection, mut found: impl FnMut(Topic<String>, Fact)) -> Result<()> {
    let all: [(&str, Read); 6] = [
        (organizations!(""), organization),
        (repositories!(""), repository),
        (grants!("organization", ""), organization_grant),
        (grants!("repository", ""), repository_grant),
        (shares!(""), share),
        (users!(""), user),
    ];
    for (sql, read) in all {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (topic, fact) = read(row)?;
            found(topic, fact);
        }
    }
    let mut trusters = connection.prepare("SELECT DISTINCT account FROM delegations WHERE until_position IS NULL")?;
    for truster in trusters.query_map([], |row| row.get(0))? {
        let topic = Topic::Delegations(truster?);
        let fact = read(connection, &topic)?;
        found(topic, fact);
    }
    Ok(())
}

/// The fact of a topic.
pub(super) fn read(connection: &Connection, topic: &Topic<String>) -> Result<Fact> {
    let one = |sql, read: Read, keys: &[&String]| {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(keys))?;
        rows.next()?.map_or(Ok(Fact::Nothing), |row| Ok(read(row)?.1))
    };
    match topic {
        Topic::Organization(name) => one(organizations!("WHERE named.name = ?1"), organization, &[name]),
        Topic::Repository(name) => one(repositories!("WHERE named.name = ?1"), repository, &[name]),
        Topic::OrganizationGrant { organization, user } => {
            one(grants!("organization", "WHERE named.name = ?1 AND held.user = ?2"), organization_grant, &[organization, user])
        }
        Topic::RepositoryGrant { repository, user } => {
            one(grants!("repository", "WHERE named.name = ?1 AND held.user = ?2"), repository_grant, &[repository, user])
        }
        Topic::Share { repository, account } => one(shares!("WHERE named.name = ?1 AND share.account = ?2"), share, &[repository, account]),
        Topic::User(id) => one(users!("AND person.user = ?1"), user, &[id]),
        Topic::Delegations(truster) => read_entrusted(connection, truster),
        Topic::Proofs(_) | Topic::Account(_) => Ok(Fact::Nothing),
    }
}

fn organization(row: &Row<'_>) -> Result<(Topic<String>, Fact)> {
    Ok((Topic::Organization(row.get(0)?), Fact::Organization(Id::read(row, 1)?)))
}

fn repository(row: &Row<'_>) -> Result<(Topic<String>, Fact)> {
    let visibility = if row.get(2)? { Visibility::Public } else { Visibility::Private };
    Ok((Topic::Repository(row.get(0)?), Fact::Repository(Repository { creator: Id::read(row, 1)?, visibility })))
}

fn organization_grant(row: &Row<'_>) -> Result<(Topic<String>, Fact)> {
    Ok((Topic::OrganizationGrant { organization: row.get(0)?, user: row.get(1)? }, Fact::Level(level(row, 2)?)))
}

fn repository_grant(row: &Row<'_>) -> Result<(Topic<String>, Fact)> {
    Ok((Topic::RepositoryGrant { repository: row.get(0)?, user: row.get(1)? }, Fact::Level(level(row, 2)?)))
}

fn share(row: &Row<'_>) -> Result<(Topic<String>, Fact)> {
    Ok((Topic::Share { repository: row.get(0)?, account: row.get(1)? }, Fact::Share(Share { until: optional_time(row, 2)? })))
}

fn user(row: &Row<'_>) -> Result<(Topic<String>, Fact)> {
    Ok((Topic::User(row.get(0)?), Fact::User(UserState { administrator: row.get(1)?, blocked_until: optional_time(row, 2)? })))
}

fn read_entrusted(connection: &Connection, truster: &str) -> Result<Fact> {
    let mut statement = connection.prepare_cached(
        "SELECT trustee_account, level, ends_at, granted_at FROM delegations INDEXED BY delegations_current
          WHERE account = ?1 AND until_position IS NULL AND trustee_account IS NOT NULL",
    )?;
    let entrusted = statement.query_map([truster], |row| {
        let (trustee, level) = (Id::read(row, 0)?, optional_level(row, 1)?);
        Ok(Entrusted { trustee, level, until: optional_time(row, 2)?, granted_at: time(row, 3)? })
    })?;
    let entrusted: Vec<Entrusted> = entrusted.collect::<Result<_>>()?;
    Ok(if entrusted.is_empty() { Fact::Nothing } else { Fact::Entrusted(entrusted) })
}
