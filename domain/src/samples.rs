//! Values for tests: short to write, easy to tell apart.

use std::fmt::Debug;
use std::str::FromStr;

use cqrs_es::Aggregate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use crate::access_key::AccessKeyId;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::{AccountId, UserId};
use crate::manifest::ManifestFacts;
use crate::tag::Tag;

/// Parses what is known to be well formed.
pub(crate) fn parsed<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// An aggregate after these events.
pub(crate) fn given<A: Aggregate<Services = ()>>(events: &[A::Event]) -> AggregateTestExecutor<A> {
    TestFramework::with(()).given(events.to_vec())
}

pub(crate) fn account(n: u8) -> AccountId {
    parsed(&format!("{n:032x}"))
}

pub(crate) fn user(n: u8) -> UserId {
    parsed(&format!("{n:032x}"))
}

pub(crate) fn digest(n: u8) -> Digest {
    parsed(&format!("sha256:{n:064x}"))
}

pub(crate) fn tag(text: &str) -> Tag {
    parsed(text)
}

pub(crate) fn access_key(n: u8) -> AccessKeyId {
    parsed(&format!("AK{n:018}"))
}

/// So many seconds after a moment that all tests share.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

/// Facts of a manifest of this many bytes.
pub(crate) fn facts(size_bytes: u64) -> ManifestFacts {
    ManifestFacts {
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        size_bytes,
        artifact_type: None,
        config: None,
        layers: vec![],
        children: vec![],
        subject: None,
        platforms: vec![],
    }
}
