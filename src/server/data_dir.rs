//! The data directory: who owns it, what lies in it, and that only one process writes it.
//!
//! ```text
//! <data-dir>/           0700 if made here; one that was there keeps its mode
//!   lock                held by the process that has the stores open
//!   control.sock        where the running server takes commands of the CLI
//!   master.key          seals secrets and signs tokens, unless the configuration says that the master key is elsewhere
//!   first-start         there until the first start is finished
//!   first-login.json    written once
//!   space               there for a moment at a start, to see whether the disk takes anything
//!   events.db           the event log
//!   snapshots.db        snapshots of aggregates; may be deleted
//!   views/              the views; may be deleted
//!   content/            blobs and uploads
//! ```
//!
//! Only the process's own user can read any of it, whatever the directory's mode is: everything is made with the umask of
//! [`make_private_files`](crate::system::make_private_files).

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ambar_api::MasterKey;
use ambar_domain::ids::IdSource;
use anyhow::{Context, Result, bail};

/// What the stores need to be opened: SQLite maps 32 KiB beside each of its files, and says no more than "I/O error" where it cannot.
const SPACE_TO_OPEN: usize = 256 * 1024;

/// The data directory, locked by this process until dropped.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// What came of an attempt to lock the directory.
#[derive(Debug)]
pub(crate) enum Locked {
    /// It is ours.
    Here(DataDir),
    /// Another process, a running server, has it.
    Elsewhere,
}

impl DataDir {
    /// Creates the directory where it is missing, and locks it unless another process has.
    pub(crate) fn lock(path: &Path) -> Result<Locked> {
        DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| format!("{} cannot be created", path.display()))?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path.join("lock"));
        let lock = lock.with_context(|| format!("{} cannot be written", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Locked::Here(Self { path: path.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(Locked::Elsewhere),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{} cannot be locked", path.display())),
        }
    }

    /// Whether a directory has been a registry's: it holds an event log.
    pub(crate) fn holds_data(path: &Path) -> Result<bool> {
        events(path).try_exists().with_context(|| format!("{} cannot be looked into", path.display()))
    }

    /// Says so in the log where others can put files of their own in the place of ours.
    pub(crate) fn warn_of_other_writers(&self) -> Result<()> {
        let mode = self.path.metadata().with_context(|| format!("{} cannot be looked at", self.path.display()))?.permissions().mode();
        if mode & 0o022 != 0 {
            tracing::warn!(data_dir = %self.path.display(), mode = format!("{:o}", mode & 0o7777), "others can write to the data directory");
        }
        Ok(())
    }

    /// Makes sure that the stores can be opened: says so plainly where the disk is full.
    pub(crate) fn require_space(&self) -> Result<()> {
        let probe = self.path.join("space");
        let written = std::fs::write(&probe, vec![0; SPACE_TO_OPEN]);
        // Some of it may have been written.
        let removed = std::fs::remove_file(&probe);
        written.and(removed).with_context(|| format!("the stores in {} cannot be opened", self.path.display()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn events(&self) -> PathBuf {
        events(&self.path)
    }

    pub(crate) fn snapshots(&self) -> PathBuf {
        self.path.join("snapshots.db")
    }

    pub(crate) fn views(&self) -> PathBuf {
        self.path.join("views")
    }

    pub(crate) fn content(&self) -> PathBuf {
        self.path.join("content")
    }

    pub(crate) fn first_login(&self) -> PathBuf {
        self.path.join("first-login.json")
    }

    /// Is there while a first start is unfinished.
    pub(crate) fn first_start_marker(&self) -> PathBuf {
        self.path.join("first-start")
    }

    /// The master key that is kept here; made when the directory holds no events yet. One that is missing later is an error, never replaced.
    pub(crate) fn master_key(&self, ids: &dyn IdSource) -> Result<MasterKey> {
        let path = self.path.join("master.key");
        if !path.exists() {
            if self.events().exists() {
                bail!(
                    "{} is missing: without it the sealed secrets of the event log cannot be opened; [master_key] in the configuration says where else the key is",
                    path.display()
                );
            }
            let mut key = [0; MasterKey::BYTES];
            ids.fill_random(&mut key);
            write_secret(&path, &key)?;
        }
        super::master_key::read_file(&path)
    }
}

fn events(data_dir: &Path) -> PathBuf {
    data_dir.join("events.db")
}

/// Where the running server of a data directory takes commands.
pub(crate) fn control_socket(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}

/// Writes a file that only its owner can read: whole and on disk, or not at all.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}
