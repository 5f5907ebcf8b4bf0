//! The real containerd over a folder of its own.

use crate::process::Process;
use crate::{own_mounts, wait};
use anyhow::{Context, Result};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A running containerd. Dropping it kills it.
#[derive(Debug)]
pub struct Containerd {
    /// Its process.
    pub process: Process,
    /// Where it answers: a Unix socket.
    pub socket: PathBuf,
}

impl Containerd {
    /// Starts it over `folder` (made when missing, kept afterwards) and waits until it answers.
    pub fn start(folder: &Path) -> Result<Self> {
        let (socket, file) = (folder.join("containerd.sock"), folder.join("config.toml"));
        let mut command = own_mounts::command("containerd", &folder.join("etc-docker"))?;
        std::fs::write(&file, configuration(folder, &socket))?;
        let mut process = Process::start(command.arg("--config").arg(&file), &folder.join("containerd.log"))?;
        wait::until("containerd answers", Duration::from_secs(30), || {
            process.check_running()?;
            Ok(UnixStream::connect(&socket).ok())
        })
        .context(own_mounts::NEEDS)?;
        Ok(Self { process, socket })
    }
}

/// Images only: without the plugin that serves Kubernetes.
fn configuration(folder: &Path, socket: &Path) -> String {
    let (root, state, socket) = (folder.join("root"), folder.join("state"), socket.display());
    format!(
        "version = 2\nroot = '{}'\nstate = '{}'\ndisabled_plugins = ['io.containerd.grpc.v1.cri']\n[grpc]\naddress = '{socket}'\n",
        root.display(),
        state.display()
    )
}
