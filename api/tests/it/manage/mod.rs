//! The management API: every operation for every kind of caller, what the answers are made of, what bad input is told, and several at once.

mod at_once;
mod bodies;
mod callers;
mod refusals;
mod shared_repositories;
