//! What it costs to keep in memory who may do what: opening the views of the data set in a process that does nothing else.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use ambar_projections::Views;
use ambar_storage::event_log::sqlite::SqliteEventLog;

use crate::registry::Outcome;

/// The flag, with the folder behind it, that makes this program open the views and tell.
const FLAG: &str = "--open";

/// What another process tells that opens the views in the folder.
pub(crate) fn measure(folder: &Path) -> Outcome<String> {
    let output = Command::new(std::env::current_exe()?).arg(FLAG).arg(folder).output()?;
    if !output.status.success() {
        return Err(format!("the views were not opened: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The folder to open, if this is that process.
pub(crate) fn asked_for() -> Option<std::ffi::OsString> {
    std::env::args_os().skip_while(|argument| argument != FLAG).nth(1)
}

pub(crate) fn open(folder: &Path) -> Outcome<String> {
    let log = Arc::new(SqliteEventLog::open(&folder.join("events.db"))?);
    let (resident, begun) = (resident_kib()?, Instant::now());
    let views = Views::open(&folder.join("views"), log)?;
    let took = begun.elapsed();
    let more = resident_kib()?.saturating_sub(resident);
    drop(views);
    Ok(format!("opened anew in {} ms, with {} MiB more of memory", took.as_millis(), more / 1024))
}

fn resident_kib() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("the system does not tell memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
