//! Where the master key comes from: the section `[master_key]` of the file, and the flags and variables of the same names.
//!
//! The key itself is never a setting: flags are seen by everybody on the machine, and files of settings by many.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use serde::Deserialize;

/// What can be said of the master key, in the file and on the command line alike. The help shows no values: it is sent around.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MasterKeyArgs {
    /// File with the master key [default: master.key in the data directory, made at the first start]
    #[arg(id = "master_key_file", long = "master-key-file", env = "AMBAR_MASTER_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Environment variable that holds the master key, in hexadecimal digits or base64
    #[arg(
        id = "master_key_variable",
        long = "master-key-variable",
        env = "AMBAR_MASTER_KEY_VARIABLE",
        hide_env_values = true,
        value_name = "NAME"
    )]
    pub(crate) variable: Option<String>,
    /// Shell command that prints the master key; what it needs to know for that belongs elsewhere, since settings are no secrets
    #[arg(
        id = "master_key_command",
        long = "master-key-command",
        env = "AMBAR_MASTER_KEY_COMMAND",
        hide_env_values = true,
        value_name = "COMMAND"
    )]
    pub(crate) command: Option<String>,
    /// File with the master key before this one, until `ambar master-key rotate` has been run
    #[arg(
        id = "previous_master_key_file",
        long = "previous-master-key-file",
        env = "AMBAR_PREVIOUS_MASTER_KEY_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) previous_file: Option<PathBuf>,
    /// Environment variable that holds the master key before this one
    #[arg(
        id = "previous_master_key_variable",
        long = "previous-master-key-variable",
        env = "AMBAR_PREVIOUS_MASTER_KEY_VARIABLE",
        hide_env_values = true,
        value_name = "NAME"
    )]
    pub(crate) previous_variable: Option<String>,
    /// Shell command that prints the master key before this one
    #[arg(
        id = "previous_master_key_command",
        long = "previous-master-key-command",
        env = "AMBAR_PREVIOUS_MASTER_KEY_COMMAND",
        hide_env_values = true,
        value_name = "COMMAND"
    )]
    pub(crate) previous_command: Option<String>,
}

/// Where a master key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// A file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// What a shell command prints.
    Command(String),
}

/// Where the master keys come from, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MasterKeyConfig {
    /// `None` is the data directory's own file.
    pub(crate) current: Option<KeySource>,
    /// The key before, while it is still needed.
    pub(crate) previous: Option<KeySource>,
}

impl MasterKeyConfig {
    /// Whatever flags and variables say of a key is in the place of all that the file says of it.
    pub(super) fn resolve(args: MasterKeyArgs, file: MasterKeyArgs) -> Result<Self> {
        let either = |args: Option<KeySource>, file: Option<KeySource>| args.or(file);
        let current =
            either(one("master_key", args.file, args.variable, args.command)?, one("master_key", file.file, file.variable, file.command)?);
        let previous = either(
            one("previous master_key", args.previous_file, args.previous_variable, args.previous_command)?,
            one("previous master_key", file.previous_file, file.previous_variable, file.previous_command)?,
        );
        Ok(Self { current, previous })
    }
}

/// The one source that is named, if any is.
fn one(what: &str, file: Option<PathBuf>, variable: Option<String>, command: Option<String>) -> Result<Option<KeySource>> {
    if variable.as_ref().is_some_and(|name| name.starts_with("AMBAR_")) {
        bail!("the {what} cannot be in a variable that begins with AMBAR_: those are settings, and a key is none");
    }
    let sources = [file.map(KeySource::File), variable.map(KeySource::Variable), command.map(KeySource::Command)];
    let mut named = sources.into_iter().flatten();
    match (named.next(), named.next()) {
        (source, None) => Ok(source),
        (_, Some(_)) => bail!("the {what} comes from one of file, variable and command; several are named"),
    }
}
