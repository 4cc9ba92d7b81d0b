use serde_json::{Value as Json, json};

use super::arguments::{ListFormat, SuppressionsArguments};
use super::judge::judge;
use super::settings::Settings;
use super::{CLEAN, output};
use crate::model::location_json;
use crate::source::Sources;
use crate::suppress::{Origin, Suppression};
use crate::workspace;

/// Lists all suppressions, with what each of them came to.
pub(super) fn run(arguments: &SuppressionsArguments) -> anyhow::Result<u8> {
    let mut settings = Settings::load(&arguments.input)?;
    let mut rules = settings.rules(&arguments.rules)?;
    let scan = workspace::scan(&settings.options)?;
    let judged = judge(&settings, &scan, &mut rules, true, !arguments.rules.only.is_empty());
    let sources = &scan.sources;
    output::deliver(None, |out| match arguments.format {
        ListFormat::Json => {
            let all: Vec<Json> = judged.suppressions.iter().map(|one| entry(sources, one)).collect();
            serde_json::to_writer_pretty(&mut *out, &json!({"schema": 1, "suppressions": all}))?;
            Ok(writeln!(out)?)
        }
        ListFormat::Human => output::plain(out, |out| {
            for one in judged.suppressions.iter() {
                let at = sources.positions(one.span).0;
                let path = sources.path(one.span.file);
                let reason = one.reason.as_deref().unwrap_or("no reason");
                let rules = one.written.join(",");
                writeln!(out, "{path}:{}:{}: {rules} ({}): {reason}", at.line, at.column, state(one))?;
            }
            let held = judged.suppressions.iter().filter(|one| one.is_used() && one.holds()).count();
            let all = judged.suppressions.iter().count();
            let plural =
                |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
            let (all, findings) = (plural(all, "suppression"), plural(judged.suppressed.len(), "finding"));
            writeln!(out, "{all}, {held} in use; {findings} suppressed.")
        }),
    })?;
    Ok(CLEAN)
}

fn state(one: &Suppression) -> &'static str {
    match (one.holds(), one.is_used()) {
        (false, _) => "does not hold",
        (true, true) => "in use",
        (true, false) => "covers nothing",
    }
}

fn entry(sources: &Sources, one: &Suppression) -> Json {
    let (kind, form) = match one.origin {
        Origin::Inline(form) => ("inline", Some(form.as_str())),
        Origin::Config => ("config", None),
    };
    json!({
        "kind": kind,
        "form": form,
        "rules": one.written,
        "reason": one.reason,
        "until": one.until.map(|day| day.to_string()),
        "owner": one.owner,
        "state": state(one),
        "location": location_json(sources, one.span),
    })
}
