//! Organization names (requirement P4): 1–64 characters, region-wide unique.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::newtype::checked_text;

/// `/v2/manage/…` is the management API's; `library` is what clients take for the organization of an image without one.
const RESERVED: &[&str] = &["library", "manage"];

/// The name of an organization, such as `team-a`: `^([a-z]+(?:(?:(?:_|__|[-]*)[a-z0-9]+)+)?)$`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrganizationName(String);

checked_text!(OrganizationName, InvalidOrganizationName, {
    "pattern": "^[a-z][a-z0-9]*((_|__|-+)[a-z0-9]+)*$",
    "minLength": 1,
    "maxLength": 64,
});

/// The text is no organization name; the message begins as SWR's clients know it (requirement P4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "name invalid: 'namespace' is invalid; it begins with a lower-case letter and goes on with lower-case letters and digits, \
     among them single or double '_' and any number of '-', up to 64 characters"
)]
pub struct InvalidOrganizationName;

impl OrganizationName {
    /// For a part of a name that was checked as a whole.
    pub(crate) fn unchecked(checked: &str) -> Self {
        Self(checked.to_owned())
    }

    fn check(text: &str) -> Result<(), InvalidOrganizationName> {
        let starts_with_letter = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        let valid = text.len() <= 64 && starts_with_letter && is_separated_alphanumeric(text) && !RESERVED.contains(&text);
        if valid { Ok(()) } else { Err(InvalidOrganizationName) }
    }
}

/// Runs of `[a-z0-9]+` joined by `_`, `__` or any number of `-`: what P4 allows inside one path component.
pub(crate) fn is_separated_alphanumeric(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_alphanumeric = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9');
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    if !is_alphanumeric(first) || !is_alphanumeric(last) {
        return false;
    }
    bytes.split(is_alphanumeric).all(|separator| matches!(separator, b"" | b"_" | b"__") || separator.iter().all(|b| *b == b'-'))
}
