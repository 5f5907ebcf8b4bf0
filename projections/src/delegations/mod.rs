//! To whom accounts have entrusted their registries: now, until when, and at any past moment (requirement I5).
//!
//! A delegation that has reached its end counts no more, although its row stays until the event that records the end: queries about the
//! present take the moment that they are asked at. The delegations of an account end with it, and those to it count no more.

mod apply;
mod queries;

pub(crate) use apply::apply;
pub use queries::{
    Delegation, DueDelegation, find_delegation, find_delegation_by_name, find_delegation_to, list_delegations, list_delegations_at,
    list_delegations_to_closed_accounts, list_due_delegations, list_received_delegations,
};
