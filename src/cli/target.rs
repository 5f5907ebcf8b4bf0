//! On what a command works that works on both: on a data directory, or on a server over its API.
//!
//! What is said on the command line wins over the environment, and that over whether there is a current profile.

use anyhow::Result;
use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::profiles::{Profile, Profiles};
use crate::refusal::Misuse;

/// Why a server cannot be asked for something.
pub(crate) const ONLY_ON_A_DATA_DIRECTORY: &str = "this is for the operator, and works on a data directory (--data-dir), where a server may be \
    running; the API has nobody who may do it: leave --profile out";

/// Where a command is carried out.
#[derive(Debug)]
pub(crate) enum Target {
    /// On the data directory; whether somebody said so.
    DataDir {
        /// By a flag or a variable.
        named: bool,
    },
    /// On a server.
    Server {
        /// What the profile is called.
        name: String,
        /// Where it is, and with which key.
        profile: Profile,
    },
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    Nobody,
    Environment,
    CommandLine,
}

/// What was said about where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// `--data-dir` or `--config`.
    pub(super) data_dir: Said,
    /// `--profile`.
    pub(super) profile: Said,
}

impl Wish {
    pub(super) fn read(matches: &ArgMatches) -> Self {
        let said = |argument: &str| match matches.value_source(argument) {
            Some(ValueSource::CommandLine) => Said::CommandLine,
            Some(ValueSource::EnvVariable) => Said::Environment,
            _ => Said::Nobody,
        };
        Self { data_dir: said("data_dir").max(said("config")), profile: said("profile") }
    }

    /// Whether a data directory is meant, a profile, or whatever there is; the two cannot both be.
    fn names_data_dir(self) -> Result<Option<bool>> {
        match self.data_dir.cmp(&self.profile) {
            std::cmp::Ordering::Greater => Ok(Some(true)),
            std::cmp::Ordering::Less => Ok(Some(false)),
            std::cmp::Ordering::Equal if self.profile == Said::Nobody => Ok(None),
            std::cmp::Ordering::Equal => {
                Err(Misuse("a data directory is named and a profile as well; say which of them is meant".into()).into())
            }
        }
    }

    pub(super) fn resolve(self, profile: Option<&str>, profiles: impl FnOnce() -> Result<Profiles>) -> Result<Target> {
        let names_data_dir = self.names_data_dir()?;
        if names_data_dir == Some(true) {
            return Ok(Target::DataDir { named: true });
        }
        let profiles = profiles()?;
        match profiles.find(profile.filter(|_| names_data_dir == Some(false)))? {
            Some((name, profile)) => Ok(Target::Server { name: name.to_owned(), profile: profile.clone() }),
            None => Ok(Target::DataDir { named: false }),
        }
    }

    /// The data directory, for a command that there is nowhere else.
    pub(super) fn operated(self) -> Result<Target> {
        self.require_data_dir()?;
        Ok(Target::DataDir { named: true })
    }

    /// For a command that there is on the data directory only.
    pub(super) fn require_data_dir(self) -> Result<()> {
        match self.names_data_dir()? {
            Some(false) if self.profile == Said::CommandLine => Err(Misuse(ONLY_ON_A_DATA_DIRECTORY.into()).into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn profiles(current: Option<&str>) -> Profiles {
        let profile = |number: u32| Profile {
            url: format!("https://{number}.example.com").parse().unwrap(),
            access_key: "AKEXAMPLE00000000001".parse().unwrap(),
            secret_key: String::new(),
            ca: None,
            insecure: false,
        };
        let by_name = BTreeMap::from([("one".to_owned(), profile(1)), ("two".to_owned(), profile(2))]);
        Profiles { current: current.map(str::to_owned), by_name }
    }

    /// `1`, `2`, or the data directory.
    fn resolved(data_dir: Said, profile: (Said, Option<&str>), current: Option<&str>) -> Result<String> {
        let wish = Wish { data_dir, profile: profile.0 };
        Ok(match wish.resolve(profile.1, || Ok(profiles(current)))? {
            Target::DataDir { named } => if named { "named" } else { "directory" }.to_owned(),
            Target::Server { profile, .. } => profile.url.host()[..1].to_owned(),
        })
    }

    #[test]
    fn the_command_line_wins_over_the_environment_and_that_over_the_current_profile() {
        use Said::{CommandLine, Environment, Nobody};
        let is = |data_dir, profile, current| resolved(data_dir, profile, current).unwrap();
        assert_eq!(is(Nobody, (Nobody, None), None), "directory");
        assert_eq!(is(Nobody, (Nobody, None), Some("one")), "1");
        assert_eq!(is(Environment, (Nobody, None), Some("one")), "named");
        assert_eq!(is(CommandLine, (Nobody, None), Some("one")), "named");
        assert_eq!(is(Nobody, (Environment, Some("two")), Some("one")), "2");
        assert_eq!(is(Environment, (CommandLine, Some("two")), Some("one")), "2");
        assert_eq!(is(CommandLine, (Environment, Some("two")), Some("one")), "named");
        resolved(CommandLine, (CommandLine, Some("two")), None).unwrap_err();
        resolved(Environment, (Environment, Some("two")), None).unwrap_err();
        resolved(Nobody, (CommandLine, Some("three")), Some("one")).unwrap_err();
    }

    #[test]
    fn a_broken_file_of_profiles_is_no_hindrance_where_a_data_directory_is_named() {
        let wish = Wish { data_dir: Said::CommandLine, profile: Said::Nobody };
        assert!(matches!(wish.resolve(None, || anyhow::bail!("broken")).unwrap(), Target::DataDir { named: true }));
    }
}
