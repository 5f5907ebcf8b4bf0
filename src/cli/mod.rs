//! The command line: what can be said, and who carries it out.

mod events;
mod login_key;
pub(crate) mod output;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::admin::{self, AdminCommand};
use crate::config::{self, DEFAULT_DATA_DIR, ServeArgs, ServeConfig};
use crate::server;

/// A container image registry whose every push, share and permission change is an event
#[derive(Debug, Parser)]
#[command(name = "ambar", version, propagate_version = true)]
struct Cli {
    /// Where Ambar keeps everything [default: ambar-data]
    #[arg(long, global = true, env = "AMBAR_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Configuration file [default: ambar.toml, if it is there]
    #[arg(long, global = true, env = "AMBAR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the registry
    Serve(Box<ServeArgs>),
    /// Print the login key of an access key; the secret key is read from standard input
    LoginKey(login_key::LoginKeyArgs),
    /// Read the event log
    #[command(subcommand)]
    Events(events::EventsCommand),
    #[command(flatten)]
    Admin(AdminCommand),
}

/// Reads arguments, environment and configuration, and runs the command.
pub(crate) fn run() -> ExitCode {
    let command = Cli::command();
    let cli = Cli::from_arg_matches(&command.clone().get_matches()).unwrap_or_else(|error| error.exit());
    let (json, serves) = (cli.json, matches!(cli.command, Command::Serve(_)));
    match carry_out(cli, &command) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever asked has read enough. A server is not there for whoever reads its first lines.
        Err(error) if error.is::<output::ReaderGone>() && !serves => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error, json);
            ExitCode::FAILURE
        }
    }
}

fn carry_out(cli: Cli, command: &clap::Command) -> Result<()> {
    let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
    config::refuse_unknown_variables(command, variables)?;
    let file = config::read_file(cli.config.as_deref())?;
    let data_dir = cli.data_dir.or_else(|| file.data_dir.clone()).unwrap_or_else(|| PathBuf::from(DEFAULT_DATA_DIR));
    match cli.command {
        Command::LoginKey(args) => login_key::run(&args, cli.json),
        Command::Serve(args) => {
            let config = ServeConfig::resolve(*args, file)?;
            runtime()?.block_on(server::run(&data_dir, config))
        }
        Command::Events(command) => runtime()?.block_on(events::run(&data_dir, file, command)),
        Command::Admin(command) => {
            let reply = runtime()?.block_on(admin::send(&data_dir, file, command))?;
            output::line(if cli.json { reply.to_json().to_string() } else { reply.to_text() })
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime cannot start")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
