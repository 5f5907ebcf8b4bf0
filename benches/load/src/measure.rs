//! Running workers side by side and taking down what they and the server needed.

use crate::process;
use anyhow::Result;
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// When a measurement ends.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// No operation begins after this time.
    Time(Duration),
    /// So many operations of each worker.
    Each(u64),
}

/// What one round of a scenario needed.
#[derive(Debug, Clone, Copy)]
pub struct Measurement {
    /// Operations per second.
    pub rate: f64,
    /// The server's processor time per operation, in microseconds; `None` when its process is not known.
    pub processor_micros: Option<f64>,
    /// Half of the operations took no longer than this, in microseconds.
    pub p50_micros: f64,
    /// All but one in a hundred took no longer than this, in microseconds.
    pub p99_micros: f64,
}

/// One client that does the same thing over and over again.
pub trait Worker: Send + 'static {
    /// Does it once, and fails when any answer is not what it must be.
    fn step(&mut self) -> impl Future<Output = Result<()>> + Send;
}

/// Lets all workers step until the limit; gives them back for what is to be verified outside of the measurement.
pub async fn measure<W: Worker>(server: Option<u32>, workers: Vec<W>, limit: Limit) -> Result<(Measurement, Vec<W>)> {
    let before = server.map(process::processor_time).transpose()?;
    let begun = Instant::now();
    let (end, count) = match limit {
        Limit::Time(time) => (Some(begun + time), u64::MAX),
        Limit::Each(count) => (None, count),
    };
    let mut tasks = JoinSet::new();
    for worker in workers {
        tasks.spawn(run(worker, end, count));
    }
    let mut workers = Vec::with_capacity(tasks.len());
    let mut durations = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (worker, mut own) = done??;
        workers.push(worker);
        durations.append(&mut own);
    }
    let elapsed = begun.elapsed();
    let after = server.map(process::processor_time).transpose()?;
    let used = after.zip(before).map(|(after, before)| after.saturating_sub(before));
    Ok((summary(durations, elapsed, used), workers))
}

async fn run<W: Worker>(mut worker: W, end: Option<Instant>, count: u64) -> Result<(W, Vec<Duration>)> {
    let mut durations = Vec::new();
    let mut now = Instant::now();
    let mut left = count;
    while left > 0 && end.is_none_or(|end| now < end) {
        worker.step().await?;
        left -= 1;
        let done = Instant::now();
        durations.push(done - now);
        now = done;
    }
    Ok((worker, durations))
}

fn summary(mut durations: Vec<Duration>, elapsed: Duration, used: Option<Duration>) -> Measurement {
    durations.sort_unstable();
    let operations = durations.len().max(1) as f64;
    let at = |share: f64| durations.get((operations * share) as usize).or(durations.last()).map_or(0.0, Duration::as_secs_f64) * 1e6;
    Measurement {
        rate: durations.len() as f64 / elapsed.as_secs_f64(),
        processor_micros: used.map(|used| used.as_secs_f64() * 1e6 / operations),
        p50_micros: at(0.5),
        p99_micros: at(0.99),
    }
}
