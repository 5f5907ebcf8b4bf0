//! How long a command takes until the views show its events, beside what the disk takes for one flush.
//!
//! `cargo bench -p ambar-projections --bench visibility` prints a table. It works in a folder of its own below the build's and deletes it.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ambar_domain::clock::{Clock, ManualClock, Timestamp};
use ambar_domain::grants::Granting;
use ambar_domain::ids::IdSource;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::repository::RepositoryCommand;
use ambar_projections::{State, Views};
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext};
use ambar_storage::event_log::EventLog;
use ambar_storage::event_log::sqlite::SqliteEventLog;
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Commands and flushes in a round.
const COUNT: u64 = 1_000;
/// Rounds, flushes and commands in turn.
const ROUNDS: usize = 5;
const REPOSITORY: &str = "bench/visibility";

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.path().join("events.db"))?);
    let views = Views::open(&folder.path().join("views"), log.clone())?;
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let aggregates = Arc::new(Aggregates::new(log, None, clock, Arc::new(Ids), Arc::new(views.clone())));
    runtime.block_on(aggregates.repositories.execute(REPOSITORY, create(), &context()))?;
    let mut out = io::stdout();
    writeln!(out, "{:>10} {:>14} {:>14} {:>10}", "flush µs", "visible µs", "bar µs", "p99 µs")?;
    for _ in 0..ROUNDS {
        let flush = median(&flushes(folder.path())?);
        let visible = runtime.block_on(runtime.spawn(commands(aggregates.clone())))??;
        let (half, most) = (median(&visible), visible[visible.len() * 99 / 100]);
        writeln!(out, "{flush:>10.0} {half:>14.0} {:>14.0} {:>10.0}", flush.mul_add(2.0, 300.0), most.as_secs_f64() * 1e6)?;
    }
    match views.status().state {
        State::Live => Ok(()),
        state => Err(format!("the views are {state:?}").into()),
    }
}

/// One client: the next command when the views show the one before. Sorted.
async fn commands(aggregates: Arc<Aggregates>) -> Outcome<Vec<Duration>> {
    let mut times = Vec::new();
    for number in 0..COUNT {
        let level = if number % 2 == 0 { Level::Read } else { Level::Edit };
        let (command, context) =
            (RepositoryCommand::GrantAccess { grants: vec![(Uuid::nil().into(), level)], granting: Granting::Whatever }, context());
        let begun = Instant::now();
        aggregates.repositories.execute(REPOSITORY, command, &context).await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

/// What the disk takes for a small append that is to last. Sorted.
fn flushes(folder: &Path) -> io::Result<Vec<Duration>> {
    let mut file = File::create(folder.join("flushed"))?;
    let mut times = Vec::new();
    for _ in 0..COUNT {
        let begun = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

/// Microseconds.
fn median(sorted: &[Duration]) -> f64 {
    sorted[sorted.len() / 2].as_secs_f64() * 1e6
}

fn create() -> RepositoryCommand {
    RepositoryCommand::Create { account: Uuid::nil().into(), visibility: Visibility::Private }
}

fn context() -> CommandContext {
    CommandContext::new(Ids.uuid(), Actor::User(Uuid::nil().into()), "0123456789abcdef", "192.0.2.1")
}

struct Ids;

impl IdSource for Ids {
    fn uuid(&self) -> Uuid {
        static LAST: AtomicU64 = AtomicU64::new(1);
        Uuid::from_u128(u128::from(LAST.fetch_add(1, Ordering::Relaxed)))
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}
