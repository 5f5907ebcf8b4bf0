//! Which events belong to which account (requirement E3), and where they are in the log, which alone holds them.
//!
//! Streams of accounts, users, groups and names belong to their account; those of organizations, repositories and blob links to the account
//! that owned the organization when the event was recorded, or owned it last. Blobs belong to nobody: what two accounts push is stored once.

mod apply;
mod queries;
mod subjects;

pub(crate) use apply::apply;
pub use queries::{EventFilter, EventPlace, EventPlaces, list_account_events};
pub use subjects::{EventSubject, list_event_subjects};
