//! Exit codes: few, and kept as they are, since programs look at them.

use anyhow::Error;

use crate::refusal::Kind;

/// What `ambar help` says of them.
pub(super) const HELP: &str = "\
Exit codes:
  0  done
  1  refused or failed; standard error says why
  2  the command line, or a variable in its place, is wrong; where only the configuration file is, it is 1
  3  what was named does not exist, or you may not know of it
  4  not logged in, or not allowed
  5  the server cannot be reached";

/// The code that a command fails with.
pub(super) fn code(error: &Error) -> u8 {
    match Kind::of(error) {
        Kind::Failed => 1,
        Kind::Misused => 2,
        Kind::NotThere => 3,
        Kind::NotAllowed => 4,
        Kind::Unreachable => 5,
    }
}
