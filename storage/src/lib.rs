//! Ambar's stores, each a small port beside its real implementations: the event log, the aggregates over it, and the blobs; and what is counted before it
//! becomes events.

#![deny(clippy::future_not_send)]

pub mod aggregate_store;
pub mod blobs;
pub mod event_log;
mod sqlite;
pub mod usage;
