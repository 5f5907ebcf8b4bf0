//! Blobs and uploads as files on a local disk. See `layout` for where they are and `progress` for how an upload survives a restart.
//!
//! Small blobs share one file (`small`, ADR 14), large ones have one each.
//!
//! Who is told that a blob is stored can rely on it: its bytes and its name are on disk by then. A session and the bytes it has
//! acknowledged survive the end of the process; after a crash a session of a few bytes is gone (`held`), and should the machine itself
//! fail, any session may be shorter than it was, or gone. One process at a time works on a folder.

mod append;
mod fault;
mod hash;
mod held;
mod layout;
mod progress;
mod read;
mod sessions;
mod shards;
mod small;
mod upload;
mod write_back;

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ambar_domain::clock::Clock;
use ambar_domain::digest::Digest;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream;

use self::fault::{Doing, Fault, blocking};
use self::layout::Layout;
use self::sessions::Sessions;
use self::small::SmallBlobs;
use super::{BlobError, BlobReader, BlobStore, ByteStream};

/// Blobs and uploads in a folder of a local disk.
#[derive(Clone)]
pub struct DiskBlobs {
    store: Arc<Store>,
}

impl std::fmt::Debug for DiskBlobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiskBlobs").field("layout", &self.store.layout).finish_non_exhaustive()
    }
}

struct Store {
    layout: Layout,
    small: SmallBlobs,
    sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
    puts: AtomicU64,
}

impl DiskBlobs {
    /// Opens the store in a folder, which is made if it is missing. Uploads that were open stay so.
    ///
    /// # Errors
    /// The folders cannot be made or read.
    pub fn open(root: &Path, clock: Arc<dyn Clock>) -> Result<Self, BlobError> {
        let layout = Layout::create(root)?;
        let small = SmallBlobs::open(&layout.small())?;
        layout.settle_small()?;
        let store = Store { layout, small, sessions: Arc::new(Sessions::new()), clock, puts: AtomicU64::new(0) };
        Ok(Self { store: Arc::new(store) })
    }

    /// The file of a blob; what was found among the small ones is nothing. Should these be damaged, that is the answer only for blobs without
    /// a file.
    async fn open_file(&self, digest: &Digest, small: Result<Option<Bytes>, Fault>) -> Result<File, BlobError> {
        let path = self.store.layout.blob(digest);
        let opened = match read::open_cached(&path) {
            Some(opened) => opened,
            None => blocking("opening a blob", move || Ok::<_, Fault>(File::open(path))).await?,
        };
        match opened {
            Ok(file) => Ok(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                small?;
                Err(BlobError::NotFound { digest: digest.clone() })
            }
            Err(error) => Ok(Err(error).doing("opening a blob")?),
        }
    }
}

impl BlobStore for DiskBlobs {
    fn stat<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Option<u64>, BlobError>> {
        Box::pin(async move {
            let small = self.store.small.size(digest);
            if let Ok(Some(size_bytes)) = small {
                return Ok(Some(size_bytes));
            }
            let path = self.store.layout.blob(digest);
            let size = match read::size_cached(&path) {
                Some(size) => size,
                None => blocking("looking for a blob", move || Ok::<_, Fault>(read::size(&path))).await?,
            };
            match size {
                Ok(size) => Ok(Some(size)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(small?),
                Err(error) => Ok(Err(error).doing("looking for a blob")?),
            }
        })
    }

    fn open<'a>(&'a self, digest: &'a Digest, range: Range<u64>) -> BoxFuture<'a, Result<BlobReader, BlobError>> {
        Box::pin(async move {
            let small = self.store.small.find(digest);
            if let Ok(Some(bytes)) = small {
                let len = length_inside(&range, bytes.len() as u64)?;
                // Inside bytes in memory, so both are numbers of bytes in memory.
                let bytes = bytes.slice(range.start as usize..range.end as usize);
                return Ok(BlobReader { len, bytes: in_one_piece(bytes) });
            }
            let file = self.open_file(digest, small).await?;
            let len = length_inside(&range, file.metadata().doing("asking for the size of a blob")?.len())?;
            if len > read::SMALL_BYTES {
                return Ok(BlobReader { len, bytes: Box::pin(read::Pieces::new(file, range)) });
            }
            let bytes = read_range(file, range).await?;
            Ok(BlobReader { len, bytes: in_one_piece(bytes) })
        })
    }

    fn read<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Bytes, BlobError>> {
        Box::pin(async move {
            let small = self.store.small.find(digest);
            if let Ok(Some(bytes)) = small {
                return Ok(bytes);
            }
            let file = self.open_file(digest, small).await?;
            let size = file.metadata().doing("asking for the size of a blob")?.len();
            Ok(read_range(file, 0..size).await?)
        })
    }

    fn put<'a>(&'a self, digest: &'a Digest, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            if bytes.len() <= small::MAX_BYTES {
                return Ok(self.store.small.put(digest, bytes).await?);
            }
            let (store, digest) = (Arc::clone(&self.store), digest.clone());
            blocking("keeping a blob", move || Ok(store.put(&digest, &bytes)?)).await
        })
    }

    fn delete<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<bool, BlobError>> {
        Box::pin(async move {
            let path = self.store.layout.blob(digest);
            // Not flushed: should a power failure bring the file back, whoever lists what nothing refers to finds it again.
            let had_file = blocking("removing a blob", move || layout::remove(&path).doing("removing a blob")).await?;
            // A small one may be in either place: earlier versions had files only. Where it is not, nothing is written: the disk may be full.
            let was_small = self.store.small.size(digest)?.is_some() && self.store.small.remove(digest).await?;
            Ok(was_small || had_file)
        })
    }
}

impl Store {
    fn put(&self, digest: &Digest, bytes: &[u8]) -> Result<(), Fault> {
        if self.layout.is_stored(digest, bytes.len() as u64)? {
            return self.layout.settle(digest);
        }
        let path = self.layout.put(self.puts.fetch_add(1, Ordering::Relaxed));
        let kept =
            write_flushed(&path, bytes).doing("writing a blob").and_then(|()| self.layout.publish(&path, digest, bytes.len() as u64));
        if kept.is_err() {
            // Gone already if only the flush of its folder failed; and what stays is cleared away at the next start.
            let _ = layout::remove(&path);
        }
        kept
    }
}

fn write_flushed(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_data()
}

/// The length of a range, which must lie inside a blob of so many bytes.
fn length_inside(range: &Range<u64>, size: u64) -> Result<u64, Fault> {
    if range.start > range.end || range.end > size {
        let outside = io::Error::new(io::ErrorKind::InvalidInput, format!("the range {range:?} is outside its {size} bytes"));
        return Err(outside).doing("opening a range of a blob");
    }
    Ok(range.end - range.start)
}

fn in_one_piece(bytes: Bytes) -> ByteStream {
    Box::pin(stream::iter((!bytes.is_empty()).then_some(Ok(bytes))))
}

async fn read_range(file: File, range: Range<u64>) -> Result<Bytes, Fault> {
    match read::whole_cached(&file, &range) {
        Some(bytes) => Ok(bytes),
        None => blocking("reading a blob", move || read::whole(&file, &range).doing("reading a blob")).await,
    }
}

#[cfg(test)]
mod tests;
