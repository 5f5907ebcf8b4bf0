//! Upload sessions: one file each, hashed on the way in.

use std::fs::{self, File};
use std::io;
use std::sync::Arc;

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::{Algorithm, Digest};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::append::append;
use super::fault::{Doing, Fault, blocking};
use super::hash::Running;
use super::layout::remove;
use super::progress::{Progress, hash_file};
use super::sessions::Lease;
use super::{DiskBlobs, Store};
use crate::blobs::{ByteStream, Finished, UploadError, UploadId, UploadStore};

impl UploadStore for DiskBlobs {
    fn begin(&self, id: UploadId, algorithm: Algorithm) -> BoxFuture<'_, Result<(), UploadError>> {
        Box::pin(async move {
            let lease = self.lease(id)?;
            let store = Arc::clone(&self.store);
            blocking("beginning an upload", move || Ok(store.begin(lease, algorithm)?)).await
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
            let size_bytes = lease.progress.as_ref().map_or(0, |progress| progress.size_bytes);
            if offset.is_some_and(|offset| offset != size_bytes) {
                return Err(UploadError::OutOfOrder { size_bytes });
            }
            append(&self.store, lease, bytes, limit_bytes).await
        })
    }

    fn finish<'a>(&'a self, id: UploadId, digest: &'a Digest) -> BoxFuture<'a, Result<Finished, UploadError>> {
        Box::pin(async move {
            let lease = self.lease(id)?;
            let (store, digest) = (Arc::clone(&self.store), digest.clone());
            blocking("finishing an upload", move || store.finish(lease, digest)).await
        })
    }

    fn cancel(&self, id: UploadId) -> BoxFuture<'_, Result<(), UploadError>> {
        Box::pin(async move {
            let lease = self.lease(id)?;
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

    /// The lease with the session's progress, from the disk if it is not at hand.
    async fn loaded(&self, mut lease: Lease) -> Result<Lease, UploadError> {
        if lease.progress.is_some() {
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

impl Store {
    fn begin(&self, mut lease: Lease, algorithm: Algorithm) -> Result<(), Fault> {
        let file = File::create_new(self.layout.upload(lease.id())).doing("creating an upload")?;
        file.set_modified(self.clock.now().into()).doing("noting the time of an upload")?;
        let mut progress = Progress::new(algorithm);
        if algorithm != Algorithm::Sha256 {
            progress.save(&self.layout, lease.id());
        }
        lease.progress = Some(progress);
        lease.file = Some(file);
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
        let existed = remove(&self.layout.upload(lease.id())).doing("dropping an upload")?;
        remove(&self.layout.state(lease.id())).doing("dropping the state of an upload")?;
        Ok(existed)
    }

    fn expire(&self, before: Timestamp) -> Result<u64, Fault> {
        let mut expired = 0;
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

/// The session a file belongs to, and whether it is the saved state.
fn parse_name(name: &str) -> Option<(UploadId, bool)> {
    let id = name.strip_suffix(".state").unwrap_or(name);
    Some((UploadId(Uuid::try_parse(id).ok()?), id.len() != name.len()))
}
