//! The one form of a request that client and server sign alike: six parts, a line each.
//!
//! Escapes are taken back as bytes, not as text, so that no two requests which differ have one form; but for `%2F` and `/` in a path, which the
//! scheme itself does not tell apart.

use http::HeaderName;
use http::header::HOST;
use http::request::Parts;

use super::{SignatureError, hash};

/// `signed_headers` are their names with semicolons between them, in the order and the letters in which they are written.
pub(super) fn request(signed_headers: &str, request: &Parts, body: &[u8]) -> Result<Vec<u8>, SignatureError> {
    let mut form = Vec::with_capacity(1024);
    form.extend_from_slice(request.method.as_str().as_bytes());
    form.push(b'\n');
    form.extend_from_slice(path(request.uri.path()).as_bytes());
    form.push(b'\n');
    form.extend_from_slice(query(request.uri.query().unwrap_or_default()).as_bytes());
    form.push(b'\n');
    for name in signed_headers.split(';') {
        form.extend_from_slice(name.to_ascii_lowercase().as_bytes());
        form.push(b':');
        form.extend_from_slice(header(request, name)?.trim_ascii());
        form.push(b'\n');
    }
    form.push(b'\n');
    form.extend_from_slice(signed_headers.as_bytes());
    form.push(b'\n');
    // Never a hash that the client states: one that is right is the same, and any other, or none, would let the body be exchanged.
    form.extend_from_slice(hash(body).as_bytes());
    Ok(form)
}

/// The path with its escapes taken back and put in anew, so that an escaped slash becomes one; always with a slash at its end.
fn path(path: &str) -> String {
    let decoded = decode(path, false);
    let mut canonical = String::with_capacity(path.len() + 1);
    for (at, segment) in decoded.split(|byte| *byte == b'/').enumerate() {
        if at > 0 {
            canonical.push('/');
        }
        encode(segment, &mut canonical);
    }
    if !canonical.ends_with('/') {
        canonical.push('/');
    }
    canonical
}

/// The parameters in the order of their names, then of their values.
fn query(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name, true), decode(value, true))
    });
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_unstable();
    let mut canonical = String::with_capacity(query.len());
    for (name, value) in &pairs {
        if !canonical.is_empty() {
            canonical.push('&');
        }
        encode(name, &mut canonical);
        canonical.push('=');
        encode(value, &mut canonical);
    }
    canonical
}

/// The one value of a signed header. In HTTP/2 the host is no header but part of the address.
fn header<'a>(request: &'a Parts, name: &str) -> Result<&'a [u8], SignatureError> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| SignatureError::Malformed)?;
    let mut values = request.headers.get_all(&name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.as_bytes()),
        (None, _) if name == HOST => request.uri.authority().map(|host| host.as_str().as_bytes()).ok_or(SignatureError::Wrong),
        // Signed, and taken away on the way; or added to on the way, and who knows which of them counts.
        (None, _) | (Some(_), Some(_)) => Err(SignatureError::Wrong),
    }
}

/// Takes percent escapes back; what is none stays.
fn decode(text: &str, plus_is_space: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match (byte, escaped(behind)) {
            (b'%', Some(escaped)) => {
                rest = &behind[2..];
                escaped
            }
            (b'+', _) if plus_is_space => b' ',
            (byte, _) => byte,
        });
    }
    bytes
}

fn escaped(behind: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let [high, low] = behind.first_chunk()?;
    Some(digit(*high)? << 4 | digit(*low)?)
}

fn encode(bytes: &[u8], text: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push('%');
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}
