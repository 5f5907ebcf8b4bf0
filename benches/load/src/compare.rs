//! Ambar beside docker-registry: the same scenario on both, in turn.

use crate::report::{self, Row};
use crate::{Arguments, servers};
use ambar_load::measure::Measurement;
use ambar_load::process::memory;
use ambar_load::scenario::{Plan, Prepared, Scenario};
use anyhow::Result;
use std::path::Path;
use std::time::Duration;

/// Every scenario, as the report names it.
const SCENARIOS: [(&str, Scenario); 12] = [
    ("push", Scenario::Push),
    ("manifest-get", Scenario::ManifestGet),
    ("manifest-get-basic", Scenario::ManifestGetBasic),
    ("manifest-head", Scenario::ManifestHead),
    ("pull", Scenario::Pull),
    ("push-again", Scenario::PushAgain),
    ("mount", Scenario::Mount),
    ("tags", Scenario::Tags),
    ("layer-push-1", Scenario::LayerPush(1)),
    ("layer-push-4", Scenario::LayerPush(4)),
    ("layer-pull-1", Scenario::LayerPull(1)),
    ("layer-pull-4", Scenario::LayerPull(4)),
];

/// Prints a line for each scenario that is wanted.
pub(crate) fn run(arguments: &Arguments, folder: &Path) -> Result<()> {
    let wanted: Vec<_> = SCENARIOS.into_iter().filter(|(name, _)| arguments.wants(name)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    report::title(&arguments.registry, arguments.tls)?;
    for (name, scenario) in wanted {
        report::line(&compare(name, scenario, arguments, &folder.join(name))?)?;
    }
    Ok(())
}

/// Both registries anew for each scenario, and its rounds in turn: A B A B …
fn compare(name: &'static str, scenario: Scenario, arguments: &Arguments, folder: &Path) -> Result<Row> {
    servers::folder_apart(folder)?;
    let tls = servers::tls(arguments, folder)?;
    let (ambar, ours) = servers::ambar(arguments, folder, tls.as_ref())?;
    let (registry, theirs) = servers::docker_registry(arguments, folder, tls.as_ref())?;
    let plan = Plan {
        time: Duration::from_secs_f64(arguments.seconds),
        layer_size: arguments.layer_mib << 20,
        tags: 10_000,
        mounts: 200,
        seed: 1,
    };
    let (mut ours, mut theirs) = (scenario.prepare(&ours, &plan)?, scenario.prepare(&theirs, &plan)?);
    let rounds = rounds(&mut *ours, &mut *theirs, arguments.rounds)?;
    let peaks_kib = (memory(ambar.process.id())?.peak_kib, memory(registry.process.id())?.peak_kib);
    drop((ours, theirs, ambar, registry));
    std::fs::remove_dir_all(folder)?;
    Ok(Row { name, rounds, peaks_kib })
}

fn rounds(ours: &mut dyn Prepared, theirs: &mut dyn Prepared, count: usize) -> Result<Vec<(Measurement, Measurement)>> {
    (0..count).map(|_| Ok((ours.round()?, theirs.round()?))).collect()
}
