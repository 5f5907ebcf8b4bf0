//! Stopping: not ready at once, no more connections a little later, then until the requests in flight are answered.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result};
use axum_server::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::node::Node;
use crate::config::ServeConfig;

/// The signals that ask to stop. From when this exists they no longer end the process by themselves.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

/// How long each step of a stop takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct StopTimes {
    /// Not ready, and yet serving: load balancers look every few seconds.
    delay: Duration,
    /// For requests in flight when no more connections are taken.
    grace: Duration,
}

impl StopSignals {
    pub(super) fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be listened to");
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! { _ = self.terminate.recv() => {}, _ = self.interrupt.recv() => {} }
    }

    /// Waits for the first signal and stops the server step by step; a second signal skips what is left of that.
    pub(super) async fn stop(mut self, node: Arc<Node>, stop: CancellationToken, handle: Handle<SocketAddr>, times: StopTimes) {
        self.next().await;
        tracing::info!("stopping");
        node.state().stopping.store(true, Ordering::Relaxed);
        let step_by_step = async {
            tokio::time::sleep(times.delay).await;
            stop.cancel();
            handle.graceful_shutdown(Some(times.grace));
            pending::<()>().await;
        };
        tokio::select! { () = step_by_step => {}, () = self.next() => {} }
        stop.cancel();
        handle.shutdown();
    }
}

impl From<&ServeConfig> for StopTimes {
    fn from(config: &ServeConfig) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        Self { delay: seconds(config.shutdown_delay_seconds), grace: seconds(config.shutdown_seconds) }
    }
}
