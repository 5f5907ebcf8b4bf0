//! The table: medians of the rounds, and the ratios between the registries.

use ambar_load::measure::Measurement;
use anyhow::Result;
use std::io::Write as _;
use std::path::Path;

/// A scenario's rounds, Ambar's beside docker-registry's.
#[derive(Debug)]
pub(crate) struct Row {
    /// The scenario.
    pub(crate) name: &'static str,
    /// One pair a round.
    pub(crate) rounds: Vec<(Measurement, Measurement)>,
    /// The most memory each server ever had resident, in KiB.
    pub(crate) peaks_kib: (u64, u64),
}

fn print(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// The heading of the comparison.
pub(crate) fn title(registry: &Path, tls: bool) -> Result<()> {
    print(&format!(
        "Ambar against {} {}; medians; a ratio above 1 means Ambar does more, or needs less processor time\n",
        registry.display(),
        if tls { "over TLS" } else { "in plain HTTP" },
    ))?;
    print(
        "| scenario | Ambar /s | registry /s | ratio | Ambar CPU µs | registry CPU µs | ratio | Ambar p99 ms | registry p99 ms \
         | Ambar peak MiB | registry peak MiB |",
    )?;
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
}

/// One line.
pub(crate) fn line(row: &Row) -> Result<()> {
    let of = |value: fn(&Measurement) -> f64| {
        let ours = median(row.rounds.iter().map(|(ours, _)| value(ours)).collect());
        let theirs = median(row.rounds.iter().map(|(_, theirs)| value(theirs)).collect());
        (ours, theirs)
    };
    let (rate, their_rate) = of(|measured| measured.rate);
    let (cpu, their_cpu) = of(|measured| measured.processor_micros.unwrap_or(f64::NAN));
    let (p99, their_p99) = of(|measured| measured.p99_micros / 1e3);
    let ratios = (rate / their_rate, their_cpu / cpu);
    let (peak, their_peak) = (row.peaks_kib.0 / 1024, row.peaks_kib.1 / 1024);
    print(&format!(
        "| {} | {rate:.1} | {their_rate:.1} | {:.2} | {cpu:.0} | {their_cpu:.0} | {:.2} | {p99:.1} | {their_p99:.1} | {peak} | {their_peak} |",
        row.name, ratios.0, ratios.1
    ))
}

/// The heading of Ambar's own figures.
pub(crate) fn title_alone() -> Result<()> {
    print("\n| figure | measured |\n|---|---|")
}

/// One figure of Ambar's own.
pub(crate) fn figure(name: &str, measured: &str) -> Result<()> {
    print(&format!("| {name} | {measured} |"))
}

/// The one in the middle; not a number if there is none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
