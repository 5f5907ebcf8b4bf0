//! The `Authorization` header: credentials written again are the same credentials, and printed for a log they show no secret.
#![no_main]

use ambar_api::extract::{Credentials, parse_authorization};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    read(input);
    // The same as a user name and a password, so that the fuzzer need not learn base64.
    read(format!("Basic {}", STANDARD.encode(input)).as_bytes());
});

fn read(header: &[u8]) {
    let Ok(credentials) = parse_authorization(header) else { return };
    let (again, other) = match &credentials {
        Credentials::Login { project, access_key, login_key } => {
            let login = |secret: &str| STANDARD.encode(format!("{project}@{access_key}:{secret}"));
            (format!("basic {}", login(login_key)), format!("Basic {}", login("another")))
        }
        Credentials::Token(token) => (format!("bearer {token}"), "Bearer another".to_owned()),
    };
    assert!(parse_authorization(again.as_bytes()) == Ok(credentials.clone()), "{header:?} and {again:?}");
    let other = parse_authorization(other.as_bytes()).expect("the same with another secret");
    assert_eq!(format!("{credentials:?}"), format!("{other:?}"));
}
