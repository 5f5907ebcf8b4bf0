//! The real server under real clients: the binary in a process of its own, over TLS, driven by the clients' own binaries.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers as well")]

mod administration;
mod clients;
mod commands;
mod crash;
mod data_dir;
mod events;
mod first_start;
mod full_disk;
mod images;
mod limits;
mod master_key;
mod openapi;
mod operation;
mod raw;
mod registry;
mod remote;
mod resume;
mod sdk;
mod slow_clients;
mod stop;
mod tail;
mod tls_reload;
