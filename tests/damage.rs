//! Damaged files: cut off anywhere or with a byte changed, a file is read without a panic and in bounded time, and what stands before
//! the damage is kept. Over `testdata` always; over a corpus of one's own with
//! `LEFTWARD_CORPUS=DIR cargo test --profile measure --test damage -- --ignored --nocapture`.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)] // a test fails by panicking

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use leftward::arm::evaluate::{NoLoader, evaluate};
use leftward::arm::json::{self, JsonKind, classify};
use leftward::arm::template::{ResourceDeclaration, Template};
use leftward::source::{FileId, Sources};
use leftward::{bicep, terraform};
use rayon::prelude::*;

/// A thing that a file declares: its kind, its name, and where it stands.
type Declared = (String, usize, usize);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Bicep,
    Parameters,
    Arm,
    Terraform,
}

/// One damage.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Cut(usize),
    Byte(usize, u8),
}

impl Damage {
    fn at(self) -> usize {
        match self {
            Damage::Cut(at) | Damage::Byte(at, _) => at,
        }
    }

    /// The text with the damage, as it is read from a file: what is no UTF-8 is no text at all.
    fn of(self, text: &str) -> Option<String> {
        let mut bytes = text.as_bytes().to_vec();
        match self {
            Damage::Cut(at) => bytes.truncate(at),
            Damage::Byte(at, byte) => bytes[at] = byte,
        }
        String::from_utf8(bytes).ok()
    }
}

fn language(path: &Path, text: &str) -> Option<Language> {
    match path.extension()?.to_str()? {
        "bicep" => Some(Language::Bicep),
        "bicepparam" => Some(Language::Parameters),
        "tf" | "tfvars" => Some(Language::Terraform),
        "json" if classify(text) == JsonKind::Template => Some(Language::Arm),
        _ => None,
    }
}

/// The resources, without those within others: damage to a declaration loses it with what is in it.
fn resources(declared: &mut Vec<Declared>, all: &[ResourceDeclaration]) {
    for resource in all {
        let symbol = resource.symbol.as_deref().unwrap_or_default();
        let text = format!("resource {symbol} {}", resource.resource_type);
        declared.push((text, resource.span.start as usize, resource.span.end as usize));
    }
}

fn template(template: &Template) -> Vec<Declared> {
    let mut declared = Vec::new();
    resources(&mut declared, &template.resources);
    for module in &template.modules {
        let symbol = module.symbol.as_deref().unwrap_or_default();
        declared.push((format!("module {symbol}"), module.span.start as usize, module.span.end as usize));
    }
    declared
}

/// Reads and evaluates a text: what it declares.
fn declared(file: FileId, language: Language, text: &str) -> Vec<Declared> {
    match language {
        Language::Bicep => {
            let parsed = Arc::new(bicep::parse_template(file, text));
            evaluate(&parsed, None, &NoLoader);
            template(&parsed)
        }
        Language::Arm => {
            let parsed = Arc::new(json::parse_template(file, text));
            evaluate(&parsed, None, &NoLoader);
            template(&parsed)
        }
        Language::Parameters => {
            let parsed = bicep::parse_parameters(file, text);
            let assigned = parsed.assignments.iter();
            assigned
                .map(|one| (format!("param {}", one.name), one.span.start as usize, one.span.end as usize))
                .collect()
        }
        Language::Terraform => {
            let parsed = terraform::syntax::parse(file, text);
            let blocks = parsed.body.blocks.iter();
            blocks
                .map(|block| {
                    let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
                    let text = format!("{} {}", block.block_type, labels.join("."));
                    (text, block.span.start as usize, block.span.end as usize)
                })
                .collect()
        }
    }
}

/// What was found in all files.
#[derive(Default)]
struct Tally {
    files: AtomicUsize,
    runs: AtomicUsize,
    expected: AtomicUsize,
    lost: AtomicUsize,
}

struct Trial<'a> {
    path: &'a Path,
    damage: Damage,
    took: Duration,
    /// A panic, or what was lost.
    wrong: Option<String>,
}

fn damages(text: &str, count: usize, rng: &mut Rng) -> Vec<Damage> {
    if text.is_empty() {
        return Vec::new();
    }
    // printable bytes and line ends do more harm to a parser than others
    let harmful = b"'\"`{}[]()$\\/*#:,=.\n @!?|&<>%~-a0\t";
    let mut all: Vec<Damage> = (0..count).map(|_| Damage::Cut(rng.usize(..text.len()))).collect();
    all.extend(
        (0..count).map(|_| Damage::Byte(rng.usize(..text.len()), harmful[rng.usize(..harmful.len())])),
    );
    all
}

/// Damages one file `count` times each way.
fn file_survives<'a>(path: &'a Path, count: usize, seed: u64, tally: &Tally) -> Vec<Trial<'a>> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let Some(language) = language(path, &text) else { return Vec::new() };
    tally.files.fetch_add(1, Ordering::Relaxed);
    let file = Sources::new().add_text("damaged", "");
    let whole = declared(file, language, &text);
    let name =
        path.to_string_lossy().bytes().fold(seed, |hash, byte| hash.wrapping_mul(31) ^ u64::from(byte));
    let mut rng = Rng::with_seed(name);
    let mut trials = Vec::new();
    for damage in damages(&text, count, &mut rng) {
        let Some(damaged) = damage.of(&text) else { continue };
        tally.runs.fetch_add(1, Ordering::Relaxed);
        let start = Instant::now();
        let read = catch_unwind(AssertUnwindSafe(|| declared(file, language, &damaged)));
        let took = start.elapsed();
        let wrong = match read {
            Err(_) => Some("panic".to_owned()),
            Ok(left) => {
                let left: HashSet<&Declared> = left.iter().collect();
                // the byte after a declaration is still its own: a line end, a comma
                let before = whole.iter().filter(|(_, _, end)| end + 1 < damage.at());
                let before: Vec<&Declared> = before.collect();
                tally.expected.fetch_add(before.len(), Ordering::Relaxed);
                let lost: Vec<&&Declared> = before.iter().filter(|one| !left.contains(**one)).collect();
                tally.lost.fetch_add(lost.len(), Ordering::Relaxed);
                lost.first().map(|first| format!("{} lost of {}: {first:?}", lost.len(), before.len()))
            }
        };
        if wrong.is_some() || took > Duration::from_millis(500) {
            trials.push(Trial { path, damage, took, wrong });
        }
    }
    trials
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).sort_by_file_path(Ord::cmp).build();
    walk.filter_map(Result::ok).map(ignore::DirEntry::into_path).filter(|path| path.is_file()).collect()
}

/// Damages the files until `time` is up. Tells what went wrong, and gives the counts of panics and of losses.
fn survive(files: &[PathBuf], count: usize, seed: u64, time: Duration) -> (usize, usize, usize) {
    let tally = Tally::default();
    let end = Instant::now() + time;
    // expressions nest on the stack, as in a scan
    let pool = rayon::ThreadPoolBuilder::new().stack_size(64 << 20).build().expect("threads start");
    let trials: Vec<Trial<'_>> = pool.install(|| {
        files
            .par_iter()
            .filter(|_| Instant::now() < end)
            .flat_map_iter(|path| file_survives(path, count, seed, &tally))
            .collect()
    });
    let panics = trials.iter().filter(|trial| trial.wrong.as_deref() == Some("panic")).count();
    let slowest = trials.iter().map(|trial| trial.took).max().unwrap_or_default();
    for trial in trials.iter().take(60) {
        let what = trial.wrong.as_deref().unwrap_or("slow");
        eprintln!("{}: {:?} ({:?}): {what}", trial.path.display(), trial.damage, trial.took);
    }
    let (expected, lost) = (tally.expected.into_inner(), tally.lost.into_inner());
    eprintln!(
        "{} files, {} runs, {panics} panics, {lost} of {expected} declarations before the damage lost, slowest {slowest:?}",
        tally.files.into_inner(),
        tally.runs.into_inner(),
    );
    (panics, lost, expected)
}

#[test]
fn damaged_testdata_keeps_what_stands_before_the_damage() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let (panics, lost, expected) = survive(&files(&root), 20, 1, Duration::from_secs(600));
    assert_eq!(panics, 0);
    assert!(expected > 1_000, "{expected}");
    assert_eq!(lost, 0, "of {expected}");
}

#[test]
#[ignore = "takes minutes: set LEFTWARD_CORPUS to a folder"]
fn damaged_corpus_keeps_what_stands_before_the_damage() {
    let Some(corpus) = std::env::var_os("LEFTWARD_CORPUS") else { return };
    let number =
        |name: &str, or: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    let seed = number("LEFTWARD_SEED", 1);
    let mut files = files(Path::new(&corpus));
    Rng::with_seed(seed).shuffle(&mut files);
    let time = Duration::from_secs(number("LEFTWARD_SECONDS", 600));
    let count = usize::try_from(number("LEFTWARD_DAMAGES", 20)).unwrap_or(20);
    let (panics, lost, expected) = survive(&files, count, seed, time);
    assert_eq!(panics, 0);
    // A quote or bracket that is changed may reach back into the statement before it; more than a few are a mistake.
    assert!(lost * 2_000 <= expected, "{lost} of {expected}");
}
