//! What the stores that keep their things in SQLite files have in common: how many requests come into one commit, how reading connections are lent,
//! and how a file gets its newest shape.

mod connections;
mod migrations;
mod queue;

pub(crate) use connections::Connections;
pub(crate) use migrations::migrate;
pub(crate) use queue::{AbandonAtEnd, Queue, Waiting};
