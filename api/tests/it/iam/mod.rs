//! The identity service: who may call it, and what it answers.

mod projects;
mod signatures;
mod tokens;
