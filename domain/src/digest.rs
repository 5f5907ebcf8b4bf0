//! Digests: `algorithm:hex` over the bytes of a blob (OCI image-spec, "Digests").

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::newtype::checked_text;

/// A hash function that Ambar verifies content with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256: 64 hex digits.
    Sha256,
    /// SHA-512: 128 hex digits.
    Sha512,
}

impl Algorithm {
    /// The name in front of the colon.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// How many hex digits a digest of this algorithm has.
    #[must_use]
    pub fn hex_len(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl std::str::FromStr for Algorithm {
    type Err = InvalidDigest;
    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        match text {
            "sha256" => Ok(Self::Sha256),
            "sha512" => Ok(Self::Sha512),
            _ => Err(InvalidDigest::UnsupportedAlgorithm),
        }
    }
}

/// The name of a blob: a supported algorithm and its lower-case hex value, such as `sha256:9f86…`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

checked_text!(Digest, InvalidDigest, { "pattern": "^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$" });

/// Why a text is not a digest that Ambar takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidDigest {
    /// There is no colon between an algorithm and a value.
    #[error("a digest is written algorithm:hex")]
    Malformed,
    /// The algorithm is none of sha256 and sha512.
    #[error("the digest algorithm is not supported; use sha256 or sha512")]
    UnsupportedAlgorithm,
    /// The value has the wrong length or a character that is not lower-case hex.
    #[error("the digest value is not lower-case hex of the algorithm's length")]
    InvalidHex,
}

impl Digest {
    fn check(text: &str) -> Result<(), InvalidDigest> {
        let (algorithm, hex) = text.split_once(':').ok_or(InvalidDigest::Malformed)?;
        let algorithm: Algorithm = algorithm.parse()?;
        let is_hex = hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex.len() == algorithm.hex_len() && is_hex { Ok(()) } else { Err(InvalidDigest::InvalidHex) }
    }

    /// Names the bytes whose hash is `hash` (32 bytes for SHA-256, 64 for SHA-512).
    ///
    /// # Errors
    /// [`InvalidDigest::InvalidHex`] if the hash has another length.
    pub fn from_hash(algorithm: Algorithm, hash: &[u8]) -> Result<Self, InvalidDigest> {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        if hash.len() * 2 != algorithm.hex_len() {
            return Err(InvalidDigest::InvalidHex);
        }
        let mut text = String::with_capacity(algorithm.as_str().len() + 1 + algorithm.hex_len());
        text.push_str(algorithm.as_str());
        text.push(':');
        for byte in hash {
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
        Ok(Self(text))
    }

    /// The hash function in front of the colon.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        if self.0.starts_with("sha256:") { Algorithm::Sha256 } else { Algorithm::Sha512 }
    }

    /// The lower-case hex behind the colon.
    #[must_use]
    pub fn hex(&self) -> &str {
        &self.0[self.algorithm().as_str().len() + 1..]
    }

    /// The bytes that the hex stands for.
    #[must_use]
    pub fn hash(&self) -> DigestHash {
        let hex = self.hex().as_bytes();
        let mut hash = DigestHash { bytes: [0; 64], length: hex.len() / 2 };
        for (byte, pair) in hash.bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = nibble(pair[0]) << 4 | nibble(pair[1]);
        }
        hash
    }
}

/// The bytes of a digest's hash; their number tells the algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DigestHash {
    bytes: [u8; 64],
    length: usize,
}

impl AsRef<[u8]> for DigestHash {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// The value of a lower-case hex digit; a digest has no other characters.
fn nibble(digit: u8) -> u8 {
    if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
