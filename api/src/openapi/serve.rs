//! `GET /openapi.json`, and the page at `/docs` that shows it without anything from elsewhere.

use std::sync::OnceLock;

use ambar_domain::digest::Algorithm;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};

use crate::call::Call;
use crate::extract::none_match;
use crate::keys::digest_of;

/// The page runs its own script and asks this registry for its document, and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// What is served as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// `/openapi.json`
    Document,
    /// `/docs`
    Page,
    /// `/docs/page.css`
    Style,
    /// `/docs/page.js`
    Script,
}

impl File {
    /// The file at a path.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        match path {
            "/openapi.json" => Some(Self::Document),
            "/docs" | "/docs/" => Some(Self::Page),
            "/docs/page.css" => Some(Self::Style),
            "/docs/page.js" => Some(Self::Script),
            _ => None,
        }
    }

    fn content(self) -> (&'static str, &'static str) {
        match self {
            Self::Document => ("application/json", include_str!("../../../schemas/openapi/ambar.json")),
            Self::Page => ("text/html; charset=utf-8", include_str!("page/page.html")),
            Self::Style => ("text/css; charset=utf-8", include_str!("page/page.css")),
            Self::Script => ("text/javascript; charset=utf-8", include_str!("page/page.js")),
        }
    }

    /// Its digest, worked out once.
    fn etag(self) -> &'static str {
        static ETAGS: [OnceLock<String>; 4] = [const { OnceLock::new() }; 4];
        ETAGS[self as usize].get_or_init(|| format!("\"{}\"", digest_of(Algorithm::Sha256, self.content().1.as_bytes())))
    }
}

/// Caches may keep it, and ask each time whether it is still the same.
pub(crate) fn serve(call: &Call, file: File) -> Response {
    let (media_type, text) = file.content();
    let is_known = call.header(IF_NONE_MATCH).is_some_and(|known| none_match(known, file.etag()));
    let mut response = match is_known {
        true => Response::new(Body::empty()),
        false => Response::new(Body::from(Bytes::from_static(text.as_bytes()))),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ETAG, HeaderValue::from_static(file.etag()));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    response
}
