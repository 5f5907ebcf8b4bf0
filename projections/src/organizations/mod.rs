//! Which organizations there are, and whose they are.

mod apply;
mod queries;

pub(crate) use apply::apply;
pub use queries::{Organization, find_last_owner, find_organization, list_organizations};
