//! Ranges: `Range` of a download (RFC 9110, 14.2) and `Content-Range` of an upload's chunk (distribution-spec, "Pushing a blob in chunks").

use std::ops::Range;

/// What a `Range` header asks of content with a known size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// All of it: the header is in another unit or asks for several ranges, which a server may answer with the whole.
    Whole,
    /// These bytes; the range is not empty and lies inside the content.
    Part(Range<u64>),
    /// Nothing that exists, or the header is malformed.
    Unsatisfiable,
}

/// Reads a `Range` header for content of `size` bytes.
#[must_use]
pub fn parse_range(header: &str, size: u64) -> Requested {
    let Some((unit, spec)) = header.split_once('=') else { return Requested::Unsatisfiable };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Requested::Whole;
    }
    if spec.contains(',') {
        return Requested::Whole;
    }
    let Some((first, last)) = spec.trim().split_once('-') else { return Requested::Unsatisfiable };
    let range = match (first, last) {
        ("", suffix) => number(suffix).map(|length| size.saturating_sub(length)..size),
        (first, "") => number(first).map(|first| first..size),
        (first, last) => number(first).zip(number(last)).map(|(first, last)| first..last.saturating_add(1).min(size)),
    };
    match range {
        Some(range) if range.start < range.end => Requested::Part(range),
        Some(_) | None => Requested::Unsatisfiable,
    }
}

/// Reads the `Content-Range` of a chunk, `first-last`, both inclusive; `bytes first-last/size` is understood as well.
///
/// Gives the chunk's place in the blob, or nothing if the header is malformed.
#[must_use]
pub fn parse_content_range(header: &str) -> Option<Range<u64>> {
    let header = header.trim();
    let header = header.strip_prefix("bytes").map_or(header, |rest| rest.trim_start_matches([' ', '=']));
    let (range, _size) = header.split_once('/').unwrap_or((header, "*"));
    let (first, last) = range.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    let end = last.checked_add(1)?;
    (first < end).then_some(first..end)
}

/// Digits only: no sign, no space. A number too large for 64 bits is taken as the largest.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_is_found_from_either_end() {
        assert_eq!(parse_range("bytes=500-1499", 2048), Requested::Part(500..1500));
        assert_eq!(parse_range("bytes=500-", 2048), Requested::Part(500..2048));
        assert_eq!(parse_range("bytes=-500", 2048), Requested::Part(1548..2048));
        assert_eq!(parse_range("bytes=2000-5000", 2048), Requested::Part(2000..2048));
        assert_eq!(parse_range("Bytes=-99999999999999999999999", 10), Requested::Part(0..10));
    }

    #[test]
    fn what_does_not_exist_cannot_be_served() {
        for header in ["bytes=500-0", "bytes=5000-10000", "bytes=-0", "bytes=", "bytes=-", "bytes=a-b", "bytes=+1-2", "bytes 1-2", ""] {
            assert_eq!(parse_range(header, 2048), Requested::Unsatisfiable, "{header}");
        }
        assert_eq!(parse_range("bytes=0-", 0), Requested::Unsatisfiable);
    }

    #[test]
    fn several_ranges_and_foreign_units_give_the_whole() {
        assert_eq!(parse_range("bytes=0-1,5-6", 10), Requested::Whole);
        assert_eq!(parse_range("lines=0-1", 10), Requested::Whole);
    }

    #[test]
    fn a_chunk_says_where_it_belongs() {
        assert_eq!(parse_content_range("0-1023"), Some(0..1024));
        assert_eq!(parse_content_range("bytes 1024-2047/4096"), Some(1024..2048));
        for header in ["", "5", "5-4", "-5", "5-", "0-18446744073709551615", "a-b", "0--1"] {
            assert_eq!(parse_content_range(header), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_parsers(header in ".{0,80}", size: u64) {
            if let Requested::Part(range) = parse_range(&header, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
            if let Some(range) = parse_content_range(&header) {
                prop_assert!(range.start < range.end);
            }
        }

        #[test]
        fn every_part_inside_is_found(size in 1_u64..1_000_000, a: u64, b: u64) {
            let (first, last) = (a % size, b % size);
            let expected = if first <= last { Requested::Part(first..last + 1) } else { Requested::Unsatisfiable };
            prop_assert_eq!(parse_range(&format!("bytes={first}-{last}"), size), expected);
        }
    }
}
