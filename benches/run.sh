#!/usr/bin/env bash
# Measures Ambar beside Debian's docker-registry and alone, and prints the tables of docs/performance.md. Arguments go to the driver (--help lists them).
set -euo pipefail
cd "$(dirname "$0")/.."
./tests/clients/install.sh docker-registry
cargo build --release --locked --quiet -p ambar -p ambar-load
target=$(cargo metadata --no-deps --format-version 1 --locked | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
measure() { "$target/release/ambar-load" --ambar "$target/release/ambar" "$@"; }
if [ $# -gt 0 ]; then
  measure "$@"
  exit
fi
measure --seconds 2
echo
measure --tls --only layer-pull-1,layer-pull-4
echo
# What has no surface to be driven through is measured inside: events appended per second, and a command until its own view shows it.
cargo bench --locked --quiet -p ambar-storage --bench event_log
cargo bench --locked --quiet -p ambar-projections --bench visibility
echo
# Lists over a million tags, written as events: two minutes.
cargo bench --locked --quiet -p ambar-api --bench management
echo
# What a pull pays for being checked, among 100,000 repositories: one minute.
cargo bench --locked --quiet -p ambar-api --bench permission
