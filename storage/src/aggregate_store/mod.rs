//! The aggregates over the event log: who sends a command here gets its events recorded, or the reason why not.
//!
//! [`Commands`] runs an aggregate in an unmodified `cqrs_es::CqrsFramework`. Below it, [`AggregateStore`] keeps the lock of an aggregate
//! from load to enqueue only, so commands on one aggregate share a group commit, and keeps recently used aggregates in memory.

mod cold;
mod commands;
mod context;
mod outcome;
mod slots;
mod snapshots;
mod store;
#[cfg(test)]
mod tests;

pub use commands::{Aggregates, CommandError, Commands, Committed, NotVisible};
pub use context::CommandContext;
pub use snapshots::{Snapshot, SnapshotStore, SqliteSnapshots};
pub use store::AggregateStore;
