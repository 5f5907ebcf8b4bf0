//! Where the master key comes from: the section `[master_key]` of the file, and the flags and variables of the same names.
//!
//! The key itself is never a setting: flags are seen by everybody on the machine, and files of settings by many.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use serde::Deserialize;

/// What can be said of the master key, in the file and on the command line alike. The help shows no values: it is sent around.
///
/// Flags and variables say that it is about the master key; in the file the section does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MasterKeyArgs {
    /// File with the master key: 32 bytes, or in text 64 hexadecimal digits or base64; 32 letters of text are no key [default: master.key in the
    /// data directory, made at the first start]
    #[arg(long, env = "AMBAR_MASTER_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    #[serde(rename = "file")]
    pub(crate) master_key_file: Option<PathBuf>,
    /// Environment variable that holds the master key, in hexadecimal digits or base64
    #[arg(long, env = "AMBAR_MASTER_KEY_VARIABLE", hide_env_values = true, value_name = "NAME")]
    #[serde(rename = "variable")]
    pub(crate) master_key_variable: Option<String>,
    /// Shell command that prints the master key; everybody on the machine can read the flags of the server, so that no secret belongs into
    /// it: name a program or a file that has what it needs to know
    #[arg(long, env = "AMBAR_MASTER_KEY_COMMAND", hide_env_values = true, value_name = "COMMAND")]
    #[serde(rename = "command")]
    pub(crate) master_key_command: Option<String>,
    /// File with the master key before this one, until `ambar master-key rotate` has been run
    #[arg(long, env = "AMBAR_PREVIOUS_MASTER_KEY_FILE", hide_env_values = true, value_name = "FILE")]
    #[serde(rename = "previous_file")]
    pub(crate) previous_master_key_file: Option<PathBuf>,
    /// Environment variable that holds the master key before this one
    #[arg(long, env = "AMBAR_PREVIOUS_MASTER_KEY_VARIABLE", hide_env_values = true, value_name = "NAME")]
    #[serde(rename = "previous_variable")]
    pub(crate) previous_master_key_variable: Option<String>,
    /// Shell command that prints the master key before this one, without a secret in it either
    #[arg(long, env = "AMBAR_PREVIOUS_MASTER_KEY_COMMAND", hide_env_values = true, value_name = "COMMAND")]
    #[serde(rename = "previous_command")]
    pub(crate) previous_master_key_command: Option<String>,
}

impl MasterKeyArgs {
    /// Where this says that the master key is, and where the one before.
    fn sources(self) -> Result<MasterKeyConfig> {
        let previous = (self.previous_master_key_file, self.previous_master_key_variable, self.previous_master_key_command);
        Ok(MasterKeyConfig {
            current: one("master_key", self.master_key_file, self.master_key_variable, self.master_key_command)?,
            previous: one("previous master_key", previous.0, previous.1, previous.2)?,
        })
    }
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
        let (args, file) = (args.sources()?, file.sources()?);
        Ok(Self { current: args.current.or(file.current), previous: args.previous.or(file.previous) })
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
