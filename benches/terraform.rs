//! What scans of large Terraform configurations cost: `cargo bench --bench terraform`.
//!
//! Besides the clock it tells CPU time and peak memory (where `/proc` is: on Linux), as the machine may be shared and noisy.
//!
//! On two loaded virtual cores (profile `measure`, without link-time optimization): `azure-terraform` + `caf-es` (761 files, 79 roots,
//! 2909 resources) 1.0 s CPU and 129 MiB; 500 calls x 50 instances (25 000 resources) 1.2 s CPU and 324 MiB.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout)] // a bench speaks to who runs it

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Calls of the generated configuration, and instances in each.
const CALLS: usize = 500;
const INSTANCES: usize = 50;
/// What the generated configuration may cost of CPU time (of the clock's, where that is not known).
const BUDGET: Duration = Duration::from_secs(10);

fn main() {
    println!("{:<34}{:>12}{:>12}{:>14}", "", "clock", "CPU", "peak memory");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let both = ["azure-terraform", "caf-es"].map(|name| corpus.join(name));
    if both.iter().all(|path| path.is_dir()) {
        measure("azure-terraform + caf-es", &both);
    } else {
        println!("azure-terraform + caf-es: not measured, the corpus is not at {}", corpus.display());
    }
    let calls = generated_calls();
    let name = format!("{CALLS} module calls x {INSTANCES} instances");
    let cost = measure(&name, &[calls.path().to_owned()]);
    assert!(cost < BUDGET, "{name}: {cost:?}");
}

/// Scans and prints what it cost; the CPU time, or where that is not known the clock's.
fn measure(name: &str, paths: &[PathBuf]) -> Duration {
    let before = children_cpu();
    let start = Instant::now();
    let child = Command::new(env!("CARGO_BIN_EXE_leftward"))
        .args(["--no-config", "--format", "json", "--fail-on", "never", "--allow-parse-errors"])
        .args(paths)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let (succeeded, peak) = wait(child);
    let clock = start.elapsed();
    assert!(succeeded, "{name}");
    let cpu = children_cpu().zip(before).map(|(after, before)| after.saturating_sub(before));
    let seconds = |time: Option<Duration>| {
        time.map_or_else(|| "-".to_owned(), |time| format!("{:.2} s", time.as_secs_f64()))
    };
    let memory = peak.map_or_else(|| "-".to_owned(), |kib| format!("{} MiB", kib / 1024));
    println!("{name:<34}{:>12}{:>12}{memory:>14}", seconds(Some(clock)), seconds(cpu));
    cpu.unwrap_or(clock)
}

/// Waits for the end; whether it was good, and the most memory seen (KiB).
fn wait(mut child: Child) -> (bool, Option<u64>) {
    let mut peak = None;
    loop {
        peak = high_water(child.id()).max(peak);
        if let Some(status) = child.try_wait().expect("a child that can be waited for") {
            return (status.success(), peak);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The most memory that a running process has had so far (KiB).
fn high_water(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The CPU time of the children that have ended; Linux counts it in hundredths of a second.
fn children_cpu() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // the second field, a name in brackets, may hold spaces; the two times are fields 16 and 17
    let after_name = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
    let ticks = fields.get(13)?.parse::<u64>().ok()? + fields.get(14)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

/// A root module that calls a module many times, each time with other arguments.
fn generated_calls() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut main = String::new();
    for call in 0..CALLS {
        writeln!(main, "module \"m{call}\" {{\n  source = \"./m\"\n  prefix = \"st{call}x\"\n}}\n")
            .expect("a string");
    }
    let module = format!(
        r#"variable "prefix" {{
  type = string
}}

resource "azurerm_storage_account" "it" {{
  count                      = {INSTANCES}
  name                       = "${{var.prefix}}${{count.index}}"
  resource_group_name        = "rg"
  location                   = "westeurope"
  account_tier               = "Standard"
  account_replication_type   = "LRS"
  https_traffic_only_enabled = false
}}
"#
    );
    fs::create_dir(directory.path().join("m")).expect("a folder");
    fs::write(directory.path().join("main.tf"), main).expect("a file");
    fs::write(directory.path().join("m/main.tf"), module).expect("a file");
    directory
}
