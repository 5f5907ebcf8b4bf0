//! Measures Ambar beside docker-registry on the same disk in one run, and prints the table of `docs/performance.md`.

mod report;

use ambar_load::endpoint::Endpoint;
use ambar_load::login::Login;
use ambar_load::scenario::{ORGANIZATION, Plan, Prepared, Scenario};
use ambar_load::subject::Subject;
use ambar_test_support::server::{Server, ServerOptions};
use ambar_test_support::tls::TlsFiles;
use ambar_test_support::yardstick::{Yardstick, YardstickOptions};
use anyhow::{Result, ensure};
use clap::Parser;
use report::Row;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Free space a whole run needs: two registries, each with the layers of every round.
const NEEDED_BYTES: u64 = 24 << 30;

/// Measures Ambar beside docker-registry
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
    /// Over TLS instead of plain HTTP
    #[arg(long)]
    tls: bool,
    /// Only these scenarios, by the names in the table
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// Every scenario, as the report names it.
const SCENARIOS: [(&str, Scenario); 11] = [
    ("push", Scenario::Push),
    ("manifest-get", Scenario::ManifestGet),
    ("manifest-get-basic", Scenario::ManifestGetBasic),
    ("manifest-head", Scenario::ManifestHead),
    ("pull", Scenario::Pull),
    ("push-again", Scenario::PushAgain),
    ("mount", Scenario::Mount),
    ("layer-push-1", Scenario::LayerPush(1)),
    ("layer-push-4", Scenario::LayerPush(4)),
    ("layer-pull-1", Scenario::LayerPull(1)),
    ("layer-pull-4", Scenario::LayerPull(4)),
];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let space = rustix::fs::statvfs(&arguments.folder)?;
    ensure!(space.f_bavail * space.f_frsize >= NEEDED_BYTES, "the run needs {} GiB of free disk", NEEDED_BYTES >> 30);
    let folder = tempfile::tempdir_in(&arguments.folder)?;
    report::title(&arguments.registry)?;
    for (name, scenario) in SCENARIOS {
        if arguments.only.is_empty() || arguments.only.iter().any(|only| only == name) {
            let row = compare(name, scenario, &arguments, &folder.path().join(name))?;
            report::line(&row)?;
        }
    }
    Ok(())
}

/// Both registries anew for each scenario, and its rounds in turn: A B A B …
fn compare(name: &'static str, scenario: Scenario, arguments: &Arguments, folder: &Path) -> Result<Row> {
    let tls = arguments.tls.then(|| TlsFiles::create(&folder.join("tls"))).transpose()?;
    let options = ServerOptions { program: arguments.ambar.clone(), data_dir: folder.join("ambar"), tls: tls.clone(), arguments: vec![] };
    let ambar = Server::start(&options)?;
    ambar.command(&["org", "create", ORGANIZATION])?;
    let login = ambar.first_login()?;
    let login = Login { user: login.username, key: login.password };
    let yardstick = YardstickOptions { program: arguments.registry.clone(), tls: tls.clone(), htpasswd: None };
    let yardstick = Yardstick::start(&folder.join("registry"), &yardstick)?;
    let authority = tls.as_ref().map(|tls| tls.authority.as_path());
    let subject = |name: &str, url: &str, login, process| -> Result<Subject> {
        Ok(Subject { name: name.to_owned(), endpoint: Endpoint::new(url, authority)?, login, process: Some(process) })
    };
    let plan = Plan {
        time: Duration::from_secs_f64(arguments.seconds),
        layer_size: arguments.layer_mib << 20,
        tags: 10_000,
        mounts: 200,
        seed: 1,
    };
    let mut ours = scenario.prepare(&subject("Ambar", &ambar.url, Some(login), ambar.process.id())?, &plan)?;
    let mut theirs = scenario.prepare(&subject("docker-registry", &yardstick.url, None, yardstick.process.id())?, &plan)?;
    let rounds = rounds(&mut *ours, &mut *theirs, arguments.rounds)?;
    drop((ours, theirs));
    std::fs::remove_dir_all(folder)?;
    Ok(Row { name, rounds })
}

type Rounds = Vec<(ambar_load::measure::Measurement, ambar_load::measure::Measurement)>;

fn rounds(ours: &mut dyn Prepared, theirs: &mut dyn Prepared, count: usize) -> Result<Rounds> {
    (0..count).map(|_| Ok((ours.round()?, theirs.round()?))).collect()
}
