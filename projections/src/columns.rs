//! From stored values back to the types of the domain.

use std::error::Error;
use std::str::FromStr;

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Digest;
use ambar_domain::level::{Level, Role};
use ambar_storage::event_log::Position;
use rusqlite::types::Type;
use rusqlite::{Result, Row};

use crate::names::digest_of;
use crate::place::PositionKey;

/// As an expression of SQL: what the newest row of a table under a key says, and NULL if that has ended or there is none.
///
/// For tables whose primary keys are that key and `from_position`. It reads the table alone, where a look at the rows that have not ended goes
/// through an index of them first: twice as many pages, which is what a query costs behind a write, when a connection has forgotten its own.
macro_rules! newest {
    ($column:literal of $table:literal where $key:literal) => {
        concat!(
            "(SELECT CASE WHEN until_position IS NULL THEN ",
            $column,
            " END FROM ",
            $table,
            " WHERE ",
            $key,
            " ORDER BY from_position DESC LIMIT 1)"
        )
    };
}
pub(crate) use newest;

/// A text that was checked before it was written.
pub(crate) fn text<T: FromStr<Err: Error + Send + Sync + 'static>>(row: &Row<'_>, column: usize) -> Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|error| unreadable(column, Type::Text, error))
}

/// The same, where there may be none.
pub(crate) fn optional_text<T: FromStr<Err: Error + Send + Sync + 'static>>(row: &Row<'_>, column: usize) -> Result<Option<T>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else { return Ok(None) };
    text.parse().map(Some).map_err(|error| unreadable(column, Type::Text, error))
}

pub(crate) fn digest(row: &Row<'_>, column: usize) -> Result<Digest> {
    digest_of(row.get_ref(column)?.as_blob()?).map_err(|error| unreadable(column, Type::Blob, error))
}

/// The same, where there may be none.
pub(crate) fn optional_digest(row: &Row<'_>, column: usize) -> Result<Option<Digest>> {
    let Some(hash) = row.get_ref(column)?.as_blob_or_null()? else { return Ok(None) };
    digest_of(hash).map(Some).map_err(|error| unreadable(column, Type::Blob, error))
}

pub(crate) fn size(row: &Row<'_>, column: usize) -> Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|error| unreadable(column, Type::Integer, error))
}

pub(crate) fn optional_time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    let Some(micros) = row.get(column)? else { return Ok(None) };
    Timestamp::from_timestamp_micros(micros).map(Some).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, micros))
}

pub(crate) fn time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    let micros = row.get(column)?;
    Timestamp::from_timestamp_micros(micros).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, micros))
}

pub(crate) fn position(row: &Row<'_>, column: usize) -> Result<Position> {
    PositionKey::read(row.get_ref(column)?.as_blob()?).map_err(|error| unreadable(column, Type::Blob, error))
}

/// The same, where there may be none.
pub(crate) fn optional_position(row: &Row<'_>, column: usize) -> Result<Option<Position>> {
    let Some(key) = row.get_ref(column)?.as_blob_or_null()? else { return Ok(None) };
    PositionKey::read(key).map(Some).map_err(|error| unreadable(column, Type::Blob, error))
}

pub(crate) fn optional_level(row: &Row<'_>, column: usize) -> Result<Option<Level>> {
    match row.get(column)? {
        None => Ok(None),
        Some(1) => Ok(Some(Level::Read)),
        Some(2) => Ok(Some(Level::Edit)),
        Some(3) => Ok(Some(Level::Manage)),
        Some(other) => Err(rusqlite::Error::IntegralValueOutOfRange(column, other)),
    }
}

pub(crate) fn level(row: &Row<'_>, column: usize) -> Result<Level> {
    optional_level(row, column)?.ok_or(rusqlite::Error::IntegralValueOutOfRange(column, 0))
}

pub(crate) fn role(row: &Row<'_>, column: usize) -> Result<Role> {
    match row.get_ref(column)?.as_str()? {
        "swr_administrator" => Ok(Role::SwrAdministrator),
        "tenant_administrator" => Ok(Role::TenantAdministrator),
        _ => Err(rusqlite::Error::InvalidColumnType(column, "role".to_owned(), Type::Text)),
    }
}

/// A number of rows as SQLite takes it.
pub(crate) fn limit_of(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// The lines of a text; none where there is no text.
pub(crate) fn lines(row: &Row<'_>, column: usize) -> Result<Vec<String>> {
    let text = row.get_ref(column)?.as_str_or_null()?;
    Ok(text.into_iter().flat_map(str::lines).map(str::to_owned).collect())
}

fn unreadable(column: usize, stored: Type, error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, stored, Box::new(error))
}
