//! The master key: 32 bytes that every other key of the process is derived from.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use thiserror::Error;

use super::hex;

/// A master key. Nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; MasterKey::BYTES]);

/// Why what was read is no master key. Says nothing of what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoMasterKey {
    /// Neither bytes nor text of one.
    #[error("a master key is 32 bytes, in text as 64 hexadecimal digits or in base64")]
    Malformed,
    /// Somebody may have meant it as 32 bytes.
    #[error(
        "32 characters of text are no master key, since they would be a far weaker one: in text it has 64 hexadecimal digits, or is base64"
    )]
    Phrase,
}

/// Which master key something was made with: short, and no help in finding the key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MasterKeyId(String);

impl MasterKey {
    /// Length of a master key.
    pub const BYTES: usize = 32;

    /// The key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads a key as files and programs give it: as 32 bytes and no more, or in text. What is text throughout is no random bytes: one key in
    /// 10^13 would be.
    ///
    /// # Errors
    /// [`NoMasterKey`] if it is neither.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoMasterKey> {
        let is_text = bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        match bytes.try_into() {
            Ok(key) if !is_text => Ok(Self(key)),
            Ok(_) | Err(_) => Self::from_text(std::str::from_utf8(bytes).map_err(|_| NoMasterKey::Malformed)?),
        }
    }

    /// Reads a key in text: 64 hexadecimal digits, or base64 of either alphabet, with white space around it or none. A text of 32 letters is
    /// no key here: that would be a far weaker one.
    ///
    /// # Errors
    /// [`NoMasterKey`] if it is neither.
    pub fn from_text(text: &str) -> Result<Self, NoMasterKey> {
        let text = text.trim();
        if text.chars().count() == Self::BYTES {
            return Err(NoMasterKey::Phrase);
        }
        let bytes = if text.len() == 2 * Self::BYTES { from_hex(text) } else { from_base64(text) };
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(NoMasterKey::Malformed)
    }

    pub(super) fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("MasterKey").finish_non_exhaustive()
    }
}

impl MasterKeyId {
    pub(super) fn of(derived: &[u8]) -> Self {
        Self(hex(derived))
    }

    /// Its text: 16 lower-case hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for MasterKeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| digit.to_digit(16).and_then(|digit| digit.try_into().ok())).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE].iter().find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose;

    use super::*;

    const KEY: [u8; 32] = [0xfb; 32];

    #[test]
    fn a_key_is_read_from_bytes_hexadecimal_digits_and_base64() {
        let key = MasterKey::new(KEY);
        assert_eq!(MasterKey::from_bytes(&KEY), Ok(key.clone()));
        let standard = general_purpose::STANDARD.encode(KEY);
        let url_safe = general_purpose::URL_SAFE_NO_PAD.encode(KEY);
        for text in [hex(&KEY), hex(&KEY).to_uppercase(), standard, url_safe, format!(" {}\n", hex(&KEY))] {
            assert_eq!(MasterKey::from_text(&text), Ok(key.clone()), "{text}");
            assert_eq!(MasterKey::from_bytes(text.as_bytes()), Ok(key.clone()), "{text}");
        }
    }

    #[test]
    fn what_is_too_short_or_too_long_or_a_phrase_is_no_key() {
        for bytes in [&[][..], &[1; 31], &[1; 33], &[0xff; 64]] {
            assert_eq!(MasterKey::from_bytes(bytes), Err(NoMasterKey::Malformed), "{bytes:?}");
        }
        let short = general_purpose::STANDARD.encode([1; 31]);
        let thirty_one_and_a_line_end = format!("{}\n", "0".repeat(31));
        for text in ["", &thirty_one_and_a_line_end, &"0".repeat(63), &"x".repeat(64), &short] {
            assert_eq!(MasterKey::from_text(text), Err(NoMasterKey::Malformed), "{text}");
            assert_eq!(MasterKey::from_bytes(text.as_bytes()), Err(NoMasterKey::Malformed), "{text}");
        }
        for text in ["correct horse battery staple 123", &"0".repeat(32), "0123456789abcdef0123456789abcdef\n"] {
            assert_eq!(MasterKey::from_text(text), Err(NoMasterKey::Phrase), "{text}");
            assert_eq!(MasterKey::from_bytes(text.as_bytes()), Err(NoMasterKey::Phrase), "{text}");
        }
    }

    #[test]
    fn no_key_is_printed() {
        assert_eq!(format!("{:?}", MasterKey::new(KEY)), "MasterKey(..)");
    }
}
