//! Tags and references: what stands behind `/manifests/` in a request (OCI distribution-spec, "Pulling manifests").

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::digest::{Digest, InvalidDigest};
use crate::newtype::checked_text;

/// The name of a version, such as `v1.2`: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

checked_text!(Tag, InvalidTag, { "pattern": "^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$" });

/// The text is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a tag is 1 to 128 letters, digits, '_', '.' and '-', and starts with none of '.' and '-'")]
pub struct InvalidTag;

impl Tag {
    fn check(text: &str) -> Result<(), InvalidTag> {
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let valid =
            text.len() <= 128 && text.bytes().next().is_some_and(is_word) && text.bytes().all(|b| is_word(b) || b == b'.' || b == b'-');
        if valid { Ok(()) } else { Err(InvalidTag) }
    }
}

/// Names a manifest inside a repository: by tag, or by digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reference {
    /// By the version's name.
    Tag(Tag),
    /// By the digest of the manifest's bytes.
    Digest(Digest),
}

/// Why a text is no reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidReference {
    /// It has a colon, so it was meant as a digest, and is none.
    #[error(transparent)]
    Digest(#[from] InvalidDigest),
    /// It has no colon and is no tag.
    #[error(transparent)]
    Tag(#[from] InvalidTag),
}

impl FromStr for Reference {
    type Err = InvalidReference;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(':') { Ok(Self::Digest(text.parse()?)) } else { Ok(Self::Tag(text.parse()?)) }
    }
}
