//! Reads master keys from where the configuration says that they are.
//!
//! Nothing of what was read is ever shown: an error tells where it was looked for and what was wrong about it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use ambar_api::{Keys, MasterKey};
use ambar_domain::ids::IdSource;
use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::Command;

use super::data_dir::DataDir;
use crate::config::{KeySource, MasterKeyConfig};
use crate::system;

/// Most bytes that are read where a key should be: several times what one is long.
const MOST_BYTES: u64 = 1024;

/// Most bytes that are shown of what a command complains of.
const MOST_COMPLAINT: u64 = 4096;

/// How long a command may take: services that keep keys may have to be asked over the network.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// The keys of a node, from its master key and the one before, if that is named.
pub(super) async fn keys(config: &MasterKeyConfig, directory: &DataDir, ids: &dyn IdSource) -> Result<Keys> {
    let current = match &config.current {
        Some(source) => read(source.clone(), COMMAND_LIMIT).await.context("the master key cannot be had")?,
        None => directory.master_key(ids)?,
    };
    let previous = match &config.previous {
        Some(source) => Some(read(source.clone(), COMMAND_LIMIT).await.context("the previous master key cannot be had")?),
        None => None,
    };
    Ok(Keys::new(&current, previous.as_ref()))
}

async fn read(source: KeySource, limit: Duration) -> Result<MasterKey> {
    match source {
        KeySource::File(path) => read_file(&path),
        KeySource::Variable(name) => {
            let text = system::variable(&name).with_context(|| format!("the environment has no variable {name}"))?;
            let text = text.to_str().with_context(|| format!("the variable {name} is no text"))?;
            MasterKey::from_text(text).with_context(|| format!("the variable {name} holds something else"))
        }
        KeySource::Command(command) => {
            // Itself it is not shown: it may hold a password of whatever keeps the key.
            let printed = run(&command, limit).await.context("the command for it did not give it")?;
            MasterKey::from_bytes(&printed).context("the command for it prints something else")
        }
    }
}

/// Reads the key in a file.
pub(super) fn read_file(path: &Path) -> Result<MasterKey> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    read.with_context(|| format!("{} cannot be read", path.display()))?;
    MasterKey::from_bytes(&bytes).with_context(|| format!("{} holds something else", path.display()))
}

/// What a shell command prints. It is ended with all that it has started when it takes too long.
///
/// The shell reads it from its standard input, since everybody on a machine sees the arguments of programs.
async fn run(command: &str, limit: Duration) -> Result<Vec<u8>> {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-s").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut running = shell.spawn().context("no shell could be started")?;
    let group = running.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
    let (printed, complained) = (running.stdout.take(), running.stderr.take());
    let everything = async {
        // First, as waiting for the shell closes what it is given.
        let given = give(running.stdin.take(), command);
        tokio::try_join!(given, take(printed, MOST_BYTES), take(complained, MOST_COMPLAINT), running.wait())
    };
    match tokio::time::timeout(limit, everything).await {
        Ok(finished) => {
            let ((), printed, complained, status) = finished?;
            if status.success() { Ok(printed) } else { Err(failed(status, &complained)) }
        }
        Err(_) => {
            if let Some(group) = group {
                // One that has ended meanwhile cannot be ended.
                let _ = kill_process_group(group, Signal::KILL);
            }
            bail!("it took more than {} seconds", limit.as_secs_f32())
        }
    }
}

/// Gives the shell its command, which it reads to the end before it runs any of it: then nothing of it is left for what it starts to read.
async fn give(to: Option<impl AsyncWrite + Unpin>, command: &str) -> std::io::Result<()> {
    let Some(mut to) = to else { return Ok(()) };
    match to.write_all(format!("{{\n{command}\n}} </dev/null\n").as_bytes()).await {
        // A shell that understands none of it reads no further, and says so itself.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn failed(status: ExitStatus, complained: &[u8]) -> anyhow::Error {
    match String::from_utf8_lossy(complained).trim() {
        "" => anyhow!("it failed ({status})"),
        complained => anyhow!("it failed ({status}): {complained}"),
    }
}

/// Reads to the end and keeps so much: a command that says more must not stand still for it.
async fn take(from: Option<impl AsyncRead + Unpin>, most: u64) -> std::io::Result<Vec<u8>> {
    let Some(mut from) = from else { return Ok(Vec::new()) };
    let mut kept = Vec::new();
    (&mut from).take(most).read_to_end(&mut kept).await?;
    tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

    async fn printed(command: &str) -> Result<MasterKey> {
        read(KeySource::Command(command.to_owned()), Duration::from_secs(60)).await
    }

    #[tokio::test]
    async fn a_command_prints_the_key() {
        assert_eq!(printed(&format!("echo {KEY}")).await.unwrap(), MasterKey::new([7; 32]));
        let bytes = "printf '\\007%.0s' 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2";
        assert_eq!(printed(bytes).await.unwrap(), MasterKey::new([7; 32]));
    }

    #[tokio::test]
    async fn a_command_is_not_among_the_arguments_of_the_shell_and_has_nothing_to_read() {
        let unseen = format!("tr '\\0' ' ' < /proc/$$/cmdline | grep -q sh && ! grep -q unseen /proc/$$/cmdline && echo {KEY} # unseen");
        assert_eq!(printed(&unseen).await.unwrap(), MasterKey::new([7; 32]));
        assert_eq!(printed(&format!("cat; echo {KEY}\nexit 0")).await.unwrap(), MasterKey::new([7; 32]));
        let error = format!("{:#}", printed("fi").await.unwrap_err());
        assert!(error.contains("it failed"), "{error}");
    }

    #[tokio::test]
    async fn a_command_that_fails_says_why_and_what_it_printed_is_not_told() {
        let error = format!("{:#}", printed("echo hunter2; echo 'the vault is sealed' >&2; exit 3").await.unwrap_err());
        assert!(error.contains("the vault is sealed") && error.contains('3') && !error.contains("hunter2"), "{error}");
        let error = format!("{:#}", printed("echo hunter2").await.unwrap_err());
        assert!(error.contains("prints something else") && !error.contains("hunter2"), "{error}");
    }

    #[tokio::test]
    async fn a_command_that_prints_without_end_or_never_ends_is_ended_with_what_it_has_started() {
        let within = |command: String| read(KeySource::Command(command), Duration::from_millis(200));
        assert!(format!("{:#}", within("yes".to_owned()).await.unwrap_err()).contains("took more than"));
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        // It is read to its end when nobody is left who could write.
        let (stuck, read) = tokio::join!(within(format!("sleep 600 > '{}' & wait", fifo.display())), tokio::fs::read(&fifo));
        assert!(format!("{:#}", stuck.unwrap_err()).contains("took more than"));
        assert_eq!(read.unwrap(), b"");
    }

    #[tokio::test]
    async fn a_variable_or_file_that_is_not_there_or_holds_no_key_is_told_by_its_name() {
        let variable = read(KeySource::Variable("NO_SUCH_KEY".to_owned()), COMMAND_LIMIT).await;
        assert!(format!("{:#}", variable.unwrap_err()).contains("NO_SUCH_KEY"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let file = || read(KeySource::File(path.clone()), COMMAND_LIMIT);
        assert!(format!("{:#}", file().await.unwrap_err()).contains("cannot be read"));
        std::fs::write(&path, "hunter2").unwrap();
        let error = format!("{:#}", file().await.unwrap_err());
        assert!(error.contains("64 hexadecimal digits") && !error.contains("hunter2"), "{error}");
        std::fs::write(&path, "correct horse battery staple 123").unwrap();
        let error = format!("{:#}", file().await.unwrap_err());
        assert!(error.contains("32 characters of text are no master key") && !error.contains("horse"), "{error}");
        std::fs::write(&path, format!("{KEY}\n")).unwrap();
        assert_eq!(file().await.unwrap(), MasterKey::new([7; 32]));
    }
}
