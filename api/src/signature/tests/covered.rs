//! What a signature covers: another request, secret or time makes it wrong.

use http::header::AUTHORIZATION;
use proptest::prelude::*;

use super::*;

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

proptest! {
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
