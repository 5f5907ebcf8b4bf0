//! Upload sessions: one file each, hashed on the way in; in memory as long as they are small.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::sync::Arc;

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::{Algorithm, Digest};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::append::append;
use super::fault::{Doing, Fault, blocking};
use super::hash::Running;
use super::held::Held;
use super::layout::remove;
use super::progress::{Progress, hash_file};
use super::sessions::Lease;
use super::small::MAX_BYTES;
use super::{DiskBlobs, Store};
use crate::blobs::{ByteStream, Finished, UploadError, UploadId, UploadStore};

impl UploadStore for DiskBlobs {
    fn begin(&self, id: UploadId, algorithm: Algorithm) -> BoxFuture<'_, Result<(), UploadError>> {
        Box::pin(async move {
            let mut lease = self.lease(id)?;
            if lease.size_bytes().is_some() {
                return Ok(Err(io::Error::from(io::ErrorKind::AlreadyExists)).doing("beginning an upload")?);
            }
            let place = self.store.sessions.place();
            let stays_in_memory = place.is_some();
            lease.held = Some(Held::new(algorithm, self.store.clock.now(), place));
            if stays_in_memory {
                return Ok(());
            }
            let store = Arc::clone(&self.store);
            blocking("beginning an upload", move || {
                // Nobody learns of a session that has neither a place nor a file.
                Ok(store.write_down(&mut lease).inspect_err(|_| lease.held = None)?)
            })
            .await
        })
    }

    fn size(&self, id: UploadId) -> BoxFuture<'_, Result<u64, UploadError>> {
        Box::pin(async move {
            if let Some(size_bytes) = self.store.sessions.size(id) {
                return Ok(size_bytes);
            }
            let store = Arc::clone(&self.store);
            blocking("asking for the size of an upload", move || store.size(id)).await
        })
    }

    fn append(&self, id: UploadId, offset: Option<u64>, bytes: ByteStream, limit_bytes: u64) -> BoxFuture<'_, Result<u64, UploadError>> {
        Box::pin(async move {
            let lease = self.loaded(self.lease(id)?).await?;
            let size_bytes = lease.size_bytes().unwrap_or(0);
            if offset.is_some_and(|offset| offset != size_bytes) {
                return Err(UploadError::OutOfOrder { size_bytes });
            }
            append(&self.store, lease, bytes, limit_bytes).await
        })
    }

    fn finish<'a>(&'a self, id: UploadId, digest: &'a Digest) -> BoxFuture<'a, Result<Finished, UploadError>> {
        Box::pin(async move {
            let lease = self.loaded(self.lease(id)?).await?;
            if lease.size_bytes().is_some_and(|size_bytes| size_bytes <= MAX_BYTES as u64) {
                return finish_small(&self.store, lease, digest).await;
            }
            let (store, digest) = (Arc::clone(&self.store), digest.clone());
            blocking("finishing an upload", move || store.finish(lease, digest)).await
        })
    }

    fn cancel(&self, id: UploadId) -> BoxFuture<'_, Result<(), UploadError>> {
        Box::pin(async move {
            let mut lease = self.lease(id)?;
            if lease.held.take().is_some() {
                return Ok(());
            }
            let store = Arc::clone(&self.store);
            blocking("cancelling an upload", move || if store.remove(lease)? { Ok(()) } else { Err(UploadError::NotFound { id }) }).await
        })
    }

    fn expire(&self, before: Timestamp) -> BoxFuture<'_, Result<u64, UploadError>> {
        let store = Arc::clone(&self.store);
        Box::pin(blocking("expiring uploads", move || Ok(store.expire(before)?)))
    }
}

impl DiskBlobs {
    fn lease(&self, id: UploadId) -> Result<Lease, UploadError> {
        self.store.sessions.lease(id).ok_or(UploadError::Busy)
    }

    /// The lease on a session that is at hand: its progress comes from the disk if it must.
    async fn loaded(&self, mut lease: Lease) -> Result<Lease, UploadError> {
        if lease.size_bytes().is_some() {
            return Ok(lease);
        }
        let store = Arc::clone(&self.store);
        blocking("finding an upload", move || {
            lease.progress = Some(store.progress(&mut lease)?);
            Ok(lease)
        })
        .await
    }
}

/// Keeps a small blob with the others and ends its session, which stays what it was until the blob is on disk.
async fn finish_small(store: &Arc<Store>, lease: Lease, digest: &Digest) -> Result<Finished, UploadError> {
    let (mut lease, bytes) = match &lease.held {
        Some(held) => {
            let bytes = held.bytes.clone();
            (lease, bytes)
        }
        None => {
            let path = store.layout.upload(lease.id());
            let read = move || Ok::<_, Fault>((lease, fs::read(path).doing("reading an upload again")?));
            let (lease, bytes) = blocking("reading an upload again", read).await?;
            (lease, bytes.into())
        }
    };
    let actual = digest_of(&bytes, digest.algorithm());
    let size_bytes = bytes.len() as u64;
    if actual == *digest {
        store.small.put(digest, bytes).await?;
    }
    if lease.held.take().is_none() {
        let store = Arc::clone(store);
        blocking("dropping an upload", move || store.remove(lease)).await?;
    }
    if actual == *digest { Ok(Finished { digest: actual, size_bytes }) } else { Err(UploadError::DigestMismatch { actual }) }
}

fn digest_of(bytes: &[u8], algorithm: Algorithm) -> Digest {
    let mut hash = Running::new(algorithm);
    hash.update(bytes);
    hash.digest()
}

impl Store {
    /// Gives a session its file, if it has none yet.
    pub(super) fn write_down(&self, lease: &mut Lease) -> Result<(), Fault> {
        let Some(held) = &lease.held else { return Ok(()) };
        let path = self.layout.upload(lease.id());
        let file = File::create_new(&path).doing("creating an upload")?;
        let written = (&file).write_all(&held.bytes).and_then(|()| file.set_modified(held.changed_at.into()));
        if written.is_err() {
            let _ = remove(&path);
        }
        written.doing("writing an upload")?;
        let mut progress = Progress::new(held.algorithm);
        if held.algorithm != Algorithm::Sha256 {
            progress.save(&self.layout, lease.id());
        }
        progress.add(&held.bytes);
        (lease.held, lease.progress, lease.file) = (None, Some(progress), Some(file));
        Ok(())
    }

    /// Takes the progress out of the lease, or finds it out from the disk.
    fn progress(&self, lease: &mut Lease) -> Result<Progress, UploadError> {
        match lease.progress.take() {
            Some(progress) => Ok(progress),
            None => Progress::load(&self.layout, lease.id())?.ok_or(UploadError::NotFound { id: lease.id() }),
        }
    }

    fn size(&self, id: UploadId) -> Result<u64, UploadError> {
        match fs::metadata(self.layout.upload(id)) {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(UploadError::NotFound { id }),
            Err(error) => Ok(Err(error).doing("asking for the size of an upload")?),
        }
    }

    fn finish(&self, mut lease: Lease, digest: Digest) -> Result<Finished, UploadError> {
        let progress = self.progress(&mut lease)?;
        let path = self.layout.upload(lease.id());
        let file = lease.open(&path).doing("opening an upload")?;
        let actual = if digest.algorithm() == progress.hash.algorithm() {
            progress.hash.digest()
        } else {
            let mut hash = Running::new(digest.algorithm());
            hash_file(&file, 0, &mut hash).doing("reading an upload again")?;
            hash.digest()
        };
        if actual != digest {
            self.remove(lease)?;
            return Err(UploadError::DigestMismatch { actual });
        }
        progress.flush(&file)?;
        self.layout.publish(&path, &digest, progress.size_bytes)?;
        if progress.may_be_saved() {
            remove(&self.layout.state(lease.id())).doing("dropping the state of an upload")?;
        }
        Ok(Finished { digest, size_bytes: progress.size_bytes })
    }

    /// Ends a session; `false` if there was none.
    pub(super) fn remove(&self, mut lease: Lease) -> Result<bool, Fault> {
        lease.progress = None;
        let was_held = lease.held.take().is_some();
        let existed = remove(&self.layout.upload(lease.id())).doing("dropping an upload")?;
        remove(&self.layout.state(lease.id())).doing("dropping the state of an upload")?;
        Ok(existed || was_held)
    }

    fn expire(&self, before: Timestamp) -> Result<u64, Fault> {
        let mut expired = self.sessions.expire_held(before);
        for entry in fs::read_dir(self.layout.uploads()).doing("listing uploads")? {
            let entry = entry.doing("listing uploads")?;
            let name = entry.file_name();
            let Some((id, is_state)) = name.to_str().and_then(parse_name) else { continue };
            // Someone is at work on it.
            let Some(lease) = self.sessions.lease(id) else { continue };
            // Only now: it may have grown since it was listed, or be gone.
            let modified = match entry.path().metadata().and_then(|metadata| metadata.modified()) {
                Ok(modified) => DateTime::<Utc>::from(modified),
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error).doing("asking for the age of an upload"),
            };
            // A state without its upload is what a crash left between the removal of the two.
            let is_stale = modified < before && (!is_state || !self.layout.upload(id).exists());
            if is_stale && self.remove(lease)? {
                expired += 1;
            }
        }
        Ok(expired)
    }
}

/// Nobody works on a session any more: those without a file get one.
impl Drop for Store {
    fn drop(&mut self) {
        for (id, held) in self.sessions.take_held() {
            let Some(mut lease) = self.sessions.lease(id) else { continue };
            lease.held = Some(held);
            if let Err(fault) = self.write_down(&mut lease) {
                let error = UploadError::from(fault);
                tracing::warn!(%id, error = &error as &dyn Error, "an upload could not be written down and is forgotten");
            }
        }
    }
}

/// The session a file belongs to, and whether it is the saved state.
fn parse_name(name: &str) -> Option<(UploadId, bool)> {
    let id = name.strip_suffix(".state").unwrap_or(name);
    Some((UploadId(Uuid::try_parse(id).ok()?), id.len() != name.len()))
}
