//! The configuration: `ambar.toml`, then `AMBAR_*` variables, then flags; what comes later wins, and an unknown key is an error.
//!
//! Flags and variables are one declaration (`ServeArgs`, by clap); the file has the same names with `_` for `-`, what is limited under
//! `[limits]`, and where the master key is under `[master_key]`.

mod environment;
mod file;
mod flags;
mod limits;
mod log;
mod master_key;

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use ambar_api::{Network, Settings};
use ambar_domain::names::ProjectName;
use anyhow::{Context, Result, bail};

pub(crate) use environment::refuse_unknown_variables;
pub(crate) use file::FileConfig;
pub(crate) use flags::ServeArgs;
pub(crate) use limits::{LimitArgs, LimitConfig};
pub(crate) use log::{LogFilter, LogFormat};
pub(crate) use master_key::{KeySource, MasterKeyArgs, MasterKeyConfig};

use crate::refusal::Misuse;

/// Where Ambar keeps everything, unless told otherwise.
pub(crate) const DEFAULT_DATA_DIR: &str = "ambar-data";

/// The file that is read when no `--config` names another and it exists.
const DEFAULT_FILE: &str = "ambar.toml";

/// Certificate and key files, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The certificate and the chain behind it.
    pub(crate) certificate: PathBuf,
    /// The private key.
    pub(crate) key: PathBuf,
}

impl TlsFiles {
    /// `None` where none is named. One alone is an error.
    fn both(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<Self>> {
        match (certificate, key) {
            (Some(certificate), Some(key)) => Ok(Some(Self { certificate, key })),
            (None, None) => Ok(None),
            _ => bail!("tls_cert and tls_key go together"),
        }
    }
}

/// Everything `ambar serve` needs to know, complete and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServeConfig {
    pub(crate) listen: SocketAddr,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) behind_proxy: bool,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) public_url: Option<String>,
    pub(crate) project: ProjectName,
    pub(crate) anonymous_pull: bool,
    pub(crate) token_lifetime_seconds: u32,
    pub(crate) iam_token_lifetime_hours: u32,
    pub(crate) docker_login_minutes: u32,
    pub(crate) containerd_login_minutes: u32,
    pub(crate) upload_lifetime_hours: u32,
    pub(crate) limits: LimitConfig,
    pub(crate) master_key: MasterKeyConfig,
    pub(crate) shutdown_seconds: u32,
    pub(crate) shutdown_delay_seconds: u32,
    pub(crate) client_timeout_seconds: u32,
    pub(crate) log: LogFilter,
    pub(crate) log_format: LogFormat,
}

/// Reads the named file, or `ambar.toml` if it is there.
pub(crate) fn read_file(named: Option<&Path>) -> Result<FileConfig> {
    let path = match named {
        Some(path) => path,
        None if Path::new(DEFAULT_FILE).exists() => Path::new(DEFAULT_FILE),
        None => return Ok(FileConfig::default()),
    };
    let text = std::fs::read_to_string(path).with_context(|| format!("the configuration {} cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the configuration {} is wrong", path.display()))
}

impl ServeConfig {
    /// Puts flags and variables over the file over the defaults.
    ///
    /// # Errors
    /// [`Misuse`] if flags or variables are wrong, by themselves or with what the file says; any other error if the file is wrong without them.
    pub(crate) fn resolve(args: ServeArgs, file: FileConfig) -> Result<Self> {
        Self::put_together(args, file.clone()).map_err(|error| match Self::put_together(ServeArgs::default(), file) {
            Err(without_args) if without_args.to_string() == error.to_string() => error,
            Err(_) | Ok(_) => Misuse(format!("{error:#}").into()).into(),
        })
    }

    fn put_together(args: ServeArgs, file: FileConfig) -> Result<Self> {
        let tls = TlsFiles::both(args.tls_cert.or(file.tls_cert), args.tls_key.or(file.tls_key))?;
        let defaults = Settings::default();
        let config = Self {
            listen: first(args.listen, file.listen, SocketAddr::from(([127, 0, 0, 1], 5000))),
            tls,
            behind_proxy: first(args.behind_proxy, file.behind_proxy, defaults.behind_proxy),
            trusted_proxies: args.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
            public_url: args.public_url.or(file.public_url),
            project: args.project.or(file.project).map_or_else(|| "local".parse().context("the default project"), Ok)?,
            anonymous_pull: first(args.anonymous_pull, file.anonymous_pull, defaults.anonymous_pull),
            token_lifetime_seconds: first(args.token_lifetime_seconds, file.token_lifetime_seconds, seconds(defaults.token_lifetime)),
            iam_token_lifetime_hours: first(
                args.iam_token_lifetime_hours,
                file.iam_token_lifetime_hours,
                hours(defaults.iam_token_lifetime),
            ),
            docker_login_minutes: first(args.docker_login_minutes, file.docker_login_minutes, minutes(defaults.docker_login_lifetime)),
            containerd_login_minutes: first(
                args.containerd_login_minutes,
                file.containerd_login_minutes,
                minutes(defaults.containerd_login_lifetime),
            ),
            upload_lifetime_hours: first(args.upload_lifetime_hours, file.upload_lifetime_hours, hours(defaults.upload_lifetime)),
            limits: LimitConfig::resolve(args.limits, file.limits)?,
            master_key: MasterKeyConfig::resolve(args.master_key, file.master_key)?,
            shutdown_seconds: first(args.shutdown_seconds, file.shutdown_seconds, 30),
            shutdown_delay_seconds: first(args.shutdown_delay_seconds, file.shutdown_delay_seconds, 0),
            client_timeout_seconds: first(args.client_timeout_seconds, file.client_timeout_seconds, whole(defaults.body_pause.as_secs())),
            log: args.log.or(file.log).unwrap_or_default(),
            log_format: first(args.log_format, file.log_format, LogFormat::Text),
        };
        config.check_numbers()?;
        config.check_listener()?;
        Ok(config)
    }

    /// The same for a command that works without a server: how one would listen does not matter then, and may be half said.
    pub(crate) fn without_listener(args: ServeArgs, file: FileConfig) -> Result<Self> {
        let args = ServeArgs { listen: None, tls_cert: None, tls_key: None, ..args };
        let file = FileConfig { listen: None, tls_cert: None, tls_key: None, ..file };
        Self::resolve(args, file)
    }

    /// The least and the most of each number. The most is what nobody sane needs, and far from where times and sizes overflow.
    fn check_numbers(&self) -> Result<()> {
        // Clients take tokens of less than a minute for ones of a minute.
        within("token_lifetime_seconds", self.token_lifetime_seconds, 60..=86_400)?;
        within("iam_token_lifetime_hours", self.iam_token_lifetime_hours, 1..=8_760)?;
        // As long as a temporary login may last at all.
        within("docker_login_minutes", self.docker_login_minutes, 15..=1_440)?;
        within("containerd_login_minutes", self.containerd_login_minutes, 15..=1_440)?;
        within("upload_lifetime_hours", self.upload_lifetime_hours, 1..=8_760)?;
        within("shutdown_seconds", self.shutdown_seconds, 0..=86_400)?;
        within("shutdown_delay_seconds", self.shutdown_delay_seconds, 0..=86_400)?;
        within("client_timeout_seconds", self.client_timeout_seconds, 1..=86_400)
    }

    /// Plain HTTP is for a loopback trial, or behind a proxy that ends TLS (requirement P9).
    fn check_listener(&self) -> Result<()> {
        if self.tls.is_none() && !self.behind_proxy && !self.listen.ip().is_loopback() {
            bail!("{} is not a loopback address: give --tls-cert and --tls-key, or --behind-proxy if a proxy ends TLS", self.listen);
        }
        if !self.trusted_proxies.is_empty() && !self.behind_proxy {
            bail!("trusted_proxies are of use only with behind_proxy");
        }
        if self.public_url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            bail!("public_url starts with http:// or https://");
        }
        // Clients ask for `/v2/` right below the host.
        if self.public_url.as_ref().is_some_and(|url| url.trim_end_matches('/').matches('/').count() > 2) {
            bail!("public_url has no path: clients look for a registry at a host, or a host and a port");
        }
        Ok(())
    }
}

/// What flags and variables say, else what the file says, else the default.
fn first<T>(args: Option<T>, file: Option<T>, default: T) -> T {
    args.or(file).unwrap_or(default)
}

fn seconds(lifetime: chrono::Duration) -> u32 {
    whole(lifetime.num_seconds())
}

fn minutes(lifetime: chrono::Duration) -> u32 {
    whole(lifetime.num_minutes())
}

fn hours(lifetime: chrono::Duration) -> u32 {
    whole(lifetime.num_hours())
}

/// A default as a setting; each is within the bounds that are checked, so that none is cut off.
fn whole(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

fn within<N: PartialOrd + Display>(name: &str, value: N, bounds: RangeInclusive<N>) -> Result<()> {
    if !bounds.contains(&value) {
        bail!("{name} is {value}, and must be from {} to {}", bounds.start(), bounds.end());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
