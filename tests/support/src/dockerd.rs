//! The real Docker engine over a folder of its own, with a containerd of its own.

use crate::containerd::Containerd;
use crate::process::Process;
use crate::{own_mounts, wait};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A running Docker engine. Dropping it kills it and its containerd.
#[derive(Debug)]
pub struct Dockerd {
    /// Its process.
    pub process: Process,
    /// Its containerd.
    pub containerd: Containerd,
    /// Where it answers: a Unix socket.
    pub socket: PathBuf,
    etc_docker: PathBuf,
}

impl Dockerd {
    /// Starts it over `folder` (made when missing, kept afterwards) and waits until it answers. It has no network but the loopback address.
    pub fn start(folder: &Path) -> Result<Self> {
        let containerd = Containerd::start(&folder.join("containerd"))?;
        let (socket, etc_docker) = (folder.join("docker.sock"), folder.join("etc-docker"));
        let mut command = own_mounts::command("dockerd", &etc_docker)?;
        command.arg("--containerd").arg(&containerd.socket).arg("--host").arg(format!("unix://{}", socket.display()));
        command.arg("--data-root").arg(folder.join("root")).arg("--exec-root").arg(folder.join("state"));
        command.arg("--pidfile").arg(folder.join("docker.pid"));
        command.args(["--group", "root", "--storage-driver", "vfs", "--bridge=none", "--iptables=false", "--ip6tables=false"]);
        command.env("NO_PROXY", "*");
        let mut process = Process::start(&mut command, &folder.join("dockerd.log"))?;
        wait::until("dockerd answers", Duration::from_secs(30), || {
            process.check_running()?;
            Ok(process.output()?.contains("API listen on").then_some(()))
        })
        .context(own_mounts::NEEDS)?;
        Ok(Self { process, containerd, socket, etc_docker })
    }

    /// Trusts the servers that `authority` has signed for at `host` (`address:port`), the way an operator does it.
    pub fn trust(&self, host: &str, authority: &Path) -> Result<()> {
        let folder = self.etc_docker.join("certs.d").join(host);
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(authority, folder.join("ca.crt")).with_context(|| format!("copy {}", authority.display()))?;
        Ok(())
    }

    /// The `docker` command against this engine. It sees the engine's `/etc/docker`: `docker manifest` talks to registries by itself.
    pub fn docker(&self, configuration: &Path) -> Result<Command> {
        let mut command = own_mounts::command("docker", &self.etc_docker)?;
        command.arg("--config").arg(configuration).arg("--host").arg(format!("unix://{}", self.socket.display()));
        command.env("NO_PROXY", "*");
        Ok(command)
    }
}
