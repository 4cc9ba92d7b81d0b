//! What the README shows is what the program prints.

#![allow(clippy::expect_used)] // a test fails by panicking

mod common;

use common::{leftward, root};

#[test]
fn the_sample_is_real() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let after = readme.split_once("because it finds something:\n\n```\n").expect("the sample").1;
    let sample = after.split_once("\n```").expect("its end").0;
    let printed: Vec<String> =
        leftward(&["testdata/landing-zone"]).stdout.lines().map(|line| line.trim_end().to_owned()).collect();
    let (shown, _) = sample.split_once("[…]").expect("the cut");
    assert!(shown.lines().count() > 10);
    for line in shown.lines() {
        assert!(printed.iter().any(|other| other == line.trim_end()), "not printed: {line}");
    }
}

#[test]
fn the_options_that_it_names_exist() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let mut help = leftward(&["--help"]).stdout;
    for command in ["model", "score"] {
        help.push_str(&leftward(&[command, "--help"]).stdout);
    }
    let own = |word: &&str| word.starts_with("--") && !["--release", "--workspace", "--path"].contains(word);
    for word in readme.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(own) {
        let word = word.trim_end_matches('-');
        assert!(word.is_empty() || help.contains(word), "{word} is not in --help");
    }
}
