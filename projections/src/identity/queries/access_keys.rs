//! Questions about access keys and the logins made from them.

use ambar_domain::access_key::{AccessKeyId, LoginKeyHash, SealedSecret};
use ambar_domain::clock::Timestamp;
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::names::ProjectName;

use crate::columns::{text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// What a login with an access key is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Whose key it is.
    pub user: UserId,
    /// That user's account.
    pub account: AccountId,
    /// The project that a login names before the `@`.
    pub project_name: ProjectName,
    /// SHA-256 of the login key, in hex.
    pub login_key_hash: LoginKeyHash,
    /// The secret that requests are signed with.
    pub sealed_secret: SealedSecret,
    /// The key is enabled and its user may use access keys.
    pub enabled: bool,
    /// The user holds an administrator role, directly or through a group.
    pub administrator: bool,
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
}

/// Whose key this is, and what proves it; `None` if there is no such key, or its user or account is gone.
///
/// # Errors
/// The views cannot be read.
pub fn find_login(reader: &Reader, access_key: &AccessKeyId) -> Result<Option<Login>, ViewsError> {
    reader.find(
        "SELECT key.user, person.account, account.project_name, key.login_key_hash, key.sealed_secret,
                state.enabled AND methods.programmatic, EXISTS (SELECT 1 FROM administrators WHERE user = key.user)
           FROM access_keys AS key
           JOIN access_key_states AS state
             ON state.user = key.user AND state.access_key = key.access_key AND state.until_position IS NULL
           JOIN user_access_methods AS methods ON methods.user = key.user AND methods.until_position IS NULL
           JOIN users AS person ON person.user = key.user AND person.until_position IS NULL
           JOIN accounts AS account ON account.account = person.account AND account.until_position IS NULL
          WHERE key.access_key = ?1 AND key.until_position IS NULL",
        [access_key.as_str()],
        |row| {
            Ok(Login {
                user: text(row, 0)?,
                account: text(row, 1)?,
                project_name: text(row, 2)?,
                login_key_hash: LoginKeyHash::new(row.get(3)?),
                sealed_secret: SealedSecret::new(row.get(4)?),
                enabled: row.get(5)?,
                administrator: row.get(6)?,
            })
        },
    )
}

/// The user's access keys, the oldest first.
///
/// # Errors
/// The views cannot be read.
pub fn list_access_keys(reader: &Reader, id: &UserId) -> Result<Vec<AccessKey>, ViewsError> {
    reader.list(
        "SELECT key.access_key, key.description, state.enabled, key.from_at
           FROM access_keys AS key
           JOIN access_key_states AS state
             ON state.user = key.user AND state.access_key = key.access_key AND state.until_position IS NULL
          WHERE key.user = ?1 AND key.until_position IS NULL
          ORDER BY key.from_position",
        [id.as_str()],
        |row| Ok(AccessKey { access_key: text(row, 0)?, description: text(row, 1)?, enabled: row.get(2)?, created_at: time(row, 3)? }),
    )
}
