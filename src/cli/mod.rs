//! The command line: what can be said, and who carries it out.

mod events;
mod exit;
mod login;
mod login_key;
pub(crate) mod output;
mod reach;
mod tail;
mod target;
pub(crate) mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use ambar_domain::names::AccountName;
use anyhow::{Context, Result};
use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use self::target::ONLY_ON_A_DATA_DIRECTORY;
use self::target::{Target, Wish};
use crate::admin::{self, AdminCommand};
use crate::client::Client;
use crate::config::{self, DEFAULT_DATA_DIR, FileConfig, ServeArgs, ServeConfig};
use crate::profiles::{Profile, Profiles};
use crate::refusal::{Misuse, NotLoggedIn};
use crate::remote::{self, RemoteCommand};
use crate::server;
use crate::system::{self, SystemClock};

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
    /// The account that has entrusted its registry to yours: work on that one, as far as its delegation goes
    #[arg(long, global = true, env = "AMBAR_ON_BEHALF_OF", value_name = "ACCOUNT")]
    on_behalf_of: Option<AccountName>,
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
    /// Log in to a server with an access key, and use it from now on where no other is named
    Login(login::LoginArgs),
    /// Forget a server and the key for it, which goes on working there
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

/// What a server takes no notice of: its help does not show it.
const CLIENT_OPTIONS: [&str; 3] = ["profile", "on_behalf_of", "yes"];

/// Reads arguments, environment and configuration, and runs the command.
pub(crate) fn run() -> ExitCode {
    let matches = command_line().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let (json, serves) = (cli.json, matches!(cli.command, Command::Serve(_)));
    match carry_out(cli, Wish::read(&matches)) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever asked has read enough. A server is not there for whoever reads its first lines.
        Err(error) if error.is::<output::ReaderGone>() && !serves => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error, json);
            ExitCode::from(exit::code(&error))
        }
    }
}

fn command_line() -> clap::Command {
    let command = Cli::command().after_help(format!("{}\n\n{}", reach::HELP, exit::HELP));
    let is_for_clients = |argument: &&Arg| CLIENT_OPTIONS.contains(&argument.get_id().as_str());
    let hidden: Vec<_> = command.get_arguments().filter(is_for_clients).map(|argument| argument.clone().hide(true)).collect();
    // What a command has of its own is not taken from above.
    command.mut_subcommand("serve", |serve| serve.args(hidden))
}

fn carry_out(cli: Cli, wish: Wish) -> Result<()> {
    let Cli { profile, data_dir, config, on_behalf_of, json, yes, command } = cli;
    let place = Place { data_dir, config, profile, on_behalf_of, wish, json, asks: !yes };
    match command {
        Command::LoginKey(args) => login_key::run(&args, place.json),
        Command::Completions { shell } => completions(shell),
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

fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command_line(), "ambar", &mut script);
    output::line(String::from_utf8(script)?.trim_end())
}

/// Where the command works, and how it speaks.
struct Place {
    data_dir: Option<PathBuf>,
    config: Option<PathBuf>,
    profile: Option<String>,
    on_behalf_of: Option<AccountName>,
    wish: Wish,
    json: bool,
    asks: bool,
}

impl Place {
    /// The configuration file, and the data directory that it or a flag names. A variable that is no setting is an error here, and of no
    /// interest to who only talks to a server.
    fn settings(&self) -> Result<(FileConfig, PathBuf)> {
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
        config::refuse_unknown_variables(&Cli::command(), variables)?;
        let file = config::read_file(self.config.as_deref())?;
        let data_dir = self.data_dir.clone().or_else(|| file.data_dir.clone()).unwrap_or_else(|| PathBuf::from(DEFAULT_DATA_DIR));
        Ok((file, data_dir))
    }

    /// The same for the operator, who acts for nobody else.
    fn data_directory(&self) -> Result<(FileConfig, PathBuf)> {
        if self.on_behalf_of.is_some() {
            let text =
                "--on-behalf-of (or AMBAR_ON_BEHALF_OF) is for a server over its API; on a data directory --account names any account";
            return Err(Misuse(text.into()).into());
        }
        self.settings()
    }

    fn target(&self) -> Result<Target> {
        // Who has no home, as in a container, has no profiles.
        let profiles = || system::profiles_file().map_or_else(|_| Ok(Profiles::default()), |path| Profiles::load(&path));
        self.wish.resolve(self.profile.as_deref(), profiles)
    }

    /// The server, for a command that needs one.
    fn client(&self) -> Result<Client> {
        match self.target()? {
            Target::Server { name, profile } => self.client_of(name, profile),
            Target::DataDir { named } => Err(no_server(named, None)),
        }
    }

    fn client_of(&self, name: String, profile: Profile) -> Result<Client> {
        let client = Client::new(name, profile, Arc::new(SystemClock))?;
        match &self.on_behalf_of {
            Some(account) => remote::act_for(client, account),
            None => Ok(client),
        }
    }

    fn run(&self, command: RemoteCommand) -> Result<()> {
        let target = if command.is_for_operators() { self.wish.operated()? } else { self.target()? };
        if let Some(question) = command.question()?.filter(|_| self.asks) {
            terminal::confirm(&format!("{}{question}", self.named(&target)))?;
        }
        match target {
            Target::Server { name, profile } => self.print(&command.execute(&self.client_of(name, profile)?)?),
            Target::DataDir { named } => {
                let form = command.form_on_data_dir();
                self.administer(command.on_data_dir().ok_or_else(|| no_server(named, form))?)
            }
        }
    }

    /// What a question is about, where that is not this machine.
    fn named(&self, target: &Target) -> String {
        match (target, &self.on_behalf_of) {
            (Target::DataDir { .. }, _) => String::new(),
            (Target::Server { profile, .. }, None) => format!("{}: ", profile.url),
            (Target::Server { profile, .. }, Some(account)) => format!("{}, for account '{account}': ", profile.url),
        }
    }

    fn administer(&self, command: AdminCommand) -> Result<()> {
        let (file, data_dir) = self.data_directory()?;
        self.print(&runtime()?.block_on(admin::send(&data_dir, file, command))?)
    }

    fn print(&self, reply: &admin::Reply) -> Result<()> {
        output::line(if self.json { reply.to_json().to_string() } else { reply.to_text() })
    }
}

/// A server is needed, and there is none; whether a data directory was named instead, and as what the command works there.
fn no_server(named: bool, form: Option<&str>) -> anyhow::Error {
    let text = "this works on a server only, over its API: name a profile, not a data directory (--data-dir, --config or their variables)";
    let error = if named { Misuse(text.into()).into() } else { anyhow::Error::from(NotLoggedIn::Asking) };
    match form {
        Some(form) => error.context(format!("on a data directory there is only `ambar {form}`, without options")),
        None => error,
    }
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
        command_line().debug_assert();
    }

    #[test]
    fn the_help_of_a_server_shows_what_it_takes_and_the_options_of_clients_are_let_pass() {
        let help = command_line().try_get_matches_from(["ambar", "serve", "--help"]).unwrap_err().to_string();
        assert!(help.contains("--listen") && help.contains("--data-dir") && help.contains("--config"), "{help}");
        for option in ["--profile", "--on-behalf-of", "--yes"] {
            assert!(!help.contains(option), "{option}");
        }
        // As those that a variable of whoever starts it stands for.
        let matches = command_line().try_get_matches_from(["ambar", "--profile", "work", "serve", "--data-dir", "data"]).unwrap();
        let cli = Cli::from_arg_matches(&matches).unwrap();
        assert_eq!((cli.profile.as_deref(), cli.data_dir), (Some("work"), Some("data".into())));
        assert!(command_line().try_get_matches_from(["ambar", "serve", "--profile", "work"]).is_ok());
    }
}
