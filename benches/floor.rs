//! The floor that a scan is held against: walks the same paths, reads the same files and parses them with the same parsers, and does
//! nothing else. `cargo run --release --example floor -- PATH…`; `benches/compare.sh` runs it beside the scan.

#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr)] // a bench speaks to who runs it

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use camino::Utf8Path;
use ignore::WalkBuilder;
use leftward::arm::json::{self, JsonKind};
use leftward::source::{FileId, SourceFile, Sources};
use leftward::{bicep, terraform};
use rayon::prelude::*;

/// Stack of a thread, as a scan has it.
const STACK_SIZE: usize = 64 * 1024 * 1024;

/// Files and bytes that were parsed.
#[derive(Default)]
struct Read {
    files: usize,
    bytes: usize,
}

fn main() -> ExitCode {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Ok(pool) = rayon::ThreadPoolBuilder::new().stack_size(STACK_SIZE).build() else {
        eprintln!("no threads");
        return ExitCode::FAILURE;
    };
    let file = Sources::new().add_text("floor", "");
    let read = pool.install(|| {
        let found = walk(&paths);
        found
            .par_iter()
            .filter_map(|path| parse(path, file))
            .reduce(Read::default, |a, b| Read { files: a.files + b.files, bytes: a.bytes + b.bytes })
    });
    println!("{} files, {} bytes", read.files, read.bytes);
    ExitCode::SUCCESS
}

/// The files below the paths that may be code by their names.
fn walk(paths: &[PathBuf]) -> Vec<PathBuf> {
    let of_code = |path: &Path| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        matches!(extension, "bicep" | "bicepparam" | "json" | "jsonc" | "tf" | "tofu" | "tfvars")
    };
    paths
        .iter()
        .flat_map(|path| WalkBuilder::new(path).hidden(false).require_git(false).build().flatten())
        .map(ignore::DirEntry::into_path)
        .filter(|path| of_code(path) && path.is_file())
        .collect()
}

/// Reads a file, and parses it if a scan would: JSON that the Bicep compiler wrote beside its source is left out there as well.
fn parse(path: &Path, id: FileId) -> Option<Read> {
    let path = Utf8Path::from_path(path)?;
    let source = SourceFile::read(path).ok()?;
    let text = source.text();
    match path.extension()? {
        "bicep" => drop(bicep::parse_template(id, text)),
        "bicepparam" => drop(bicep::parse_parameters(id, text)),
        "json" | "jsonc" => match json::classify(text) {
            JsonKind::Template if is_compiled(path, text) => return None,
            JsonKind::Template => drop(json::parse_template(id, text)),
            JsonKind::Parameters => drop(json::parse_parameters(id, text)),
            JsonKind::TerraformPlan | JsonKind::Other => return None,
        },
        _ => drop(terraform::syntax::parse(id, text)),
    }
    Some(Read { files: 1, bytes: text.len() })
}

fn is_compiled(path: &Utf8Path, text: &str) -> bool {
    [path.with_extension("bicep"), path.with_file_name("main.bicep")].iter().any(|source| source.is_file())
        && json::generator(text).is_some_and(|generator| generator.eq_ignore_ascii_case("bicep"))
}
