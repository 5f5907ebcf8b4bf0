//! Who there is: accounts, users and groups, their roles, and the access keys, temporary logins and passwords they log in with.
//!
//! Rows follow the streams one to one. A group's stream does not see its members go, so a membership may outlive its user;
//! queries look at live users only. That two live users of an account share a name is for the name claims to prevent, not for an index
//! here: a claim may be released before its holder is gone from the log.

mod apply;
mod logins;
mod queries;

pub(crate) use apply::{apply_account, apply_group, apply_user};
pub use queries::*;
