//! What travels over the SWR management API (`/v2/manage`, `/v3/manage`): bodies, errors, list parameters and numbers for permissions.
//!
//! Field names are the ones that the SDKs read, oddities included. Everything here is a plain type or a pure function.

pub mod error;
pub mod filter;
pub mod login;
pub mod organization;
pub mod permission;
pub mod quota;
pub mod repository;
pub mod share;
pub mod tag;
pub mod time;
pub mod version;
