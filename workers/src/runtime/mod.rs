//! The one loop that runs every job: at a fixed interval until it is stopped. Knows no domain word.

use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Runs `reconcile` at once and then every `interval`, one run at a time, until `stop`.
///
/// A run that fails is logged with its whole chain, and the next one comes in its time.
pub async fn run<R, E, F>(job: &'static str, interval: Duration, stop: CancellationToken, mut reconcile: impl FnMut() -> F + Send)
where
    R: Debug + PartialEq + Default + Send,
    E: Error + Send,
    F: Future<Output = Result<R, E>> + Send,
{
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match reconcile().await {
            Ok(report) if report == R::default() => tracing::debug!(job, "nothing to do"),
            Ok(report) => tracing::info!(job, ?report, "done"),
            Err(error) => tracing::error!(job, error = chain(&error), "failed"),
        }
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
