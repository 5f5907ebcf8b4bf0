//! One keep-alive HTTP/1.1 connection that costs little.
//!
//! Client and server share the machine in a measurement, so the client reads into one buffer that it keeps, hands bodies on in
//! pieces and never copies a large one. It follows no redirects and repeats nothing: an error is the caller's to judge.

use crate::endpoint::Endpoint;
use crate::head::Head;
use anyhow::{Context, Result, bail};
use std::fmt;
use std::io::Write as _;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Room for a response head and for the pieces of a body; fits the second-level cache.
const BUFFER: usize = 256 * 1024;
/// Bodies up to this size travel in one write with the head.
const SMALL_BODY: usize = 16 * 1024;

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A request; `target` is path and query.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Method, as `GET`.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Further header fields; host, authorization and length are set already.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body in pieces, sent one after the other.
    pub body: &'a [&'a [u8]],
}

/// A response with its body in memory.
#[derive(Debug)]
pub struct Response {
    /// Status and header fields.
    pub head: Head,
    /// The whole body.
    pub body: Vec<u8>,
}

/// A connection, opened with the first request and again whenever the server has closed it.
pub struct Connection {
    endpoint: Arc<Endpoint>,
    stream: Option<Stream>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    output: Vec<u8>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("endpoint", &self.endpoint).field("open", &self.stream.is_some()).finish_non_exhaustive()
    }
}

impl Connection {
    /// A connection to `endpoint`, not yet opened.
    #[must_use]
    pub fn new(endpoint: Arc<Endpoint>) -> Self {
        Self { endpoint, stream: None, buffer: vec![0; BUFFER].into(), start: 0, end: 0, output: Vec::with_capacity(SMALL_BODY) }
    }

    /// Sends a request and collects the body of the answer.
    pub async fn send(&mut self, request: &Request<'_>) -> Result<Response> {
        let mut body = Vec::new();
        let head = self.stream_body(request, |piece| {
            body.extend_from_slice(piece);
            Ok(())
        });
        let head = head.await?;
        Ok(Response { head, body })
    }

    /// Sends a request and hands each piece of the answer's body to `sink`.
    pub async fn stream_body(&mut self, request: &Request<'_>, sink: impl FnMut(&[u8]) -> Result<()>) -> Result<Head> {
        let answer = self.exchange(request, sink).await;
        if answer.as_ref().map_or(true, Head::closes) {
            self.stream = None;
        }
        answer.with_context(|| format!("{} {}", request.method, request.target))
    }

    async fn exchange(&mut self, request: &Request<'_>, sink: impl FnMut(&[u8]) -> Result<()>) -> Result<Head> {
        if self.stream.is_none() {
            self.open().await?;
        }
        let written = self.write(request).await;
        // A server may refuse before it has read the body and close; its answer says more than the broken pipe.
        let complete = matches!(written, Ok(true));
        let mut head = match (self.read_head().await, written) {
            (Ok(head), _) => head,
            (Err(_), Err(error)) | (Err(error), Ok(_)) => return Err(error),
        };
        if request.method != "HEAD" {
            self.read_body(&head, sink).await?;
        }
        if !complete {
            head.set_closes();
        }
        Ok(head)
    }

    async fn open(&mut self) -> Result<()> {
        let endpoint = &self.endpoint;
        let stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await.context("connect")?;
        stream.set_nodelay(true)?;
        (self.start, self.end) = (0, 0);
        self.stream = Some(match endpoint.tls_connector() {
            None => Stream::Plain(stream),
            Some((connector, name)) => Stream::Tls(Box::new(connector.connect(name, stream).await.context("TLS handshake")?)),
        });
        Ok(())
    }

    /// Writes head and body; false when the server answered before it had all of the body.
    async fn write(&mut self, request: &Request<'_>) -> Result<bool> {
        let length: usize = request.body.iter().map(|piece| piece.len()).sum();
        self.output.clear();
        write!(self.output, "{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target, self.endpoint.authority)?;
        if let Some(authorization) = &self.endpoint.authorization {
            write!(self.output, "Authorization: {authorization}\r\n")?;
        }
        for (name, value) in request.headers {
            write!(self.output, "{name}: {value}\r\n")?;
        }
        if length > 0 || !matches!(request.method, "GET" | "HEAD" | "DELETE") {
            write!(self.output, "Content-Length: {length}\r\n")?;
        }
        self.output.extend_from_slice(b"\r\n");
        let mut rest = request.body;
        if length <= SMALL_BODY {
            rest = &[];
            request.body.iter().for_each(|piece| self.output.extend_from_slice(piece));
        }
        match self.stream.as_mut().context("no connection")? {
            Stream::Plain(stream) => {
                let (reader, mut writer) = stream.split();
                writer.write_all(&self.output).await?;
                for piece in rest {
                    tokio::select! {
                        biased;
                        written = writer.write_all(piece) => written?,
                        answered = reader.readable() => { answered?; return Ok(false); }
                    }
                }
            }
            Stream::Tls(stream) => {
                stream.write_all(&self.output).await?;
                for piece in rest {
                    stream.write_all(piece).await?;
                }
                stream.flush().await?;
            }
        }
        Ok(true)
    }

    async fn fill(&mut self) -> Result<()> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.buffer.len() {
            bail!("a head or a chunk size that does not fit {BUFFER} bytes");
        }
        let room = &mut self.buffer[self.end..];
        let count = match self.stream.as_mut().context("no connection")? {
            Stream::Plain(stream) => stream.read(room).await?,
            Stream::Tls(stream) => stream.read(room).await?,
        };
        if count == 0 {
            bail!("the server closed the connection");
        }
        self.end += count;
        Ok(())
    }

    async fn read_head(&mut self) -> Result<Head> {
        loop {
            if let Some((head, length)) = Head::parse(&self.buffer[self.start..self.end])? {
                self.start += length;
                if head.status >= 200 {
                    return Ok(head);
                }
            } else {
                self.fill().await?;
            }
        }
    }

    async fn read_body(&mut self, head: &Head, mut sink: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if head.status == 204 || head.status == 304 {
            return Ok(());
        }
        if !head.is_chunked() {
            return self.read_exactly(head.content_length()?, &mut sink).await;
        }
        loop {
            let size = self.read_chunk_size().await?;
            self.read_exactly(size, &mut sink).await?;
            if size == 0 {
                // No trailer fields are expected: the empty line ends the body.
                return self.read_exactly(2, &mut |_| Ok(())).await;
            }
            self.read_exactly(2, &mut |_| Ok(())).await?;
        }
    }

    async fn read_exactly(&mut self, length: u64, sink: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut left = length;
        while left > 0 {
            if self.start == self.end {
                self.fill().await?;
            }
            let available = u64::try_from(self.end - self.start)?.min(left);
            let next = self.start + usize::try_from(available)?;
            sink(&self.buffer[self.start..next])?;
            self.start = next;
            left -= available;
        }
        Ok(())
    }

    async fn read_chunk_size(&mut self) -> Result<u64> {
        loop {
            match httparse::parse_chunk_size(&self.buffer[self.start..self.end]) {
                Ok(httparse::Status::Complete((length, size))) => {
                    self.start += length;
                    return Ok(size);
                }
                Ok(httparse::Status::Partial) => self.fill().await?,
                Err(_) => bail!("not the size of a chunk"),
            }
        }
    }
}
