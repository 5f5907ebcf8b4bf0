//! The identity service: who may call it, and what it answers.

mod bad_input;
mod callers;
mod credentials;
mod groups;
mod projects;
mod routes;
mod security_tokens;
mod signatures;
mod tokens;
mod users;
