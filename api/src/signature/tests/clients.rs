//! What real clients sign, and what is signed here.

use std::collections::BTreeMap;

use http::header::AUTHORIZATION;
use serde::Deserialize;

use super::*;

/// The signatures of an unmodified client.
#[derive(Deserialize)]
struct Vectors {
    ak: String,
    sk: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    method: String,
    target: String,
    headers: BTreeMap<String, String>,
    body: String,
    body_sha256: String,
    canonical_request: String,
    string_to_sign: String,
    signature: String,
    authorization: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

#[test]
fn the_signatures_of_an_unmodified_client_are_right() {
    let vectors = vectors();
    for vector in &vectors.vectors {
        let headers: Vec<_> = vector.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let request = parts(&vector.method, &vector.target, &headers);
        let signature = Signature::parse(vector.authorization.as_bytes()).unwrap();
        let body = vector.body.as_bytes();
        assert_eq!(signature.access_key, vectors.ak);
        assert_eq!(hash(body), vector.body_sha256, "{}", vector.name);
        let canonical = canonical::request(signature.signed_headers(), &request, body).unwrap();
        assert_eq!(String::from_utf8(canonical.clone()).unwrap(), vector.canonical_request, "{}", vector.name);
        assert_eq!(string_to_sign("20260102T030405Z", &canonical), vector.string_to_sign, "{}", vector.name);
        assert_eq!(crate::keys::hex(signature.mac()), vector.signature, "{}", vector.name);
        assert_eq!(verify(&signature, &request, body, &vectors.sk, now()), Ok(()), "{}", vector.name);
    }
    assert_eq!(vectors.vectors.len(), 7);
}

#[test]
fn the_signatures_of_the_command_line_are_those_of_an_unmodified_client() {
    let vectors = vectors();
    for vector in &vectors.vectors {
        let unsigned = vector.headers.iter().filter(|(name, _)| !["authorization", DATE].contains(&name.to_ascii_lowercase().as_str()));
        let headers: Vec<_> = unsigned.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut request = parts(&vector.method, &vector.target, &headers);
        sign(&mut request, vector.body.as_bytes(), &vectors.ak, &vectors.sk, now()).unwrap();
        assert_eq!(request.headers[AUTHORIZATION].to_str().unwrap(), vector.authorization, "{}", vector.name);
    }
    assert_eq!(vectors.vectors.len(), 7);
}

#[test]
fn a_request_with_a_header_that_is_there_twice_is_not_signed() {
    let mut request = parts("GET", "/v1/events", &[("host", "a.example.com"), ("x-twice", "1"), ("x-twice", "2")]);
    assert_eq!(sign(&mut request, b"", ACCESS_KEY, SECRET, now()), Err(SignatureError::Wrong));
}

#[test]
fn a_client_that_does_not_sign_the_host_is_right_as_well() {
    let headers = [("accept", "application/json"), ("user-agent", "golangsdk/2.0.0"), ("x-sdk-date", "20260102T030405Z")];
    let request = parts("GET", "/v2/manage/namespaces?filter=mode%3A%3Avisible", &headers);
    let header = format!(
        "{ALGORITHM} Access={ACCESS_KEY}, SignedHeaders=accept;user-agent;x-sdk-date, \
         Signature=b934bbfd80faa2c6e88417afae0e758e3e09441d6223321ea68c8486c217a1d5"
    );
    assert_eq!(check(&header, &request, b""), Ok(()));
}

#[test]
fn the_host_may_be_in_the_address_as_http_2_has_it() {
    let header = signed_by_hand(&usual("GET", "/v2", &[]), b"", USUAL);
    let mut request = usual("GET", "https://swr-api.example.com/v2", &[]);
    request.headers.remove("host");
    assert_eq!(check(&header, &request, b""), Ok(()));
}

#[test]
fn a_client_that_did_not_hash_its_body_is_refused() {
    let request = usual("POST", "/", &[("x-sdk-content-sha256", "UNSIGNED-PAYLOAD")]);
    let names = "x-sdk-content-sha256;x-sdk-date";
    let canonical = format!("POST\n/\n\nx-sdk-content-sha256:UNSIGNED-PAYLOAD\nx-sdk-date:20260102T030405Z\n\n{names}\nUNSIGNED-PAYLOAD");
    let mac = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()),
        string_to_sign("20260102T030405Z", canonical.as_bytes()).as_bytes(),
    );
    let header = format!("{ALGORITHM} Access={ACCESS_KEY}, SignedHeaders={names}, Signature={}", crate::keys::hex(mac.as_ref()));
    assert_eq!(check(&header, &request, b"{}"), Err(SignatureError::Wrong));
}
