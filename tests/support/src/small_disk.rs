//! A file system of a few MiB of a test's own: a tmpfs in a mount namespace, for root and for users without rights alike.
//!
//! A keeper process holds the namespace, so the file system outlives the programs that run on it, and goes with the test.

use anyhow::{Context, Result, ensure};
use rustix::process::geteuid;
use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Mounts, says so, and lives until its standard input ends.
const KEEPER: &str = r#"mount -t tmpfs -o "size=$1" tmpfs "$2" && echo mounted && read end"#;

/// What a filler is written in: a page, the least that a tmpfs gives.
const PAGE: [u8; 4096] = [0xa5; 4096];

/// A small file system. Dropping it ends the keeper; the file system goes when nothing runs on it any more.
#[derive(Debug)]
pub struct SmallDisk {
    keeper: Child,
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts a file system of `size_bytes` on `folder`, an absolute path, which is made when missing.
    pub fn mount(folder: &Path, size_bytes: u64) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let mut command = Command::new("unshare");
        if !geteuid().is_root() {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["--mount", "sh", "-c", KEEPER, "keeper"]).arg(size_bytes.to_string()).arg(folder);
        let mut keeper = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start unshare")?;
        let mut said = String::new();
        BufReader::new(keeper.stdout.take().context("no output")?).read_line(&mut said)?;
        let disk = Self { keeper, folder: folder.to_owned() };
        ensure!(said == "mounted\n", "a file system could not be mounted on {}", folder.display());
        Ok(disk)
    }

    /// Writes a script at `path` that runs `program` where the file system is mounted, in the process that it is started as.
    pub fn run_on(&self, program: &Path, path: &Path) -> Result<()> {
        let user = if geteuid().is_root() { "" } else { " --user --preserve-credentials" };
        let (keeper, program) = (self.keeper.id(), program.display());
        fs::write(path, format!("#!/bin/sh\nexec nsenter --target {keeper} --mount{user} -- '{program}' \"$@\"\n"))?;
        Ok(fs::set_permissions(path, Permissions::from_mode(0o700))?)
    }

    /// Takes all the space that is left.
    pub fn fill(&self) -> Result<()> {
        let mut filler = File::options().create(true).append(true).open(self.filler())?;
        loop {
            match filler.write_all(&PAGE) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error).context("fill a disk"),
            }
        }
    }

    /// Gives the space back that was taken.
    pub fn free(&self) -> Result<()> {
        fs::remove_file(self.filler()).context("free a disk")
    }

    /// The mounted folder as it is seen from outside, through the keeper's eyes.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        let inside = self.folder.strip_prefix("/").unwrap_or(&self.folder);
        Path::new("/proc").join(self.keeper.id().to_string()).join("root").join(inside)
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.keeper.kill().and_then(|()| self.keeper.wait());
    }
}
