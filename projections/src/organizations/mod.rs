//! Which organizations there are, whose they are, and who sees which.

mod apply;
mod queries;

pub(crate) use apply::apply;
pub use queries::{
    Organization, VisibleOrganization, find_last_owner, find_organization, list_organizations, list_organizations_of_closed_accounts,
    list_visible_organizations,
};
