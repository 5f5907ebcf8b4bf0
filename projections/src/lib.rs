//! Ambar's read models: folded from the event log into SQLite files that are local to the node and can be deleted.
//!
//! [`Views`] keeps them up to date and hands out [`Reader`]s. Each folder is one read model: what it answers, how events change it, its queries.

pub mod access;
pub mod blobs;
pub mod blocks;
pub mod cards;
pub mod center;
pub mod delegations;
pub mod events;
pub mod identity;
pub mod organizations;
pub mod repositories;
pub mod shares;
pub mod usage;

mod batch;
mod catch_up;
mod columns;
mod error;
mod file;
mod fold;
mod names;
mod open;
mod place;
mod reader;
mod rebuild;
mod views;

pub use error::ViewsError;
pub use reader::{Reader, Snapshot};
pub use views::{State, Status, Views};

#[cfg(test)]
mod tests;
