//! Exit codes: few, and kept as they are, since programs look at them.

use anyhow::Error;
use http::StatusCode;

use crate::client::Failure;
use crate::remote::NotThere;

/// What `ambar help` says of them. 2 comes from the parsing of the command line.
pub(super) const HELP: &str = "\
Exit codes:
  0  done
  1  refused or failed; standard error says why
  2  the command line is wrong
  3  what was named does not exist, or you may not know of it
  4  not logged in, or not allowed
  5  the server cannot be reached";

const FAILED: u8 = 1;
const NOT_THERE: u8 = 3;
const NOT_ALLOWED: u8 = 4;
const UNREACHABLE: u8 = 5;

/// No server is known to ask.
#[derive(Debug)]
pub(super) struct NotLoggedIn;

impl std::fmt::Display for NotLoggedIn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("this is done on a server, and none is known: `ambar login https://registry.example.com` tells which")
    }
}

impl std::error::Error for NotLoggedIn {}

/// The code that a command fails with.
pub(super) fn code(error: &Error) -> u8 {
    if error.is::<NotThere>() {
        return NOT_THERE;
    }
    if error.is::<NotLoggedIn>() {
        return NOT_ALLOWED;
    }
    match error.downcast_ref() {
        Some(Failure::Refused { status: StatusCode::NOT_FOUND, .. }) => NOT_THERE,
        Some(Failure::Refused { status: StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, .. }) => NOT_ALLOWED,
        Some(Failure::Unreachable { .. }) => UNREACHABLE,
        Some(Failure::Refused { .. } | Failure::NotTheApi { .. }) | None => FAILED,
    }
}
