#!/usr/bin/env bash
# Measures Ambar beside Debian's docker-registry and prints the table of docs/performance.md. Arguments go to the driver (--help lists them).
set -euo pipefail
cd "$(dirname "$0")/.."
./tests/clients/install.sh docker-registry
cargo build --release --locked --quiet -p ambar -p ambar-load
target=$(cargo metadata --no-deps --format-version 1 --locked | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
exec "$target/release/ambar-load" --ambar "$target/release/ambar" "$@"
