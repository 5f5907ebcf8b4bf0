//! Signs requests as clients do. Where something is escaped in a path or query, it must be something that has to be, or a slash.

use ambar_api::operations::NewAccessKey;
use http::{HeaderMap, Method, Uri};
use ring::{digest, hmac};

pub(super) fn sign(key: &NewAccessKey, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8], date: &str) -> String {
    let mut names: Vec<_> = headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    let lines: String = names.iter().map(|name| format!("{name}:{}\n", headers[*name].to_str().unwrap())).collect();
    let (names, query, hash) = (names.join(";"), query(uri.query().unwrap_or_default()), sha256(body));
    let path = escape(&uri.path().replace("%2F", "/"), "/");
    let canonical = format!("{method}\n{path}/\n{query}\n{lines}\n{names}\n{hash}");
    let text = format!("SDK-HMAC-SHA256\n{date}\n{}", sha256(canonical.as_bytes()));
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.secret_key.as_bytes()), text.as_bytes());
    format!("SDK-HMAC-SHA256 Access={}, SignedHeaders={names}, Signature={}", key.access_key, hex(mac.as_ref()))
}

/// Sorted, and every parameter with a value.
fn query(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut pairs: Vec<_> = pairs.map(|(name, value)| format!("{}={}", escape(name, ""), escape(value, ""))).collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// What is escaped already stays so.
fn escape(text: &str, plain: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c) || plain.contains(c);
    text.chars().map(|c| if is_plain(c) { c.to_string() } else { format!("%{:02X}", u32::from(c)) }).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
