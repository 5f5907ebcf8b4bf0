//! What the blob store on disk costs: throughput and the processor time of the whole process, without any HTTP around it.
//!
//! `cargo bench -p ambar-storage --bench blobs` prints a table. It works in a folder of its own below the build's and deletes it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use ambar_domain::clock::{ManualClock, Timestamp};
use ambar_domain::digest::{Algorithm, Digest};
use ambar_storage::blobs::disk::DiskBlobs;
use ambar_storage::blobs::{BlobStore, ByteStream, UploadId, UploadStore};
use bytes::Bytes;
use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const MIB: u64 = 1 << 20;
const LAYER_BYTES: u64 = 256 * MIB;
/// About what an HTTP server hands over at once.
const CHUNK_BYTES: usize = 128 << 10;
/// Ticks of the processor time in `/proc` per second.
const TICKS: f64 = 100.0;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let bench = Bench { store: DiskBlobs::open(folder.path(), clock)?, numbers: Arc::default() };
    writeln!(io::stdout(), "{:56} {:>13} {:>15}", "", "rate", "processor time")?;
    runtime.block_on(bench.layers(folder.path()))?;
    runtime.block_on(bench.small())
}

#[derive(Clone)]
struct Bench {
    store: DiskBlobs,
    numbers: Arc<AtomicU64>,
}

impl Bench {
    /// Uploads and reads whole layers, one and four at once.
    async fn layers(&self, root: &Path) -> Outcome<()> {
        for at_once in [1, 4, 1, 4] {
            let layers: Vec<Layer> = (0..at_once).map(|_| Layer::new(self.number())).collect();
            let cost = Cost::start();
            at_once_all(layers.clone(), |layer| self.clone().upload(layer)).await?;
            cost.layers(&format!("upload of 256 MiB, {at_once} at once"), at_once)?;
            let cost = Cost::start();
            at_once_all(layers.clone(), |layer| self.clone().read(layer)).await?;
            cost.layers(&format!("read of 256 MiB, {at_once} at once"), at_once)?;
            for layer in layers {
                self.store.delete(&layer.digest).await?;
            }
        }
        let left: Vec<_> = fs::read_dir(root.join("uploads"))?.collect();
        assert!(left.is_empty(), "every upload was finished");
        Ok(())
    }

    /// Uploads, keeps and reads 1 KiB.
    async fn small(&self) -> Outcome<()> {
        // The folders that blobs are spread over are made by the first of them.
        self.clone().put_small(2048).await?;
        for at_once in [1, 8, 32] {
            let each = 2048 / at_once;
            let workers: Vec<u64> = (0..at_once).collect();
            let cost = Cost::start();
            at_once_all(workers.clone(), |_| self.clone().upload_small(each)).await?;
            cost.operations(&format!("upload of 1 KiB (begin, append, finish), {at_once} at once"), each * at_once)?;
            let cost = Cost::start();
            at_once_all(workers.clone(), |_| self.clone().put_small(each)).await?;
            cost.operations(&format!("put of 1 KiB, {at_once} at once"), each * at_once)?;
        }
        let bytes = self.small_bytes();
        let digest = digest_of(&bytes);
        self.store.put(&digest, bytes).await?;
        let cost = Cost::start();
        for _ in 0..50_000 {
            self.store.read(&digest).await?;
        }
        cost.operations("read of 1 KiB", 50_000)?;
        let cost = Cost::start();
        for _ in 0..50_000 {
            self.store.stat(&digest).await?;
        }
        cost.operations("stat", 50_000)
    }

    async fn upload(self, layer: Layer) -> Outcome<()> {
        let id = self.id();
        self.store.begin(id, Algorithm::Sha256).await?;
        self.store.append(id, Some(0), layer.body(), LAYER_BYTES).await?;
        self.store.finish(id, &layer.digest).await?;
        Ok(())
    }

    async fn read(self, layer: Layer) -> Outcome<()> {
        let reader = self.store.open(&layer.digest, 0..LAYER_BYTES).await?;
        let read = reader.bytes.try_fold(0, |read, piece| async move { Ok(read + piece.len() as u64) }).await?;
        assert_eq!(read, LAYER_BYTES);
        Ok(())
    }

    async fn upload_small(self, count: u64) -> Outcome<()> {
        for _ in 0..count {
            let bytes = self.small_bytes();
            let (id, digest) = (self.id(), digest_of(&bytes));
            self.store.begin(id, Algorithm::Sha256).await?;
            self.store.append(id, None, stream::iter([Ok(bytes)]).boxed(), MIB).await?;
            self.store.finish(id, &digest).await?;
        }
        Ok(())
    }

    async fn put_small(self, count: u64) -> Outcome<()> {
        for _ in 0..count {
            let bytes = self.small_bytes();
            self.store.put(&digest_of(&bytes), bytes).await?;
        }
        Ok(())
    }

    fn small_bytes(&self) -> Bytes {
        self.number().to_le_bytes().repeat(128).into()
    }

    fn id(&self) -> UploadId {
        UploadId(Uuid::from_u128(self.number().into()))
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}

/// Runs one task for each of the inputs, all at once.
async fn at_once_all<I, F>(inputs: Vec<I>, run: impl Fn(I) -> F) -> Outcome<()>
where
    F: Future<Output = Outcome<()>> + Send + 'static,
{
    let tasks = tokio::runtime::Handle::current();
    for outcome in try_join_all(inputs.into_iter().map(|input| tasks.spawn(run(input)))).await? {
        outcome?;
    }
    Ok(())
}

/// The same MiB again and again, which is enough for a store that does not look for repetitions.
#[derive(Clone)]
struct Layer {
    mebibyte: Bytes,
    digest: Digest,
}

impl Layer {
    fn new(seed: u64) -> Self {
        let mebibyte: Bytes = (0..MIB / 8).flat_map(|at| (seed + at).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes()).collect();
        let mut hash = Sha256::new();
        for _ in 0..LAYER_BYTES / MIB {
            hash.update(&mebibyte);
        }
        let digest = Digest::from_hash(Algorithm::Sha256, &hash.finalize()).expect("a hash");
        Self { mebibyte, digest }
    }

    fn body(&self) -> ByteStream {
        let mebibyte = &self.mebibyte;
        let chunks: Vec<Bytes> = (0..mebibyte.len()).step_by(CHUNK_BYTES).map(|at| mebibyte.slice(at..at + CHUNK_BYTES)).collect();
        let count = usize::try_from(LAYER_BYTES).unwrap_or(usize::MAX) / CHUNK_BYTES;
        stream::iter(chunks.into_iter().cycle().take(count).map(Ok)).boxed()
    }
}

fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_hash(Algorithm::Sha256, &Sha256::digest(bytes)).expect("a hash")
}

/// Time and processor time since a moment.
struct Cost {
    start: Instant,
    processor: f64,
}

impl Cost {
    fn start() -> Self {
        Self { start: Instant::now(), processor: processor_seconds() }
    }

    fn layers(&self, what: &str, count: u64) -> Outcome<()> {
        let (seconds, processor) = (self.start.elapsed().as_secs_f64(), processor_seconds() - self.processor);
        let rate = (count * LAYER_BYTES) as f64 / 1e6 / seconds;
        writeln!(io::stdout(), "{what:56} {rate:8.0} MB/s {:8.3} s each", processor / count as f64)?;
        Ok(())
    }

    fn operations(&self, what: &str, count: u64) -> Outcome<()> {
        let (seconds, processor) = (self.start.elapsed().as_secs_f64(), processor_seconds() - self.processor);
        writeln!(io::stdout(), "{what:56} {:8.0} /s   {:8.1} µs each", count as f64 / seconds, processor / count as f64 * 1e6)?;
        Ok(())
    }
}

/// User and system time of this process so far.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything: state is the first word, user time the 12th, system time the 13th.
    let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    words.skip(11).take(2).filter_map(|word| word.parse::<f64>().ok()).sum::<f64>() / TICKS
}
