//! Whole runs of the program, as a user starts it: `cargo bench --bench scan`.
//!
//! The machine that this runs on is shared and noisy: look at the fastest samples, and compare within one run.

#![allow(missing_docs)]

use std::process::{Command, Stdio};

fn main() {
    divan::main();
}

/// Starts the release binary and waits for its end.
fn scan(path: &str) {
    let status = Command::new(env!("CARGO_BIN_EXE_leftward"))
        .args(["--format", "json", "--fail-on", "never", "--allow-parse-errors", path])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.success()), "{path}");
}

/// From start to end on one small file: 20 ms is the budget.
#[divan::bench(sample_count = 50)]
fn one_file() {
    scan("testdata/bad/bom.bicep");
}

/// Start and end alone.
#[divan::bench(sample_count = 50)]
fn help() {
    let status = Command::new(env!("CARGO_BIN_EXE_leftward")).arg("--help").stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()));
}

/// Three languages, modules and parameter files.
#[divan::bench(sample_count = 20)]
fn landing_zone() {
    scan("testdata/landing-zone");
}
