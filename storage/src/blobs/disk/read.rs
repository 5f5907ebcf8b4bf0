//! Bytes on their way out.
//!
//! What the page cache holds is read at once, on the caller's thread, into a buffer that is still in the CPU's cache when it is sent;
//! a hop to another thread would cost more than the read. What must come from the disk is read where blocking is allowed, one piece
//! ahead of the one that is being sent. The kernel tells the two apart (`RESOLVE_CACHED`, `RWF_NOWAIT`); where it cannot, everything
//! counts as not cached.

use std::fs::{self, File};
use std::io::{self, IoSliceMut};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures::Stream;
use rustix::fs::{Advice, CWD, Mode, OFlags, ResolveFlags, fadvise, openat2};
use rustix::io::{Errno, ReadWriteFlags, preadv2};
use tokio::task::JoinHandle;

/// Size of a piece: large enough that the calls do not count, small enough to stay in the second-level cache until it is sent.
const PIECE_BYTES: usize = 256 << 10;

/// Up to here a blob goes out in one piece, in a buffer of its own size.
pub(super) const SMALL_BYTES: u64 = 128 << 10;

/// Opens a file if that needs nothing from the disk; `None` if it would.
pub(super) fn open_cached(path: &Path) -> Option<io::Result<File>> {
    open_cached_for(path, OFlags::RDONLY)
}

/// The size of a file if that needs nothing from the disk; `None` if it would.
pub(super) fn size_cached(path: &Path) -> Option<io::Result<u64>> {
    Some(open_cached_for(path, OFlags::PATH)?.and_then(|file| Ok(file.metadata()?.len())))
}

/// The size of a file.
pub(super) fn size(path: &Path) -> io::Result<u64> {
    Ok(fs::metadata(path)?.len())
}

fn open_cached_for(path: &Path, flags: OFlags) -> Option<io::Result<File>> {
    match openat2(CWD, path, flags | OFlags::CLOEXEC, Mode::empty(), ResolveFlags::CACHED) {
        Ok(file) => Some(Ok(file.into())),
        Err(Errno::NOENT) => Some(Err(io::ErrorKind::NotFound.into())),
        Err(_) => None,
    }
}

/// Reads what the page cache holds; `None` if that is nothing, or cannot be told.
fn read_cached(file: &File, buffer: &mut [u8], offset: u64) -> Option<usize> {
    preadv2(file, &mut [IoSliceMut::new(buffer)], offset, ReadWriteFlags::NOWAIT).ok()
}

/// All bytes of a range, if the page cache holds them.
pub(super) fn whole_cached(file: &File, range: &Range<u64>) -> Option<Bytes> {
    let mut bytes = vec![0; length(range)];
    let read = if bytes.is_empty() { 0 } else { read_cached(file, &mut bytes, range.start)? };
    (read == bytes.len()).then(|| Bytes::from(bytes))
}

/// All bytes of a range.
pub(super) fn whole(file: &File, range: &Range<u64>) -> io::Result<Bytes> {
    let mut bytes = vec![0; length(range)];
    file.read_exact_at(&mut bytes, range.start)?;
    Ok(Bytes::from(bytes))
}

fn length(range: &Range<u64>) -> usize {
    usize::try_from(range.end - range.start).unwrap_or(usize::MAX)
}

/// The buffers of one transfer, used again and again; gone with it.
type Spare = Arc<Mutex<Vec<Vec<u8>>>>;

/// A piece on its way; its buffer goes back when the last who holds it has sent it.
struct Piece {
    buffer: Vec<u8>,
    len: usize,
    spare: Spare,
}

impl Piece {
    fn take(spare: &Spare, want: u64) -> Self {
        let buffer = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let len = usize::try_from(want).unwrap_or(usize::MAX).min(PIECE_BYTES);
        Self { buffer: buffer.unwrap_or_else(|| vec![0; len]), len, spare: Arc::clone(spare) }
    }

    /// The part to be filled. Buffers are as long as the first piece, which no later one exceeds.
    fn space(&mut self) -> &mut [u8] {
        &mut self.buffer[..self.len]
    }

    fn filled(mut self, len: usize) -> Bytes {
        self.len = len;
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.len]
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// The bytes of a range in pieces.
pub(super) struct Pieces {
    file: Arc<File>,
    range: Range<u64>,
    spare: Spare,
    /// A read from the disk. Once there was one, the next is started before its piece is handed out.
    ahead: Option<JoinHandle<io::Result<Bytes>>>,
}

impl Pieces {
    pub(super) fn new(file: File, range: Range<u64>) -> Self {
        Self { file: Arc::new(file), range, spare: Spare::default(), ahead: None }
    }

    fn read_ahead(&mut self, mut piece: Piece) {
        let (file, offset) = (Arc::clone(&self.file), self.range.start);
        self.ahead = Some(tokio::task::spawn_blocking(move || {
            file.read_exact_at(piece.space(), offset)?;
            let len = piece.len;
            Ok(piece.filled(len))
        }));
    }

    fn next_piece(&self) -> Piece {
        Piece::take(&self.spare, self.range.end - self.range.start)
    }

    fn hand_out(&mut self, bytes: Bytes) -> Poll<Option<io::Result<Bytes>>> {
        self.range.start += bytes.len() as u64;
        Poll::Ready(Some(Ok(bytes)))
    }

    /// Nothing follows an error.
    fn fail(&mut self, error: io::Error) -> Poll<Option<io::Result<Bytes>>> {
        self.range.start = self.range.end;
        Poll::Ready(Some(Err(error)))
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.ahead.is_none() {
            if this.range.is_empty() {
                return Poll::Ready(None);
            }
            let mut piece = this.next_piece();
            match read_cached(&this.file, piece.space(), this.range.start) {
                Some(0) => return this.fail(io::ErrorKind::UnexpectedEof.into()),
                Some(read) => return this.hand_out(piece.filled(read)),
                None => {
                    // Doubles the kernel's own read-ahead; only a hint, so it may fail.
                    let _ = fadvise(&*this.file, this.range.start, None, Advice::Sequential);
                    this.read_ahead(piece);
                }
            }
        }
        let Some(ahead) = &mut this.ahead else { return Poll::Ready(None) };
        let read = ready!(Pin::new(ahead).poll(context));
        this.ahead = None;
        match read.map_err(io::Error::other).flatten() {
            Ok(bytes) => {
                let handed_out = this.hand_out(bytes);
                if !this.range.is_empty() {
                    let piece = this.next_piece();
                    this.read_ahead(piece);
                }
                handed_out
            }
            Err(error) => this.fail(error),
        }
    }
}
