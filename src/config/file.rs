//! `ambar.toml`.

use std::net::SocketAddr;
use std::path::PathBuf;

use ambar_api::Network;
use ambar_domain::names::ProjectName;
use serde::Deserialize;

use super::{LimitArgs, LogFilter, LogFormat, MasterKeyArgs};

/// What the file can say; the same names as the flags, with `_` for `-`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileConfig {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) behind_proxy: Option<bool>,
    pub(crate) trusted_proxies: Option<Vec<Network>>,
    pub(crate) public_url: Option<String>,
    pub(crate) project: Option<ProjectName>,
    pub(crate) anonymous_pull: Option<bool>,
    pub(crate) token_lifetime_seconds: Option<u32>,
    pub(crate) iam_token_lifetime_hours: Option<u32>,
    pub(crate) docker_login_minutes: Option<u32>,
    pub(crate) containerd_login_minutes: Option<u32>,
    pub(crate) upload_lifetime_hours: Option<u32>,
    pub(crate) shutdown_seconds: Option<u32>,
    pub(crate) shutdown_delay_seconds: Option<u32>,
    pub(crate) client_timeout_seconds: Option<u32>,
    pub(crate) log: Option<LogFilter>,
    pub(crate) log_format: Option<LogFormat>,
    /// A section of its own.
    #[serde(default)]
    pub(crate) limits: LimitArgs,
    /// Another one.
    #[serde(default)]
    pub(crate) master_key: MasterKeyArgs,
}
