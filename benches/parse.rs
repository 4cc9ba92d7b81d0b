//! How many megabytes a second the parsers read on one core: `cargo bench --bench parse`.
//!
//! Each is measured over `testdata`, and over the corpus beside the repository (`../shared/corpus`; the environment variable
//! `LEFTWARD_CORPUS` names another place) where there is one. The machine that this runs on is shared and noisy: look at
//! the fastest samples.

#![allow(missing_docs)]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use divan::Bencher;
use divan::counter::BytesCount;
use leftward::arm::json::{JsonKind, classify};
use leftward::source::{FileId, Sources};

/// So much of the corpus is enough to measure.
const ENOUGH: usize = 24 * 1024 * 1024;

fn main() {
    divan::main();
}

fn file() -> FileId {
    Sources::new().add_text("bench", "")
}

/// What there is to read: `testdata`, and the corpus where it is.
fn folders() -> Vec<&'static str> {
    let all = ["testdata", "corpus"];
    all.into_iter().filter(|name| place(name).is_dir()).collect()
}

fn place(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    match (name, std::env::var_os("LEFTWARD_CORPUS")) {
        ("corpus", Some(corpus)) => corpus.into(),
        ("corpus", None) => here.join("../shared/corpus"),
        _ => here.join(name),
    }
}

/// The files below a folder with one of the extensions, in order, until it is enough.
fn texts(folder: &str, extensions: &[&str], wanted: fn(&str) -> bool) -> Vec<String> {
    let mut builder = ignore::WalkBuilder::new(place(folder));
    let walk = builder.standard_filters(false).sort_by_file_path(Ord::cmp).build();
    let mut bytes = 0;
    let named =
        |path: &Path| extensions.iter().any(|wanted| path.extension().is_some_and(|it| it == *wanted));
    walk.filter_map(Result::ok)
        .filter(|entry| named(entry.path()))
        .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
        .filter(|text| wanted(text))
        .take_while(|text| {
            bytes += text.len();
            bytes < ENOUGH
        })
        .collect()
}

/// Reads all texts, one after the other.
fn measure<T>(bencher: Bencher<'_, '_>, texts: &[String], mut parse: impl FnMut(&str) -> T) {
    let bytes: usize = texts.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for text in texts {
            black_box(parse(black_box(text)));
        }
    });
}

/// Text → tree: the grammar alone.
#[divan::bench(args = folders(), sample_count = 10)]
fn bicep_tree(bencher: Bencher<'_, '_>, folder: &str) {
    let mut parser = tree_sitter::Parser::new();
    let known = parser.set_language(&tree_sitter_bicep_leftward::LANGUAGE.into());
    assert!(known.is_ok());
    measure(bencher, &texts(folder, &["bicep", "bicepparam"], |_| true), |text| parser.parse(text, None));
}

/// Text → template, as a scan does it.
#[divan::bench(args = folders(), sample_count = 10)]
fn bicep_template(bencher: Bencher<'_, '_>, folder: &str) {
    let file = file();
    let parse = |text: &str| leftward::bicep::parse_template(file, text);
    measure(bencher, &texts(folder, &["bicep"], |_| true), parse);
}

/// ARM JSON → template with its expressions.
#[divan::bench(args = folders(), sample_count = 10)]
fn arm_template(bencher: Bencher<'_, '_>, folder: &str) {
    let file = file();
    let is_template = |text: &str| matches!(classify(text), JsonKind::Template);
    let parse = |text: &str| leftward::arm::json::parse_template(file, text);
    measure(bencher, &texts(folder, &["json"], is_template), parse);
}

/// Terraform → its syntax tree.
#[divan::bench(args = folders(), sample_count = 10)]
fn terraform_file(bencher: Bencher<'_, '_>, folder: &str) {
    let file = file();
    measure(bencher, &texts(folder, &["tf"], |_| true), |text| {
        leftward::terraform::syntax::parse(file, text)
    });
}
