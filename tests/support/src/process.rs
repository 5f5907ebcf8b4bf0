//! One process that a test started: ended by its id when the test lets go of it.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A running process. Dropping it kills it and waits until it is gone.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with its output (both streams) appended to the file `log`.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let output = File::options().create(true).append(true).open(log).with_context(|| format!("open {}", log.display()))?;
        let errors = output.try_clone()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("start {}", command.get_program().display()))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything the process has written so far.
    pub fn output(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned())
    }

    /// Fails, with the process's output, when it has ended.
    pub fn check_running(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the process ended with {status}:\n{}", self.output()?);
        }
        Ok(())
    }

    /// `kill -9`, and waits until the process is gone.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks the process to end (`SIGTERM`), and does not wait for it.
    pub fn ask_to_stop(&mut self) -> Result<()> {
        // Once it has been waited for, its id may be that of another.
        if self.child.try_wait()?.is_none()
            && let Some(pid) = Pid::from_raw(i32::try_from(self.child.id())?)
        {
            kill_process(pid, Signal::TERM)?;
        }
        Ok(())
    }

    /// Asks the process to end (`SIGTERM`) and waits at most `limit` for it.
    pub fn stop(&mut self, limit: Duration) -> Result<ExitStatus> {
        self.ask_to_stop()?;
        self.wait(limit)
    }

    /// Waits at most `limit` for the process to end.
    pub fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let started = Instant::now();
        let child = &mut self.child;
        crate::wait::until("the process ends", limit, || Ok(child.try_wait()?))
            .with_context(|| format!("process {} still runs after {:?}", self.child.id(), started.elapsed()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing is left to be done about a process that is gone already.
        let _gone = self.kill();
    }
}
