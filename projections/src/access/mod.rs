//! What users may do: grants on organizations and repositories, and who may pull without one.
//!
//! Answers with facts; what follows from them is for [`ambar_domain::policy::access`] to say. The grants of an organization or repository end
//! with it, so that nothing of the old one is left when the name is used again. What is so now is in memory as well, for pulls and pushes; who
//! somebody is may be kept with a [`Stamp`] for as long as that is current.

mod apply;
mod changes;
mod facts;
mod holders;
mod index;
mod present;
mod queries;
mod topics;

pub(crate) use apply::{apply_organization, apply_repository, level_code};
pub use changes::Stamp;
pub use facts::{Entrusted, UserState};
#[cfg(test)]
pub(crate) use holders::LIST_HOLDERS;
pub use holders::{Held, Holder, find_state, list_holders};
pub(crate) use index::{Index, Refreshed};
pub(crate) use present::Present;
#[cfg(test)]
pub(crate) use queries::FACTS;
pub use queries::{Grant, access_facts, list_grants_on_organization, list_grants_on_repository, organization_facts};
pub(crate) use topics::Changed;
