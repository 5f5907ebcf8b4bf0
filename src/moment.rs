//! Moments as people write them on the command line.

use std::str::FromStr;

use ambar_domain::clock::Timestamp;
use ambar_schemas::swr::share::FOREVER;
use chrono::{DateTime, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// How a time is written, for who got it wrong.
const WRITTEN: &str = "a time is a day, a time of it and a zone, such as 2027-01-31T18:00:00Z, or a day alone, such as 2027-01-31";

/// Reads a time; a day alone is its beginning, in UTC.
pub(crate) fn read(text: &str) -> Result<Timestamp, &'static str> {
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    time.ok().or_else(|| day(text).map(midnight)).ok_or(WRITTEN)
}

/// Reads when something ends; a day alone counts in full: it ends with the next one's beginning.
pub(crate) fn read_end(text: &str) -> Result<Timestamp, &'static str> {
    match day(text) {
        Some(day) => day.succ_opt().map(midnight).ok_or(WRITTEN),
        None => read(text),
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// When something ends that need not: a day, with which it ends, a time, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct End(pub(crate) Option<Timestamp>);

impl End {
    /// The word for never.
    pub(crate) const FOREVER: &str = FOREVER;
}

impl FromStr for End {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == FOREVER {
            return Ok(Self(None));
        }
        let end = read_end(text).map_err(|_| "give a day such as 2027-01-31, a time such as 2027-01-31T18:00:00Z, or 'forever'")?;
        Ok(Self(Some(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_zone_and_whoever_got_it_wrong_is_shown_one() {
        assert_eq!(read("2027-01-31T18:00:00Z").unwrap(), read("2027-01-31T19:00:00+01:00").unwrap());
        for text in ["2027-02-30", "2027-01-31T18:00:00", "yesterday", ""] {
            assert!(read(text).unwrap_err().contains("such as 2027-01-31T18:00:00Z"), "{text}");
            assert_eq!(read_end(text), read(text), "{text}");
        }
    }

    #[test]
    fn a_day_alone_begins_at_midnight_in_utc_and_ends_with_the_next_one() {
        assert_eq!(read("2027-01-31"), read("2027-01-31T00:00:00Z"));
        assert_eq!(read_end("2027-01-31"), read("2027-02-01T00:00:00Z"));
        assert_eq!(read_end("2027-01-31T18:00:00Z"), read("2027-01-31T18:00:00Z"));
    }

    #[test]
    fn what_ends_on_a_day_ends_with_it() {
        let end = |text: &str| text.parse::<End>().map(|end| end.0);
        assert_eq!(end("2027-01-31").unwrap(), read("2027-02-01T00:00:00Z").ok());
        assert_eq!(end("2027-01-31T18:00:00Z").unwrap(), read("2027-01-31T18:00:00Z").ok());
        assert_eq!(end("forever").unwrap(), None);
        for text in ["2027-02-30", "tomorrow", "", "2027-01-31T18:00:00"] {
            end(text).expect_err(text);
        }
    }
}
