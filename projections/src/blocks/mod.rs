//! Who is kept out for a while, what for and until when (requirement P8): users, and everybody at an address.
//!
//! A block that has reached its end counts no more, although its row stays: queries take the moment that they are asked at.

mod apply;
mod queries;

pub(crate) use apply::{apply_address, apply_user, end_user};
pub use queries::{BlockedAddress, BlockedUser, count_blocks, list_blocked_addresses, list_blocked_users};
