//! `ambar serve`: what is started in which order, and stopped again.
//!
//! Start: log lines, certificate, listener, data directory, control socket, stores, views caught up, first start, jobs.
//! What an operator can get wrong comes first: the login that the first start makes is shown once.
//! Stop: not ready, requests in flight finish, jobs end, stores close.

mod control;
pub(crate) mod data_dir;
mod first_start;
mod metrics;
mod node;
mod socket_path;
mod telemetry;
mod tls;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use control::{NoServer, send};
pub(crate) use data_dir::{DataDir, Locked, control_socket};
pub(crate) use node::{Node, NodeSettings};

use crate::cli::output;
use crate::config::ServeConfig;

/// How often abandoned uploads are looked for.
const UPLOAD_EXPIRY_EVERY: Duration = Duration::from_secs(600);

/// Runs the registry until SIGTERM or SIGINT; a second signal does not wait for requests in flight.
pub(crate) async fn run(data_dir: &Path, config: ServeConfig) -> Result<()> {
    telemetry::start(&config.log, config.log_format)?;
    let metrics = metrics::start()?;
    let tls = match &config.tls {
        Some(files) => Some(tls::configuration(files).await?),
        None => None,
    };
    let listener = TcpListener::bind(config.listen).with_context(|| format!("{} cannot be listened on", config.listen))?;
    listener.set_nonblocking(true)?;
    let Locked::Here(directory) = DataDir::lock(data_dir)? else {
        bail!("another process is using the data directory {}", data_dir.display());
    };
    directory.warn_of_other_writers()?;
    let control = control::listen(&control_socket(data_dir))?;
    let node = Arc::new(Node::open(directory, NodeSettings::from(&config), Some(metrics))?);
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
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let handle = Handle::new();
    start_jobs(&node, config, &tasks, &stop);
    tasks.spawn(control::serve(doors.control, node.clone(), tasks.clone(), stop.clone()));
    tokio::spawn(stop_on_signal(stop.clone(), handle.clone(), Duration::from_secs(config.shutdown_seconds.into())));
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    output::line(format_args!("listening on {scheme}://{}", doors.listener.local_addr()?))?;

    let service = node.router().into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server = axum_server::from_tcp(doors.listener)?.handle(handle);
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
    tracing::info!("stopped");
    served.context("the listener failed")
}

fn start_jobs(node: &Arc<Node>, config: &ServeConfig, tasks: &TaskTracker, stop: &CancellationToken) {
    let node = node.clone();
    let lifetime = chrono::Duration::hours(config.upload_lifetime_hours.into());
    let expire = move || {
        let node = node.clone();
        async move { ambar_workers::upload_expiry::reconcile(node.uploads(), node.clock(), lifetime).await }
    };
    tasks.spawn(ambar_workers::runtime::run("upload_expiry", UPLOAD_EXPIRY_EVERY, stop.clone(), expire));
}

/// Waits for the first signal, then lets requests in flight finish for `grace`; the second signal ends them.
async fn stop_on_signal(stop: CancellationToken, handle: Handle<std::net::SocketAddr>, grace: Duration) -> Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    tracing::info!("stopping");
    stop.cancel();
    handle.graceful_shutdown(Some(grace));
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    handle.shutdown();
    Ok(())
}
