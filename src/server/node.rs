//! An open data directory: every store in it, the views over them, and what the surfaces need of both.

use std::sync::Arc;

use ambar_api::{AppState, Settings, operations};
use ambar_domain::clock::Clock;
use ambar_domain::ids::IdSource;
use ambar_projections::Views;
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext, SqliteSnapshots};
use ambar_storage::blobs::UploadStore;
use ambar_storage::blobs::disk::DiskBlobs;
use ambar_storage::event_log::EventLog;
use ambar_storage::event_log::sqlite::SqliteEventLog;
use anyhow::{Context, Result, bail};
use metrics_exporter_prometheus::PrometheusHandle;

use super::data_dir::DataDir;
use super::master_key;
use crate::config::{MasterKeyConfig, ServeConfig};
use crate::system::{SystemClock, SystemIds};

/// What the surfaces are told of the configuration, and where the master key is.
#[derive(Debug)]
pub(crate) struct NodeSettings {
    api: Settings,
    master_key: MasterKeyConfig,
}

impl From<&ServeConfig> for NodeSettings {
    fn from(config: &ServeConfig) -> Self {
        let api = Settings {
            anonymous_pull: config.anonymous_pull,
            public_url: config.public_url.clone(),
            tls: config.tls.is_some(),
            behind_proxy: config.behind_proxy,
            trusted_proxies: config.trusted_proxies.clone(),
            token_lifetime: chrono::Duration::seconds(config.token_lifetime_seconds.into()),
            iam_token_lifetime: chrono::Duration::hours(config.iam_token_lifetime_hours.into()),
            docker_login_lifetime: chrono::Duration::minutes(config.docker_login_minutes.into()),
            containerd_login_lifetime: chrono::Duration::minutes(config.containerd_login_minutes.into()),
            upload_lifetime: chrono::Duration::hours(config.upload_lifetime_hours.into()),
            max_blob_bytes: config.limits.max_layer_bytes,
            body_pause: std::time::Duration::from_secs(config.client_timeout_seconds.into()),
            organization_quota: config.limits.organization_quota,
            limits: (&config.limits).into(),
        };
        Self { api, master_key: config.master_key.clone() }
    }
}

/// Everything that is open while a process has the data directory.
pub(crate) struct Node {
    state: AppState,
    log: Arc<dyn EventLog>,
    blobs: Arc<DiskBlobs>,
    directory: DataDir,
}

impl Node {
    /// Opens the stores and waits until the views have caught up with the log. `metrics` is what `/metrics` shows.
    pub(crate) async fn open(directory: DataDir, settings: NodeSettings, metrics: Option<PrometheusHandle>) -> Result<Self> {
        let (clock, ids): (Arc<dyn Clock>, Arc<dyn IdSource>) = (Arc::new(SystemClock), Arc::new(SystemIds::new()));
        directory.require_space()?;
        let keys = master_key::keys(&settings.master_key, &directory, &*ids).await?;
        if !directory.events().exists() {
            std::fs::File::create(directory.first_start_marker()).context("the first start cannot be marked")?;
        }
        let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&directory.events()).context("the event log cannot be opened")?);
        let views = Views::open(&directory.views(), log.clone()).context("the views cannot be opened")?;
        let blobs = Arc::new(DiskBlobs::open(&directory.content(), clock.clone()).context("the blob store cannot be opened")?);
        let snapshots = SqliteSnapshots::open(&directory.snapshots()).context("the snapshots cannot be opened")?;
        let committed = Arc::new(views.clone());
        let aggregates = Aggregates::new(log.clone(), Some(Arc::new(snapshots)), clock.clone(), ids.clone(), committed);
        let state = AppState {
            aggregates: Arc::new(aggregates),
            views,
            log: log.clone(),
            blobs: blobs.clone(),
            uploads: blobs.clone(),
            usage: Arc::default(),
            clock,
            ids,
            keys: Arc::new(keys),
            passwords: Arc::default(),
            settings: Arc::new(settings.api),
            stopping: Arc::default(),
            metrics: Arc::new(move || metrics.as_ref().map(PrometheusHandle::render).unwrap_or_default()),
        };
        Ok(Self { state, log, blobs, directory })
    }

    /// Makes sure that the master key is the one that the secrets of access keys are sealed under. Another one would have every signed call
    /// fail, and seal further secrets under itself.
    pub(crate) fn require_master_key(&self) -> Result<()> {
        let found = operations::sealings(&self.state)?;
        if found.lost == 0 {
            return Ok(());
        }
        let some: Vec<_> = found.some_lost.iter().map(ToString::to_string).collect();
        bail!(
            "the master key {} is another one than the secrets of {} access keys are sealed under, such as that of {}: give the right one, also as \
             the previous one; `ambar key delete` removes an access key whose master key is lost",
            self.state.keys.master_key(),
            found.lost,
            some.join(", ")
        )
    }

    /// All HTTP surfaces.
    pub(crate) fn router(&self) -> axum::Router {
        ambar_api::router(self.state.clone())
    }

    pub(crate) fn state(&self) -> &AppState {
        &self.state
    }

    pub(crate) fn views(&self) -> &Views {
        &self.state.views
    }

    pub(crate) fn log(&self) -> &dyn EventLog {
        &*self.log
    }

    pub(crate) fn uploads(&self) -> &dyn UploadStore {
        &*self.blobs
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.state.clock
    }

    pub(crate) fn directory(&self) -> &DataDir {
        &self.directory
    }

    /// The context of what is asked for on the machine itself, by the operating system's user `uid`.
    pub(crate) fn operated_by(&self, uid: u32) -> CommandContext {
        let command_id = self.state.ids.uuid();
        CommandContext::new(command_id, Actor::Operator { uid }, command_id.simple().to_string(), "local")
    }
}
