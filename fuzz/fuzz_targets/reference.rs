//! Paths of the registry protocol, and the repository names, tags and digests in them: what is taken is in the form that is published,
//! and written again it means the same.
#![no_main]

use std::sync::LazyLock;

use ambar_api::extract::{Route, parse_route};
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::{Reference, Tag};
use libfuzzer_sys::fuzz_target;
use regex::Regex;
use schemars::{JsonSchema, SchemaGenerator};

static NAME: LazyLock<Regex> = LazyLock::new(pattern::<RepositoryName>);
static TAG: LazyLock<Regex> = LazyLock::new(pattern::<Tag>);

fn pattern<T: JsonSchema>() -> Regex {
    let schema = T::json_schema(&mut SchemaGenerator::default()).to_value();
    Regex::new(schema["pattern"].as_str().expect("a pattern")).expect("a regular expression")
}

fuzz_target!(|text: &str| {
    names(text);
    references(text);
    routes(text);
});

fn names(text: &str) {
    let parsed = text.parse::<RepositoryName>();
    let in_limits =
        text.split_once('/').is_some_and(|(organization, path)| organization.len() <= 64 && organization != "manage" && path.len() <= 128);
    assert_eq!(parsed.is_ok(), NAME.is_match(text) && in_limits, "{text:?}: {parsed:?}");
    if let Ok(name) = parsed {
        assert_eq!(name.to_string(), text);
        assert_eq!(format!("{}/{}", name.organization(), name.path()), text);
        assert_eq!(name.organization_str().parse(), Ok(name.organization()));
    }
}

fn references(text: &str) {
    match text.parse() {
        Ok(Reference::Tag(tag)) => assert!(tag.as_str() == text && TAG.is_match(text), "{text:?}"),
        Ok(Reference::Digest(digest)) => assert_eq!(digest.as_str(), text),
        Err(_) => assert!(!TAG.is_match(text), "{text:?}"),
    }
}

fn routes(path: &str) {
    let route = parse_route(path);
    assert_eq!(route.is_registry(), path == "/v2" || path.starts_with("/v2/"), "{path:?}: {route:?}");
    let written = match &route {
        Route::Tags { repository } => format!("/v2/{repository}/tags/list"),
        Route::Manifest { repository, reference } => format!("/v2/{repository}/manifests/{}", escaped(reference)),
        Route::Blob { repository, digest } => format!("/v2/{repository}/blobs/{}", escaped(digest)),
        Route::Uploads { repository } => format!("/v2/{repository}/blobs/uploads/"),
        Route::Upload { repository, session } => format!("/v2/{repository}/blobs/uploads/{session}"),
        Route::Referrers { repository, digest } => format!("/v2/{repository}/referrers/{}", escaped(digest)),
        Route::Base
        | Route::Catalog
        | Route::NoRegistryEndpoint
        | Route::Token
        | Route::Health
        | Route::Ready
        | Route::Metrics
        | Route::Nothing => return,
    };
    assert_eq!(parse_route(&written), route, "{path:?} and {written:?}");
}

/// Every byte as a percent escape, which nothing can mistake for a part of the path.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
