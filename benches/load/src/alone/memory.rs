//! Memory of the server: idle, and with many large transfers under way.

use crate::{Arguments, report, servers};
use ambar_load::process::memory;
use ambar_load::scenario::{Plan, Scenario};
use anyhow::Result;
use std::path::Path;
use std::time::Duration;

/// Transfers at once.
const TRANSFERS: usize = 8;
/// Size of each.
const LAYER_BYTES: usize = 1 << 30;

/// Idle, while layers are pushed, and while layers are pulled; each phase on a server of its own, because a peak stays.
pub(crate) fn measure(arguments: &Arguments, folder: &Path) -> Result<()> {
    let plan = Plan { time: Duration::ZERO, layer_size: LAYER_BYTES, tags: 0, mounts: 0, seed: 1 };
    for (name, scenario) in [("pushes", Scenario::LayerPush(TRANSFERS)), ("pulls", Scenario::LayerPull(TRANSFERS))] {
        servers::folder_apart(folder)?;
        let tls = servers::tls(arguments, folder)?;
        let (server, subject) = servers::ambar(arguments, folder, tls.as_ref())?;
        let idle = memory(server.process.id())?.resident_kib;
        scenario.prepare(&subject, &plan)?.round()?;
        let peak = memory(server.process.id())?.peak_kib;
        report::figure("memory, idle", &format!("{:.1} MiB", mib(idle)))?;
        report::figure(&format!("memory, most with {TRANSFERS} {name} of 1 GiB"), &format!("{:.1} MiB", mib(peak)))?;
        drop((subject, server));
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
