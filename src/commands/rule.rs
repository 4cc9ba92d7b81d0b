use rayon::prelude::*;

use super::arguments::RuleTestArguments;
use super::{CLEAN, FINDINGS, output};
use crate::examples;
use crate::rules::{Loaded, Rule, RuleSet};

/// What the examples of one page came to.
#[derive(Default)]
struct Outcome {
    run: usize,
    complaints: Vec<String>,
}

/// Runs the examples on the pages of rules.
pub(super) fn test(arguments: &RuleTestArguments) -> anyhow::Result<u8> {
    let mut rules = RuleSet::built_in();
    for path in &arguments.paths {
        rules = rules.with_directory(path)?;
    }
    let pages: Vec<(&Rule, Option<&Loaded>)> = if arguments.paths.is_empty() {
        rules.all().map(|rule| (rule, None)).collect()
    } else {
        rules.loaded().iter().map(|loaded| (&*loaded.rule, Some(loaded))).collect()
    };
    if let Some(path) = arguments.paths.first().filter(|_| pages.is_empty()) {
        anyhow::bail!("there is no rule file (*.md) in {path}");
    }
    let judge = |(rule, loaded): &(&Rule, Option<&Loaded>)| page(rule, *loaded, arguments.strict);
    let outcomes: Vec<Outcome> = pages.par_iter().map(judge).collect();
    let run: usize = outcomes.iter().map(|outcome| outcome.run).sum();
    let wrong: usize = outcomes.iter().map(|outcome| outcome.complaints.len()).sum();
    output::deliver(None, |out| {
        for complaint in outcomes.iter().flat_map(|outcome| &outcome.complaints) {
            writeln!(out, "{complaint}\n")?;
        }
        let (rules, examples) = (counted(pages.len(), "rule"), counted(run, "example"));
        match wrong {
            0 => writeln!(out, "{rules}, {examples}: all as their pages say.")?,
            _ => writeln!(out, "{rules}, {examples}: {wrong} wrong.")?,
        }
        Ok(())
    })?;
    Ok(if wrong == 0 { CLEAN } else { FINDINGS })
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn page(rule: &Rule, loaded: Option<&Loaded>, strict: bool) -> Outcome {
    let place = |line: usize| match loaded {
        Some(loaded) => format!("{}:{}", loaded.path, loaded.page_line + line - 1),
        None => format!("{}, line {line} of the page", &*rule.id),
    };
    let mut outcome = Outcome::default();
    let found = match examples::of_page(rule) {
        Ok(found) => found,
        Err(failure) => {
            outcome.complaints.push(format!("{}: {failure}", place(1)));
            return outcome;
        }
    };
    for example in &found {
        outcome.run += 1;
        match examples::run(rule, example) {
            Ok(run) if run.is_right() => {}
            Ok(run) => outcome.complaints.push(format!(
                "{}: {} ({})\n  wanted {}\n  got    {}",
                place(example.line),
                &*rule.id,
                example.language,
                run.wanted,
                run.told
            )),
            Err(failure) => {
                outcome.complaints.push(format!("{}: {}: {failure}", place(example.line), &*rule.id));
            }
        }
    }
    if strict {
        let missing = examples::missing(&found);
        outcome.complaints.extend(missing.iter().map(|what| format!("{}: {}: {what}", place(1), &*rule.id)));
    }
    outcome
}
