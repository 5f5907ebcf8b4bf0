//! The surfaces over real stores: SQLite and disk in a temporary folder, a clock that stands still, requests without a network.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod administrators;
mod authorization;
mod blobs;
mod closing;
mod concurrency;
mod coverage;
mod delegations;
mod docs;
mod hostile;
mod iam;
mod leaks;
mod limits;
mod login;
mod manage;
mod manifests;
mod master_key;
mod mounts;
mod operations;
mod ops;
mod proxy;
mod referrers;
mod remembered;
mod revocation;
mod support;
mod tags;
mod temporary_logins;
mod uploads;
mod usage;
mod v1;
