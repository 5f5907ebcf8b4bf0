//! A log of some length: how long a start takes over it, and how fast all views are folded anew.

use crate::report::median;
use crate::{Arguments, report, servers};
use ambar_load::client::Client;
use ambar_load::endpoint::Endpoint;
use ambar_load::scenario::{Plan, Scenario};
use ambar_load::subject::Subject;
use ambar_test_support::server::{Server, ServerOptions};
use ambar_test_support::tls::TlsFiles;
use ambar_test_support::{port, wait};
use anyhow::{Context, Result};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Starts and rebuilds that the medians are of.
const TIMES: usize = 5;
/// How long a round of pushes that fill the log lasts.
const ROUND: Duration = Duration::from_secs(5);
/// How long a stop or a start may take at all.
const LIMIT: Duration = Duration::from_secs(30);

/// Fills a log by pushing small images, then measures.
pub(crate) fn measure(arguments: &Arguments, folder: &Path) -> Result<()> {
    servers::folder_apart(folder)?;
    let tls = servers::tls(arguments, folder)?;
    let (mut server, subject) = servers::ambar(arguments, folder, tls.as_ref())?;
    let events = fill(&server, &subject, arguments.events)?;
    let rebuilds: Vec<f64> = (0..TIMES).map(|_| rebuild(&server)).collect::<Result<_>>()?;
    report::figure("rebuild of all views", &format!("{:.0} events/s ({events} events)", events as f64 / median(rebuilds)))?;
    server.process.stop(LIMIT)?;
    let starts: Vec<f64> = (0..TIMES).map(|_| start(server.options(), tls.as_ref())).collect::<Result<_>>()?;
    report::figure("start to first answer", &format!("{:.0} ms ({events} events)", median(starts) * 1e3))?;
    drop(server);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Answers how many events the log has in the end.
fn fill(server: &Server, subject: &Subject, wanted: u64) -> Result<u64> {
    for seed in 1.. {
        let status: serde_json::Value = serde_json::from_str(&server.command(&["--json", "views", "status"])?)?;
        // In an embedded log the first number of a position counts the events.
        let head = status["head"].as_str().and_then(|head| head.split(':').next()?.parse().ok());
        let head = head.context("the position of the log's head")?;
        if head >= wanted {
            return Ok(head);
        }
        let plan = Plan { time: ROUND, layer_size: 0, tags: 0, mounts: 0, seed };
        Scenario::Push.prepare(subject, &plan)?.round()?;
    }
    Ok(0)
}

/// Seconds, the command's own start included.
fn rebuild(server: &Server) -> Result<f64> {
    let begun = Instant::now();
    server.command(&["views", "rebuild"])?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Seconds from the start of the process to its first answer; then the process is killed.
fn start(options: &ServerOptions, tls: Option<&TlsFiles>) -> Result<f64> {
    let port = port::free()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let endpoint = Arc::new(Endpoint::new(&format!("{scheme}://127.0.0.1:{port}"), tls.map(|tls| tls.authority.as_path()))?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let begun = Instant::now();
    let mut process = Server::spawn(options, &format!("127.0.0.1:{port}"))?;
    wait::until("the server answers", LIMIT, || {
        process.check_running()?;
        let answered = port::answers(port) && runtime.block_on(Client::new(Arc::clone(&endpoint)).expect("GET", "/v2/", 401)).is_ok();
        Ok(answered.then(|| begun.elapsed().as_secs_f64()))
    })
}
