//! Questions about use.

use std::collections::HashMap;

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Digest;
use ambar_domain::ids::AccountId;
use ambar_domain::repository_name::RepositoryName;
use chrono::{Days, NaiveDate};
use rusqlite::params;

use crate::columns::size;
use crate::error::ViewsError;
use crate::names::DigestKey;
use crate::reader::Reader;

/// How many bytes it was on one day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: NaiveDate,
    /// How many.
    pub bytes: u64,
}

/// The number of a day, of a time in microseconds since 1970.
pub(super) fn day_of(at: i64) -> i64 {
    at.div_euclid(86_400_000_000)
}

/// How often manifests of the repository were pulled, as far as that is recorded.
///
/// # Errors
/// The views cannot be read.
pub fn count_pulls(reader: &Reader, repository: &RepositoryName) -> Result<u64, ViewsError> {
    let found = reader.find(
        "SELECT card.pull_count FROM repository_names AS named
           JOIN repository_cards AS card ON card.repository = named.id
          WHERE named.name = ?1",
        [repository.as_str()],
        |row| size(row, 0),
    )?;
    Ok(found.unwrap_or(0))
}

/// How often each of these manifests of the repository was pulled; those that never were are not in the answer.
///
/// # Errors
/// The views cannot be read.
pub fn count_pulls_of_manifests<'a>(
    reader: &Reader,
    repository: &RepositoryName,
    manifests: impl IntoIterator<Item = &'a Digest>,
) -> Result<HashMap<Digest, u64>, ViewsError> {
    let mut counted = HashMap::new();
    for manifest in manifests {
        let found = reader.find(
            "SELECT counted.pulls FROM manifest_downloads AS counted
              WHERE counted.repository = (SELECT id FROM repository_names WHERE name = ?1)
                AND counted.digest = (SELECT id FROM digests WHERE hash = ?2)",
            params![repository.as_str(), DigestKey::new(manifest)],
            |row| size(row, 0),
        )?;
        counted.extend(found.map(|pulls| (manifest.clone(), pulls)));
    }
    Ok(counted)
}

/// How many bytes of blobs were ever downloaded from the account's repositories.
///
/// # Errors
/// The views cannot be read.
pub fn count_downloaded_bytes(reader: &Reader, account: &AccountId) -> Result<u64, ViewsError> {
    let sql = "SELECT coalesce(sum(bytes), 0) FROM account_download_days WHERE account = ?1";
    Ok(reader.find(sql, [account.as_str()], |row| size(row, 0))?.unwrap_or(0))
}

/// How many bytes were downloaded on each of so many days until today, the oldest first.
///
/// # Errors
/// The views cannot be read.
pub fn list_downloaded_bytes(reader: &Reader, account: &AccountId, now: Timestamp, days: u32) -> Result<Vec<Day>, ViewsError> {
    let (first, dates) = stretch(now, days);
    let sql = "SELECT day, bytes FROM account_download_days WHERE account = ?1 AND day >= ?2";
    let rows = reader.list(sql, params![account.as_str(), first], |row| Ok((row.get::<_, i64>(0)?, size(row, 1)?)))?;
    let bytes: HashMap<_, _> = rows.into_iter().collect();
    Ok(dates.zip(first..).map(|(date, day)| Day { date, bytes: bytes.get(&day).copied().unwrap_or(0) }).collect())
}

/// How many bytes the account's repositories held at the end of each of so many days; today, what they hold now. The oldest first.
///
/// # Errors
/// The views cannot be read.
pub fn list_stored_bytes(reader: &Reader, account: &AccountId, now: Timestamp, days: u32) -> Result<Vec<Day>, ViewsError> {
    let (first, dates) = stretch(now, days);
    let sql = "SELECT coalesce(sum(size_bytes), 0) FROM repository_cards WHERE account = (SELECT id FROM event_terms WHERE term = ?1)";
    let today = reader.find(sql, [account.as_str()], |row| size(row, 0))?.unwrap_or(0);
    let sql = "SELECT day, bytes FROM account_storage_days WHERE account = ?1 AND day > ?2 ORDER BY day";
    let before = reader.list(sql, params![account.as_str(), first], |row| Ok((row.get::<_, i64>(0)?, size(row, 1)?)))?;
    // What was there when the next day with an event began, was there at the end of this one.
    let at_the_end_of = |day| before.iter().find(|(begun, _)| *begun > day).map_or(today, |(_, bytes)| *bytes);
    Ok(dates.zip(first..).map(|(date, day)| Day { date, bytes: at_the_end_of(day) }).collect())
}

/// So many days until today: the number of the first, and all of them.
fn stretch(now: Timestamp, days: u32) -> (i64, impl Iterator<Item = NaiveDate>) {
    let (today, before) = (now.date_naive(), days.saturating_sub(1));
    let first = today.checked_sub_days(Days::new(before.into())).unwrap_or(today);
    (day_of(now.timestamp_micros()) - i64::from(before), first.iter_days().take(days as usize))
}
