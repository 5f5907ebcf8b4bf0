//! Which endpoint a path means.
//!
//! Repository names contain slashes, and words such as `blobs` or `tags` may be part of them; so a path is read from its right end,
//! where each endpoint has a shape that no other has.

use std::borrow::Cow;

use super::query::decode;
use crate::openapi::File;

/// Which of the two roots of the management API a path is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `/v2/manage/`
    V2,
    /// `/v3/manage/`
    V3,
}

/// An endpoint, with the parts of the path that name things. They are not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'a> {
    /// `/v2/`
    Base,
    /// `/v2/_catalog`
    Catalog,
    /// `/v2/<name>/tags/list`
    Tags {
        /// The repository.
        repository: &'a str,
    },
    /// `/v2/<name>/manifests/<reference>`
    Manifest {
        /// The repository.
        repository: &'a str,
        /// Tag or digest.
        reference: Cow<'a, str>,
    },
    /// `/v2/<name>/blobs/<digest>`
    Blob {
        /// The repository.
        repository: &'a str,
        /// The blob.
        digest: Cow<'a, str>,
    },
    /// `/v2/<name>/blobs/uploads/`
    Uploads {
        /// The repository.
        repository: &'a str,
    },
    /// `/v2/<name>/blobs/uploads/<session>`
    Upload {
        /// The repository.
        repository: &'a str,
        /// The upload session.
        session: &'a str,
    },
    /// `/v2/<name>/referrers/<digest>`
    Referrers {
        /// The repository.
        repository: &'a str,
        /// The subject.
        digest: Cow<'a, str>,
    },
    /// Some other path below `/v2/`.
    NoRegistryEndpoint,
    /// `/v2/manage/…` and `/v3/manage/…`
    Manage {
        /// Which of the two.
        version: Version,
        /// The rest.
        path: &'a str,
    },
    /// Any other path below `/v3` or `/v3.0`.
    Iam,
    /// `/v1/…`
    V1 {
        /// The rest.
        path: &'a str,
    },
    /// `/`
    Versions,
    /// `/v2` and `/v3`
    Version(&'static str),
    /// `/token`
    Token,
    /// `/healthz`
    Health,
    /// `/readyz`
    Ready,
    /// `/metrics`
    Metrics,
    /// `/openapi.json`, and `/docs` with what belongs to it
    File(File),
    /// Any other path.
    Nothing,
}

impl Route<'_> {
    /// A name for metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Catalog => "catalog",
            Self::Tags { .. } => "tags",
            Self::Manifest { .. } => "manifest",
            Self::Blob { .. } => "blob",
            Self::Uploads { .. } => "uploads",
            Self::Upload { .. } => "upload",
            Self::Referrers { .. } => "referrers",
            Self::Token => "token",
            Self::Health => "health",
            Self::Ready => "ready",
            Self::Metrics => "metrics",
            Self::Manage { .. } => "manage",
            Self::Iam => "iam",
            Self::V1 { .. } => "v1",
            Self::Versions | Self::Version(_) => "versions",
            Self::File(_) => "docs",
            Self::NoRegistryEndpoint | Self::Nothing => "none",
        }
    }

    /// Whether it is part of the registry protocol.
    #[must_use]
    pub fn is_registry(&self) -> bool {
        match self {
            Self::Base
            | Self::Catalog
            | Self::Tags { .. }
            | Self::Manifest { .. }
            | Self::Blob { .. }
            | Self::Uploads { .. }
            | Self::Upload { .. }
            | Self::Referrers { .. }
            | Self::NoRegistryEndpoint => true,
            Self::Manage { .. }
            | Self::Iam
            | Self::V1 { .. }
            | Self::Versions
            | Self::Version(_)
            | Self::Token
            | Self::Health
            | Self::Ready
            | Self::Metrics
            | Self::File(_)
            | Self::Nothing => false,
        }
    }
}

/// Reads the path of a request.
#[must_use]
pub fn parse_route(path: &str) -> Route<'_> {
    if let Some(rest) = path.strip_prefix("/v2/") {
        return match rest.strip_prefix("manage/") {
            // No organization can have that name.
            Some(path) => Route::Manage { version: Version::V2, path },
            None => parse_registry(rest),
        };
    }
    if let Some(path) = path.strip_prefix("/v3/manage/") {
        return Route::Manage { version: Version::V3, path };
    }
    if let Some(path) = path.strip_prefix("/v1/") {
        return Route::V1 { path };
    }
    match path {
        "/" => Route::Versions,
        "/v2" => Route::Version("v2"),
        "/v3" | "/v3/" => Route::Version("v3"),
        "/token" => Route::Token,
        "/healthz" => Route::Health,
        "/readyz" => Route::Ready,
        "/metrics" => Route::Metrics,
        path if path.starts_with("/v3/") || path.starts_with("/v3.0/") => Route::Iam,
        path => File::at(path).map_or(Route::Nothing, Route::File),
    }
}

fn parse_registry(rest: &str) -> Route<'_> {
    match rest {
        "" => return Route::Base,
        "_catalog" => return Route::Catalog,
        _ => {}
    }
    if let Some(repository) = rest.strip_suffix("/blobs/uploads/").or_else(|| rest.strip_suffix("/blobs/uploads")) {
        return Route::Uploads { repository };
    }
    let Some((before, last)) = rest.rsplit_once('/') else { return Route::NoRegistryEndpoint };
    let Some((repository, kind)) = before.rsplit_once('/') else { return Route::NoRegistryEndpoint };
    match kind {
        "manifests" => Route::Manifest { repository, reference: decode(last, false) },
        "blobs" => Route::Blob { repository, digest: decode(last, false) },
        "referrers" => Route::Referrers { repository, digest: decode(last, false) },
        "tags" if last == "list" => Route::Tags { repository },
        "uploads" => match repository.strip_suffix("/blobs") {
            Some(repository) => Route::Upload { repository, session: last },
            None => Route::NoRegistryEndpoint,
        },
        _ => Route::NoRegistryEndpoint,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_endpoint_is_found() {
        assert_eq!(parse_route("/v2/"), Route::Base);
        assert_eq!(parse_route("/v2"), Route::Version("v2"));
        assert_eq!(parse_route("/v2/manage/repos"), Route::Manage { version: Version::V2, path: "repos" });
        assert_eq!(parse_route("/v3/manage/repos"), Route::Manage { version: Version::V3, path: "repos" });
        assert_eq!(parse_route("/v2/manager/web/tags/list"), Route::Tags { repository: "manager/web" });
        assert_eq!(parse_route("/v3/auth/tokens"), Route::Iam);
        assert_eq!(parse_route("/v1/events"), Route::V1 { path: "events" });
        assert_eq!(parse_route("/v3.0/OS-USER/users"), Route::Iam);
        assert_eq!(parse_route("/"), Route::Versions);
        assert_eq!(parse_route("/v2/_catalog"), Route::Catalog);
        assert_eq!(parse_route("/v2/a/b/tags/list"), Route::Tags { repository: "a/b" });
        assert_eq!(parse_route("/v2/a/b/manifests/v1"), Route::Manifest { repository: "a/b", reference: "v1".into() });
        assert_eq!(parse_route("/v2/a/b/c/blobs/sha256:00"), Route::Blob { repository: "a/b/c", digest: "sha256:00".into() });
        assert_eq!(parse_route("/v2/a/b/blobs/sha256%3A00"), Route::Blob { repository: "a/b", digest: "sha256:00".into() });
        assert_eq!(parse_route("/v2/a/b/blobs/uploads/"), Route::Uploads { repository: "a/b" });
        assert_eq!(parse_route("/v2/a/b/blobs/uploads"), Route::Uploads { repository: "a/b" });
        assert_eq!(parse_route("/v2/a/b/blobs/uploads/x.y"), Route::Upload { repository: "a/b", session: "x.y" });
        assert_eq!(parse_route("/v2/a/b/referrers/d"), Route::Referrers { repository: "a/b", digest: "d".into() });
        assert_eq!(parse_route("/token"), Route::Token);
        assert_eq!(parse_route("/openapi.json"), Route::File(File::Document));
        assert_eq!(parse_route("/docs"), Route::File(File::Page));
    }

    #[test]
    fn words_of_the_protocol_may_be_part_of_a_name() {
        assert_eq!(parse_route("/v2/a/tags/list/tags/list"), Route::Tags { repository: "a/tags/list" });
        assert_eq!(
            parse_route("/v2/a/blobs/uploads/manifests/x"),
            Route::Manifest { repository: "a/blobs/uploads", reference: "x".into() }
        );
        assert_eq!(parse_route("/v2/a/manifests/blobs/uploads/"), Route::Uploads { repository: "a/manifests" });
        assert_eq!(parse_route("/v2/a/manifests/tags/list"), Route::Tags { repository: "a/manifests" });
    }

    #[test]
    fn other_paths_are_none() {
        for path in ["/v2/a", "/v2/manifests/x", "/v2//", "/v2/a/tags/other", "/v2/a/uploads/x"] {
            assert_eq!(parse_route(path), Route::NoRegistryEndpoint, "{path}");
        }
        for path in ["", "v2", "/v1", "/token/"] {
            assert_eq!(parse_route(path), Route::Nothing, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_breaks_the_parser(path in "(/|v2|blobs|uploads|manifests|tags|list|%|%3A|%zz|é|\\.|a){0,20}") {
            let _ = parse_route(&path);
        }
    }
}
