//! How much an account has.

use ambar_domain::ids::AccountId;
use rusqlite::params;

use crate::columns::size;
use crate::error::ViewsError;
use crate::reader::Reader;

/// What an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountOverview {
    /// Its organizations.
    pub organizations: u64,
    /// Its repositories.
    pub repositories: u64,
    /// The tags in them.
    pub tags: u64,
    /// The sum of the repositories' sizes: what two of them share counts twice.
    pub size_bytes: u64,
}

/// How much the account has.
///
/// # Errors
/// The views cannot be read.
pub fn account_overview(reader: &Reader, account: &AccountId) -> Result<AccountOverview, ViewsError> {
    let overview = reader.find(
        "SELECT (SELECT count(*) FROM organizations WHERE account = ?1 AND until_position IS NULL),
                count(*), coalesce(sum(tag_count), 0), coalesce(sum(size_bytes), 0)
           FROM repository_cards WHERE account = (SELECT id FROM event_terms WHERE term = ?1)",
        params![account.as_str()],
        |row| {
            let (organizations, repositories, tags) = (size(row, 0)?, size(row, 1)?, size(row, 2)?);
            Ok(AccountOverview { organizations, repositories, tags, size_bytes: size(row, 3)? })
        },
    )?;
    Ok(overview.unwrap_or_default())
}
