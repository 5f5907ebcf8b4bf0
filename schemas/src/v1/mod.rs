//! What the own API answers (`/v1`): events, access, histories, refusals.

pub mod access;
pub mod error;
pub mod event;
pub mod history;
pub mod page;
