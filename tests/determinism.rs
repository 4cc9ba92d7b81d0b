//! Output is the same byte for byte from run to run and for any number of threads.

#![allow(clippy::expect_used)] // a test fails by panicking

mod common;

use common::leftward;

#[test]
fn reports_do_not_depend_on_threads() {
    for format in ["json", "sarif", "human"] {
        let run = |threads: &str| {
            let outcome =
                leftward(&["--format", format, "--show-undecided", "--threads", threads, "testdata"]);
            assert!(matches!(outcome.code, 1 | 3), "{}", outcome.stderr);
            outcome.stdout
        };
        let one = run("1");
        assert!(one.len() > 1000);
        for threads in ["1", "2", "16"] {
            assert!(run(threads) == one, "{format} differs with {threads} threads");
        }
    }
}

#[test]
fn the_model_does_not_depend_on_threads() {
    let run = |threads: &str| leftward(&["model", "--threads", threads, "testdata"]).stdout;
    let one = run("1");
    assert!(one.len() > 10_000);
    assert!(run("2") == one && run("16") == one);
}
