//! With which other accounts repositories are shared: now, until when, and how every share came and went (requirements S1 to S4).
//!
//! A share that has reached its end counts no more, although its row stays until the event that records the end: queries about the present
//! take the moment that they are asked at. Nor does one whose receiver is closed, but in lists of images and where an image is to be made
//! public: there it counts until its end is recorded. Shares end with their repository, and are not told of the next one of its name.

mod apply;
pub(crate) mod history;
mod queries;

pub(crate) use apply::{EXPIRED, apply};
pub use history::{Ending, ShareHistoryQuery, ShareRecord, ShareState, list_share_history, list_shares_given};
pub use queries::{DueShare, Share, find_share, list_due_shares, list_shares, list_shares_at, list_shares_with_closed_accounts};
