//! Questions about where an account's events are.

use ambar_domain::blob_link;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::AccountId;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::event_log::{Position, StreamId};
use rusqlite::{Row, params};

use crate::columns::{limit_of, optional_position, position};
use crate::error::ViewsError;
use crate::names::DigestKey;
use crate::place::PositionKey;
use crate::reader::Reader;

/// How many rows one look may go through: whatever is looked for, it takes some ten milliseconds at most.
const EXAMINED: usize = 50_000;

/// Which events are wanted; of what is `None`, all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Who caused them, as it stands in them.
    pub actor: Option<String>,
    /// Their type.
    pub event_type: Option<String>,
    /// Their stream.
    pub stream: Option<StreamId>,
    /// The repository that they are about.
    pub repository: Option<RepositoryName>,
    /// The organization that they are about, or whose repository.
    pub organization: Option<OrganizationName>,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until before when.
    pub until: Option<Timestamp>,
}

/// Where an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPlace {
    /// Its position.
    pub position: Position,
    /// The place right before it, from where it is read.
    pub previous: Position,
}

/// Where events are, in the order of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventPlaces {
    /// The places; there may be none and yet more to look through.
    pub places: Vec<EventPlace>,
    /// From where to look on; `None` when all has been looked through.
    pub next: Option<Position>,
}

/// Whole hours since 1970.
pub(super) fn hour_of(micros: i64) -> i64 {
    micros.div_euclid(3_600_000_000)
}

/// A filter as the rows know it.
#[derive(Debug, Default)]
struct Wanted {
    account: i64,
    actor: Option<i64>,
    event_type: Option<i64>,
    stream_type: Option<i64>,
    subject: Option<i64>,
    organization: Option<i64>,
    repository: Option<i64>,
}

/// A stretch of positions: behind the first, up to and with the second.
#[derive(Debug)]
struct Stretch(PositionKey, PositionKey);

/// Up to `limit` of the account's events behind `after` that are wanted. Several queries: ask inside a [`crate::Snapshot`].
///
/// # Errors
/// The views cannot be read.
pub fn list_account_events(
    reader: &Reader,
    account: &AccountId,
    filter: &EventFilter,
    after: Position,
    limit: usize,
) -> Result<EventPlaces, ViewsError> {
    let Some(wanted) = resolve(reader, account, filter)? else { return Ok(EventPlaces::default()) };
    let Some(mut stretch) = stretch(reader, wanted.account, filter, after)? else { return Ok(EventPlaces::default()) };
    let examined = last_examined(reader, &wanted, &stretch)?;
    if let Some(last) = examined {
        stretch.1 = PositionKey::new(last);
    }
    let mut places = list(reader, &wanted, filter, &stretch, limit.saturating_add(1))?;
    if places.len() > limit {
        places.truncate(limit);
        return Ok(EventPlaces { next: places.last().map(|place| place.position), places });
    }
    Ok(EventPlaces { places, next: examined })
}

/// `None` if no event can be meant.
fn resolve(reader: &Reader, account: &AccountId, filter: &EventFilter) -> Result<Option<Wanted>, ViewsError> {
    let Some(account) = term(reader, account.as_str())? else { return Ok(None) };
    let mut wanted = Wanted { account, ..Wanted::default() };
    let mut all = true;
    // Each of them must be known, and be the same if it is meant twice.
    let mut want = |place: &mut Option<i64>, found: Option<i64>| {
        all &= found.is_some() && place.is_none_or(|before| Some(before) == found);
        *place = found;
    };
    if let Some(actor) = &filter.actor {
        want(&mut wanted.actor, term(reader, actor)?);
    }
    if let Some(event_type) = &filter.event_type {
        want(&mut wanted.event_type, term(reader, event_type)?);
    }
    if let Some(repository) = &filter.repository {
        want(&mut wanted.repository, repository_id(reader, repository.as_str())?);
    }
    if let Some(organization) = &filter.organization {
        want(&mut wanted.organization, organization_id(reader, organization.as_str())?);
    }
    if let Some(StreamId { aggregate_type, aggregate_id }) = &filter.stream {
        want(&mut wanted.stream_type, term(reader, aggregate_type)?);
        match aggregate_type.as_ref() {
            "organization" => want(&mut wanted.organization, organization_id(reader, aggregate_id)?),
            "repository" => want(&mut wanted.repository, repository_id(reader, aggregate_id)?),
            "blob_link" => match blob_link::parse_stream_id(aggregate_id) {
                Some((repository, digest)) => {
                    want(&mut wanted.repository, repository_id(reader, repository.as_str())?);
                    let number = reader.find("SELECT id FROM digests WHERE hash = ?1", [DigestKey::new(&digest)], |row| row.get(0))?;
                    want(&mut wanted.subject, number);
                }
                None => return Ok(None),
            },
            _ => want(&mut wanted.subject, term(reader, aggregate_id)?),
        }
    }
    Ok(all.then_some(wanted))
}

fn term(reader: &Reader, term: &str) -> Result<Option<i64>, ViewsError> {
    reader.find("SELECT id FROM event_terms WHERE term = ?1", [term], |row| row.get(0))
}

fn organization_id(reader: &Reader, name: &str) -> Result<Option<i64>, ViewsError> {
    reader.find("SELECT id FROM organization_names WHERE name = ?1", [name], |row| row.get(0))
}

fn repository_id(reader: &Reader, name: &str) -> Result<Option<i64>, ViewsError> {
    reader.find("SELECT id FROM repository_names WHERE name = ?1", [name], |row| row.get(0))
}

/// Where events of the wanted times can be; `None` is nowhere.
fn stretch(reader: &Reader, account: i64, filter: &EventFilter, after: Position) -> Result<Option<Stretch>, ViewsError> {
    let (mut after, mut last) = (after, None);
    if let Some(from) = filter.from {
        let sql = "SELECT min(behind) FROM account_event_hours WHERE account = ?1 AND hour >= ?2";
        let begin = reader.find(sql, params![account, hour_of(from.timestamp_micros())], |row| optional_position(row, 0))?;
        let Some(begin) = begin.flatten() else { return Ok(None) };
        after = after.max(begin);
    }
    if let Some(until) = filter.until {
        let sql = "SELECT max(behind) FROM account_event_hours WHERE account = ?1 AND hour <= ?2";
        let begin = reader.find(sql, params![account, hour_of(until.timestamp_micros())], |row| optional_position(row, 0))?;
        let Some(begin) = begin.flatten() else { return Ok(None) };
        let sql = "SELECT min(behind) FROM account_event_hours WHERE account = ?1 AND behind > ?2";
        let end = reader.find(sql, params![account, PositionKey::new(begin)], |row| optional_position(row, 0))?;
        last = end.flatten();
    }
    Ok(last.is_none_or(|last| after < last).then(|| Stretch(PositionKey::new(after), PositionKey::before(last))))
}

/// The last position that is looked at, if there are more than may be.
fn last_examined(reader: &Reader, wanted: &Wanted, stretch: &Stretch) -> Result<Option<Position>, ViewsError> {
    let (from, to, most) = (stretch.0, stretch.1, limit_of(EXAMINED));
    match wanted.repository {
        None => reader.find(
            "SELECT position FROM account_events WHERE account = ?1 AND position > ?2 AND position <= ?3
              ORDER BY position LIMIT 1 OFFSET ?4",
            params![wanted.account, from, to, most],
            |row| position(row, 0),
        ),
        Some(repository) => reader.find(
            "SELECT position FROM account_events INDEXED BY account_events_by_repository
              WHERE account = ?1 AND repository = ?5 AND position > ?2 AND position <= ?3
              ORDER BY position LIMIT 1 OFFSET ?4",
            params![wanted.account, from, to, most, repository],
            |row| position(row, 0),
        ),
    }
}

/// A query of places. Where a repository is wanted, its index is: SQLite holds the account's own order for as good, which it is not where an
/// account has many.
macro_rules! select_places {
    ($by:literal, $among:literal) => {
        concat!(
            "SELECT position, previous FROM account_events ",
            $by,
            " WHERE account = ?1 AND position > ?2 AND position <= ?3 AND ",
            $among,
            " AND (?5 IS NULL OR actor = ?5) AND (?6 IS NULL OR type = ?6) AND (?7 IS NULL OR stream_type = ?7)
              AND (?8 IS NULL OR subject = ?8) AND (?9 IS NULL OR organization = ?9)
              AND (?10 IS NULL OR at >= ?10) AND (?11 IS NULL OR at < ?11)
              ORDER BY position LIMIT ?12"
        )
    };
}

fn list(reader: &Reader, wanted: &Wanted, filter: &EventFilter, stretch: &Stretch, limit: usize) -> Result<Vec<EventPlace>, ViewsError> {
    let sql = match wanted.repository {
        Some(_) => select_places!("INDEXED BY account_events_by_repository", "repository = ?4"),
        None => select_places!("NOT INDEXED", "?4 IS NULL"),
    };
    let micros = |time: Option<Timestamp>| time.map(|time| time.timestamp_micros());
    reader.list(
        sql,
        params![
            wanted.account,
            stretch.0,
            stretch.1,
            wanted.repository,
            wanted.actor,
            wanted.event_type,
            wanted.stream_type,
            wanted.subject,
            wanted.organization,
            micros(filter.from),
            micros(filter.until),
            limit_of(limit)
        ],
        place,
    )
}

fn place(row: &Row<'_>) -> rusqlite::Result<EventPlace> {
    Ok(EventPlace { position: position(row, 0)?, previous: position(row, 1)? })
}
