//! What a pull pays for being checked (the bar is 20 µs in the median): who asks, whether it or its address is blocked, what it holds on the
//! image, and what follows from that.
//!
//! `cargo bench -p ambar-api --bench permission` prints a Markdown table; `-- --repositories 10000` is a quick look. It works in a folder of
//! its own below the build's and deletes it. Requests are answered in process, one by one, without a network.
//!
//! The check alone is the difference between two requests that end in a refusal: one for a manifest in a form that there is none of, which is
//! refused right behind the check, and one for a path that there is not, which is refused before it. They differ by the reading of the
//! path as well, which counts as part of the check.

mod callers;
mod data;
#[path = "../registry/mod.rs"]
mod registry;
mod surfaces;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use ambar_api::AppState;
use ambar_domain::address::AddressCommand;
use ambar_domain::block::BlockCause;
use ambar_domain::ids::UserId;
use callers::{Caller, change_access};
use data::DataSet;
use registry::{Outcome, argument, operator};
use surfaces::Surfaces;

/// What a check may take.
const BAR: Duration = Duration::from_micros(20);
/// How many times each is measured: without and with a change before it.
const WARM: usize = 10_000;
const COLD: usize = 400;

fn main() -> Outcome<()> {
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
    let bystander = callers::create_user(&state, &data.account, "bystander").await?;
    writeln!(out, "{repositories} repositories, written and in the views after {:.0} s\n", begun.elapsed().as_secs_f64())?;
    writeln!(out, "| who pulls, and why it may | login, µs | token, µs | login after a change, µs | token after a change, µs | bar |")?;
    writeln!(out, "|---|---:|---:|---:|---:|---|")?;
    let mut bench = Bench { surfaces: Surfaces::new(state.clone()), state, data, bystander, given: false };
    for caller in &callers {
        let token = bench.surfaces.token(caller).await?;
        let login = caller.login.as_deref();
        let mut cells = Vec::new();
        for samples in [WARM, COLD] {
            cells.push(Some(bench.check(caller, login, samples).await?));
            cells.push(match &token {
                Some(token) => Some(bench.check(caller, Some(token), samples).await?),
                None => None,
            });
        }
        let (warm, cold) = cells.split_at(2);
        let verdict = format!("{}; behind a change {}", verdict(warm), verdict(cold));
        let cells: Vec<String> = cells.into_iter().map(|time| time.map_or_else(|| "–".to_owned(), micros)).collect();
        writeln!(out, "| {} | {} | {} |", caller.name, cells.join(" | "), verdict)?;
    }
    Ok(())
}

/// Where nobody is blocked, nobody's address is looked at.
async fn block_an_address(state: &AppState) -> Outcome<()> {
    let now = state.clock.now();
    let command = AddressCommand::Block { cause: BlockCause::FailedLogins, until: now + chrono::Duration::days(1), now };
    Ok(state.aggregates.addresses.execute("198.51.100.1", command, &operator()).await?)
}

/// What is measured, and what changes between measurements.
struct Bench {
    surfaces: Surfaces,
    state: AppState,
    data: DataSet,
    bystander: UserId,
    given: bool,
}

impl Bench {
    /// The median of the check alone; with as few samples as are taken of those, each one behind a change of somebody's access.
    async fn check(&mut self, caller: &Caller, authorization: Option<&str>, samples: usize) -> Outcome<Duration> {
        let (mut checked, mut unchecked) = (Vec::with_capacity(samples), Vec::with_capacity(samples));
        for repository in caller.repositories.iter().cycle().take(samples) {
            self.change_if(samples == COLD).await?;
            unchecked.push(self.surfaces.without_check(repository, authorization).await?);
            self.change_if(samples == COLD).await?;
            checked.push(self.surfaces.with_check(repository, authorization).await?);
        }
        Ok(median(checked).saturating_sub(median(unchecked)))
    }

    async fn change_if(&mut self, changed: bool) -> Outcome<()> {
        if changed {
            self.given = !self.given;
            change_access(&self.state, &self.data, &self.bystander, self.given).await?;
        }
        Ok(())
    }
}

fn verdict(times: &[Option<Duration>]) -> &'static str {
    if times.iter().flatten().all(|time| *time <= BAR) { "met" } else { "missed" }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e6)
}
