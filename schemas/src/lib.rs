//! Ambar's contracts with the outside and with its own past: what events look like in the log, and what clients send and get.

pub mod event;
pub mod iam;
pub mod oci;
pub mod swr;
pub mod v1;
