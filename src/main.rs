//! Ambar: a container image registry whose every push, share and permission change is an event.
//!
//! This crate is the composition root: configuration, wiring, lifecycle and the command line. It holds no rule of its own.

mod admin;
mod cli;
mod client;
mod config;
mod moment;
mod profiles;
mod refusal;
mod remote;
mod reply;
mod server;
mod system;

use std::process::ExitCode;

/// Runs one command; what goes wrong is told on standard error, and the exit code tells its kind.
fn main() -> ExitCode {
    system::make_private_files();
    cli::run()
}
