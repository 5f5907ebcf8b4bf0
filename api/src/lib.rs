//! Ambar's HTTP surfaces: the registry protocol, the tokens for it, and what operators watch. What axum is used for is all in here;
//! the binary only serves the router.
//!
//! A request is parsed, authenticated and authorised against the views; then it is one query or one command. [`operations`] holds the
//! processes over several aggregates that every surface and the command line share.

mod aside;
mod auth;
mod body;
mod call;
mod content;
mod error;
pub mod extract;
mod iam;
mod json;
pub mod keys;
mod limits;
mod linger;
mod login_commands;
mod manage;
mod oci;
pub mod openapi;
pub mod operations;
mod ops;
mod passwords;
mod registry;
mod router;
pub mod signature;
mod state;
mod to_the_end;
mod token;
mod v1;

pub use extract::Network;
pub use iam::ROUTES as IAM_ROUTES;
pub use keys::{Keys, MasterKey, MasterKeyId, NoMasterKey};
pub use limits::Limits;
pub use passwords::{Passwords, PasswordsError};
pub use router::router;
pub use state::{AppState, MetricsText, Settings};
pub use v1::{ROUTES as V1_ROUTES, render_event};
