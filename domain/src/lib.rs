//! Ambar's rules. Value types that cannot be wrong, aggregates that decide, policies that judge.
//!
//! Everything here is pure: data in, events or reasons out. Clock, randomness, environment and I/O come in as
//! parameters of the callers.

#![deny(clippy::wildcard_enum_match_arm)]

pub mod access_key;
pub mod account;
pub mod address;
pub mod aggregate;
pub mod blob;
pub mod blob_link;
pub mod block;
pub mod client_address;
pub mod clock;
pub mod delegation;
pub mod description;
pub mod digest;
pub mod event;
pub mod grants;
pub mod group;
pub mod ids;
pub mod level;
mod life;
pub mod login;
pub mod manifest;
pub mod name_claim;
pub mod names;
mod newtype;
pub mod organization;
pub mod organization_name;
pub mod password;
pub mod policy;
pub mod repository;
pub mod repository_name;
#[cfg(test)]
mod samples;
pub mod tag;
pub mod user;
