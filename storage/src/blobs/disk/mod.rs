//! Blobs and uploads as files on a local disk. See `layout` for where they are and `progress` for how an upload survives a restart.
//!
//! Who is told that a blob is stored can rely on it: its bytes and its name are on disk by then. A session and the bytes it has
//! acknowledged survive the end of the process; should the machine itself fail, a session may be shorter than it was, or gone.
//! One process at a time works on a folder.

mod append;
mod fault;
mod hash;
mod layout;
mod progress;
mod read;
mod sessions;
mod shards;
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
use super::{BlobError, BlobReader, BlobStore};

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
        let store = Store { layout, sessions: Arc::new(Sessions::new()), clock, puts: AtomicU64::new(0) };
        Ok(Self { store: Arc::new(store) })
    }

    async fn open_file(&self, digest: &Digest) -> Result<File, BlobError> {
        let path = self.store.layout.blob(digest);
        let opened = match read::open_cached(&path) {
            Some(opened) => opened,
            None => blocking("opening a blob", move || Ok::<_, Fault>(File::open(path))).await?,
        };
        opened.map_err(|source| missing_or(digest, "opening a blob", source))
    }
}

impl BlobStore for DiskBlobs {
    fn stat<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Option<u64>, BlobError>> {
        Box::pin(async move {
            let path = self.store.layout.blob(digest);
            let size = match read::size_cached(&path) {
                Some(size) => size,
                None => blocking("looking for a blob", move || Ok::<_, Fault>(read::size(&path))).await?,
            };
            match size {
                Ok(size) => Ok(Some(size)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Ok(Err(error).doing("looking for a blob")?),
            }
        })
    }

    fn open<'a>(&'a self, digest: &'a Digest, range: Range<u64>) -> BoxFuture<'a, Result<BlobReader, BlobError>> {
        Box::pin(async move {
            let file = self.open_file(digest).await?;
            let size = file.metadata().doing("asking for the size of a blob")?.len();
            if range.start > range.end || range.end > size {
                let outside = io::Error::new(io::ErrorKind::InvalidInput, format!("the range {range:?} is outside its {size} bytes"));
                return Ok(Err(outside).doing("opening a range of a blob")?);
            }
            let len = range.end - range.start;
            if len > read::SMALL_BYTES {
                return Ok(BlobReader { len, bytes: Box::pin(read::Pieces::new(file, range)) });
            }
            let bytes = read_range(file, range).await?;
            Ok(BlobReader { len, bytes: Box::pin(stream::iter((!bytes.is_empty()).then_some(Ok(bytes)))) })
        })
    }

    fn read<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Bytes, BlobError>> {
        Box::pin(async move {
            let file = self.open_file(digest).await?;
            let size = file.metadata().doing("asking for the size of a blob")?.len();
            Ok(read_range(file, 0..size).await?)
        })
    }

    fn put<'a>(&'a self, digest: &'a Digest, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            let (store, digest) = (Arc::clone(&self.store), digest.clone());
            blocking("keeping a small blob", move || Ok(store.put(&digest, &bytes)?)).await
        })
    }

    fn delete<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<bool, BlobError>> {
        Box::pin(async move {
            let path = self.store.layout.blob(digest);
            // Not flushed: should a power failure bring the file back, whoever lists what nothing refers to finds it again.
            blocking("removing a blob", move || Ok(layout::remove(&path).doing("removing a blob")?)).await
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
            write_flushed(&path, bytes).doing("writing a small blob").and_then(|()| self.layout.publish(&path, digest, bytes.len() as u64));
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

async fn read_range(file: File, range: Range<u64>) -> Result<Bytes, Fault> {
    match read::whole_cached(&file, &range) {
        Some(bytes) => Ok(bytes),
        None => blocking("reading a blob", move || read::whole(&file, &range).doing("reading a blob")).await,
    }
}

fn missing_or(digest: &Digest, doing: &'static str, source: io::Error) -> BlobError {
    if source.kind() == io::ErrorKind::NotFound {
        return BlobError::NotFound { digest: digest.clone() };
    }
    Fault::new(doing, source).into()
}

#[cfg(test)]
mod tests;
