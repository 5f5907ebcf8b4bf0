//! Where things are, and how a file gets its name for good.
//!
//! ```text
//! <root>/blobs/<algorithm>/<first two hex digits>/<hex>   whole blobs, and nothing else
//! <root>/blobs/small.db                                   small blobs (see `small`), with its write-ahead log beside it
//! <root>/uploads/<id>                                     the bytes of an upload session
//! <root>/uploads/<id>.state                               its saved hash (see `progress`)
//! <root>/uploads/put-<n>                                  a blob on its way that nobody resumes
//! ```
//!
//! A file of a blob enters `blobs` only by a rename, after its bytes are on disk; the answer goes out after the folder is on disk too.
//! So a crash leaves a whole blob or none, and never one that was promised and is gone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ambar_domain::digest::{Algorithm, Digest};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::fault::{Doing, Fault};
use super::shards::{Shards, sync_folder};
use crate::blobs::UploadId;

#[derive(Debug)]
pub(super) struct Layout {
    sha256: Shards,
    sha512: Shards,
    blobs: PathBuf,
    uploads: PathBuf,
}

impl Layout {
    /// Makes the folders that are missing, and clears away what a crash left that nobody can resume.
    pub(super) fn create(root: &Path) -> Result<Self, Fault> {
        let layout = Self::create_folders(root).doing("creating the folders of the blob store")?;
        layout.clear_abandoned().doing("clearing the folder of uploads")?;
        Ok(layout)
    }

    fn create_folders(root: &Path) -> io::Result<Self> {
        let (blobs, uploads) = (root.join("blobs"), root.join("uploads"));
        fs::create_dir_all(&uploads)?;
        let sha256 = Shards::open(&blobs, Algorithm::Sha256)?;
        let sha512 = Shards::open(&blobs, Algorithm::Sha512)?;
        sync_folder(&blobs)?;
        sync_folder(root)?;
        Ok(Self { sha256, sha512, blobs, uploads })
    }

    fn clear_abandoned(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.uploads)? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(|name| name.starts_with("put-")) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    pub(super) fn uploads(&self) -> &Path {
        &self.uploads
    }

    fn shards(&self, digest: &Digest) -> &Shards {
        match digest.algorithm() {
            Algorithm::Sha256 => &self.sha256,
            Algorithm::Sha512 => &self.sha512,
        }
    }

    pub(super) fn blob(&self, digest: &Digest) -> PathBuf {
        self.shards(digest).path(digest)
    }

    pub(super) fn small(&self) -> PathBuf {
        self.blobs.join("small.db")
    }

    /// Waits until the name of the file of small blobs is on disk.
    pub(super) fn settle_small(&self) -> Result<(), Fault> {
        sync_folder(&self.blobs).doing("flushing the folder of blobs")
    }

    pub(super) fn upload(&self, id: UploadId) -> PathBuf {
        self.uploads.join(id.0.as_simple().encode_lower(&mut uuid::Uuid::encode_buffer()))
    }

    pub(super) fn state(&self, id: UploadId) -> PathBuf {
        self.uploads.join(format!("{id}.state"))
    }

    pub(super) fn put(&self, number: u64) -> PathBuf {
        self.uploads.join(format!("put-{number}"))
    }

    /// Whether a blob is there and as long as it must be. One of another length is damaged (it was cut or grown from outside), and
    /// whoever has the right bytes puts them in its place.
    pub(super) fn is_stored(&self, digest: &Digest, size_bytes: u64) -> Result<bool, Fault> {
        match fs::metadata(self.blob(digest)) {
            Ok(metadata) => Ok(metadata.len() == size_bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).doing("looking for a blob"),
        }
    }

    /// Gives a file, whose bytes are verified and on disk, its name for good; drops the file if the blob is stored already.
    pub(super) fn publish(&self, file: &Path, digest: &Digest, size_bytes: u64) -> Result<(), Fault> {
        self.shards(digest).prepare(digest).doing("creating a folder of blobs")?;
        let blob = self.blob(digest);
        match rename_to_new(file, &blob) {
            // Something is there, or the file system cannot tell.
            Err(Errno::EXIST | Errno::INVAL) => {
                if self.is_stored(digest, size_bytes)? {
                    fs::remove_file(file).doing("dropping the second copy of a blob")?;
                } else {
                    fs::rename(file, blob).doing("giving a blob its name")?;
                }
            }
            renamed => renamed.map_err(io::Error::from).doing("giving a blob its name")?,
        }
        self.settle(digest)
    }

    /// Waits until a blob's name is on disk. Needed also for a name that is there already: who gave it may still be waiting.
    pub(super) fn settle(&self, digest: &Digest) -> Result<(), Fault> {
        self.shards(digest).settle(digest).doing("flushing a folder of blobs")
    }
}

/// Replaces nothing, so that the usual blob, which is new, needs no look first.
fn rename_to_new(from: &Path, to: &Path) -> Result<(), Errno> {
    renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)
}

/// Removes a file; `false` if there was none.
pub(super) fn remove(file: &Path) -> io::Result<bool> {
    match fs::remove_file(file) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
