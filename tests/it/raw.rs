//! A connection to the server that a test writes to byte by byte.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::registry::Registry;
use ambar_load::head::Head;

/// A server that has not answered by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection without TLS.
pub(crate) struct Raw {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Raw {
    pub(crate) fn connect(registry: &Registry) -> Self {
        Self::try_connect(registry).unwrap()
    }

    /// A server that is stopping may take a connection or not.
    pub(crate) fn try_connect(registry: &Registry) -> std::io::Result<Self> {
        let stream = TcpStream::connect_timeout(&registry.server.host().parse().unwrap(), PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends bytes; whether the server still took them.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Says that nothing more will come, and goes on listening.
    pub(crate) fn end(&self) {
        // The server may have gone first.
        let _gone = self.stream.shutdown(Shutdown::Write);
    }

    /// The head of the next answer; `None` when the server has closed the connection without one.
    pub(crate) fn head(&mut self) -> Option<Head> {
        loop {
            if let Some((head, length)) = Head::parse(&self.received).unwrap() {
                self.received.drain(..length);
                return Some(head);
            }
            if !self.receive() {
                return None;
            }
        }
    }

    /// Everything up to the end of the connection.
    pub(crate) fn rest(mut self) -> Vec<u8> {
        while self.receive() {}
        self.received
    }

    /// Whether something came; fails when the server does neither send nor close.
    pub(crate) fn receive(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(count) => {
                self.received.extend_from_slice(&buffer[..count]);
                count > 0
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("no answer and no end within {PATIENCE:?}: {error}"),
        }
    }
}
