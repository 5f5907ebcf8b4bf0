//! Debian's docker-registry, the server that Ambar is measured against.

use crate::process::Process;
use crate::tls::TlsFiles;
use crate::{port, wait};
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How a yardstick is started.
#[derive(Debug, Clone)]
pub struct YardstickOptions {
    /// The program, `docker-registry` of the Debian package of that name.
    pub program: PathBuf,
    /// Served over TLS with these files, else in plain HTTP.
    pub tls: Option<TlsFiles>,
    /// An htpasswd file (bcrypt); without it everybody may do everything.
    pub htpasswd: Option<PathBuf>,
}

/// A running docker-registry over a folder of its own.
#[derive(Debug)]
pub struct Yardstick {
    /// Its process.
    pub process: Process,
    /// Where it answers, as `http://127.0.0.1:port`.
    pub url: String,
}

impl Yardstick {
    /// Starts it over `folder` (made when missing, kept afterwards) and waits until it answers.
    pub fn start(folder: &Path, options: &YardstickOptions) -> Result<Self> {
        let port = port::free()?;
        std::fs::create_dir_all(folder)?;
        let file = folder.join("config.yml");
        std::fs::write(&file, configuration(folder, port, options)?)?;
        let mut process = Process::start(Command::new(&options.program).arg("serve").arg(&file), &folder.join("registry.log"))?;
        wait::until("docker-registry answers", Duration::from_secs(15), || {
            process.check_running()?;
            Ok(port::answers(port).then_some(()))
        })?;
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        Ok(Self { process, url: format!("{scheme}://127.0.0.1:{port}") })
    }
}

/// Its configuration as its own documentation starts out: files on disk, descriptors cached in memory, logging errors only.
fn configuration(folder: &Path, port: u16, options: &YardstickOptions) -> Result<String> {
    let files = folder.join("files");
    let mut text = format!(
        "version: 0.1\n\
         log: {{level: error, accesslog: {{disabled: true}}}}\n\
         storage: {{filesystem: {{rootdirectory: {}}}, cache: {{blobdescriptor: inmemory}}, delete: {{enabled: true}}}}\n\
         http:\n  addr: 127.0.0.1:{port}\n  secret: yardstick\n",
        files.display()
    );
    if let Some(tls) = &options.tls {
        let (certificate, key) = (tls.certificate.display(), tls.key.display());
        writeln!(text, "  tls: {{certificate: {certificate}, key: {key}}}").context("write into a string")?;
    }
    if let Some(path) = &options.htpasswd {
        writeln!(text, "auth: {{htpasswd: {{realm: yardstick, path: {}}}}}", path.display()).context("write into a string")?;
    }
    Ok(text)
}
