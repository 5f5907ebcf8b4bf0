#!/usr/bin/env bash
# Runs each target of FUZZ (all of them) for SECONDS (30). What it learns stays in fuzz/found/, out of the tree and for the next run; what
# breaks a parser goes to fuzz/artifacts/. To keep an input for good, copy it to fuzz/corpus/, and write a unit test that shows the fault.
set -euo pipefail
seconds=${SECONDS_EACH:-30}
cd "$(dirname "$0")/.."
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
# The instrumentation is in the stable compiler, behind this switch. No sanitizer: Ambar's own code has no `unsafe` to find.
export RUSTC_BOOTSTRAP=1
cargo fuzz build --sanitizer none
for target in ${FUZZ:-$(cargo fuzz list)}; do
  echo "== $target"
  mkdir -p "fuzz/found/$target"
  cargo fuzz run --sanitizer none "$target" "fuzz/found/$target" "fuzz/corpus/$target" -- -max_total_time="$seconds" -timeout=5 -verbosity=0 -print_funcs=0 -print_final_stats=1
done
