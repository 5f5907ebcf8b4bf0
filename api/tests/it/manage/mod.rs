//! The management API: every operation for every kind of caller, what the answers are made of, what bad input is told, and several at once.

mod bodies;
mod callers;
