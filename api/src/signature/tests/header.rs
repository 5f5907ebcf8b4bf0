//! The header that a signature comes in.

use proptest::prelude::*;

use super::*;

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
}
