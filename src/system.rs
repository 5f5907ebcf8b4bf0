//! The outside world's clock and randomness, behind the domain's traits, who this process runs as, and where that
//! user keeps profiles. The only place that asks the system.

use std::ffi::OsString;
use std::path::PathBuf;

use ambar_domain::clock::{Clock, Timestamp};
use ambar_domain::ids::IdSource;
use anyhow::{Context, Result};
use ring::rand::{SecureRandom, SystemRandom};
use rustix::fs::Mode;
use uuid::Uuid;

/// The name that this machine gives itself.
pub(crate) fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// From here on, files and folders that this process makes are for its own user only, whoever makes them and in whatever directory.
pub(crate) fn make_private_files() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Where the servers that are known are kept: below `XDG_CONFIG_HOME`, or `.config` in the home directory.
pub(crate) fn profiles_file() -> Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let configuration = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")));
    let configuration = configuration.context("neither XDG_CONFIG_HOME nor HOME says where profiles are kept")?;
    Ok(configuration.join("ambar/profiles.toml"))
}

/// A variable of the environment, where the configuration says that it holds a secret.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one implementation of the clock that the ban points to")]
    fn now(&self) -> Timestamp {
        chrono::Utc::now()
    }
}

/// The operating system's id of the user that this process runs as.
pub(crate) fn own_user_id() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Identifiers and secrets from the system's random source.
#[derive(Debug)]
pub(crate) struct SystemIds(SystemRandom);

impl SystemIds {
    /// Opens the random source.
    pub(crate) fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one implementation of the id source that the ban points to")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.0.fill(buffer).expect("the operating system gives random bytes");
    }
}
