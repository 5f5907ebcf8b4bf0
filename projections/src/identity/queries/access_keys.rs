//! Questions about access keys.

use ambar_domain::access_key::{AccessKeyId, SealedSecret};
use ambar_domain::clock::Timestamp;
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::ids::UserId;
use rusqlite::params;

use super::logins::Login;
use crate::columns::{limit_of, newest, optional_time, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// An access key, by what it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// What a registry login with it is checked against, and whose it is.
    pub login: Login,
    /// The secret that requests are signed with.
    pub sealed_secret: SealedSecret,
}

/// An access key that was not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Its public id.
    pub access_key: AccessKeyId,
    /// What it is for.
    pub description: AccessKeyDescription,
    /// It is not switched off.
    pub enabled: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was used last, to the hour before it was recorded; `None` for never.
    pub used_at: Option<Timestamp>,
}

const SIGNING_KEY: &str = concat!(
    "SELECT key.user, person.account, account.project_name, key.login_key_hash, coalesce(",
    newest!("enabled" of "access_key_states" where "user = key.user AND access_key = key.access_key"),
    " AND ",
    newest!("programmatic" of "user_access_methods" where "user = key.user"),
    ", 0), EXISTS (SELECT 1 FROM administrators WHERE user = key.user), block.ends_at, key.sealed_secret
       FROM access_keys AS key
       JOIN users AS person ON person.user = key.user AND person.until_position IS NULL
       JOIN accounts AS account ON account.account = person.account AND account.until_position IS NULL
       LEFT JOIN user_blocks AS block ON block.user = key.user AND block.until_position IS NULL
      WHERE key.access_key = ?1 AND key.until_position IS NULL"
);

/// Whose key this is, and what proves it; `None` if there is no such key, or its user or account is gone.
///
/// # Errors
/// The views cannot be read.
pub fn find_signing_key(reader: &Reader, access_key: &AccessKeyId) -> Result<Option<SigningKey>, ViewsError> {
    reader.find(SIGNING_KEY, [access_key.as_str()], |row| {
        Ok(SigningKey { login: Login::read(row)?, sealed_secret: SealedSecret::new(row.get(7)?) })
    })
}

/// The sealed secret of an access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// Whose it is.
    pub user: UserId,
    /// The access key's public id.
    pub access_key: AccessKeyId,
    /// Its secret.
    pub sealed_secret: SealedSecret,
}

/// Up to `limit` sealed secrets of all access keys that were not deleted, disabled ones included, behind the access key `after`, by their ids.
///
/// # Errors
/// The views cannot be read.
pub fn list_sealed_secrets(reader: &Reader, after: Option<&AccessKeyId>, limit: usize) -> Result<Vec<SealedKey>, ViewsError> {
    reader.list(
        "SELECT user, access_key, sealed_secret FROM access_keys
          WHERE access_key > ?1 AND until_position IS NULL ORDER BY access_key LIMIT ?2",
        params![after.map_or("", AccessKeyId::as_str), limit_of(limit)],
        |row| Ok(SealedKey { user: text(row, 0)?, access_key: text(row, 1)?, sealed_secret: SealedSecret::new(row.get(2)?) }),
    )
}

/// The user's access keys, the oldest first.
///
/// # Errors
/// The views cannot be read.
pub fn list_access_keys(reader: &Reader, id: &UserId) -> Result<Vec<AccessKey>, ViewsError> {
    reader.list(
        "SELECT key.access_key, key.description, state.enabled, key.from_at,
                (SELECT used_at FROM access_key_uses WHERE access_key = key.access_key)
           FROM access_keys AS key
           JOIN access_key_states AS state
             ON state.user = key.user AND state.access_key = key.access_key AND state.until_position IS NULL
          WHERE key.user = ?1 AND key.until_position IS NULL
          ORDER BY key.from_position",
        [id.as_str()],
        |row| {
            let (access_key, description, used_at) = (text(row, 0)?, text(row, 1)?, optional_time(row, 4)?);
            Ok(AccessKey { access_key, description, enabled: row.get(2)?, created_at: time(row, 3)?, used_at })
        },
    )
}
