//! Moments as people write them on the command line.

use std::str::FromStr;

use ambar_domain::clock::Timestamp;
use ambar_schemas::swr::share::FOREVER;
use chrono::{DateTime, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// Reads a time, and tells who got it wrong how one is written.
pub(crate) fn read(text: &str) -> Result<Timestamp, String> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| "a time is a day, a time of it and a zone, such as 2027-01-31T18:00:00Z")?;
    Ok(time.to_utc())
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
        // A day counts in full: it ends with the next one's beginning.
        let behind = text.parse::<NaiveDate>().ok().and_then(|day| day.succ_opt());
        let midnight = behind.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let end = midnight.or_else(|| read(text).ok());
        end.map(|end| Self(Some(end))).ok_or("give a day such as 2027-01-31, a time such as 2027-01-31T18:00:00Z, or 'forever'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_zone_and_whoever_got_it_wrong_is_shown_one() {
        assert_eq!(read("2027-01-31T18:00:00Z").unwrap(), read("2027-01-31T19:00:00+01:00").unwrap());
        for text in ["2027-01-31", "2027-01-31T18:00:00", "yesterday", ""] {
            assert!(read(text).unwrap_err().ends_with("2027-01-31T18:00:00Z"), "{text}");
        }
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
