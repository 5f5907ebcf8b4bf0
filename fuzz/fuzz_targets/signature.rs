//! Request signatures: no header and no request break the check, and none is right by chance.
#![no_main]

use ambar_api::signature::{Signature, verify};
use http::Request;
use libfuzzer_sys::fuzz_target;

// The header's line comes first, the request's target in the second, then the body.
fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let (header, target, body) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let Ok(signature) = Signature::parse(header) else { return };
    let date = "20260102T030405Z";
    let request = Request::builder().method("POST").uri(target).header("x-sdk-date", date).header("x-sdk-content-sha256", body);
    let Ok(request) = request.body(()) else { return };
    let now = chrono::DateTime::from_timestamp(1_767_323_045, 0).expect("a time");
    assert!(verify(&signature, &request.into_parts().0, body, "secret", now).is_err(), "{header:?}");
});
