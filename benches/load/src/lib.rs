//! A load driver for container registries: speaks their protocol to any URL and measures what the server needs for it.
//!
//! It knows nothing of Ambar but its command line, so that it measures every registry alike. Every answer is checked: status,
//! digest, and each byte of a body. What cannot be checked while the clock runs (that a push is really there) is checked after.

pub mod client;
pub mod connection;
pub mod content;
pub mod endpoint;
pub mod head;
pub mod login;
pub mod measure;
pub mod process;
pub mod scenario;
pub mod subject;
