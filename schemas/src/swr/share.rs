//! Shares of an image with another account, which the management API calls a domain.

use ambar_domain::clock::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time;

/// The word for a share without an end.
pub const FOREVER: &str = "forever";

/// The one permission there is.
pub const READ: &str = "read";

/// The body of a new share and of a change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct WantedShare {
    /// The other account's name; in the path of a change.
    pub access_domain: Option<String>,
    /// `read`.
    pub permit: Option<String>,
    /// `forever`, or a time in UTC.
    pub deadline: Option<String>,
    /// Free text.
    pub description: Option<String>,
}

/// A share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Share {
    /// The organization.
    pub namespace: String,
    /// The name inside the organization.
    pub repository: String,
    /// The other account's name.
    pub access_domain: String,
    /// `read`.
    pub permit: &'static str,
    /// `forever`, or a time in UTC.
    pub deadline: String,
    /// Free text.
    pub description: String,
    /// The id of the user who shared; empty if it was not a user.
    pub creator_id: String,
    /// The name of the user who shared.
    pub creator_name: String,
    /// When it was shared.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub created: Timestamp,
    /// When the share was changed last.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub updated: Timestamp,
    /// Whether it holds now.
    pub status: bool,
}

/// The answer to a question about one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MaybeShare {
    /// Whether the image is shared with it.
    pub exist: bool,
    /// The share.
    #[serde(flatten)]
    pub share: Option<Share>,
}

/// The end of a share as the API writes it: `forever`, or seconds in UTC.
#[must_use]
pub fn deadline_text(until: Option<Timestamp>) -> String {
    until.map_or_else(|| FOREVER.to_owned(), |until| until.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

/// Reads an end: `Ok(None)` is for ever.
///
/// # Errors
/// The text is neither `forever` nor a time in UTC, `yyyy-MM-ddTHH:mm:ssZ` with or without a fraction.
pub fn parse_deadline(text: &str) -> Result<Option<Timestamp>, InvalidDeadline> {
    if text == FOREVER {
        return Ok(None);
    }
    let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| InvalidDeadline)?;
    if text.ends_with('Z') { Ok(Some(time.to_utc())) } else { Err(InvalidDeadline) }
}

/// The text is no end of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a deadline is 'forever' or a time in UTC such as 2027-01-31T00:00:00Z")]
pub struct InvalidDeadline;
