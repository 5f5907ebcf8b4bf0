//! Bytes on their way in: collected into pieces while the piece before is hashed and written.
//!
//! Each piece is a piece of blocking work of its own, so that a slow sender occupies no thread; at most two are in memory. The lease on
//! the session goes along with the work. If the request is dropped in the middle, the piece that is being written is finished, the one
//! that was being collected is lost, and the session goes on behind what is written.

use std::fs::File;
use std::io::{self, IoSlice};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use rustix::io::Errno;
use tokio::task::JoinHandle;

use super::Store;
use super::fault::{Doing, Fault, blocking};
use super::sessions::Lease;
use crate::blobs::{ByteStream, UploadError};

/// How much is collected before it is written. Two of these per transfer are in memory, and the chunk that exceeds each. Small, so that a
/// piece is still in the processor's cache when it is written and hashed: 512 KiB cost an eighth more processor time.
const PIECE_BYTES: usize = 64 << 10;

/// Chunks below this are copied together, so that a sender of tiny ones fills neither memory nor the system's list of slices (1024).
const TINY_BYTES: usize = 8 << 10;

/// How much is written before the disk is told to start on it.
const WRITE_BACK_BYTES: u64 = 32 << 20;

/// Adds bytes to a session that is at hand and at the right offset; answers its size.
pub(super) async fn append(store: &Arc<Store>, lease: Lease, bytes: ByteStream, limit_bytes: u64) -> Result<u64, UploadError> {
    let size_bytes = lease.size_bytes().unwrap_or(0);
    let mut incoming = Incoming { bytes, room: limit_bytes.saturating_sub(size_bytes) };
    let mut turn =
        Turn::Mine(Box::new(Writer { store: Arc::clone(store), lease, file: None, unflushed_bytes: 0, began_bytes: size_bytes }));
    loop {
        let (piece, then) = incoming.collect().await;
        let writer = turn.mine().await?;
        match then {
            Then::More => turn = Turn::Written(tokio::task::spawn_blocking(move || writer.write(piece))),
            Then::End => return end(writer, piece).await,
            Then::BrokenOff(source) => {
                let size_bytes = end(writer, piece).await?;
                return Err(UploadError::BrokenOff { size_bytes, source });
            }
            Then::TooLarge => {
                let store = Arc::clone(store);
                blocking("dropping an upload that is too large", move || store.remove(writer.lease)).await?;
                return Err(UploadError::TooLarge { limit_bytes });
            }
        }
    }
}

/// Who has the writer: the collecting side, or the blocking work that writes a piece.
enum Turn {
    Mine(Box<Writer>),
    Written(JoinHandle<Result<Writer, Fault>>),
}

impl Turn {
    async fn mine(self) -> Result<Writer, UploadError> {
        match self {
            Self::Mine(writer) => Ok(*writer),
            Self::Written(work) => match work.await {
                Ok(written) => Ok(written?),
                Err(died) => Err(UploadError::Io { doing: "writing an upload", source: io::Error::other(died) }),
            },
        }
    }
}

/// Writes the last piece and leaves the session for the next request.
async fn end(mut writer: Writer, piece: Vec<Bytes>) -> Result<u64, UploadError> {
    let now = writer.store.clock.now();
    let is_held = writer.lease.held.as_mut().is_some_and(|held| held.add(&piece, now));
    if is_held || (piece.is_empty() && writer.file.is_none()) {
        return Ok(writer.lease.size_bytes().unwrap_or(0));
    }
    blocking("writing an upload", move || Ok(writer.write(piece)?.end()?)).await
}

/// What follows a piece.
enum Then {
    More,
    End,
    BrokenOff(io::Error),
    TooLarge,
}

struct Incoming {
    bytes: ByteStream,
    room: u64,
}

impl Incoming {
    async fn collect(&mut self) -> (Vec<Bytes>, Then) {
        let mut whole = Vec::new();
        let mut tiny = BytesMut::new();
        let mut len = 0;
        let then = loop {
            if len >= PIECE_BYTES {
                break Then::More;
            }
            match self.bytes.next().await {
                None => break Then::End,
                Some(Err(error)) => break Then::BrokenOff(error),
                Some(Ok(chunk)) => {
                    let Some(room) = self.room.checked_sub(chunk.len() as u64) else { break Then::TooLarge };
                    self.room = room;
                    len += chunk.len();
                    if chunk.len() < TINY_BYTES {
                        tiny.extend_from_slice(&chunk);
                    } else {
                        whole.extend((!tiny.is_empty()).then(|| tiny.split().freeze()));
                        whole.push(chunk);
                    }
                }
            }
        };
        whole.extend((!tiny.is_empty()).then(|| tiny.freeze()));
        (whole, then)
    }
}

/// Puts pieces behind each other.
struct Writer {
    /// Before the store, which may end with this: what is held goes back to it first.
    lease: Lease,
    store: Arc<Store>,
    file: Option<File>,
    /// Written since the disk was last told to start.
    unflushed_bytes: u64,
    /// What the session had when this request began.
    began_bytes: u64,
}

impl Writer {
    fn write(mut self, piece: Vec<Bytes>) -> Result<Self, Fault> {
        self.store.write_down(&mut self.lease)?;
        let Some(mut progress) = self.lease.progress.take() else { return Ok(self) };
        let file = match self.file.take() {
            Some(file) => file,
            None => self.lease.open(&self.store.layout.upload(self.lease.id())).doing("opening an upload")?,
        };
        if let Err(error) = write_all(&file, &piece, progress.size_bytes) {
            let fault = Fault::new("writing an upload", error);
            // Only a part of the piece may be there; without it the session is as it was. An upload that does not fit gives back all
            // that this request brought: until somebody gave it up, everybody else would be short of that room as well.
            let kept_bytes = if fault.is_full() { self.began_bytes } else { progress.size_bytes };
            // Where nothing is put back here, the file decides.
            if file.set_len(kept_bytes).is_ok() && kept_bytes == progress.size_bytes {
                self.lease.progress = Some(progress);
            }
            return Err(fault);
        }
        for chunk in &piece {
            progress.add(chunk);
            self.unflushed_bytes += chunk.len() as u64;
        }
        if self.unflushed_bytes >= WRITE_BACK_BYTES && progress.write_back.start(&file) {
            self.unflushed_bytes = 0;
        }
        self.file = Some(file);
        self.lease.progress = Some(progress);
        Ok(self)
    }

    /// Leaves the session for the next request; answers its size.
    fn end(mut self) -> Result<u64, Fault> {
        let (Some(mut progress), Some(file)) = (self.lease.progress.take(), &self.file) else { return Ok(0) };
        if progress.wants_saving() {
            progress.flush(file)?;
            progress.save(&self.store.layout, self.lease.id());
        }
        file.set_modified(self.store.clock.now().into()).doing("noting the time of an upload")?;
        let size_bytes = progress.size_bytes;
        self.lease.progress = Some(progress);
        self.lease.file = self.file.take();
        Ok(size_bytes)
    }
}

fn write_all(file: &File, piece: &[Bytes], mut offset: u64) -> io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> = piece.iter().map(|chunk| IoSlice::new(chunk)).collect();
    let mut rest = &mut slices[..];
    while !rest.is_empty() {
        match rustix::io::pwritev(file, rest, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                offset += written as u64;
                IoSlice::advance_slices(&mut rest, written);
            }
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
