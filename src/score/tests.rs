#![allow(clippy::expect_used, clippy::panic)] // a test fails by panicking

use std::sync::Arc;

use super::table::parse;
use super::{Control, ScoreTable, Subscription, Tally};

fn control(points: f64, healthy: usize, unhealthy: usize, undecided: usize) -> Control {
    Control { name: String::new(), points, tally: Tally { healthy, unhealthy, undecided }, rules: Vec::new() }
}

fn subscription(controls: Vec<Control>) -> Subscription {
    let resources = controls.iter().map(|control| control.tally.total()).sum();
    Subscription {
        id: None,
        root: Arc::from("main.bicep"),
        parameters: None,
        controls,
        steps: Vec::new(),
        resources,
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.05
}

#[test]
fn a_control_gives_its_points_by_its_healthy_resources() {
    // the documentation's example: 4 of 78 resources healthy, 6 points
    let (low, high) = Tally { healthy: 4, unhealthy: 74, undecided: 0 }.current(6.0);
    assert!((low - 0.31).abs() < 0.005 && (high - low).abs() < f64::EPSILON);
    assert_eq!(Tally::default().current(6.0), (0.0, 0.0));
}

#[test]
fn a_subscription_is_the_points_over_those_of_controls_with_resources() {
    // transit: 3 of 4; access: 2 of 5; network: 2 of 4; each of 4 points: 3.00 + 1.60 + 2.00 of 12
    let before = subscription(vec![control(4.0, 3, 1, 0), control(4.0, 2, 3, 0), control(4.0, 2, 2, 0)]);
    assert!(near(before.score().expect("a score").0, 55.0));
    let mended = subscription(vec![control(4.0, 4, 0, 0), control(4.0, 2, 3, 0), control(4.0, 2, 2, 0)]);
    assert!(near(mended.score().expect("a score").0, 63.3));
    let more = subscription(vec![control(4.0, 4, 0, 0), control(4.0, 3, 2, 0), control(4.0, 3, 1, 0)]);
    assert!(near(more.score().expect("a score").0, 78.3));
    assert_eq!(subscription(Vec::new()).score(), None);
}

#[test]
fn what_is_undecided_is_an_interval() {
    let open = subscription(vec![control(4.0, 1, 1, 2)]);
    let (low, high) = open.score().expect("a score");
    assert!(near(low, 25.0) && near(high, 75.0));
    assert!(!open.is_telling(), "4 points are too little");
}

#[test]
fn the_table_that_is_compiled_in_is_whole() {
    let text = include_str!("../../rulesets/data/secure-score.tsv");
    let table = parse(text).unwrap_or_else(|(line, error)| panic!("line {line}: {error}"));
    assert_eq!(ScoreTable::built_in().controls.len(), table.controls.len());
    // the documentation's own total
    assert!(near(table.points(), 58.0));
    assert_eq!(table.controls.iter().map(|control| control.recommendations.len()).sum::<usize>(), 145);
}

#[test]
fn what_is_wrong_in_a_table_is_told_with_its_line() {
    let wrong = |line: &str| parse(&format!("# a\n{line}\n")).expect_err("it is wrong");
    assert_eq!(wrong("a\t4").0, 2);
    assert_eq!(wrong("a\tfour\tp\tcode\tlisted\t-\tt").1, "'four' is no number of points");
    assert!(wrong("a\t4\tp\tsky\tlisted\t-\tt").1.contains("none of code"));
    assert!(parse("a\t4\tp\tcode\tlisted\t-\tt\na\t5\tq\tcode\tlisted\t-\tt").is_err());
}
