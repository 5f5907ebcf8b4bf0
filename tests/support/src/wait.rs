//! Waiting for a condition of another process: asked again until it holds or a deadline has passed, never a fixed pause.

use anyhow::{Result, bail};
use std::thread;
use std::time::{Duration, Instant};

/// Longest pause between two looks; short against every deadline in use.
const PAUSE: Duration = Duration::from_millis(10);

/// Asks `condition` until it gives a value; fails, naming `what`, when it has not within `limit`.
pub fn until<T>(what: &str, limit: Duration, mut condition: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = condition()? {
            return Ok(value);
        }
        if Instant::now() >= deadline {
            bail!("{what}: not within {limit:?}");
        }
        thread::park_timeout(PAUSE);
    }
}
