//! The folders that the blobs of one algorithm are spread over: one for each first byte of a digest, made when it is first needed.
//!
//! A folder is used only when its own name is on disk; otherwise a power failure could take it away with the blobs in it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use ambar_domain::digest::{Algorithm, Digest};

#[derive(Debug)]
pub(super) struct Shards {
    folder: PathBuf,
    /// Whether the name of a folder is known to be on disk; by first byte.
    on_disk: Vec<AtomicBool>,
}

impl Shards {
    /// Takes note of the folders that are there.
    pub(super) fn open(blobs: &Path, algorithm: Algorithm) -> io::Result<Self> {
        let folder = blobs.join(algorithm.as_str());
        fs::create_dir_all(&folder)?;
        // What is there may be from a process that was cut off before it got here.
        sync_folder(&folder)?;
        let on_disk: Vec<AtomicBool> = (0..=u8::MAX).map(|_| AtomicBool::new(false)).collect();
        for entry in fs::read_dir(&folder)? {
            if let Some(first) = entry?.file_name().to_str().and_then(first_byte) {
                on_disk[first].store(true, Ordering::Relaxed);
            }
        }
        Ok(Self { folder, on_disk })
    }

    /// Where a blob is, or would be.
    pub(super) fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        let mut path = PathBuf::with_capacity(self.folder.as_os_str().len() + hex.len() + 4);
        path.push(&self.folder);
        path.push(&hex[..2]);
        path.push(hex);
        path
    }

    /// Makes the folder that a blob goes to, unless it is there.
    pub(super) fn prepare(&self, digest: &Digest) -> io::Result<()> {
        let name = &digest.hex()[..2];
        let Some(on_disk) = first_byte(name).map(|first| &self.on_disk[first]) else { return Ok(()) };
        if on_disk.load(Ordering::Relaxed) {
            return Ok(());
        }
        match fs::create_dir(self.folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            // Someone may just have made it and not be through with the flush.
            _ => sync_folder(&self.folder)?,
        }
        on_disk.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Waits until the name of a blob is on disk.
    pub(super) fn settle(&self, digest: &Digest) -> io::Result<()> {
        sync_folder(&self.folder.join(&digest.hex()[..2]))
    }
}

/// The byte that a folder is named after.
fn first_byte(name: &str) -> Option<usize> {
    let first = u8::from_str_radix(name, 16).ok()?;
    (format!("{first:02x}") == name).then_some(usize::from(first))
}

/// Puts the names in a folder on disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
