//! What an error of the file system means to the callers of the store.

use std::io;

use crate::blobs::{BlobError, UploadError};

/// A step that failed, and at what.
#[derive(Debug)]
pub(super) struct Fault {
    doing: &'static str,
    source: io::Error,
}

/// Says what was being done when an operation of the file system failed.
pub(super) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, Fault>;
}

impl<T, E: Into<io::Error>> Doing<T> for Result<T, E> {
    fn doing(self, doing: &'static str) -> Result<T, Fault> {
        self.map_err(|source| Fault { doing, source: source.into() })
    }
}

impl Fault {
    pub(super) fn new(doing: &'static str, source: io::Error) -> Self {
        Self { doing, source }
    }

    /// No space, no quota, or a file as long as the system lets this process make one: with room, the same step would succeed.
    pub(super) fn is_full(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
    }
}

impl From<Fault> for BlobError {
    fn from(fault: Fault) -> Self {
        if fault.is_full() { Self::Full { doing: fault.doing } } else { Self::Io { doing: fault.doing, source: fault.source } }
    }
}

impl From<Fault> for UploadError {
    fn from(fault: Fault) -> Self {
        if fault.is_full() { Self::Full } else { Self::Io { doing: fault.doing, source: fault.source } }
    }
}

/// Runs file operations where they may block. A panic there ends this call only, as an error.
pub(super) async fn blocking<T, E>(doing: &'static str, work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(died) => Err(Fault { doing, source: io::Error::other(died) }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_space_no_quota_and_the_file_size_limit_are_full() {
        for errno in [rustix::io::Errno::NOSPC, rustix::io::Errno::DQUOT, rustix::io::Errno::FBIG] {
            let fault = || Fault { doing: "testing", source: errno.into() };
            assert!(matches!(UploadError::from(fault()), UploadError::Full), "{errno}");
            assert!(matches!(BlobError::from(fault()), BlobError::Full { .. }), "{errno}");
        }
        let fault = Fault { doing: "testing", source: rustix::io::Errno::IO.into() };
        assert!(matches!(UploadError::from(fault), UploadError::Io { .. }));
    }
}
