//! Ambar's background jobs. Each is a `reconcile` that takes no input, reads the state and acts on it; safe to run twice at once.

#![deny(clippy::future_not_send)]

pub mod closed_accounts;
mod context;
#[cfg(test)]
mod counting_ids;
pub mod delegation_expiry;
pub mod runtime;
pub mod share_expiry;
pub mod upload_expiry;
pub mod usage;
mod walk;
