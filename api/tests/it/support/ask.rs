//! Requests and answers.

use std::net::SocketAddr;

use ambar_domain::clock::Timestamp;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::Login;
use super::documented::require_documented;
use super::sign::sign;

/// A request on its way.
pub(crate) struct Ask {
    router: Router,
    request: http::request::Builder,
    body: Body,
    /// The body where it is known before it is sent: what a signature covers.
    content: Bytes,
}

impl Ask {
    pub(crate) fn new(router: Router, method: Method, path: &str) -> Self {
        let request = Request::builder().method(method).uri(path).header("host", "registry.test:5000");
        Self { router, request, body: Body::empty(), content: Bytes::new() }
    }

    /// Comes from an address other than nowhere.
    pub(crate) fn from(mut self, address: &str) -> Self {
        let address = SocketAddr::new(address.parse().unwrap(), 50_000);
        self.request = self.request.extension(ConnectInfo(address));
        self
    }

    pub(crate) fn login(self, login: &Login) -> Self {
        let credentials = STANDARD.encode(format!("{}:{}", login.key.login_user, login.key.login_key));
        self.header(AUTHORIZATION.as_str(), &format!("Basic {credentials}"))
    }

    /// Signs what has been said so far with an access key.
    pub(crate) fn signed(self, login: &Login, at: Timestamp) -> Self {
        let date = at.format("%Y%m%dT%H%M%SZ").to_string();
        let asked = self.header("x-sdk-date", &date);
        let (method, uri) = (asked.request.method_ref().unwrap(), asked.request.uri_ref().unwrap());
        let header = sign(&login.key, method, uri, asked.request.headers_ref().unwrap(), &asked.content, &date);
        asked.header(AUTHORIZATION.as_str(), &header)
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Another `Host` than the usual one, or none.
    pub(crate) fn host(mut self, host: Option<&str>) -> Self {
        if let Some(headers) = self.request.headers_mut() {
            headers.remove(HOST);
        }
        match host {
            Some(host) => self.header(HOST.as_str(), host),
            None => self,
        }
    }

    pub(crate) fn raw_header(mut self, name: &str, value: &[u8]) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        self = self.header("content-length", &bytes.len().to_string());
        self.content = bytes.clone();
        self.body = Body::from(bytes);
        self
    }

    /// A body in pieces, whose length is not announced.
    pub(crate) fn stream(mut self, pieces: Vec<std::io::Result<Bytes>>) -> Self {
        self.body = Body::from_stream(futures::stream::iter(pieces));
        self
    }

    /// A body that comes when the test lets it.
    pub(crate) fn body_of(mut self, pieces: impl futures::Stream<Item = std::io::Result<Bytes>> + Send + 'static) -> Self {
        self.body = Body::from_stream(pieces);
        self
    }

    /// The answer before its body has come, which must be one that the document has.
    pub(crate) async fn open(self) -> http::Response<Body> {
        let request = self.request.body(self.body).unwrap();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let (answer, body) = self.router.oneshot(request).await.unwrap().into_parts();
        require_documented(&method, &path, &answer);
        http::Response::from_parts(answer, body)
    }

    /// The answer; of one whose body may go on for ever, the head alone.
    pub(crate) async fn head(self) -> Answer {
        let response = self.open().await;
        if response.status().is_success() {
            return Answer { status: response.status(), headers: response.headers().clone(), body: Bytes::new() };
        }
        Answer::of(response).await
    }

    pub(crate) async fn send(self) -> Answer {
        Answer::of(self.open().await).await
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    async fn of(response: http::Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON in {self:?}"))
    }

    /// The code of the first error.
    pub(crate) fn code(&self) -> String {
        self.json()["errors"][0]["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn message(&self) -> String {
        self.json()["errors"][0]["message"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn assert(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// A refusal with its code.
    #[track_caller]
    pub(crate) fn assert_refused(&self, status: u16, code: &str) -> &Self {
        self.assert(status);
        assert_eq!(self.code(), code, "{self:?}");
        self
    }

    /// All that a client can tell two answers apart by, but for ids that are different every time.
    pub(crate) fn fingerprint(&self) -> (u16, Vec<(String, String)>, Bytes) {
        let told = |name: &str| !matches!(name, "x-request-id");
        let headers = self.headers.iter().filter(|(name, _)| told(name.as_str()));
        let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        headers.sort();
        (self.status.as_u16(), headers, self.body.clone())
    }
}
