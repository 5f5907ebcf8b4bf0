//! What requests say, read by pure functions: paths, queries, credentials, scopes, request ids. No input makes them panic.

mod authorization;
mod conditional;
mod network;
mod query;
mod request_id;
mod route;
mod routes;
mod scope;

pub use authorization::{Credentials, InvalidAuthorization, is_bearer, parse_authorization};
pub use conditional::none_match;
pub use network::{InvalidNetwork, Network};
pub use query::Query;
pub(crate) use query::decode;
pub use request_id::sane_request_id;
pub use route::{Route, Version, parse_route};
pub(crate) use routes::{NoRoute, require_route};
pub use scope::{Actions, Scope};
