//! Parameters of the own API. Those that are not known are passed over; an empty one counts as not given.

use std::str::FromStr;

use ambar_domain::clock::Timestamp;
use chrono::DateTime;

use super::error::V1Error;
use crate::call::Call;

/// Items in a page if nothing is said, and at most.
const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1_000;

/// The parameter's text.
pub(super) fn text(call: &Call, name: &str) -> Option<String> {
    call.query().first(name).filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned)
}

/// The parameter, which must be what is expected of it.
pub(super) fn parsed<T: FromStr>(call: &Call, name: &'static str, expected: &'static str) -> Result<Option<T>, V1Error> {
    text(call, name).map(|text| text.parse().map_err(|_| V1Error::Parameter { name, expected })).transpose()
}

/// A moment.
pub(super) fn moment(call: &Call, name: &'static str) -> Result<Option<Timestamp>, V1Error> {
    let expected = "a time as RFC 3339 writes it, such as 2027-01-31T00:00:00Z";
    let read = |text: String| DateTime::parse_from_rfc3339(&text).map_err(|_| V1Error::Parameter { name, expected });
    Ok(text(call, name).map(read).transpose()?.map(|time| time.to_utc()))
}

/// How many items a page has.
pub(super) fn limit(call: &Call) -> Result<usize, V1Error> {
    let expected = "a number from 1 to 1000";
    let limit = parsed(call, "limit", expected)?.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) { Ok(limit) } else { Err(V1Error::Parameter { name: "limit", expected }) }
}

/// What the page before gave.
pub(super) fn cursor<T: FromStr>(call: &Call) -> Result<Option<T>, V1Error> {
    parsed(call, "cursor", "what the page before gave")
}

/// Cuts off what shows that there is another page, and tells whether it was there.
pub(super) fn cut<T>(mut listed: Vec<T>, limit: usize) -> (Vec<T>, bool) {
    let more = listed.len() > limit;
    listed.truncate(limit);
    (listed, more)
}
