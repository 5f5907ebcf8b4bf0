//! Digests: a text is taken exactly if the published pattern says so, and the bytes of a hash come back.
#![no_main]

use std::sync::LazyLock;

use ambar_domain::digest::{Algorithm, Digest};
use libfuzzer_sys::fuzz_target;
use regex::Regex;
use schemars::{JsonSchema, SchemaGenerator};

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let schema = Digest::json_schema(&mut SchemaGenerator::default()).to_value();
    Regex::new(schema["pattern"].as_str().expect("a pattern")).expect("a regular expression")
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        texts(text);
    }
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        hashes(algorithm, bytes);
    }
});

fn texts(text: &str) {
    let parsed = text.parse::<Digest>();
    assert_eq!(parsed.is_ok(), PATTERN.is_match(text), "{text:?}: {parsed:?}");
    if let Ok(digest) = parsed {
        assert_eq!(digest.to_string(), text);
        assert_eq!(format!("{}:{}", digest.algorithm().as_str(), digest.hex()), text);
        assert_eq!(digest.hex().len(), digest.algorithm().hex_len());
    }
}

fn hashes(algorithm: Algorithm, bytes: &[u8]) {
    let length = algorithm.hex_len() / 2;
    assert_eq!(Digest::from_hash(algorithm, bytes).is_ok(), bytes.len() == length);
    let Some(hash) = bytes.get(..length) else { return };
    let digest = Digest::from_hash(algorithm, hash).expect("the right length");
    assert_eq!(digest.to_string().parse(), Ok(digest.clone()));
    let byte = |at: usize| u8::from_str_radix(&digest.hex()[at * 2..at * 2 + 2], 16).expect("hex");
    assert!((0..length).all(|at| byte(at) == hash[at]), "{digest} of {hash:?}");
}
