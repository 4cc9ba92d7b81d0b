//! Parses every `.bicep` and `.bicepparam` file below the given folders, names those with a syntax error, and says how
//! fast it was: `cargo run --release --example throughput -- FOLDER…`. The figure is that of the best of ten rounds.

use std::{error::Error, ffi::OsStr, fs, path::PathBuf, time::Instant};

fn collect(path: PathBuf, into: &mut Vec<(PathBuf, String)>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(entry?.path(), into)?;
        }
    } else if path.extension() == Some(OsStr::new("bicep"))
        || path.extension() == Some(OsStr::new("bicepparam"))
    {
        let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        into.push((path, text));
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for path in std::env::args_os().skip(1) {
        collect(path.into(), &mut files)?;
    }
    files.sort();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_bicep_leftward::LANGUAGE.into())?;
    let mut broken = Vec::new();
    let mut best = f64::INFINITY;
    for round in 0..10 {
        let start = Instant::now();
        for (path, text) in &files {
            let tree = parser.parse(text, None).ok_or("parsing was cancelled")?;
            if round == 0 && tree.root_node().has_error() {
                broken.push(path);
            }
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    for path in &broken {
        println!("syntax error: {}", path.display());
    }
    println!(
        "{} files, {bytes} bytes, {} with a syntax error, {:.1} MB/s",
        files.len(),
        broken.len(),
        bytes as f64 / 1e6 / best
    );
    Ok(())
}
