//! Questions about who is blocked.

use ambar_domain::block::BlockCause;
use ambar_domain::client_address::ClientAddress;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::names::UserName;
use rusqlite::{Result, Row};

use crate::columns::{limit_of, size, text, time};
use crate::error::ViewsError;
use crate::reader::Reader;

/// A user that is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedUser {
    /// Who.
    pub user: UserId,
    /// Its name.
    pub name: UserName,
    /// What for.
    pub cause: BlockCause,
    /// Since when.
    pub blocked_at: Timestamp,
    /// When the block ends.
    pub until: Timestamp,
}

/// An address that is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedAddress {
    /// Which.
    pub address: ClientAddress,
    /// What for.
    pub cause: BlockCause,
    /// Since when.
    pub blocked_at: Timestamp,
    /// When the block ends.
    pub until: Timestamp,
}

fn cause(row: &Row<'_>, column: usize) -> Result<BlockCause> {
    match row.get(column)? {
        1 => Ok(BlockCause::RefusedUploads),
        2 => Ok(BlockCause::FailedLogins),
        other => Err(rusqlite::Error::IntegralValueOutOfRange(column, other)),
    }
}

/// The account's users that are blocked at this moment, by their ids, from behind one of them.
///
/// # Errors
/// The views cannot be read.
pub fn list_blocked_users(
    reader: &Reader,
    account: &AccountId,
    now: Timestamp,
    after: Option<&UserId>,
    limit: usize,
) -> std::result::Result<Vec<BlockedUser>, ViewsError> {
    reader.list(
        "SELECT block.user, person.name, block.cause, block.from_at, block.ends_at
           FROM user_blocks AS block
           JOIN users AS person ON person.user = block.user AND person.until_position IS NULL
          WHERE block.until_position IS NULL AND block.ends_at > ?2 AND person.account = ?1 AND block.user > ?3
          ORDER BY block.user LIMIT ?4",
        (account.as_str(), now.timestamp_micros(), after.map_or("", UserId::as_str), limit_of(limit)),
        |row| {
            Ok(BlockedUser {
                user: text(row, 0)?,
                name: text(row, 1)?,
                cause: cause(row, 2)?,
                blocked_at: time(row, 3)?,
                until: time(row, 4)?,
            })
        },
    )
}

/// The addresses that are blocked at this moment, those whose blocks end first first.
///
/// # Errors
/// The views cannot be read.
pub fn list_blocked_addresses(reader: &Reader, now: Timestamp) -> std::result::Result<Vec<BlockedAddress>, ViewsError> {
    reader.list(
        "SELECT address, cause, from_at, ends_at FROM address_blocks
          WHERE until_position IS NULL AND ends_at > ?1 ORDER BY ends_at, address",
        [now.timestamp_micros()],
        |row| Ok(BlockedAddress { address: text(row, 0)?, cause: cause(row, 1)?, blocked_at: time(row, 2)?, until: time(row, 3)? }),
    )
}

/// How many users and how many addresses are blocked at this moment.
///
/// # Errors
/// The views cannot be read.
pub fn count_blocks(reader: &Reader, now: Timestamp) -> std::result::Result<(u64, u64), ViewsError> {
    let counted = reader.find(
        "SELECT (SELECT count(*) FROM user_blocks WHERE until_position IS NULL AND ends_at > ?1),
                (SELECT count(*) FROM address_blocks WHERE until_position IS NULL AND ends_at > ?1)",
        [now.timestamp_micros()],
        |row| Ok((size(row, 0)?, size(row, 1)?)),
    )?;
    Ok(counted.unwrap_or_default())
}
