//! Positions and times as the views store them.

use ambar_domain::clock::Timestamp;
use ambar_storage::event_log::Position;
use rusqlite::ToSql;
use rusqlite::types::ToSqlOutput;
use thiserror::Error;

/// A position as a byte string that sorts as positions do.
///
/// Each of its two numbers is its length in bytes, then its bytes with the biggest first: five bytes for the first 16 million
/// positions of an SQL log, where two integer columns or a text would take more and sort in no single comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PositionKey {
    bytes: [u8; 18],
    length: usize,
}

impl PositionKey {
    pub(crate) fn new(position: Position) -> Self {
        let mut key = Self { bytes: [0; 18], length: 0 };
        key.push(position.0);
        key.push(position.1);
        key
    }

    /// The end of what lies before a place, or of everything.
    pub(crate) fn before(position: Option<Position>) -> Self {
        Self::new(position.unwrap_or(Position(u64::MAX, u64::MAX)))
    }

    fn push(&mut self, number: u64) {
        let bytes = number.to_be_bytes();
        let skipped = number.leading_zeros() as usize / 8;
        let count = bytes.len() - skipped;
        // At most 8, so it fits.
        self.bytes[self.length] = count as u8;
        self.bytes[self.length + 1..][..count].copy_from_slice(&bytes[skipped..]);
        self.length += 1 + count;
    }

    /// The position that was stored so.
    pub(crate) fn read(bytes: &[u8]) -> Result<Position, InvalidKey> {
        let (first, rest) = pull(bytes)?;
        let (second, rest) = pull(rest)?;
        if rest.is_empty() { Ok(Position(first, second)) } else { Err(InvalidKey) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// The bytes are no stored position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the bytes are no position")]
pub(crate) struct InvalidKey;

/// The number at the beginning, and what is behind it.
fn pull(bytes: &[u8]) -> Result<(u64, &[u8]), InvalidKey> {
    let (count, rest) = bytes.split_first().ok_or(InvalidKey)?;
    let (digits, rest) = rest.split_at_checked(usize::from(*count)).ok_or(InvalidKey)?;
    if digits.len() > 8 {
        return Err(InvalidKey);
    }
    Ok((digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit)), rest))
}

impl ToSql for PositionKey {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_bytes()))
    }
}

/// Where and when an event was recorded: the end of what was so before and the beginning of what is so since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) position: PositionKey,
    /// The place right before it in the log.
    pub(crate) previous: PositionKey,
    /// Microseconds since 1970 in UTC.
    pub(crate) at: i64,
}

impl Place {
    pub(crate) fn new(previous: Position, position: Position, at: Timestamp) -> Self {
        Self { position: PositionKey::new(position), previous: PositionKey::new(previous), at: at.timestamp_micros() }
    }
}

#[cfg(test)]
mod tests {
    use ambar_storage::event_log::Position;
    use proptest::prelude::*;

    use super::PositionKey;

    proptest! {
        #[test]
        fn a_position_survives_as_its_key(a: u64, b: u64, shift in 0..64_u32) {
            let position = Position(a >> shift, b);
            prop_assert_eq!(PositionKey::read(PositionKey::new(position).as_bytes()), Ok(position));
        }

        #[test]
        fn no_bytes_break_the_reading_of_keys(bytes: Vec<u8>) {
            let _ = PositionKey::read(&bytes);
        }

        #[test]
        fn keys_sort_as_positions_do(a: u64, b: u64, c: u64, d: u64, shift in 0..64_u32) {
            let (left, right) = (Position(a >> shift, b), Position(c >> shift, d));
            prop_assert_eq!(PositionKey::new(left).as_bytes().cmp(PositionKey::new(right).as_bytes()), left.cmp(&right));
            let (left, right) = (Position(a, b >> shift), Position(a, d >> shift));
            prop_assert_eq!(PositionKey::new(left).as_bytes().cmp(PositionKey::new(right).as_bytes()), left.cmp(&right));
        }
    }
}
