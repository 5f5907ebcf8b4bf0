//! One request on its way: what every handler may need of it besides its body.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use ambar_domain::client_address::ClientAddress;
use ambar_storage::aggregate_store::{Actor, CommandContext};
use axum::extract::ConnectInfo;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::auth::Identity;
use crate::extract::{Query, sane_request_id};
use crate::limits::Offence;
use crate::registry::Registry;
use crate::state::{AppState, Settings};

/// The header that carries request ids, in and out.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request without its body, and the registry it came to.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) registry: Arc<Registry>,
    pub(crate) parts: Parts,
    pub(crate) request_id: String,
    identity: OnceLock<Arc<Identity>>,
    offence: OnceLock<Offence>,
}

impl Call {
    pub(crate) fn new(registry: Arc<Registry>, parts: Parts) -> Self {
        let given = parts.headers.get(X_REQUEST_ID).and_then(|header| sane_request_id(header.as_bytes()));
        let request_id = given.map_or_else(|| registry.state.ids.uuid().simple().to_string(), str::to_owned);
        Self { registry, parts, request_id, identity: OnceLock::new(), offence: OnceLock::new() }
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
        if let Some((user, access_key)) = identity.permanent_key() {
            self.state().usage.used(user, access_key, self.state().clock.now());
        }
        let _ = self.identity.set(identity.clone());
    }

    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.identity.get().map(Arc::as_ref)
    }

    /// Remembers what counts against the sender; it is judged once the request has its answer.
    pub(crate) fn offends(&self, offence: Offence) {
        let _ = self.offence.set(offence);
    }

    pub(crate) fn offence(&self) -> Option<Offence> {
        self.offence.get().copied()
    }

    /// What the events of this request are recorded with.
    pub(crate) fn context(&self) -> CommandContext {
        let identity = self.identity();
        let user = identity.and_then(|identity| identity.user().cloned());
        let actor = user.map_or(Actor::Anonymous, Actor::User);
        let source_address = self.source_address().unwrap_or_else(|| "unknown".to_owned());
        let context = CommandContext::new(self.state().ids.uuid(), actor, self.request_id.clone(), source_address);
        let (actor_account, on_behalf_of) = identity.and_then(Identity::delegation).unzip();
        CommandContext {
            access_key: identity.and_then(|identity| identity.access_key().cloned()),
            temporary_until: identity.and_then(Identity::temporary_until),
            on_behalf_of: on_behalf_of.cloned(),
            actor_account: actor_account.cloned(),
            ..context
        }
    }

    /// Where the request came from: the connection's other end, or what a trusted proxy says it is.
    pub(crate) fn source_address(&self) -> Option<String> {
        let forwarded = self.is_from_proxy().then(|| self.forwarded_address()).flatten();
        forwarded.or_else(|| self.peer()).map(|address| address.to_string())
    }

    /// The address that counts for limits and blocks; `None` if it may be that of many: a proxy's that does not say for whom it asks, or that
    /// of this machine, where a proxy may stand of which nobody has told.
    pub(crate) fn client_address(&self) -> Option<ClientAddress> {
        let address = if self.is_from_proxy() { self.forwarded_address() } else { self.peer() };
        address.map(|address| address.to_canonical()).filter(|address| !address.is_loopback()).map(ClientAddress::from)
    }

    /// Whether nobody gets in from there now (requirement P8).
    pub(crate) fn is_address_blocked(&self) -> bool {
        let state = self.state();
        self.registry.limits.blocked_addresses.contains(&state.views, &*state.clock, || self.client_address())
    }

    fn peer(&self) -> Option<IpAddr> {
        self.parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
    }

    /// Whether what the headers say of where the request came from is to be believed.
    fn is_from_proxy(&self) -> bool {
        let Settings { behind_proxy, trusted_proxies, .. } = &*self.state().settings;
        *behind_proxy && (trusted_proxies.is_empty() || self.peer().is_some_and(|peer| self.is_trusted_proxy(peer)))
    }

    fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        self.state().settings.trusted_proxies.iter().any(|network| network.contains(address))
    }

    /// The last address that no trusted proxy has: proxies stand in a row, and each says where it was asked from.
    fn forwarded_address(&self) -> Option<IpAddr> {
        let lines = self.headers().get_all("x-forwarded-for").iter().rev();
        let said = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')).map(|text| address_of(text.trim()));
        said.map_while(|address| address).find(|address| !self.is_trusted_proxy(*address))
    }

    /// The registry's address as the client knows it, without a slash at its end; `None` if the client did not say a sane one.
    pub(crate) fn base_url(&self) -> Option<String> {
        let settings = &self.state().settings;
        if let Some(public_url) = &settings.public_url {
            return Some(public_url.trim_end_matches('/').to_owned());
        }
        let is_from_proxy = self.is_from_proxy();
        let forwarded = |name| self.forwarded(name).filter(|_| is_from_proxy);
        let secure = forwarded("x-forwarded-proto").map_or(settings.tls, |scheme| scheme.eq_ignore_ascii_case("https"));
        let scheme = if secure { "https" } else { "http" };
        let authority = self.parts.uri.authority().map(http::uri::Authority::as_str);
        let host = forwarded("x-forwarded-host").or_else(|| self.header(HOST)).or(authority)?;
        is_host(host).then(|| format!("{scheme}://{host}"))
    }

    /// Whether clients reach the registry over TLS, here or at a proxy in front.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.base_url().is_none_or(|url| url.starts_with("https://"))
    }

    /// The registry as clients name it in images and logins: its address without the scheme; empty if the client did not say a sane one.
    pub(crate) fn host(&self) -> String {
        let base = self.base_url().unwrap_or_default();
        base.split_once("://").map(|(_, host)| host.to_owned()).unwrap_or_default()
    }

    /// The last value of a header that proxies append to: the only one that the proxy in front wrote itself. What stands before it, in the
    /// same line or in earlier ones, may be the client's invention.
    fn forwarded(&self, name: &'static str) -> Option<&str> {
        let line = self.headers().get_all(name).iter().next_back()?;
        line.to_str().ok()?.rsplit(',').next().map(str::trim)
    }
}

/// An address as proxies write it: with or without the port, and one of version 6 in brackets or not.
fn address_of(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    bare.map_or_else(|| text.parse().ok(), |text| text.parse().ok().map(IpAddr::V6))
}

/// What may stand in a URL as host and port, so that a hostile header cannot break out of the answer it is put into.
fn is_host(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    !text.is_empty() && text.len() <= 255 && text.bytes().all(allowed)
}
