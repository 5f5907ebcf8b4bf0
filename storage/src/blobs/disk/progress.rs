//! How far an upload is: its size, and the hash over its bytes; and how a restarted process finds both again.
//!
//! The hash is written beside the bytes now and then (`<id>.state`), and only when the bytes it stands for are on disk: the state is
//! never ahead of them, so a hash that is taken up again never vouches for bytes that a power failure took. Bytes behind the state are
//! hashed again from the file. Whatever the file holds counts as received: a sender that asks goes on behind it, and should the
//! machine have lost some of it, the digest at the end says so.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;

use ambar_domain::digest::Algorithm;

use super::fault::{Doing, Fault};
use super::hash::Running;
use super::layout::Layout;
use super::write_back::WriteBack;
use crate::blobs::UploadId;

/// The bytes behind the last saved state are at most this many once an append has ended: 8 MiB are read and hashed again in some 10 ms,
/// while saving costs a flush of the disk.
const SAVE_EVERY_BYTES: u64 = 8 << 20;

const READ_BYTES: usize = 256 << 10;

/// How far an upload is.
pub(super) struct Progress {
    /// Over the first `size_bytes` of the file.
    pub(super) hash: Running,
    pub(super) size_bytes: u64,
    /// How many of them are on disk and covered by a saved state.
    pub(super) saved_bytes: u64,
    pub(super) write_back: WriteBack,
}

impl Progress {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        Self { hash: Running::new(algorithm), size_bytes: 0, saved_bytes: 0, write_back: WriteBack::default() }
    }

    /// Finds out from the disk; `None` if there is no such session.
    pub(super) fn load(layout: &Layout, id: UploadId) -> Result<Option<Self>, Fault> {
        let file = match File::open(layout.upload(id)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).doing("opening an upload"),
        };
        let len = file.metadata().doing("asking for the size of an upload")?.len();
        let mut progress = match fs::read_to_string(layout.state(id)).ok().and_then(|text| parse(&text)) {
            Some((hash, offset)) if offset <= len => {
                Self { hash, size_bytes: offset, saved_bytes: offset, write_back: WriteBack::default() }
            }
            Some((hash, _)) => Self::new(hash.algorithm()),
            // Never saved, or cut off while it was: SHA-256 is the likely one, and another is computed when the upload is finished.
            None => Self::new(Algorithm::Sha256),
        };
        progress.size_bytes += hash_file(&file, progress.size_bytes, &mut progress.hash).doing("reading an upload again")?;
        Ok(Some(progress))
    }

    /// Takes note of bytes that were written behind the others.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.size_bytes += bytes.len() as u64;
    }

    pub(super) fn wants_saving(&self) -> bool {
        self.size_bytes - self.saved_bytes >= SAVE_EVERY_BYTES
    }

    /// Puts the bytes on disk. After a failure it is unknown which of them are there, and a later flush would not tell either: the file
    /// goes back to those that certainly are, and this progress is no longer true.
    pub(super) fn flush(&self, file: &File) -> Result<(), Fault> {
        if self.saved_bytes == self.size_bytes {
            return Ok(());
        }
        let flushed = self.write_back.wait().and_then(|()| file.sync_data());
        if flushed.is_err() {
            file.set_len(self.saved_bytes).doing("dropping what could not be flushed")?;
        }
        flushed.doing("flushing an upload")
    }

    /// Writes the state down. The bytes must be on disk. Without the state nothing is lost but time, so a failure is no error.
    pub(super) fn save(&mut self, layout: &Layout, id: UploadId) {
        match fs::write(layout.state(id), render(&self.hash, self.size_bytes)) {
            Ok(()) => self.saved_bytes = self.size_bytes,
            Err(error) => tracing::warn!(%id, %error, "the state of an upload could not be saved"),
        }
    }

    /// Whether a state file may exist.
    pub(super) fn may_be_saved(&self) -> bool {
        self.saved_bytes > 0 || self.hash.algorithm() != Algorithm::Sha256
    }
}

/// Hashes a file from `offset` to its end; answers how many bytes that were.
pub(super) fn hash_file(file: &File, offset: u64, hash: &mut Running) -> io::Result<u64> {
    let mut buffer = Vec::new();
    let mut done = 0;
    let len = file.metadata()?.len();
    while offset + done < len {
        buffer.resize(usize::try_from(len - offset - done).unwrap_or(usize::MAX).min(READ_BYTES), 0);
        match file.read_at(&mut buffer, offset + done) {
            Ok(0) => break,
            Ok(n) => {
                hash.update(&buffer[..n]);
                done += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// `<format> <algorithm> <offset> <hex of the state>`, a line feed, and the digest of that line: a state that was cut off while it was
/// written is not taken for one.
fn render(hash: &Running, offset: u64) -> String {
    let mut text = format!("{} {} {offset} ", Running::FORMAT, hash.algorithm().as_str());
    for byte in hash.save() {
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text.push('\n');
    let check = checksum(&text);
    text.push_str(&check);
    text.push('\n');
    text
}

fn parse(text: &str) -> Option<(Running, u64)> {
    let (line, check) = text.split_at(text.find('\n')? + 1);
    if check.strip_suffix('\n')? != checksum(line) {
        return None;
    }
    let mut words = line.trim_end().split(' ');
    if words.next()? != Running::FORMAT {
        return None;
    }
    let algorithm: Algorithm = words.next()?.parse().ok()?;
    let offset = words.next()?.parse().ok()?;
    let state: Option<Vec<u8>> = words
        .next()?
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    Some((Running::restore(algorithm, &state?)?, offset))
}

fn checksum(line: &str) -> String {
    let mut hash = Running::new(Algorithm::Sha256);
    hash.update(line.as_bytes());
    hash.digest().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_back_as_it_was_written() {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let mut hash = Running::new(algorithm);
            hash.update(b"some bytes");
            let (read, offset) = parse(&render(&hash, 10)).expect("what was just written");
            assert_eq!((read.digest(), offset), (hash.digest(), 10));
        }
    }

    #[test]
    fn a_state_that_was_cut_off_or_changed_is_none() {
        let text = render(&Running::new(Algorithm::Sha256), 7);
        for cut in 0..text.len() {
            assert!(parse(&text[..cut]).is_none(), "cut at {cut}");
        }
        assert!(parse(&text.replacen(" 7 ", " 8 ", 1)).is_none());
        assert!(parse(&"\0".repeat(text.len())).is_none());
    }
}
