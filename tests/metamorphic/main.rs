//! Changes that mean nothing change no finding: comments, white space, the order of keys and declarations, names of symbols, a module
//! around it all, several files instead of one, a variable's value in its place. The variants are made of `testdata`, with fixed seeds.

#![allow(clippy::expect_used, clippy::panic)] // a test fails by panicking

mod arm;
mod bicep;
mod terraform;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
use fastrand::Rng;
use leftward::model::Graph;
use leftward::report::{Collected, collect, collect_diagnostics};
use leftward::rules::{Baseline, RuleSet};
use leftward::suppress::Suppressions;
use leftward::workspace::{self, Options};

/// Files by their path.
type Files = BTreeMap<String, String>;

/// How many variants are made of each case and change.
const VARIANTS: u64 = 3;

/// What a scan says, without what a change of the text may change: places and addresses.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    /// Rule, type, name and property of each finding.
    findings: BTreeSet<(String, String, String, String)>,
    /// Rule and type of what could not be decided.
    undecided: BTreeSet<(String, String)>,
    /// What was told of the files.
    diagnostics: BTreeSet<String>,
}

impl Said {
    fn differs(&self, other: &Said) -> Vec<String> {
        fn of<T: Ord + std::fmt::Debug>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> Vec<String> {
            let gone = a.difference(b).map(|one| format!("- {one:?}"));
            gone.chain(b.difference(a).map(|one| format!("+ {one:?}"))).collect()
        }
        let mut all = of(&self.findings, &other.findings);
        all.extend(of(&self.undecided, &other.undecided));
        all.extend(of(&self.diagnostics, &other.diagnostics));
        all
    }
}

fn said(files: &Files) -> Said {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).expect("UTF-8");
    let options =
        Options { paths: vec![path.clone()], no_gitignore: true, threads: Some(1), ..Options::default() };
    let scan = workspace::scan(&options).expect("a scan");
    let graphs: Vec<Graph<'_>> = scan.deployments.iter().map(Graph::new).collect();
    let rules = RuleSet::built_in();
    let Collected { findings, undecided, .. } =
        collect(&scan.sources, &graphs, &rules, Baseline::External, None, &Suppressions::default());
    let diagnostics = collect_diagnostics(&scan.sources, &scan.deployments, &scan.diagnostics);
    let lower = |text: &str| text.to_ascii_lowercase();
    Said {
        findings: findings
            .iter()
            .map(|finding| {
                let property = finding.property.as_deref().map(lower).unwrap_or_default();
                let name = format!("{:?}", finding.subject.name);
                (finding.rule.clone(), lower(&finding.subject.resource_type), name, property)
            })
            .collect(),
        undecided: undecided
            .iter()
            .map(|one| (one.rule.clone(), lower(&one.subject.resource_type)))
            .collect(),
        diagnostics: diagnostics.iter().map(|one| one.message.to_string()).collect(),
    }
}

/// The cases of a language: the files of each, by its name. `wanted` chooses among the files of a folder.
fn cases(folders: &[&str], wanted: fn(&str) -> bool) -> Vec<(String, Files)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut cases = Vec::new();
    for folder in folders {
        let folder = root.join(folder);
        let walk =
            ignore::WalkBuilder::new(&folder).standard_filters(false).sort_by_file_path(Ord::cmp).build();
        let found: Vec<PathBuf> = walk
            .filter_map(Result::ok)
            .map(ignore::DirEntry::into_path)
            .filter(|path| path.is_file())
            .collect();
        let mut files = Files::new();
        for path in found {
            let name = path.strip_prefix(&folder).expect("below").to_str().expect("UTF-8").to_owned();
            if wanted(&name) {
                files.insert(name, fs::read_to_string(&path).expect("a text"));
            }
        }
        assert!(!files.is_empty(), "{}", folder.display());
        cases.push((folder.to_string_lossy().into_owned(), files));
    }
    cases
}

const SPELLINGS: [&str; 11] = [
    "four-spellings/aks",
    "four-spellings/container-registry",
    "four-spellings/cosmos-db-account",
    "four-spellings/key-vault",
    "four-spellings/network-security-group",
    "four-spellings/postgresql-flexible-server",
    "four-spellings/redis",
    "four-spellings/service-bus",
    "four-spellings/sql-server",
    "four-spellings/storage-account",
    "four-spellings/web-app",
];

/// Changes the files of each case in `VARIANTS` ways: what is said must stay. A change gives `None` where there is nothing to change.
fn unchanged(cases: &[(String, Files)], what: &str, change: impl Fn(&Files, &mut Rng) -> Option<Files>) {
    let mut made = 0;
    for (name, files) in cases {
        let before = said(files);
        assert!(!before.findings.is_empty(), "{name}");
        for seed in 0..VARIANTS {
            let Some(changed) = change(files, &mut Rng::with_seed(seed)) else { continue };
            assert_ne!(&changed, files, "{name}: {what} changed nothing");
            made += 1;
            let after = said(&changed);
            let differs = before.differs(&after);
            assert!(differs.is_empty(), "{what} (seed {seed}) of {name}: {differs:#?}\n{changed:#?}");
        }
    }
    assert!(made > 0, "{what}: no case");
}

/// The same for each file that has one of these extensions.
fn each(
    files: &Files,
    extensions: &[&str],
    mut change: impl FnMut(&str, &str) -> Option<String>,
) -> Option<Files> {
    let mut changed = files.clone();
    let mut any = false;
    for (path, text) in &mut changed {
        if extensions.iter().any(|extension| path.ends_with(extension))
            && let Some(new) = change(path, text)
        {
            any |= new != *text;
            *text = new;
        }
    }
    any.then_some(changed)
}

/// Replaces ranges of a text, given in any order; they must not overlap.
fn replaced(text: &str, mut edits: Vec<(std::ops::Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        out.push_str(&text[at..range.start]);
        out.push_str(&new);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// The texts of some ranges in another order, each in the place of another.
fn shuffled(
    text: &str,
    ranges: &[std::ops::Range<usize>],
    rng: &mut Rng,
) -> Vec<(std::ops::Range<usize>, String)> {
    let mut texts: Vec<&str> = ranges.iter().map(|range| &text[range.clone()]).collect();
    rng.shuffle(&mut texts);
    ranges.iter().cloned().zip(texts.into_iter().map(str::to_owned)).collect()
}
