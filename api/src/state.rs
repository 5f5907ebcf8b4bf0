//! What the surfaces stand on: the stores, the views, the clock, and how the operator wants them to behave.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ambar_domain::clock::Clock;
use ambar_domain::ids::IdSource;
use ambar_projections::Views;
use ambar_storage::aggregate_store::Aggregates;
use ambar_storage::blobs::{BlobStore, UploadStore};
use ambar_storage::event_log::EventLog;
use ambar_storage::usage::Usage;
use chrono::Duration;

use crate::extract::Network;
use crate::keys::Keys;
use crate::limits::Limits;
use crate::passwords::Passwords;

/// Shows the metrics of the process in Prometheus' text format.
pub type MetricsText = Arc<dyn Fn() -> String + Send + Sync>;

/// Everything a request may need. Cloning it copies handles.
#[derive(Clone)]
pub struct AppState {
    /// Takes commands.
    pub aggregates: Arc<Aggregates>,
    /// Answers questions.
    pub views: Views,
    /// Holds the events themselves, for whoever may read them.
    pub log: Arc<dyn EventLog>,
    /// Holds content by digest.
    pub blobs: Arc<dyn BlobStore>,
    /// Holds content on its way in.
    pub uploads: Arc<dyn UploadStore>,
    /// Counts what is used.
    pub usage: Arc<Usage>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and secrets.
    pub ids: Arc<dyn IdSource>,
    /// Signs tokens and seals secrets.
    pub keys: Arc<Keys>,
    /// Hashes passwords.
    pub passwords: Arc<Passwords>,
    /// How the operator wants it.
    pub settings: Arc<Settings>,
    /// What `/metrics` shows.
    pub metrics: MetricsText,
    /// The server is about to stop: `/readyz` says so, and everything else goes on.
    pub stopping: Arc<AtomicBool>,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// How the operator wants the surfaces to behave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Public repositories may be pulled by anybody (requirement M4).
    pub anonymous_pull: bool,
    /// The address that clients know, such as `https://registry.example.com`; `None` takes it from each request.
    pub public_url: Option<String>,
    /// The listener speaks TLS.
    pub tls: bool,
    /// `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-For` come from a proxy that is trusted.
    pub behind_proxy: bool,
    /// From where they come; everybody's are trusted where there are none. The addresses themselves are never limited or blocked.
    pub trusted_proxies: Vec<Network>,
    /// How long a bearer token works.
    pub token_lifetime: Duration,
    /// How long a token of the identity service works (requirement I6).
    pub iam_token_lifetime: Duration,
    /// How long a temporary login for Docker works, unless it is asked for otherwise (requirement L2).
    pub docker_login_lifetime: Duration,
    /// The same for containerd.
    pub containerd_login_lifetime: Duration,
    /// How long an upload session waits for its next bytes.
    pub upload_lifetime: Duration,
    /// The largest blob that is taken (requirement P7).
    pub max_blob_bytes: u64,
    /// How long a client may pause in the body of a request. One that has gone without a word holds its upload no longer than that.
    pub body_pause: std::time::Duration,
    /// How many organizations an account may have (requirement O1).
    pub organization_quota: u32,
    /// How much of what may be done at once and in a time, and what comes of going far beyond (requirements P7, P8).
    pub limits: Limits,
}

/// The defaults of the product: the configuration has them from here.
impl Default for Settings {
    fn default() -> Self {
        Self {
            anonymous_pull: false,
            public_url: None,
            tls: false,
            behind_proxy: false,
            trusted_proxies: Vec::new(),
            token_lifetime: Duration::minutes(5),
            iam_token_lifetime: Duration::hours(24),
            docker_login_lifetime: Duration::hours(24),
            containerd_login_lifetime: Duration::hours(6),
            upload_lifetime: Duration::hours(24),
            max_blob_bytes: 10 << 30,
            // More than the 90 seconds after which clients in Go let go of an idle connection, so that it is not closed under a request.
            body_pause: std::time::Duration::from_secs(100),
            organization_quota: 5,
            limits: Limits::default(),
        }
    }
}
