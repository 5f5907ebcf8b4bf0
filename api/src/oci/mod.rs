//! The registry protocol: OCI Distribution 1.1 and Docker Registry HTTP API V2. One verb, one file.

mod base;
pub(crate) mod blobs;
pub(crate) mod manifests;
pub(crate) mod openapi;
mod referrers;
mod respond;
mod tags;
pub(crate) mod uploads;

pub(crate) use base::{catalog, get as base};
pub(crate) use referrers::list as list_referrers;
pub(crate) use tags::list as list_tags;
