//! Policies: pure functions from facts to a verdict with its reason.

pub mod access;
pub mod password;
