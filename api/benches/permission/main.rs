//! What a pull pays for being checked (the bar is 20 µs in the median): who asks, whether it or its address is blocked, what it holds on the
//! image, and what follows from that. At first while nothing changes, and then as the first request behind a change.
//!
//! `cargo bench -p ambar-api --bench permission` prints a Markdown table; `-- --repositories 10000` is a quick look. It works in a folder of
//! its own below the build's and deletes it. Requests are answered in process, one by one, without a network.
//!
//! The check alone is the difference between two requests that end in a refusal: one for a manifest in a form that there is none of, which is
//! refused right behind the check, and one for a path that there is not, which is refused before it. They differ by the reading of the
//! path as well, which counts as part of the check.

mod callers;
mod changes;
mod data;
mod opening;
#[path = "../registry/mod.rs"]
mod registry;
mod surfaces;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use ambar_api::AppState;
use ambar_domain::address::AddressCommand;
use ambar_domain::block::BlockCause;
use callers::Caller;
use changes::{Change, Changes};
use registry::{Outcome, argument, operator};
use surfaces::Surfaces;

/// What a check may take.
const BAR: Duration = Duration::from_micros(20);
/// How many times each is measured: without and with a change before it.
const WARM: usize = 10_000;
const COLD: usize = 400;

/// The columns: what happens before every request, a change of the caller's own access last.
const BEFORE: [Option<Change>; 5] = [None, Some(Change::OtherUser), Some(Change::OtherAccount), Some(Change::Push), Some(Change::Own)];

fn main() -> Outcome<()> {
    if let Some(folder) = opening::asked_for() {
        return Ok(writeln!(io::stdout(), "{}", opening::open(folder.as_ref())?)?);
    }
    let repositories = argument("--repositories")?.unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    runtime.block_on(measure(folder.path(), repositories))
}

async fn measure(folder: &std::path::Path, repositories: u64) -> Outcome<()> {
    let mut out = io::stdout();
    let begun = Instant::now();
    let (state, data) = data::write(folder, repositories).await?;
    let callers = callers::arrange(&state, &data).await?;
    block_an_address(&state).await?;
    let changes = Changes::arrange(&state, &data).await?;
    writeln!(out, "{repositories} repositories, written and in the views after {:.0} s\n", begun.elapsed().as_secs_f64())?;
    writeln!(out, "| who pulls, and why it may | with | no change | another user's | another account's | a push | its own | bar |")?;
    writeln!(out, "|---|---|---:|---:|---:|---:|---:|---|")?;
    let mut bench = Bench { surfaces: Surfaces::new(state.clone()), state, changes };
    for caller in &callers {
        let login = (if caller.login.is_some() { "login" } else { "nothing" }, With::The(caller.login.clone()));
        let token = ("a token", With::The(Some(bench.surfaces.token(caller, &caller.repositories[0]).await?)));
        // A token for one image is of no use for another.
        let tokens = if let [_] = caller.repositories.as_slice() {
            vec![token, ("a new token", With::NewToken)]
        } else {
            vec![("a new token", With::NewToken)]
        };
        for (with, authorization) in [login].into_iter().chain(tokens) {
            let mut times = Vec::new();
            for change in BEFORE {
                times.push(bench.check(caller, &authorization, change).await?);
            }
            let cells: Vec<String> = times.iter().map(|time| format!("{:.1}", time.as_secs_f64() * 1e6)).collect();
            let (others, own) = times.split_at(BEFORE.len() - 1);
            let verdict = format!("{}; its own {}", verdict(others), verdict(own));
            writeln!(out, "| {} | {with} | {} | {verdict} |", caller.name, cells.join(" | "))?;
        }
    }
    // The views are closed before another process opens them.
    drop(bench);
    Ok(writeln!(out, "\n{}", opening::measure(folder)?)?)
}

/// Where nobody is blocked, nobody's address is looked at.
async fn block_an_address(state: &AppState) -> Outcome<()> {
    let now = state.clock.now();
    let command = AddressCommand::Block { cause: BlockCause::FailedLogins, until: now + chrono::Duration::days(1), now };
    Ok(state.aggregates.addresses.execute("198.51.100.1", command, &operator()).await?)
}

/// What comes with each request.
enum With {
    /// Always the same, or nothing.
    The(Option<String>),
    /// A token that was got right before, as clients pull.
    NewToken,
}

/// What is measured, and what changes between measurements.
struct Bench {
    surfaces: Surfaces,
    state: AppState,
    changes: Changes,
}

impl Bench {
    /// The median of the check alone, with the change before every request.
    async fn check(&mut self, caller: &Caller, with: &With, change: Option<Change>) -> Outcome<Duration> {
        let samples = if change.is_some() { COLD } else { WARM };
        let (mut checked, mut unchecked) = (Vec::with_capacity(samples), Vec::with_capacity(samples));
        for (number, repository) in caller.repositories.iter().cycle().take(samples).enumerate() {
            let authorization = match with {
                With::The(authorization) => authorization.clone(),
                With::NewToken => Some(self.surfaces.token(caller, repository).await?),
            };
            let authorization = authorization.as_deref();
            // What is granted is revoked by the next change: both kinds come before both requests.
            for is_checked in if number % 2 == 0 { [false, true] } else { [true, false] } {
                self.make(change, caller, repository).await?;
                if is_checked {
                    checked.push(self.surfaces.with_check(repository, authorization).await?);
                } else {
                    unchecked.push(self.surfaces.without_check(repository, authorization).await?);
                }
            }
        }
        Ok(median(checked).saturating_sub(median(unchecked)))
    }

    async fn make(&mut self, change: Option<Change>, caller: &Caller, repository: &str) -> Outcome<()> {
        match change {
            None => Ok(()),
            Some(change) => self.changes.make(&self.state, change, &caller.right, repository).await,
        }
    }
}

fn verdict(times: &[Duration]) -> &'static str {
    if times.iter().all(|time| *time <= BAR) { "met" } else { "missed" }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
