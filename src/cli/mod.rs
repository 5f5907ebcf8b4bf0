//! The command line: what can be said, and who carries it out.

mod events;
mod exit;
mod login;
mod login_key;
pub(crate) mod output;
mod target;
pub(crate) mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

use self::exit::NotLoggedIn;
use self::target::{Target, Wish};
use crate::admin::{self, AdminCommand};
use crate::client::Client;
use crate::config::{self, DEFAULT_DATA_DIR, FileConfig, ServeArgs, ServeConfig};
use crate::profiles::{Profile, Profiles};
use crate::remote::RemoteCommand;
use crate::server;
use crate::system::{self, SystemClock};

/// How the command line finds out where to do what, behind the list of commands.
const WHERE: &str = "\
Where a command works:
  Logged in with `ambar login`, commands go to that server over its API; --profile names another one.
  --data-dir (or --config) means a data directory instead, and so does everything before the first login: the commands
  org, image, grant, user, group and key are then carried out by the server that runs on it, or on the directory itself.
  account, address, delegation, master-key, views and events tail are for the data directory only.";

/// A container image registry whose every push, share and permission change is an event
#[derive(Debug, Parser)]
#[command(name = "ambar", version, propagate_version = true)]
struct Cli {
    /// The server to work on, by the name it was given at `ambar login`
    #[arg(long, global = true, env = "AMBAR_PROFILE", value_name = "NAME")]
    profile: Option<String>,
    /// Where Ambar keeps everything [default: ambar-data]
    #[arg(long, global = true, env = "AMBAR_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Configuration file [default: ambar.toml, if it is there]
    #[arg(long, global = true, env = "AMBAR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    json: bool,
    /// Do not ask before something is deleted or opened to others
    #[arg(long, short, global = true)]
    yes: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the registry
    Serve(Box<ServeArgs>),
    /// Log in to a server with an access key
    Login(login::LoginArgs),
    /// Forget a server and the key for it
    Logout,
    /// The servers that are known
    #[command(subcommand)]
    Profile(login::ProfileCommand),
    /// Print the login key of an access key; the secret key is read from standard input
    LoginKey(login_key::LoginKeyArgs),
    /// Read the event log
    #[command(subcommand)]
    Events(events::EventsCommand),
    #[command(flatten)]
    Remote(RemoteCommand),
    #[command(flatten)]
    Admin(AdminCommand),
    /// Print completions for a shell, such as `source <(ambar completions bash)`
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Reads arguments, environment and configuration, and runs the command.
pub(crate) fn run() -> ExitCode {
    let command = Cli::command().after_help(format!("{WHERE}\n\n{}", exit::HELP));
    let matches = command.clone().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let (json, serves) = (cli.json, matches!(cli.command, Command::Serve(_)));
    match carry_out(cli, Wish::read(&matches), command) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever asked has read enough. A server is not there for whoever reads its first lines.
        Err(error) if error.is::<output::ReaderGone>() && !serves => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error, json);
            ExitCode::from(exit::code(&error))
        }
    }
}

fn carry_out(cli: Cli, wish: Wish, command: clap::Command) -> Result<()> {
    let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
    config::refuse_unknown_variables(&command, variables)?;
    let place = Place { data_dir: cli.data_dir, config: cli.config, profile: cli.profile, wish, json: cli.json, asks: !cli.yes };
    match cli.command {
        Command::LoginKey(args) => login_key::run(&args, place.json),
        Command::Completions { shell } => completions(shell, command),
        Command::Login(args) => place.print(&login::login(args, place.profile.as_deref(), &system::profiles_file()?)?),
        Command::Logout => place.print(&login::logout(place.profile.as_deref(), &system::profiles_file()?)?),
        Command::Profile(command) => place.print(&login::profile(command, &system::profiles_file()?)?),
        Command::Serve(args) => {
            let (file, data_dir) = place.settings()?;
            let config = ServeConfig::resolve(*args, file)?;
            runtime()?.block_on(server::run(&data_dir, config))
        }
        Command::Events(command) => command.run(&place),
        Command::Remote(command) => place.run(command),
        Command::Admin(command) => {
            place.wish.require_data_dir()?;
            place.administer(command)
        }
    }
}

fn completions(shell: Shell, mut command: clap::Command) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "ambar", &mut script);
    output::line(String::from_utf8(script)?.trim_end())
}

/// Where the command works, and how it speaks.
struct Place {
    data_dir: Option<PathBuf>,
    config: Option<PathBuf>,
    profile: Option<String>,
    wish: Wish,
    json: bool,
    asks: bool,
}

impl Place {
    /// The configuration file, and the data directory that it or a flag names.
    fn settings(&self) -> Result<(FileConfig, PathBuf)> {
        let file = config::read_file(self.config.as_deref())?;
        let data_dir = self.data_dir.clone().or_else(|| file.data_dir.clone()).unwrap_or_else(|| PathBuf::from(DEFAULT_DATA_DIR));
        Ok((file, data_dir))
    }

    fn target(&self) -> Result<Target> {
        // Who has no home, as in a container, has no profiles.
        let profiles = || system::profiles_file().map_or_else(|_| Ok(Profiles::default()), |path| Profiles::load(&path));
        self.wish.resolve(self.profile.as_deref(), profiles)
    }

    /// The server, for a command that needs one.
    fn client(&self) -> Result<Client> {
        match self.target()? {
            Target::Server(profile) => client(profile),
            Target::DataDir { named: true } => bail!("this is done on a server over its API; name a profile, not a data directory"),
            Target::DataDir { named: false } => Err(NotLoggedIn.into()),
        }
    }

    fn run(&self, command: RemoteCommand) -> Result<()> {
        let target = self.target()?;
        if let Some(question) = command.question().filter(|_| self.asks) {
            let server = if let Target::Server(profile) = &target { format!("{}: ", profile.url) } else { String::new() };
            terminal::confirm(&format!("{server}{question}"))?;
        }
        match target {
            Target::Server(profile) => self.print(&command.execute(&client(profile)?)?),
            Target::DataDir { named } => match command.on_data_dir() {
                Some(command) => self.administer(command),
                None if named => bail!("this is done on a server over its API; name a profile, not a data directory"),
                None => Err(NotLoggedIn.into()),
            },
        }
    }

    fn administer(&self, command: AdminCommand) -> Result<()> {
        let (file, data_dir) = self.settings()?;
        self.print(&runtime()?.block_on(admin::send(&data_dir, file, command))?)
    }

    fn print(&self, reply: &admin::Reply) -> Result<()> {
        output::line(if self.json { reply.to_json().to_string() } else { reply.to_text() })
    }
}

fn client(profile: Profile) -> Result<Client> {
    Client::new(profile, Box::new(SystemClock))
}

/// For what is done on a data directory.
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
