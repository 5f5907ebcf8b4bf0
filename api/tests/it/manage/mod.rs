//! The management API: every operation for every kind of caller, and what the answers are made of.

mod bodies;
mod callers;
mod shared_repositories;
