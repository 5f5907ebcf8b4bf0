//! What the own API answers (`/v1`): events, access, histories, public images, versions, delegations, blocks, temporary logins, refusals.

pub mod access;
pub mod block;
pub mod cloud_event;
pub mod delegation;
pub mod error;
pub mod event;
pub mod history;
pub mod image;
pub mod login;
pub mod page;
pub mod version;
