//! The real `ambar` binary as a server over a data directory, and its command line against that directory.

use crate::process::Process;
use crate::tls::TlsFiles;
use crate::wait;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a server may take until it listens; many times what it needs, for machines that are busy.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Arguments that let one account upload as much as the machine takes: for load, of which a single client makes more than many users do.
/// Uploads are counted all the same, so what that costs is measured.
pub const HIGH_UPLOAD_LIMITS: [&str; 4] = ["--uploads-at-once", "1000", "--uploads-per-second", "1000000"];

/// How a server is started.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// The `ambar` binary.
    pub program: PathBuf,
    /// Where it keeps everything; made by it when missing.
    pub data_dir: PathBuf,
    /// Served over TLS with these files, else in plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Further arguments of `ambar serve`.
    pub arguments: Vec<String>,
}

/// What the first start leaves for the operator.
#[derive(Clone, Deserialize)]
pub struct FirstLogin {
    /// User name of a registry login, `<project>@<access key>`.
    pub login_user: String,
    /// Key of a registry login.
    pub login_key: String,
}

impl fmt::Debug for FirstLogin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FirstLogin").field("login_user", &self.login_user).finish_non_exhaustive()
    }
}

/// A running server. Dropping it kills it; the data directory stays.
#[derive(Debug)]
pub struct Server {
    /// Its process.
    pub process: Process,
    /// Where it answers, as `https://127.0.0.1:port`.
    pub url: String,
    options: ServerOptions,
}

impl Server {
    /// Starts `ambar serve` on a free port and waits until it says where it listens.
    pub fn start(options: &ServerOptions) -> Result<Self> {
        let mut process = Self::spawn(options, "127.0.0.1:0")?;
        let url = wait::until("ambar says where it listens", START_LIMIT, || {
            process.check_running()?;
            Ok(listening_url(&process.output()?))
        })?;
        Ok(Self { process, url, options: options.clone() })
    }

    /// Starts `ambar serve` on a given address and waits for nothing.
    pub fn spawn(options: &ServerOptions, address: &str) -> Result<Process> {
        std::fs::create_dir_all(&options.data_dir)?;
        let log = log_path(options);
        std::fs::write(&log, "")?;
        let mut command = Command::new(&options.program);
        command.arg("serve").arg("--data-dir").arg(&options.data_dir).args(["--listen", address]);
        if let Some(tls) = &options.tls {
            command.arg("--tls-cert").arg(&tls.certificate).arg("--tls-key").arg(&tls.key);
        }
        command.args(&options.arguments);
        Process::start(&mut command, &log)
    }

    /// `127.0.0.1:port`, as image names of clients need it.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }

    /// How it was started.
    #[must_use]
    pub const fn options(&self) -> &ServerOptions {
        &self.options
    }

    /// The same server under `0.0.0.0:port`, which Linux connects to the loopback address, for clients that treat `127.0.0.0/8` in a way of
    /// its own: Docker does not check certificates there, containerd speaks plain HTTP.
    #[must_use]
    pub fn strict_host(&self) -> String {
        self.host().replace("127.0.0.1", "0.0.0.0")
    }

    /// The login that the first start made.
    pub fn first_login(&self) -> Result<FirstLogin> {
        first_login(&self.options.data_dir)
    }

    /// Runs a command of `ambar` on this server's data directory and gives what it prints.
    pub fn command(&self, arguments: &[&str]) -> Result<String> {
        run(&self.options, arguments, None)
    }

    /// The same with something on its standard input.
    pub fn command_with_input(&self, arguments: &[&str], input: &str) -> Result<String> {
        run(&self.options, arguments, Some(input))
    }
}

/// The login that the first start of a server on `data_dir` made.
pub fn first_login(data_dir: &Path) -> Result<FirstLogin> {
    let path = data_dir.join("first-login.json");
    let text = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not a login", path.display()))
}

/// Beside the data directory, so that nothing foreign lies in it.
fn log_path(options: &ServerOptions) -> PathBuf {
    options.data_dir.with_extension("log")
}

/// The address in the line `listening on <url>`.
fn listening_url(output: &str) -> Option<String> {
    let complete = output.rfind('\n').map_or("", |end| &output[..end]);
    let (_, rest) = complete.split_once("listening on ")?;
    Some(rest.split_whitespace().next()?.trim_end_matches('/').to_owned())
}

fn run(options: &ServerOptions, arguments: &[&str], input: Option<&str>) -> Result<String> {
    let mut command = Command::new(&options.program);
    command.arg("--data-dir").arg(&options.data_dir).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("start ambar")?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input.unwrap_or_default().as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("ambar {arguments:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
