//! What recording events costs: events per second, latency, and the processor time of the writer thread and of the whole process.
//!
//! `cargo bench -p ambar-storage --bench event_log` prints a table. It works in a folder of its own below the build's and deletes it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ambar_domain::clock::{Clock, ManualClock, Timestamp};
use ambar_domain::ids::IdSource;
use ambar_domain::level::Visibility;
use ambar_domain::manifest::{Descriptor, ManifestFacts};
use ambar_domain::repository::RepositoryCommand;
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext, Committed, NotVisible};
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{Append, EventLog, NewEvent, Position, StreamId};
use futures::FutureExt;
use futures::future::{BoxFuture, ready, try_join_all};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How long each row of the table takes.
const RUN: Duration = Duration::from_secs(3);
/// Ticks of the processor time in `/proc` per second.
const TICKS: f64 = 100.0;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    let mut out = io::stdout();
    let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    writeln!(out, "one append of 4 KiB to a file and fdatasync: {:.0} µs (median)\n", flush_time(folder.path())?.as_secs_f64() * 1e6)?;
    writeln!(out, "{:44} {:>9} {:>9} {:>9} {:>12} {:>13}", "", "events/s", "p50 ms", "p99 ms", "writer µs/ev", "process µs/ev")?;
    for writers in [1, 8, 32] {
        let row = runtime.block_on(run(writers, &format!("raw log, {writers} writers"), raw_writer))?;
        writeln!(out, "{row}")?;
    }
    for writers in [1, 8, 32] {
        let row = runtime.block_on(run(writers, &format!("commands, {writers} aggregates"), command_writer))?;
        writeln!(out, "{row}")?;
    }
    let row = runtime.block_on(run(32, "commands, 32 writers of one aggregate", hot_writer))?;
    writeln!(out, "{row}")?;
    Ok(())
}

/// What all writers of one row share.
struct Shared {
    log: Arc<dyn EventLog>,
    aggregates: Aggregates,
    until: Instant,
}

/// One writer's latencies.
type Latencies = Vec<Duration>;

async fn run<F>(writers: usize, name: &str, writer: fn(Arc<Shared>, usize) -> F) -> Outcome<String>
where
    F: Future<Output = Outcome<Latencies>> + Send + 'static,
{
    let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.path().join("events.db"))?);
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let aggregates = Aggregates::new(log.clone(), None, clock, Arc::new(Ids), Arc::new(NoViews));
    for number in 0..writers {
        aggregates.repositories.execute(&repository(number), create(), &context()).await?;
    }
    let (started, process, thread) = (Instant::now(), process_time()?, writer_time()?);
    let shared = Arc::new(Shared { log, aggregates, until: started + RUN });
    let tasks = (0..writers).map(|number| tokio::spawn(writer(shared.clone(), number)));
    let mut latencies = Vec::new();
    for written in try_join_all(tasks).await? {
        latencies.extend(written?);
    }
    let (elapsed, count) = (started.elapsed(), latencies.len() as f64);
    let (process, thread) = (process_time()? - process, writer_time()? - thread);
    latencies.sort_unstable();
    let ms = |share: f64| latencies[((count - 1.0) * share) as usize].as_secs_f64() * 1e3;
    let rate = count / elapsed.as_secs_f64();
    let (p50, p99, thread, process) = (ms(0.5), ms(0.99), thread * 1e6 / count, process * 1e6 / count);
    Ok(format!("{name:44} {rate:>9.0} {p50:>9.2} {p99:>9.2} {thread:>12.1} {process:>13.1}"))
}

/// Appends to a stream of its own, one event after the other.
async fn raw_writer(shared: Arc<Shared>, number: usize) -> Outcome<Latencies> {
    let stream = StreamId::new("repository", format!("bench/raw-{number}"));
    let payload = format!(r#"{{"type":"repository.manifest_pushed","digest":"sha256:{:0300}"}}"#, 0);
    let (mut latencies, mut last) = (Vec::new(), None);
    while Instant::now() < shared.until {
        let event =
            NewEvent { event_id: Ids.uuid(), event_type: "repository.manifest_pushed".into(), event_version: 1, payload: payload.clone() };
        let append = Append {
            stream: stream.clone(),
            expected_sequence: latencies.len() as u64,
            expected_event: last.replace(event.event_id),
            events: vec![event],
            command_id: Ids.uuid(),
            metadata: r#"{"actor":"00000000000000000000000000000000"}"#.to_owned(),
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        let before = Instant::now();
        shared.log.append(append).await?;
        latencies.push(before.elapsed());
    }
    Ok(latencies)
}

async fn command_writer(shared: Arc<Shared>, number: usize) -> Outcome<Latencies> {
    push_until_the_end(&shared, &repository(number)).await
}

async fn hot_writer(shared: Arc<Shared>, _: usize) -> Outcome<Latencies> {
    push_until_the_end(&shared, &repository(0)).await
}

/// Pushes manifests without tags: one event each.
async fn push_until_the_end(shared: &Shared, repository: &str) -> Outcome<Latencies> {
    let mut latencies = Vec::new();
    while Instant::now() < shared.until {
        let (command, context) = (push()?, context());
        let before = Instant::now();
        shared.aggregates.repositories.execute(repository, command, &context).await?;
        latencies.push(before.elapsed());
    }
    Ok(latencies)
}

fn repository(number: usize) -> String {
    format!("bench/repository-{number}")
}

fn create() -> RepositoryCommand {
    RepositoryCommand::Create { account: Uuid::nil().into(), visibility: Visibility::Private }
}

fn push() -> Outcome<RepositoryCommand> {
    let digest: ambar_domain::digest::Digest = format!("sha256:{:064x}", Ids.uuid().as_u128()).parse()?;
    let descriptor = |media_type: &str| Descriptor { media_type: media_type.to_owned(), digest: digest.clone(), size_bytes: 1024 };
    let manifest = ManifestFacts {
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        size_bytes: 432,
        artifact_type: None,
        config: Some(descriptor("application/vnd.oci.image.config.v1+json")),
        layers: vec![],
        children: vec![],
        subject: None,
        platforms: vec![],
    };
    Ok(RepositoryCommand::PushManifest { account: Uuid::nil().into(), digest, manifest, tags: vec![] })
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

/// No views to wait for.
struct NoViews;

impl Committed for NoViews {
    fn passed(&self, _: Position) -> BoxFuture<'_, Result<(), NotVisible>> {
        ready(Ok(())).boxed()
    }
}

/// What the disk takes for a small append that is to last.
fn flush_time(folder: &Path) -> io::Result<Duration> {
    let mut file = fs::File::create(folder.join("flushed"))?;
    let mut times = Vec::new();
    for _ in 0..300 {
        let before = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(before.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

/// Seconds of processor time of this process.
fn process_time() -> Outcome<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / TICKS)
}

/// Seconds of processor time of the thread that writes the log.
fn writer_time() -> Outcome<f64> {
    for task in fs::read_dir("/proc/self/task")? {
        let task = task?.path();
        if fs::read_to_string(task.join("comm"))?.trim() == "event-log" {
            let nanoseconds = fs::read_to_string(task.join("schedstat"))?;
            return Ok(nanoseconds.split_whitespace().next().unwrap_or("0").parse::<f64>()? / 1e9);
        }
    }
    Err("the log has no writer thread".into())
}
