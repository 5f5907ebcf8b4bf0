//! `ambar serve`: what is started in which order, and stopped again.
//!
//! Start: log lines, certificate, listener, data directory, control socket, stores, views caught up, first start, jobs.
//! What an operator can get wrong comes first: the login that the first start makes is shown once.
//! Stop: not ready, no more connections, requests in flight finish, jobs end, stores close.

mod control;
pub(crate) mod data_dir;
mod first_start;
mod master_key;
mod metrics;
mod node;
mod socket_path;
mod stop;
mod telemetry;
mod tls;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ambar_storage::blobs::UploadError;
use ambar_workers::closed_accounts::{self, ClosedAccountsError};
use ambar_workers::delegation_expiry::{self, DelegationExpiryError};
use ambar_workers::share_expiry::{self, ShareExpiryError};
use ambar_workers::upload_expiry;
use ambar_workers::usage::{self, UsageError};
use anyhow::{Context, Result, bail};
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use control::{NoServer, send};
pub(crate) use data_dir::{DataDir, Locked, control_socket};
pub(crate) use node::{Node, NodeSettings};

use self::stop::{StopSignals, StopTimes};
use crate::cli::output;
use crate::config::ServeConfig;

/// How often abandoned uploads are looked for.
const UPLOAD_EXPIRY_EVERY: Duration = Duration::from_secs(600);

/// How often shares that have reached their end are looked for. Their receivers are refused without it.
const SHARE_EXPIRY_EVERY: Duration = Duration::from_secs(5);

/// How often what was used is recorded. A process that is killed forgets what it has counted since.
const USAGE_EVERY: Duration = Duration::from_secs(60);

/// How often delegations that have reached their end are looked for. Whom they were given to is refused without it.
const DELEGATION_EXPIRY_EVERY: Duration = Duration::from_secs(5);

/// How often what closed accounts were given, or own, is looked for. It is of no use to them without it.
const CLOSED_ACCOUNTS_EVERY: Duration = Duration::from_secs(5);

/// How often a silent HTTP/2 connection is asked whether anybody is there.
const PING_EVERY: Duration = Duration::from_secs(60);

/// Runs the registry until SIGTERM or SIGINT; a second signal does not wait for requests in flight.
pub(crate) async fn run(data_dir: &Path, config: ServeConfig) -> Result<()> {
    telemetry::start(&config.log, config.log_format)?;
    let metrics = metrics::start()?;
    let tls = match &config.tls {
        Some(files) => Some(tls::configuration(files).await?),
        None => None,
    };
    let listener = TcpListener::bind(config.listen)
        .with_context(|| format!("{} cannot be listened on (--listen chooses another address)", config.listen))?;
    listener.set_nonblocking(true)?;
    let_go_of_silent_peers(&listener, client_timeout(&config))?;
    let Locked::Here(directory) = DataDir::lock(data_dir)? else {
        bail!("another process is using the data directory {}", data_dir.display());
    };
    directory.warn_of_other_writers()?;
    let control = control::listen(&control_socket(data_dir))?;
    let node = Arc::new(Node::open(directory, NodeSettings::from(&config), Some(metrics)).await?);
    node.require_master_key()?;
    first_start::finish(&node, &config, listener.local_addr()?).await?;
    serve(Doors { listener, control, tls }, node, &config).await
}

/// Where requests come in; open before anything is announced.
struct Doors {
    listener: TcpListener,
    control: UnixListener,
    tls: Option<RustlsConfig>,
}

async fn serve(doors: Doors, node: Arc<Node>, config: &ServeConfig) -> Result<()> {
    let signals = StopSignals::listen()?;
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let handle = Handle::new();
    start_jobs(&node, config, &tasks, &stop);
    tasks.spawn(control::serve(doors.control, node.clone(), tasks.clone(), stop.clone()));
    tokio::spawn(signals.stop(node.clone(), stop.clone(), handle.clone(), StopTimes::from(config)));
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    output::line(format_args!("listening on {scheme}://{}", doors.listener.local_addr()?))?;

    let service = node.router().into_make_service_with_connect_info::<SocketAddr>();
    let server = patient(axum_server::from_tcp(doors.listener)?.handle(handle), client_timeout(config));
    let served = match config.tls.as_ref().zip(doors.tls) {
        None => server.acceptor(NoDelayAcceptor::new()).serve(service).await,
        Some((files, tls)) => {
            tasks.spawn(tls::reload_on_change(files.clone(), tls.clone(), stop.clone()));
            server.acceptor(RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor::new())).serve(service).await
        }
    };
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    if let Err(error) = record_usage(node).await {
        tracing::error!(error = %error, "what was used in the last minute is not recorded");
    }
    tracing::info!("stopped");
    served.context("the listener failed")
}

fn start_jobs(node: &Arc<Node>, config: &ServeConfig, tasks: &TaskTracker, stop: &CancellationToken) {
    let lifetime = chrono::Duration::hours(config.upload_lifetime_hours.into());
    let expire_uploads = {
        let node = node.clone();
        move || expire_uploads(node.clone(), lifetime)
    };
    tasks.spawn(ambar_workers::runtime::run("upload_expiry", UPLOAD_EXPIRY_EVERY, stop.clone(), expire_uploads));
    let expire_shares = {
        let node = node.clone();
        move || expire_shares(node.clone())
    };
    tasks.spawn(ambar_workers::runtime::run("share_expiry", SHARE_EXPIRY_EVERY, stop.clone(), expire_shares));
    let record_usage = {
        let node = node.clone();
        move || record_usage(node.clone())
    };
    tasks.spawn(ambar_workers::runtime::run("usage", USAGE_EVERY, stop.clone(), record_usage));
    let expire_delegations = {
        let node = node.clone();
        move || expire_delegations(node.clone())
    };
    tasks.spawn(ambar_workers::runtime::run("delegation_expiry", DELEGATION_EXPIRY_EVERY, stop.clone(), expire_delegations));
    let clear_closed_accounts = {
        let node = node.clone();
        move || clear_closed_accounts(node.clone())
    };
    tasks.spawn(ambar_workers::runtime::run("closed_accounts", CLOSED_ACCOUNTS_EVERY, stop.clone(), clear_closed_accounts));
}

async fn expire_uploads(node: Arc<Node>, lifetime: chrono::Duration) -> Result<upload_expiry::Report, UploadError> {
    upload_expiry::reconcile(node.uploads(), node.clock(), lifetime).await
}

async fn expire_shares(node: Arc<Node>) -> Result<share_expiry::Report, ShareExpiryError> {
    let state = node.state();
    share_expiry::reconcile(&state.views, &state.aggregates, &*state.clock, &*state.ids).await
}

async fn record_usage(node: Arc<Node>) -> Result<usage::Report, UsageError> {
    let state = node.state();
    usage::reconcile(&state.usage, &state.views, &state.aggregates, &*state.ids).await
}

async fn expire_delegations(node: Arc<Node>) -> Result<delegation_expiry::Report, DelegationExpiryError> {
    let state = node.state();
    delegation_expiry::reconcile(&state.views, &state.aggregates, &*state.clock, &*state.ids).await
}

async fn clear_closed_accounts(node: Arc<Node>) -> Result<closed_accounts::Report, ClosedAccountsError> {
    let state = node.state();
    closed_accounts::reconcile(&state.views, &state.aggregates, &*state.clock, &*state.ids).await
}

fn client_timeout(config: &ServeConfig) -> Duration {
    Duration::from_secs(config.client_timeout_seconds.into())
}

/// Has the kernel end a connection whose peer has taken nothing for so long: gone without a word, or not reading what it asked for.
/// Connections have it from the listener. A client that speaks HTTP/2 takes bytes while it keeps an answer waiting by a window that it
/// does not open: such a one is only asked whether it is alive.
fn let_go_of_silent_peers(listener: &TcpListener, longest: Duration) -> Result<()> {
    let milliseconds = u32::try_from(longest.as_millis()).unwrap_or(u32::MAX);
    rustix::net::sockopt::set_tcp_user_timeout(listener, milliseconds).context("the listener's timeout cannot be set")
}

/// Waits for a request's head only so long: a client that sends nothing, or little by little, must not hold a connection for ever.
fn patient(server: Server<SocketAddr>, longest: Duration) -> Server<SocketAddr> {
    let mut server = server.first_request_timeout(longest);
    server.http_builder().http1().header_read_timeout(longest);
    server.http_builder().http2().keep_alive_interval(PING_EVERY);
    server
}
