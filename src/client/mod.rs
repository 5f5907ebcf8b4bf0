//! A running server as the command line calls it: every call is signed, every answer is JSON (requirement I6).
//!
//! Blocking: a command makes one call after the other. Nothing is sent anew by itself, since a change that was not answered may have happened.

mod failure;
mod request;
mod server_url;
mod tls;

use std::fmt;
use std::io::BufReader;
use std::sync::Arc;
use std::time::Duration;

use ambar_api::signature;
use ambar_domain::clock::Clock;
use anyhow::{Context, Result};
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Response};
use serde_json::Value;
use ureq::{Agent, Body, BodyReader, Proxy};

pub(crate) use failure::Failure;
pub(crate) use request::Request;
pub(crate) use server_url::ServerUrl;

use crate::profiles::Profile;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(20);
/// How long a server may think, and be silent within an answer.
const ANSWER: Duration = Duration::from_secs(120);
/// The longest answer: a page of a thousand images with their tags.
const MAX_ANSWER_BYTES: u64 = 256 << 20;

/// What somebody calls a server with.
pub(crate) struct Client {
    agent: Agent,
    /// What its profile is called.
    name: String,
    profile: Profile,
    clock: Arc<dyn Clock>,
    on_behalf_of: Option<ActingFor>,
}

/// Another account, which has entrusted its registry to the caller's (requirement I5).
#[derive(Debug, Clone)]
pub(crate) struct ActingFor {
    pub(crate) account_id: String,
    pub(crate) account_name: String,
    /// What entrusts it, of which two accounts have one at most.
    pub(crate) delegation_name: String,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// An answer that is no refusal.
#[derive(Debug)]
pub(crate) struct Answer {
    headers: http::HeaderMap,
    body: Vec<u8>,
    asked: String,
}

impl Client {
    pub(crate) fn new(name: String, profile: Profile, clock: Arc<dyn Clock>) -> Result<Self> {
        // What is not encrypted is meant for this machine, and passes through no other.
        let proxy = Proxy::try_from_env().filter(|_| profile.url.is_secure());
        let config = Agent::config_builder()
            .proxy(proxy)
            .tls_config(tls::config(profile.ca.as_deref(), profile.insecure)?)
            .http_status_as_error(false)
            // A signature is good for the one address that it was made for.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            // A follower hears something all the time: the server sees to it that a connection is never silent for so long.
            .timeout_per_read(Some(ANSWER))
            .build();
        Ok(Self { agent: Agent::new_with_config(config), name, profile, clock, on_behalf_of: None })
    }

    /// The same on behalf of another account.
    pub(crate) fn acting_for(self, account: ActingFor) -> Self {
        Self { on_behalf_of: Some(account), ..self }
    }

    /// The same on nobody's behalf.
    pub(crate) fn as_oneself(&self) -> Self {
        let Self { agent, name, profile, clock, on_behalf_of: _ } = self;
        Self { agent: agent.clone(), name: name.clone(), profile: profile.clone(), clock: clock.clone(), on_behalf_of: None }
    }

    /// The account on whose behalf it calls, if that is not its own.
    pub(crate) fn on_behalf_of(&self) -> Option<&ActingFor> {
        self.on_behalf_of.as_ref()
    }

    /// What it calls with.
    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Makes a call and reads the whole answer.
    ///
    /// # Errors
    /// [`Failure`] if the server refuses or cannot be reached.
    pub(crate) fn send(&self, request: Request) -> Result<Answer> {
        let (asked, response) = self.call(request)?;
        let (parts, body) = response.into_parts();
        let body = body.into_with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
        let body = body.map_err(|source| Failure::unanswered(&asked, source, &self.profile.url))?;
        Ok(Answer { headers: parts.headers, body, asked })
    }

    /// The same, for an answer in JSON.
    pub(crate) fn ask(&self, request: Request) -> Result<Value> {
        self.send(request)?.json()
    }

    /// Makes a call whose answer comes bit by bit, for as long as the server goes on.
    pub(crate) fn follow(&self, request: Request) -> Result<BufReader<BodyReader<'static>>> {
        let (_, response) = self.call(request)?;
        Ok(BufReader::new(response.into_body().into_with_config().limit(u64::MAX).reader()))
    }

    fn call(&self, request: Request) -> Result<(String, Response<Body>)> {
        let asked = format!("{} {}{}", request.method, self.profile.url, request.path);
        let body = request.body.map(|body| body.to_string()).unwrap_or_default();
        let mut signed = http::Request::builder()
            .method(request.method)
            .uri(format!("{}{}", self.profile.url, request.target))
            .header(HOST, self.profile.url.host())
            .header(ACCEPT, "application/json, text/event-stream")
            .header(USER_AGENT, concat!("ambar/", env!("CARGO_PKG_VERSION")))
            .header(CONTENT_TYPE, "application/json");
        if let Some(event) = request.last_event {
            signed = signed.header(HeaderName::from_static("last-event-id"), HeaderValue::try_from(event)?);
        }
        // The signature covers it, as every header that is there by then.
        if let Some(account) = &self.on_behalf_of {
            signed = signed.header(HeaderName::from_static("x-domain-id"), HeaderValue::try_from(&account.account_id)?);
        }
        let (mut parts, ()) = signed.body(()).context("the call cannot be written down")?.into_parts();
        let (access_key, secret_key) = (self.profile.access_key.as_str(), &self.profile.secret_key);
        signature::sign(&mut parts, body.as_bytes(), access_key, secret_key, self.clock.now()).context("the call cannot be signed")?;
        let sent = if body.is_empty() {
            self.agent.run(http::Request::from_parts(parts, ()))
        } else {
            self.agent.run(http::Request::from_parts(parts, body))
        };
        let response = sent.map_err(|source| Failure::unanswered(&asked, source, &self.profile.url))?;
        if response.status().is_success() {
            return Ok((asked, response));
        }
        Err(Failure::read(asked, response, &self.name, &self.profile).into())
    }
}

impl Answer {
    /// The answer in JSON.
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).map_err(|_| Failure::NotTheApi { asked: self.asked.clone(), hint: String::new() }.into())
    }

    /// A header's text, if it is there.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
