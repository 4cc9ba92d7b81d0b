//! Runs the program as a user does.

#![allow(dead_code, missing_docs, unreachable_pub)] // each test file uses a part of it
#![allow(clippy::expect_used, clippy::panic)] // a test fails by panicking

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a run printed and how it ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error}: {}\n{}", self.stderr, &self.stdout[..self.stdout.len().min(500)])
        })
    }
}

/// The repository's root: where the tests run, as a user would.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn leftward_in(directory: &Path, arguments: &[&str]) -> Outcome {
    leftward_with(directory, arguments, &[])
}

/// The same with variables of the environment.
pub fn leftward_with(directory: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let output = Command::new(env!("CARGO_BIN_EXE_leftward"))
        .args(arguments)
        .current_dir(directory)
        .env_remove("COLUMNS")
        .env("HOME", directory)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    Outcome {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

pub fn leftward(arguments: &[&str]) -> Outcome {
    leftward_in(root(), arguments)
}

/// Findings as (rule, path, line), sorted.
pub fn findings(report: &Value) -> Vec<(String, String, u64)> {
    let mut all: Vec<_> = report["findings"]
        .as_array()
        .expect("findings are an array")
        .iter()
        .map(|finding| {
            let location = &finding["location"];
            (text(&finding["rule"]), text(&location["path"]), location["line"].as_u64().expect("a line"))
        })
        .collect();
    all.sort();
    all
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The diagnostics of a report as (code, path, message).
pub fn diagnostics(report: &Value) -> Vec<(String, String, String)> {
    report["diagnostics"]
        .as_array()
        .expect("diagnostics are an array")
        .iter()
        .map(|it| (text(&it["code"]), text(&it["location"]["path"]), text(&it["message"])))
        .collect()
}

/// A directory with files in it.
pub fn directory(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (name, content) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, content).expect("a file");
    }
    let path = directory.path().to_owned();
    (directory, path)
}

/// A storage account that accepts plain HTTP, in Bicep.
pub const SINFUL_BICEP: &str = "resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stsinful0001'
  location: 'westeurope'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: {
    supportsHttpsTrafficOnly: false
  }
}
";
