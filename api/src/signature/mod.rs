//! Request signatures of the API, `SDK-HMAC-SHA256` (requirement I6): pure functions from a request, a secret key and the time to a verdict,
//! and, for the command line, to a signature.
//!
//! - Whatever set of headers was signed is taken, as long as the date is among them: clients differ in what they sign.
//! - The body is always covered, also where a client states a hash of it or that it has none: clients do so for bodies that are not JSON, and
//!   the API has no such call.
//! - What could be read in two ways is refused: a signed header that is there twice, a name that is listed twice.
//! - A signature is good within 15 minutes of its date, before and behind. Within that time it can be sent again; TLS is what keeps it from others.

mod canonical;
mod header;
mod sign;

use ambar_domain::clock::Timestamp;
use chrono::{Duration, NaiveDateTime};
use http::request::Parts;
use ring::{digest, hmac};
use thiserror::Error;

pub use header::{Signature, is_signature};
pub use sign::sign;

const ALGORITHM: &str = "SDK-HMAC-SHA256";
const DATE: &str = "x-sdk-date";

/// How a date is written in a signature.
const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// How far the date of a signature may be from the time at which it is checked.
const MAX_SKEW: Duration = Duration::minutes(15);

/// Why a signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The header is not what a signature looks like.
    #[error("the signature is malformed")]
    Malformed,
    /// No date, none that can be read, or one that is not signed.
    #[error("the signature has no signed date")]
    DateMissing,
    /// The date is too long ago or too far ahead.
    #[error("the signature was made at {signed_at}, more than 15 minutes from {now}")]
    Expired {
        /// What the signature says.
        signed_at: Timestamp,
        /// What the time is.
        now: Timestamp,
    },
    /// It was made with another secret or for another request.
    #[error("the signature is not that of this request")]
    Wrong,
}

/// Checks that the request was signed with the secret key within 15 minutes of `now`.
///
/// # Errors
/// Says what is wrong. Whether the secret or the request is another one is not told apart.
pub fn verify(signature: &Signature<'_>, request: &Parts, body: &[u8], secret: &str, now: Timestamp) -> Result<(), SignatureError> {
    let date = signed_date(signature, request)?;
    let signed_at = read_date(date).ok_or(SignatureError::DateMissing)?;
    if (now - signed_at).abs() > MAX_SKEW {
        return Err(SignatureError::Expired { signed_at, now });
    }
    let text = string_to_sign(date, &canonical::request(signature.signed_headers(), request, body)?);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    // In constant time, so that nobody can find a signature letter by letter.
    hmac::verify(&key, text.as_bytes(), signature.mac()).map_err(|_| SignatureError::Wrong)
}

fn signed_date<'a>(signature: &Signature<'_>, request: &'a Parts) -> Result<&'a str, SignatureError> {
    if !signature.covers(DATE) {
        return Err(SignatureError::DateMissing);
    }
    request.headers.get(DATE).and_then(|date| date.to_str().ok()).map(str::trim).ok_or(SignatureError::DateMissing)
}

/// A date such as `20260102T030405Z`, in exactly this form: what is signed is the text.
fn read_date(text: &str) -> Option<Timestamp> {
    let has_its_form = text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    let date = NaiveDateTime::parse_from_str(text, DATE_FORMAT).ok().filter(|_| has_its_form)?;
    Some(date.and_utc())
}

fn string_to_sign(date: &str, canonical_request: &[u8]) -> String {
    format!("{ALGORITHM}\n{date}\n{}", hash(canonical_request))
}

/// SHA-256 in lower-case hex.
fn hash(bytes: &[u8]) -> String {
    crate::keys::hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests;
