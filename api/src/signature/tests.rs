//! What real clients sign, and what is not signed.

use std::collections::BTreeMap;

use chrono::DateTime;
use http::Request;
use http::header::AUTHORIZATION;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

const ACCESS_KEY: &str = "AKEXAMPLE0000000001";
const SECRET: &str = "SKexample/plus+0000000000000000000000000";
const USUAL: &str = "content-type;host;user-agent;x-project-id;x-sdk-date";

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

fn now() -> Timestamp {
    DateTime::parse_from_rfc3339("2026-01-02T03:04:05Z").unwrap().to_utc()
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("tests/vectors.json")).unwrap()
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
fn another_secret_is_wrong() {
    let request = usual("GET", "/v2/manage/namespaces", &[]);
    let header = signed_by_hand(&request, b"", USUAL);
    let signature = Signature::parse(header.as_bytes()).unwrap();
    assert_eq!(verify(&signature, &request, b"", SECRET, now()), Ok(()));
    assert_eq!(verify(&signature, &request, b"", "another", now()), Err(SignatureError::Wrong));
    assert_eq!(verify(&signature, &request, b"", "", now()), Err(SignatureError::Wrong));
}

#[test]
fn whatever_is_changed_behind_the_signature_makes_it_wrong() {
    let signed = usual("POST", "/v2/manage/namespaces?a=1&b=2", &[]);
    let header = signed_by_hand(&signed, b"body", USUAL);
    assert_eq!(check(&header, &signed, b"body"), Ok(()));
    assert_eq!(check(&header, &signed, b"Body"), Err(SignatureError::Wrong));
    assert_eq!(check(&header, &signed, b""), Err(SignatureError::Wrong));
    for (method, target) in [
        ("DELETE", "/v2/manage/namespaces?a=1&b=2"),
        ("POST", "/v2/manage/namespace?a=1&b=2"),
        ("POST", "/v2/manage//namespaces?a=1&b=2"),
        ("POST", "/v2/manage/namespaces"),
        ("POST", "/v2/manage/namespaces?a=2&b=2"),
        ("POST", "/v2/manage/namespaces?a=1&b=2&c"),
        ("POST", "/v2/manage/namespaces?a=1%26b=2"),
    ] {
        assert_eq!(check(&header, &usual(method, target, &[]), b"body"), Err(SignatureError::Wrong), "{method} {target}");
    }
    let mut other_header = signed.clone();
    other_header.headers.insert("x-project-id", "ffffffffffffffffffffffffffffffff".parse().unwrap());
    assert_eq!(check(&header, &other_header, b"body"), Err(SignatureError::Wrong));
}

#[test]
fn what_says_the_same_has_one_signature() {
    let header = signed_by_hand(&usual("GET", "/v2/a%20b/%7Ec/?y=2&x=1&x=0&z", &[]), b"", USUAL);
    for target in ["/v2/a%20b/~c?x=0&x=1&y=2&z=", "/v2/%61%20b/~c/?z=&y=%32&&x=1&x=0"] {
        assert_eq!(check(&header, &usual("GET", target, &[]), b""), Ok(()), "{target}");
    }
    let spaces = signed_by_hand(&usual("GET", "/?name=a%20b", &[("x-note", "a b")]), b"", "x-note;x-sdk-date");
    assert_eq!(check(&spaces, &usual("GET", "/?name=a+b", &[("x-note", "  a b ")]), b""), Ok(()));
}

#[test]
fn bytes_that_are_no_text_are_told_apart() {
    let header = signed_by_hand(&usual("GET", "/v2/%ff", &[]), b"", USUAL);
    assert_eq!(check(&header, &usual("GET", "/v2/%fe", &[]), b""), Err(SignatureError::Wrong));
}

#[test]
fn the_date_must_be_there_and_signed() {
    let signed_without = signed_by_hand(&usual("GET", "/", &[]), b"", "host;user-agent");
    assert_eq!(check(&signed_without, &usual("GET", "/", &[]), b""), Err(SignatureError::DateMissing));
    let header = signed_by_hand(&usual("GET", "/", &[]), b"", USUAL);
    let mut dateless = usual("GET", "/", &[]);
    dateless.headers.remove(DATE);
    assert_eq!(check(&header, &dateless, b""), Err(SignatureError::DateMissing));
    for date in ["", "2026-01-02T03:04:05Z", "20260102T030405", "20261302T030405Z", "+0260102T030405Z", "20260102t030405z"] {
        let mut odd = usual("GET", "/", &[]);
        odd.headers.insert(DATE, date.parse().unwrap());
        assert_eq!(check(&signed_by_hand(&odd, b"", USUAL), &odd, b""), Err(SignatureError::DateMissing), "{date}");
    }
}

#[test]
fn a_signature_is_good_for_fifteen_minutes_before_and_behind_its_date() {
    let request = usual("GET", "/", &[]);
    let header = signed_by_hand(&request, b"", USUAL);
    let signature = Signature::parse(header.as_bytes()).unwrap();
    let at = |seconds| verify(&signature, &request, b"", SECRET, now() + Duration::seconds(seconds));
    assert_eq!((at(900), at(-900)), (Ok(()), Ok(())));
    for seconds in [901, -901, 86_400 * 365] {
        let expired = SignatureError::Expired { signed_at: now(), now: now() + Duration::seconds(seconds) };
        assert_eq!(at(seconds), Err(expired));
    }
}

#[test]
fn a_signed_header_that_is_there_twice_or_not_at_all_is_refused() {
    let header = signed_by_hand(&usual("GET", "/", &[]), b"", USUAL);
    let twice = usual("GET", "/", &[("x-project-id", "0123456789abcdef0123456789abcdef")]);
    assert_eq!(check(&header, &twice, b""), Err(SignatureError::Wrong));
    let mut without = usual("GET", "/", &[]);
    without.headers.remove("x-project-id");
    assert_eq!(check(&header, &without, b""), Err(SignatureError::Wrong));
    let dates = usual("GET", "/", &[("x-sdk-date", "20260102T030405Z")]);
    assert_eq!(check(&header, &dates, b""), Err(SignatureError::Wrong));
}

#[test]
fn the_host_may_be_in_the_address_as_http_2_has_it() {
    let header = signed_by_hand(&usual("GET", "/v2", &[]), b"", USUAL);
    let mut request = usual("GET", "https://swr-api.example.com/v2", &[]);
    request.headers.remove("host");
    assert_eq!(check(&header, &request, b""), Ok(()));
}

#[test]
fn the_body_is_covered_whatever_a_client_states_of_it() {
    for names in [USUAL, "x-sdk-content-sha256;x-sdk-date"] {
        for stated in [&hash(b"body"), "UNSIGNED-PAYLOAD", ""] {
            let request = usual("POST", "/", &[("x-sdk-content-sha256", stated)]);
            let header = signed_by_hand(&request, b"body", names);
            assert_eq!(check(&header, &request, b"body"), Ok(()));
            assert_eq!(check(&header, &request, b"another"), Err(SignatureError::Wrong));
            assert_eq!(check(&header, &request, b""), Err(SignatureError::Wrong));
        }
    }
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

#[test]
fn anything_else_is_malformed() {
    let good = signed_by_hand(&usual("GET", "/", &[]), b"", USUAL);
    let mac = &good[good.len() - 64..];
    assert!(Signature::parse(good.as_bytes()).is_ok());
    assert!(Signature::parse(good.replace(", ", ",").as_bytes()).is_ok());
    let bad = [
        String::new(),
        ALGORITHM.to_owned(),
        good.replace(ALGORITHM, "SDK-HMAC-SM3"),
        good.replace("Access=", "access="),
        good.replace(ACCESS_KEY, ""),
        good.replace(ACCESS_KEY, "AK/\u{e9}"),
        good.replace(ACCESS_KEY, &"A".repeat(65)),
        good.replace(USUAL, ""),
        good.replace(USUAL, "host;;x-sdk-date"),
        good.replace(USUAL, "host;x-sdk-date;HOST"),
        good.replace(USUAL, "ho st;x-sdk-date"),
        good.replace(USUAL, &format!("x-sdk-date{}", ";a".repeat(100))),
        good.replace(mac, &mac[1..]),
        good.replace(mac, &mac.to_uppercase()),
        good.replace(mac, &"g".repeat(64)),
        format!("{good}, More=x"),
    ];
    for header in bad {
        assert_eq!(Signature::parse(header.as_bytes()), Err(SignatureError::Malformed), "{header}");
    }
    assert_eq!(Signature::parse(&[0xff; 80]), Err(SignatureError::Malformed));
}

#[test]
fn a_header_claims_to_be_a_signature_by_its_first_word() {
    let request = usual("GET", "/", &[]);
    assert!(is_signature(signed_by_hand(&request, b"", USUAL).as_bytes()) && is_signature(ALGORITHM.as_bytes()));
    for header in [&b"Basic x"[..], b"", b"SDK-HMAC-SHA2561 x"] {
        assert!(!is_signature(header));
    }
}

#[test]
fn a_signature_shows_nothing_of_itself_when_it_is_printed() {
    let request = usual("GET", "/", &[]);
    let header = signed_by_hand(&request, b"", USUAL);
    let shown = format!("{:?}", Signature::parse(header.as_bytes()).unwrap());
    assert!(shown.contains(ACCESS_KEY) && !shown.contains(&header[header.len() - 64..]) && !shown.contains("mac"));
}

proptest! {
    #[test]
    fn no_header_breaks_the_parser(
        header in prop::collection::vec(any::<u8>(), 0..200),
        text in "SDK-HMAC-SHA256 (Access=[A-Z]{0,4}, ?SignedHeaders=[a-z;-]{0,30}, ?Signature=[0-9a-g]{60,66}|[ -~]{0,80})",
    ) {
        let _ = Signature::parse(&header);
        let _ = Signature::parse(text.as_bytes());
    }

    #[test]
    fn no_request_breaks_the_check_and_none_is_right_by_chance(
        path in "(/[ -~&&[^?#\"<>\\\\^`{|} ]]{0,20}){1,3}",
        query in "[ -~&&[^#\"<>\\\\^`{|} ]]{0,60}",
        value in prop::collection::vec(0x20_u8..0x7f, 0..30),
        body in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let target = format!("{path}?{query}");
        prop_assume!(target.parse::<http::Uri>().is_ok());
        let mut request = usual("PUT", &target, &[]);
        request.headers.insert("x-note", http::HeaderValue::from_bytes(&value).unwrap());
        let header = signed_by_hand(&request, &body, "x-note;x-sdk-date");
        prop_assert_eq!(check(&header, &request, &body), Ok(()));
        let by_chance = format!("{ALGORITHM} Access=A, SignedHeaders=x-note;x-sdk-date, Signature={}", "5a".repeat(32));
        request.headers.insert(AUTHORIZATION, by_chance.parse().unwrap());
        prop_assert_eq!(check(&by_chance, &request, &body), Err(SignatureError::Wrong));
    }
}
