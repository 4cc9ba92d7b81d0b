#!/bin/sh
# What a scan costs beside its floor and beside the other tools that are installed: CPU time, wall time and peak memory of whole
# processes on the same input in one run, and their ratios to leftward's.
#
#     benches/compare.sh [--bin PATH] [--floor PATH] [--times N] PATH...
#
# PATH is a folder of Bicep, ARM JSON or Terraform. The tools are looked for in PATH: checkov and semgrep (from PyPI), trivy. Semgrep needs
# its rules on disk: give their folder in SEMGREP_RULES. One that is missing is named and left out. The least of N runs (3) counts.
# Needs GNU time as /usr/bin/time.
set -eu
cd "$(dirname "$0")/.."
bin=target/release/leftward floor=target/release/examples/floor times=3
while [ $# -gt 0 ]; do
  case $1 in
    --bin) bin=$2; shift 2 ;;
    --floor) floor=$2; shift 2 ;;
    --times) times=$2; shift 2 ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { echo "no PATH given; see --help" >&2; exit 2; }
[ -x /usr/bin/time ] || { echo "GNU time is not at /usr/bin/time" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# measure NAME COMMAND...: a line 'NAME cpu wall memory' of the run that took the least CPU time
measure() {
  name=$1; shift
  : >"$work/runs"
  i=0
  while [ $i -lt "$times" ]; do
    # findings are no failure here
    /usr/bin/time -q -o "$work/cost" -f '%U %S %e %M' "$@" >"$work/out" 2>"$work/err" || true
    tail -n 1 "$work/cost" >>"$work/runs"
    i=$((i + 1))
  done
  awk -v name="$name" '{ cpu = $1 + $2; if (NR == 1 || cpu < best) { best = cpu; wall = $3; memory = $4 } }
    END { printf "%s %.2f %.2f %.1f\n", name, best, wall, memory / 1024 }' "$work/runs" >>"$work/table"
}

: >"$work/table"
: >"$work/skipped"
measure leftward "$bin" --no-config --format json --fail-on never --allow-parse-errors "$@"
if [ -x "$floor" ]; then measure floor "$floor" "$@"
else echo "floor (build it: cargo build --release --example floor)" >>"$work/skipped"; fi
for folder; do directories="${directories:-} -d $folder"; done
# shellcheck disable=SC2086 # a list of words
if command -v checkov >/dev/null; then
  measure checkov checkov $directories --framework terraform bicep arm --output json --quiet --soft-fail --compact --skip-download
else echo checkov >>"$work/skipped"; fi
if command -v trivy >/dev/null; then
  # it takes one folder
  measure trivy trivy config --quiet --format json --skip-check-update --offline-scan "$1"
else echo trivy >>"$work/skipped"; fi
if command -v semgrep >/dev/null && [ -n "${SEMGREP_RULES:-}" ]; then
  measure semgrep semgrep scan --metrics off --disable-version-check --quiet --json --config "$SEMGREP_RULES" "$@"
else echo "semgrep (with SEMGREP_RULES)" >>"$work/skipped"; fi

awk 'BEGIN { printf "%-10s %10s %10s %12s %8s %8s %8s\n", "", "CPU s", "wall s", "memory MiB", "CPU ×", "wall ×", "memory ×" }
  function ratio(a, b) { return b > 0 ? sprintf("%.2f", a / b) : "-" }
  NR == 1 { cpu = $2; wall = $3; memory = $4 }
  { printf "%-10s %10s %10s %12s %8s %8s %8s\n", $1, $2, $3, $4, ratio($2, cpu), ratio($3, wall), ratio($4, memory) }' "$work/table"
sed 's/^/not installed: /' "$work/skipped"
