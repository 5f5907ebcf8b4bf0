//! One request on its way: what every handler may need of it besides its body.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use ambar_storage::aggregate_store::{Actor, CommandContext};
use axum::extract::ConnectInfo;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::auth::Identity;
use crate::extract::{Query, sane_request_id};
use crate::registry::Registry;
use crate::state::AppState;

/// The header that carries request ids, in and out.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request without its body, and the registry it came to.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) registry: Arc<Registry>,
    pub(crate) parts: Parts,
    pub(crate) request_id: String,
    identity: OnceLock<Arc<Identity>>,
}

impl Call {
    pub(crate) fn new(registry: Arc<Registry>, parts: Parts) -> Self {
        let given = parts.headers.get(X_REQUEST_ID).and_then(|header| sane_request_id(header.as_bytes()));
        let request_id = given.map_or_else(|| registry.state.ids.uuid().simple().to_string(), str::to_owned);
        Self { registry, parts, request_id, identity: OnceLock::new() }
    }

    pub(crate) fn state(&self) -> &AppState {
        &self.registry.state
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// A header's text, if it is there and is text.
    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers().get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn query(&self) -> Query<'_> {
        Query::new(self.parts.uri.query())
    }

    /// Remembers who sent the request, for the log and for events.
    pub(crate) fn identify(&self, identity: &Arc<Identity>) {
        let _ = self.identity.set(identity.clone());
    }

    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.identity.get().map(Arc::as_ref)
    }

    /// What the events of this request are recorded with.
    pub(crate) fn context(&self) -> CommandContext {
        let identity = self.identity();
        let user = identity.and_then(|identity| identity.user().cloned());
        let actor = user.map_or(Actor::Anonymous, Actor::User);
        let source_address = self.source_address().unwrap_or_else(|| "unknown".to_owned());
        let context = CommandContext::new(self.state().ids.uuid(), actor, self.request_id.clone(), source_address);
        CommandContext { access_key: identity.and_then(|identity| identity.access_key().cloned()), ..context }
    }

    /// Where the request came from: the connection's other end, or what a trusted proxy says it is.
    pub(crate) fn source_address(&self) -> Option<String> {
        if self.state().settings.behind_proxy {
            let forwarded = self.header(HeaderName::from_static("x-forwarded-for")).and_then(|list| list.rsplit(',').next());
            if let Some(address) = forwarded.and_then(|address| address.trim().parse::<std::net::IpAddr>().ok()) {
                return Some(address.to_string());
            }
        }
        self.parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_string())
    }

    /// The registry's address as the client knows it, without a slash at its end; `None` if the client did not say a sane one.
    pub(crate) fn base_url(&self) -> Option<String> {
        let settings = &self.state().settings;
        if let Some(public_url) = &settings.public_url {
            return Some(public_url.trim_end_matches('/').to_owned());
        }
        let forwarded = |name| self.header(HeaderName::from_static(name)).filter(|_| settings.behind_proxy);
        let scheme = match forwarded("x-forwarded-proto") {
            Some("https") => "https",
            Some(_) => "http",
            None if settings.tls => "https",
            None => "http",
        };
        let authority = self.parts.uri.authority().map(http::uri::Authority::as_str);
        let host = forwarded("x-forwarded-host").or_else(|| self.header(HOST)).or(authority)?;
        is_host(host).then(|| format!("{scheme}://{host}"))
    }
}

/// What may stand in a URL as host and port, so that a hostile header cannot break out of the answer it is put into.
fn is_host(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    !text.is_empty() && text.len() <= 255 && text.bytes().all(allowed)
}
