//! What a server spends, read from `/proc`: processor time and memory of a process and of all its descendants.

use anyhow::{Context, Result};
use std::fs;
use std::time::Duration;

/// Ticks per second in `/proc/<pid>/stat`: 100 on every Linux platform, whatever the kernel's own clock.
const TICKS: u64 = 100;

/// Memory of a server.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident now, in KiB.
    pub resident_kib: u64,
    /// The most that was ever resident, in KiB.
    pub peak_kib: u64,
}

/// Processor time (user and system) that a process and its descendants have used.
pub fn processor_time(pid: u32) -> Result<Duration> {
    let mut ticks = 0;
    for process in tree(pid)? {
        // A descendant may end between two looks; what it used is then in its parent's account.
        if let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) {
            ticks += used_ticks(&stat).with_context(|| format!("/proc/{process}/stat"))?;
        } else if process == pid {
            anyhow::bail!("the server (process {pid}) is gone");
        }
    }
    Ok(Duration::from_millis(ticks * 1000 / TICKS))
}

/// Memory of a process and its descendants.
pub fn memory(pid: u32) -> Result<Memory> {
    let mut sum = Memory { resident_kib: 0, peak_kib: 0 };
    for process in tree(pid)? {
        if let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) {
            sum.resident_kib += kib(&status, "VmRSS:");
            sum.peak_kib += kib(&status, "VmHWM:");
        }
    }
    Ok(sum)
}

/// A process and its descendants.
fn tree(pid: u32) -> Result<Vec<u32>> {
    let mut all = vec![pid];
    let mut next = 0;
    while let Some(process) = all.get(next).copied() {
        next += 1;
        let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { continue };
        for thread in threads {
            let Ok(children) = fs::read_to_string(thread?.path().join("children")) else { continue };
            all.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    Ok(all)
}

/// Fields 14 to 17: user and system time of the process itself and of the children it has waited for.
fn used_ticks(stat: &str) -> Option<u64> {
    // The second field is the program's name in parentheses and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    fields.get(11..15)?.iter().map(|field| field.parse::<u64>().ok()).sum()
}

fn kib(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
