use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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
    let outcomes: Vec<Outcome> = on_threads(&pages, judge);
    let warnings: Vec<String> = rules
        .misspelt()
        .into_iter()
        .map(|(loaded, it)| {
            let (path, id) = (&loaded.path, &*loaded.rule.id);
            format!(
                "{path}: {id}: warning: no other rule for its type has '{}' in '{}'; did you mean '{}'?",
                it.word, it.path, it.near
            )
        })
        .collect();
    let run: usize = outcomes.iter().map(|outcome| outcome.run).sum();
    let wrong: usize = outcomes.iter().map(|outcome| outcome.complaints.len()).sum();
    output::deliver(None, |out| {
        for complaint in outcomes.iter().flat_map(|outcome| &outcome.complaints) {
            writeln!(out, "{complaint}\n")?;
        }
        for warning in &warnings {
            writeln!(out, "{warning}\n")?;
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

/// What `judge` says of each item, in their order. On threads of their own: one of rayon's that waits for a scan would take up the
/// next item meanwhile, one upon the other on its stack.
fn on_threads<T: Sync, R: Send>(items: &[T], judge: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((index, item)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).map(|item| (index, item))
        } {
            done.push((index, judge(item)));
        }
        done
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, outcome)| outcome).collect()
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
