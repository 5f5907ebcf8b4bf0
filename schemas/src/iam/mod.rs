//! What the identity service answers, `/v3` and `/v3.0`.
//!
//! The shapes are those of Keystone and of the service's own extensions, with the fields of both where they differ: clients pass over those that
//! they do not know.

pub mod access_mode;
pub mod agency;
pub mod credential;
pub mod error;
pub mod group;
pub mod link;
pub mod project;
pub mod role;
pub mod security_token;
pub mod token;
pub mod user;
