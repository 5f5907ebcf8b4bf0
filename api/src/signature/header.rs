//! The `Authorization` header of a signed request.

use super::{ALGORITHM, SignatureError};

/// The most headers that are taken for signed; clients sign five or six.
const MAX_SIGNED_HEADERS: usize = 50;

/// The longest access key id that is read; Ambar's own have 20 characters.
const MAX_ACCESS_KEY_LEN: usize = 64;

const MAC_LEN: usize = 32;

/// What the header says. Nothing of it has been checked but its form.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature<'a> {
    /// The id of the access key that the request is said to be signed with: letters and digits.
    pub access_key: &'a str,
    /// The names as they were written, separated by semicolons.
    signed_headers: &'a str,
    mac: [u8; MAC_LEN],
}

impl std::fmt::Debug for Signature<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signature")
            .field("access_key", &self.access_key)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

/// Whether an `Authorization` header claims to be a signature, well-formed or not.
#[must_use]
pub fn is_signature(header: &[u8]) -> bool {
    header.split(|byte| *byte == b' ').next() == Some(ALGORITHM.as_bytes())
}

impl<'a> Signature<'a> {
    /// Reads `SDK-HMAC-SHA256 Access=<AK>, SignedHeaders=<a;b>, Signature=<64 hex digits>`.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] if that is not its form.
    pub fn parse(header: &'a [u8]) -> Result<Self, SignatureError> {
        Self::read(header).ok_or(SignatureError::Malformed)
    }

    fn read(header: &'a [u8]) -> Option<Self> {
        let items = std::str::from_utf8(header).ok()?.strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
        let mut items = items.split(',').map(str::trim);
        let mut next = |name: &str| items.next()?.strip_prefix(name)?.strip_prefix('=');
        let access_key = next("Access").filter(|text| is_access_key(text))?;
        let signed_headers = next("SignedHeaders").filter(|text| are_names(text))?;
        let mac = next("Signature").and_then(read_mac)?;
        items.next().is_none().then_some(Self { access_key, signed_headers, mac })
    }

    /// The names of the signed headers as they were written, in one text.
    pub(super) fn signed_headers(&self) -> &'a str {
        self.signed_headers
    }

    /// The names of the signed headers, one by one.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.signed_headers.split(';')
    }

    /// Whether the header is among the signed ones.
    pub(crate) fn covers(&self, header: &str) -> bool {
        self.names().any(|name| name.eq_ignore_ascii_case(header))
    }

    pub(super) fn mac(&self) -> &[u8] {
        &self.mac
    }
}

fn is_access_key(text: &str) -> bool {
    (1..=MAX_ACCESS_KEY_LEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether the names are those of headers, none of them listed twice.
fn are_names(text: &str) -> bool {
    let names: Vec<_> = text.split(';').take(MAX_SIGNED_HEADERS + 1).collect();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(is_token);
    let is_new = |at: usize| !names[..at].iter().any(|earlier| earlier.eq_ignore_ascii_case(names[at]));
    names.len() <= MAX_SIGNED_HEADERS && names.iter().all(is_name) && (0..names.len()).all(is_new)
}

fn read_mac(text: &str) -> Option<[u8; MAC_LEN]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut mac = [0; MAC_LEN];
    if pairs.len() != MAC_LEN || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in mac.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(mac)
}
