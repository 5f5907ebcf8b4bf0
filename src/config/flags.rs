//! The flags of `ambar serve`, each also an `AMBAR_*` variable.

use std::net::SocketAddr;
use std::path::PathBuf;

use ambar_api::Network;
use ambar_domain::names::ProjectName;
use anyhow::Result;
use clap::builder::BoolishValueParser;
use clap::{Args, Command, FromArgMatches};

use super::{LimitArgs, LogFilter, LogFormat, MasterKeyArgs};
use crate::refusal::Misuse;

/// What can be said on the command line or in the environment; what is not said comes from the file, or has its default.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServeArgs {
    /// Address and port to listen on, as 0.0.0.0:5000 [default: 127.0.0.1:5000]
    #[arg(long, env = "AMBAR_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Certificate chain (PEM); read again whenever the file changes
    #[arg(long, env = "AMBAR_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key (PEM) of the certificate
    #[arg(long, env = "AMBAR_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// A proxy in front ends TLS: allow plain HTTP on any address
    #[arg(long, env = "AMBAR_BEHIND_PROXY", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) behind_proxy: Option<bool>,
    /// Addresses and networks of the proxies in front, as 10.0.0.0/8, with commas between them: what others forward is not believed. Without
    /// them everybody is taken for a proxy
    #[arg(long, env = "AMBAR_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',')]
    pub(crate) trusted_proxies: Option<Vec<Network>>,
    /// URL that clients reach Ambar at, when it is not what they send as Host
    #[arg(long, env = "AMBAR_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Project name of the first account: the part of a login before the @ [default: local]
    #[arg(long, env = "AMBAR_PROJECT", value_name = "NAME")]
    pub(crate) project: Option<ProjectName>,
    /// Let anybody pull public repositories without a login [default: false]
    #[arg(long, env = "AMBAR_ANONYMOUS_PULL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) anonymous_pull: Option<bool>,
    /// How long a bearer token is valid [default: 300]
    #[arg(long, env = "AMBAR_TOKEN_LIFETIME_SECONDS", value_name = "SECONDS")]
    pub(crate) token_lifetime_seconds: Option<u32>,
    /// How long a token of the API, got for a password, is valid [default: 24]
    #[arg(long, env = "AMBAR_IAM_TOKEN_LIFETIME_HOURS", value_name = "HOURS")]
    pub(crate) iam_token_lifetime_hours: Option<u32>,
    /// How long a temporary login for Docker is valid when it is asked for without a time, at most a day [default: 1440]
    #[arg(long, env = "AMBAR_DOCKER_LOGIN_MINUTES", value_name = "MINUTES")]
    pub(crate) docker_login_minutes: Option<u32>,
    /// The same for containerd [default: 360]
    #[arg(long, env = "AMBAR_CONTAINERD_LOGIN_MINUTES", value_name = "MINUTES")]
    pub(crate) containerd_login_minutes: Option<u32>,
    /// How long an upload without new bytes is kept [default: 24]
    #[arg(long, env = "AMBAR_UPLOAD_LIFETIME_HOURS", value_name = "HOURS")]
    pub(crate) upload_lifetime_hours: Option<u32>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) master_key: MasterKeyArgs,
    /// How long requests in flight may go on after a stop signal [default: 30]
    #[arg(long, env = "AMBAR_SHUTDOWN_SECONDS", value_name = "SECONDS")]
    pub(crate) shutdown_seconds: Option<u32>,
    /// How long /readyz says that the server stops before it takes no more connections [default: 0]
    #[arg(long, env = "AMBAR_SHUTDOWN_DELAY_SECONDS", value_name = "SECONDS")]
    pub(crate) shutdown_delay_seconds: Option<u32>,
    /// How long a client may take for the head of a request, and pause in its body or, over HTTP/1.1, in taking the answer; over HTTP/2
    /// an answer waits for a client as long as it gives signs of life [default: 100]
    #[arg(long, env = "AMBAR_CLIENT_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub(crate) client_timeout_seconds: Option<u32>,
    /// Which log lines: a level, or module=level pairs [default: info]
    #[arg(long, env = "AMBAR_LOG", value_name = "FILTER")]
    pub(crate) log: Option<LogFilter>,
    /// How log lines look [default: text]
    #[arg(long, env = "AMBAR_LOG_FORMAT", value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
}

impl ServeArgs {
    /// What the environment alone says, for commands that have none of these flags.
    pub(crate) fn from_environment() -> Result<Self> {
        let matches = Self::augment_args(Command::new("ambar")).try_get_matches_from(["ambar"]);
        matches.and_then(|matches| Self::from_arg_matches(&matches)).map_err(|error| {
            // Made for a terminal: what comes behind the first line is about a command line that nobody typed.
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            Misuse(format!("a variable of the environment is wrong: {}", line.trim_start_matches("error: ")).into()).into()
        })
    }
}
