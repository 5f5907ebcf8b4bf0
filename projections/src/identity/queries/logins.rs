//! Questions about registry logins: with an access key for as long as that works, and temporary ones.

use ambar_domain::access_key::{AccessKeyId, LoginKeyHash};
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::login::{LoginRepository, LoginRight, LoginScope};
use ambar_domain::names::{LoginName, ProjectName};
use rusqlite::{Result, Row};

use super::access_keys::find_signing_key;
use crate::columns::{optional_text, optional_time, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// What a registry login is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Whose it is.
    pub user: UserId,
    /// That user's account.
    pub account: AccountId,
    /// The project that a login names before the `@`: of the account that is acted for.
    pub project_name: ProjectName,
    /// SHA-256 of the login key, in hex.
    pub login_key_hash: LoginKeyHash,
    /// Its user may use access keys, and what it is, or was asked for with, works: the access key, or the password.
    pub enabled: bool,
    /// The user holds an administrator role, directly or through a group.
    pub administrator: bool,
    /// When the user's newest block ends, or did; `None` if there is none, or it was lifted.
    pub blocked_until: Option<Timestamp>,
    /// When a temporary login ends; `None` for one with an access key.
    pub until: Option<Timestamp>,
    /// When a temporary login was issued.
    pub issued_at: Option<Timestamp>,
    /// What a temporary login is good for.
    pub scope: LoginScope,
    /// The account that whoever uses a temporary login acts for, if it is another than the user's. Whether that account has entrusted its
    /// registry to the user's is not said here.
    pub on_behalf_of: Option<AccountId>,
}

impl Login {
    /// Reads the first seven columns.
    pub(super) fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            user: text(row, 0)?,
            account: text(row, 1)?,
            project_name: text(row, 2)?,
            login_key_hash: LoginKeyHash::new(row.get(3)?),
            enabled: row.get(4)?,
            administrator: row.get(5)?,
            blocked_until: optional_time(row, 6)?,
            until: None,
            scope: LoginScope::EVERYTHING,
            on_behalf_of: None,
            issued_at: None,
        })
    }

    /// Whether it can be used at this moment.
    #[must_use]
    pub fn works_at(&self, now: Timestamp) -> bool {
        self.enabled && self.until.is_none_or(|until| now < until)
    }
}

/// A temporary login that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemporaryLogin {
    /// Its public id.
    pub login: AccessKeyId,
    /// What it is for.
    pub name: LoginName,
    /// The access key that it was asked for with.
    pub access_key: Option<AccessKeyId>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// What it is good for.
    pub scope: LoginScope,
    /// The account that whoever uses it acts for, if it is another than the user's.
    pub on_behalf_of: Option<AccountId>,
}

/// Whose login this is, and what proves it: the id is that of an access key, or of a temporary login, which may have ended. `None` if there
/// is no such login, or its user or account is gone.
///
/// # Errors
/// The views cannot be read.
pub fn find_login(reader: &Reader, id: &AccessKeyId) -> Result<Option<Login>, ViewsError> {
    match find_signing_key(reader, id)? {
        Some(key) => Ok(Some(key.login)),
        None => find_temporary_login(reader, id),
    }
}

/// Whether this was the key of a login of that id, which may have ended or been deleted.
///
/// # Errors
/// The views cannot be read.
pub fn was_login_key(reader: &Reader, id: &AccessKeyId, hash: &LoginKeyHash) -> Result<bool, ViewsError> {
    let found = reader.find(
        "SELECT 1 FROM access_keys WHERE access_key = ?1 AND login_key_hash = ?2
          UNION ALL
         SELECT 1 FROM logins WHERE login = ?1 AND login_key_hash = ?2",
        (id.as_str(), hash.as_str()),
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

fn find_temporary_login(reader: &Reader, id: &AccessKeyId) -> Result<Option<Login>, ViewsError> {
    let found = reader.find(
        "SELECT login.user, person.account, account.project_name, login.login_key_hash,
                EXISTS (SELECT 1 FROM proved_logins AS proved WHERE proved.login = login.login AND proved.user = login.user),
                EXISTS (SELECT 1 FROM administrators WHERE user = login.user), block.ends_at,
                login.ends_at, login.limited, login.from_position, login.on_behalf_of, login.from_at
           FROM logins AS login
           JOIN users AS person ON person.user = login.user AND person.until_position IS NULL
           JOIN accounts AS home ON home.account = person.account AND home.until_position IS NULL
           JOIN accounts AS account
             ON account.account = coalesce(login.on_behalf_of, person.account) AND account.until_position IS NULL
           LEFT JOIN user_blocks AS block ON block.user = login.user AND block.until_position IS NULL
          WHERE login.login = ?1 AND login.until_position IS NULL",
        [id.as_str()],
        |row| {
            let login = Login {
                until: Some(time(row, 7)?),
                on_behalf_of: optional_text(row, 10)?,
                issued_at: Some(time(row, 11)?),
                ..Login::read(row)?
            };
            Ok((login, limits(row, 8)?))
        },
    )?;
    let Some((mut login, limits)) = found else { return Ok(None) };
    login.scope = scope(reader, id, &login.user, limits)?;
    Ok(Some(login))
}

/// The user's temporary logins that work, the oldest first.
///
/// # Errors
/// The views cannot be read.
pub fn list_logins(reader: &Reader, id: &UserId, now: Timestamp) -> Result<Vec<TemporaryLogin>, ViewsError> {
    let found = reader.list(
        "SELECT login.login, login.name, login.access_key, login.from_at, login.ends_at, login.limited, login.from_position,
                login.on_behalf_of
           FROM logins AS login
          WHERE login.user = ?1 AND login.until_position IS NULL AND login.ends_at > ?2
            AND EXISTS (SELECT 1 FROM proved_logins AS proved WHERE proved.login = login.login AND proved.user = login.user)
          ORDER BY login.from_position",
        (id.as_str(), now.timestamp_micros()),
        |row| {
            let login = TemporaryLogin {
                login: text(row, 0)?,
                name: text(row, 1)?,
                access_key: optional_text(row, 2)?,
                issued_at: time(row, 3)?,
                until: time(row, 4)?,
                scope: LoginScope::EVERYTHING,
                on_behalf_of: optional_text(row, 7)?,
            };
            Ok((login, limits(row, 5)?))
        },
    )?;
    let with_scope = |(login, limits): (TemporaryLogin, _)| {
        let scope = scope(reader, &login.login, id, limits)?;
        Ok(TemporaryLogin { scope, ..login })
    };
    found.into_iter().map(with_scope).collect()
}

/// Where the repositories stand that a login is limited to: under the position of its beginning. Two columns.
fn limits(row: &Row<'_>, column: usize) -> Result<Option<Vec<u8>>> {
    let limited: bool = row.get(column)?;
    if limited { row.get(column + 1).map(Some) } else { Ok(None) }
}

fn scope(reader: &Reader, login: &AccessKeyId, user: &UserId, limits: Option<Vec<u8>>) -> Result<LoginScope, ViewsError> {
    let Some(from_position) = limits else { return Ok(LoginScope::EVERYTHING) };
    let repositories = reader.list(
        "SELECT repository, push FROM login_repositories WHERE login = ?1 AND user = ?2 AND from_position = ?3 ORDER BY repository",
        (login.as_str(), user.as_str(), from_position),
        |row| {
            let right = if row.get(1)? { LoginRight::Push } else { LoginRight::Pull };
            Ok(LoginRepository { repository: text(row, 0)?, right })
        },
    )?;
    LoginScope::only(repositories).map_err(ViewsError::file("reading what a login is limited to"))
}
