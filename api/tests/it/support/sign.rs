//! Signs requests as clients do. Paths and queries must be written in the form that is signed: nothing to escape, parameters sorted.

use ambar_api::operations::NewAccessKey;
use http::{HeaderMap, Method, Uri};
use ring::{digest, hmac};

pub(super) fn sign(key: &NewAccessKey, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8], date: &str) -> String {
    let mut names: Vec<_> = headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    let lines: String = names.iter().map(|name| format!("{name}:{}\n", headers[*name].to_str().unwrap())).collect();
    let (names, query, hash) = (names.join(";"), uri.query().unwrap_or_default(), sha256(body));
    let canonical = format!("{method}\n{}/\n{query}\n{lines}\n{names}\n{hash}", uri.path());
    let text = format!("SDK-HMAC-SHA256\n{date}\n{}", sha256(canonical.as_bytes()));
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.secret_key.as_bytes()), text.as_bytes());
    format!("SDK-HMAC-SHA256 Access={}, SignedHeaders={names}, Signature={}", key.access_key, hex(mac.as_ref()))
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
