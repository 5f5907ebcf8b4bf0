#!/usr/bin/env bash
# Measures Ambar beside Debian's docker-registry and alone, and prints the tables of docs/performance.md. Arguments go to the driver (--help lists them).
set -euo pipefail
cd "$(dirname "$0")/.."
./tests/clients/install.sh docker-registry
cargo build --release --locked --quiet -p ambar -p ambar-load
target=$(cargo metadata --no-deps --format-version 1 --locked | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
"$target/release/ambar-load" --ambar "$target/release/ambar" "$@"
# What has no surface to be driven through is measured inside: events appended per second, and a command until its own view shows it.
[ $# -gt 0 ] || cargo bench --locked --quiet -p ambar-storage --bench event_log
[ $# -gt 0 ] || cargo bench --locked --quiet -p ambar-projections --bench visibility
