//! Status and header fields of a response.

use anyhow::{Context, Result};
use std::ops::Range;

/// More fields than any registry sends.
const FIELDS: usize = 48;

/// Status and header fields of a response.
#[derive(Debug)]
pub struct Head {
    /// Status code.
    pub status: u16,
    bytes: Vec<u8>,
    fields: Vec<(Range<usize>, Range<usize>)>,
    closes: bool,
}

impl Head {
    /// Reads a head off the front of `bytes`; `None` when it is not complete. The number is its length.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut response = httparse::Response::new(&mut fields);
        let httparse::Status::Complete(length) = response.parse(bytes).context("not a response of HTTP/1.1")? else {
            return Ok(None);
        };
        let status = response.code.context("no status")?;
        let version = response.version;
        let origin = bytes.as_ptr().addr();
        let range = |part: &[u8]| {
            let start = part.as_ptr().addr() - origin;
            start..start + part.len()
        };
        let fields = response.headers.iter().map(|field| (range(field.name.as_bytes()), range(field.value))).collect();
        let mut head = Self { status, bytes: bytes[..length].to_vec(), fields, closes: false };
        head.closes = version != Some(1) || head.field("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        Ok(Some((head, length)))
    }

    /// A header field by its name, in any case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let wanted = name.as_bytes();
        let (_, value) = self.fields.iter().find(|(name, _)| self.bytes[name.clone()].eq_ignore_ascii_case(wanted))?;
        std::str::from_utf8(&self.bytes[value.clone()]).ok()
    }

    /// Number of bytes of the body; none is said where there is none.
    pub fn content_length(&self) -> Result<u64> {
        self.field("content-length").map_or(Ok(0), |text| text.parse().context("Content-Length is not a number"))
    }

    /// Whether the connection ends with this response.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.closes
    }

    pub(crate) fn set_closes(&mut self) {
        self.closes = true;
    }

    pub(crate) fn is_chunked(&self) -> bool {
        self.field("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    }
}
