//! Requests with signatures made by hand.

mod clients;
mod covered;
mod header;

use chrono::DateTime;
use http::Request;

use super::*;

const ACCESS_KEY: &str = "AKEXAMPLE0000000001";
const SECRET: &str = "SKexample/plus+0000000000000000000000000";
const USUAL: &str = "content-type;host;user-agent;x-project-id;x-sdk-date";

fn now() -> Timestamp {
    DateTime::parse_from_rfc3339("2026-01-02T03:04:05Z").unwrap().to_utc()
}

fn parts(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

/// A request with the headers of the vectors, and then these.
fn usual(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut all = vec![
        ("content-type", "application/json"),
        ("host", "swr-api.example.com"),
        ("user-agent", "example/1.0"),
        ("x-project-id", "0123456789abcdef0123456789abcdef"),
        ("x-sdk-date", "20260102T030405Z"),
    ];
    all.extend(headers);
    parts(method, target, &all)
}

/// Signs as a client does.
fn signed_by_hand(request: &Parts, body: &[u8], names: &str) -> String {
    let unsigned = format!("{ALGORITHM} Access={ACCESS_KEY}, SignedHeaders={names}, Signature={}", "0".repeat(64));
    let canonical = canonical::request(names, request, body).unwrap();
    let date = request.headers.get(DATE).unwrap().to_str().unwrap();
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), string_to_sign(date, &canonical).as_bytes());
    unsigned.replace(&"0".repeat(64), &crate::keys::hex(mac.as_ref()))
}

fn check(header: &str, request: &Parts, body: &[u8]) -> Result<(), SignatureError> {
    verify(&Signature::parse(header.as_bytes())?, request, body, SECRET, now())
}
