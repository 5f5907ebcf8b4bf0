//! Paths of Unix sockets. Linux takes about a hundred bytes of one, and a data directory may lie deeper than that.

use std::fs::File;
use std::io::Result;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// The most that Linux takes: there is room for 108 bytes, a zero at the end included.
const LONGEST: usize = 107;

/// A path to a socket that is short enough, as long as this lives.
#[derive(Debug)]
pub(super) struct SocketPath {
    path: PathBuf,
    _directory: Option<File>,
}

impl SocketPath {
    /// The path itself, or, where that is too long, one by way of its open directory.
    pub(super) fn to(socket: &Path) -> Result<Self> {
        let (Some(parent), Some(name)) = (socket.parent(), socket.file_name()) else { return Ok(Self::plain(socket)) };
        if socket.as_os_str().len() <= LONGEST {
            return Ok(Self::plain(socket));
        }
        let directory = File::open(parent)?;
        let path = Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name);
        Ok(Self { path, _directory: Some(directory) })
    }

    fn plain(socket: &Path) -> Self {
        Self { path: socket.to_owned(), _directory: None }
    }
}

impl AsRef<Path> for SocketPath {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}
