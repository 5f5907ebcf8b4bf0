//! Measures Ambar beside docker-registry on the same disk in one run, then Ambar alone, and prints the tables of `docs/performance.md`.

mod alone;
mod compare;
mod report;
mod servers;

use anyhow::{Result, ensure};
use clap::Parser;
use std::path::PathBuf;

/// Free space a whole run needs: two registries, each with the layers of every round.
const NEEDED_BYTES: u64 = 24 << 30;

/// Measures Ambar beside docker-registry, and alone
#[derive(Debug, Parser)]
struct Arguments {
    /// The `ambar` binary, built for release
    #[arg(long)]
    ambar: PathBuf,
    /// Debian's docker-registry
    #[arg(long, default_value = "docker-registry")]
    registry: PathBuf,
    /// Folder for everything written; it is removed again
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Rounds of each scenario on each registry, in turn
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds a round of small operations lasts
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Size of a large layer in MiB
    #[arg(long, default_value_t = 256)]
    layer_mib: usize,
    /// Events in the log that a start reads and a rebuild folds
    #[arg(long, default_value_t = 100_000)]
    events: u64,
    /// Over TLS instead of plain HTTP
    #[arg(long)]
    tls: bool,
    /// Only these, by the names in the tables
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

impl Arguments {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let space = rustix::fs::statvfs(&arguments.folder)?;
    ensure!(space.f_bavail * space.f_frsize >= NEEDED_BYTES, "the run needs {} GiB of free disk", NEEDED_BYTES >> 30);
    let folder = tempfile::tempdir_in(&arguments.folder)?;
    compare::run(&arguments, folder.path())?;
    alone::run(&arguments, folder.path())
}
