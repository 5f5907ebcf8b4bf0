//! What travels over the OCI Distribution and Docker V2 protocols: manifests, errors, lists, ranges and tokens.
//!
//! Everything here is a pure function or a plain type; no HTTP crate is named. Bad input gives an error value, never a panic.

pub mod error;
pub mod manifest;
pub mod media_type;
pub mod range;
pub mod referrers;
pub mod tags;
pub mod token;
