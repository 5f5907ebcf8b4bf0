//! Container engines mount, and write to fixed paths. Here each has mounts of its own: nothing of it reaches the machine, nothing stays when it is killed.

use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// Runs in the new namespace: `$0` becomes `/etc/docker`, `/run` is empty, then the program takes this process over and keeps its id.
const ENTER: &str = r#"
export PATH="$PATH:/usr/sbin:/sbin"
mkdir -p /etc/docker && mount --bind "$0" /etc/docker && mount -t tmpfs run /run && exec "$@"
"#;

/// What a start may lack where it is not started by root.
pub(crate) const NEEDS: &str = "an engine needs root, or the right to make user namespaces \
     (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)";

/// A command that starts `program` with the folder `etc_docker` (made when missing) in the place of `/etc/docker`.
///
/// Who is not root is the root of a user namespace there: enough to keep images, not to run containers.
pub fn command(program: &str, etc_docker: &Path) -> Result<Command> {
    std::fs::create_dir_all(etc_docker).with_context(|| format!("make {}", etc_docker.display()))?;
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command.args(["sh", "-c", ENTER]).arg(etc_docker).arg(program);
    Ok(command)
}
