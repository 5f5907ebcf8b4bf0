//! The bearer-token flow (Docker Registry v2 authentication specification): a login is exchanged for a short signed token.
//!
//! A token says who asks and for what it was asked, never what is allowed: that is looked up on every request.

pub(crate) mod claims;
mod endpoint;
pub(crate) mod jwt;
pub(crate) mod openapi;

pub(crate) use endpoint::{get, post};

/// What tokens are for, in challenges and in the tokens themselves.
pub(crate) const SERVICE: &str = "ambar";
