//! Defender plans and the workloads that they protect, for people and as JSON.

use std::io::Write;

use serde_json::{Value as Json, json};

use crate::model::location_json;
use crate::rules::{Estate, Owner, PlanState, Protected, Status};
use crate::source::{Sources, Span};

/// How many places of a kind are shown to people; JSON has all.
const SHOWN: usize = 3;

/// One word for how it stands with a plan.
fn word(estate: &Estate<'_>, state: &PlanState) -> &'static str {
    let open = state.workloads.iter().filter(|protected| !protected.covered).count();
    match estate.status(state) {
        Status::On => "on",
        Status::Off => "off",
        _ if open == 0 && !state.workloads.is_empty() => "covered",
        _ if open == 0 && !state.plan.workloads.is_empty() => "not needed",
        Status::Unknown(_) => "unknown",
        Status::Missing if estate.is_owned() => "missing",
        Status::Missing if open == 0 => "not shown",
        Status::Missing => "review",
    }
}

/// The plans as JSON.
pub fn plans_json(estate: &Estate<'_>, sources: &Sources) -> Json {
    let owner = estate.owner().map(|owner| location_json(sources, owner_span(estate, owner)));
    json!({
        "schema": 1,
        "baseline": {"owned": estate.is_owned(), "shownBy": owner},
        "plans": estate.plans.iter().map(|state| plan(estate, sources, state)).collect::<Vec<_>>(),
    })
}

fn owner_span(estate: &Estate<'_>, owner: Owner) -> Span {
    match owner {
        Owner::Resource(place) => estate.resource(place).header,
        Owner::Module(_, span) => span,
    }
}

fn plan(estate: &Estate<'_>, sources: &Sources, state: &PlanState) -> Json {
    let status = estate.status(state);
    let reasons: Vec<&str> = match &status {
        Status::Unknown(reasons) => reasons.iter().map(|reason| &*reason.text).collect(),
        _ => Vec::new(),
    };
    json!({
        "plan": &*state.plan.name,
        "title": &*state.plan.title,
        "status": word(estate, state),
        "reasons": reasons,
        "declared": state.declared.iter().map(|declared| {
            let resource = estate.resource(declared.place);
            json!({
                "root": &*estate.deployment(declared.place.deployment).path,
                "address": &*resource.address,
                "location": location_json(sources, resource.header),
                "status": plain(&declared.status),
                "subPlan": declared.sub_plan,
                "extensions": declared.extensions,
            })
        }).collect::<Vec<_>>(),
        "elsewhere": state.elsewhere.iter().map(|elsewhere| json!({
            "root": &*estate.deployment(elsewhere.deployment).path,
            "what": elsewhere.what,
            "location": location_json(sources, elsewhere.span),
            "status": plain(&elsewhere.status),
        })).collect::<Vec<_>>(),
        "workloads": state.workloads.iter().map(|protected| {
            let resource = estate.resource(protected.place);
            json!({
                "root": &*estate.deployment(protected.place.deployment).path,
                "address": &*resource.address,
                "type": resource.resource_type.as_str(),
                "covered": protected.covered,
                "location": location_json(sources, resource.header),
            })
        }).collect::<Vec<_>>(),
    })
}

fn plain(status: &Status) -> &'static str {
    match status {
        Status::On => "on",
        Status::Off => "off",
        Status::Unknown(_) => "unknown",
        Status::Missing => "missing",
    }
}

/// Writes the plans as a table: what each protects, and where it is switched on or not.
///
/// # Errors
/// Those of `out`.
pub fn plans_human(estate: &Estate<'_>, sources: &Sources, out: &mut dyn Write) -> std::io::Result<()> {
    let at = |span: Span| {
        let start = sources.positions(span).0;
        format!("{}:{}", sources.path(span.file), start.line)
    };
    let baseline = match (estate.is_owned(), estate.is_external(), estate.owner()) {
        (_, true, _) => "held elsewhere (--baseline external)".to_owned(),
        (true, _, Some(owner)) => format!("held by this code, as {} shows", at(owner_span(estate, owner))),
        (true, _, None) => "held by this code (--baseline owned)".to_owned(),
        (false, ..) => "not shown by this code; what is missing is for review".to_owned(),
    };
    writeln!(out, "Baseline of the subscriptions: {baseline}\n")?;
    let rows: Vec<[String; 4]> = estate
        .plans
        .iter()
        .map(|state| {
            [
                format!("{} ({})", &*state.plan.title, &*state.plan.name),
                workloads(&state.workloads, state.plan.workloads.is_empty()),
                word(estate, state).to_owned(),
                places(estate, state, &at),
            ]
        })
        .collect();
    let heads = ["plan", "workloads", "status", "where"].map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&heads]).map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    for row in [&heads].into_iter().chain(&rows) {
        let [plan, workloads, status, places] = row;
        let [first, second, third] = widths;
        let line = format!("{plan:first$}  {workloads:second$}  {status:third$}  {places}");
        writeln!(out, "{}", line.trim_end())?;
    }
    for state in &estate.plans {
        let open = state.workloads.iter().any(|protected| !protected.covered);
        if let (Status::Unknown(reasons), true) = (estate.status(state), open) {
            for reason in reasons.iter().take(SHOWN) {
                writeln!(out, "\n{}: {}", &*state.plan.title, reason.text)?;
            }
        }
    }
    Ok(())
}

/// "3 storage accounts (1 with a setting of its own)".
fn workloads(all: &[Protected], whole: bool) -> String {
    if whole {
        return "the subscription".to_owned();
    }
    if all.is_empty() {
        return "none".to_owned();
    }
    let open: Vec<&Protected> = all.iter().collect();
    let counted = crate::rules::counted(&open);
    match all.iter().filter(|protected| protected.covered).count() {
        0 => counted,
        covered => format!("{counted} ({covered} with a setting of its own)"),
    }
}

/// Where the plan is set; else where its first workloads are.
fn places(estate: &Estate<'_>, state: &PlanState, at: &dyn Fn(Span) -> String) -> String {
    let mut all: Vec<String> = Vec::new();
    for declared in &state.declared {
        let mut text = format!("{} {}", plain(&declared.status), at(estate.resource(declared.place).header));
        let mut more: Vec<&str> = declared.sub_plan.as_deref().into_iter().collect();
        more.extend(declared.extensions.iter().map(String::as_str));
        if !more.is_empty() {
            text.push_str(&format!(" ({})", more.join(", ")));
        }
        all.push(text);
    }
    for elsewhere in &state.elsewhere {
        all.push(format!("{} {} {}", plain(&elsewhere.status), elsewhere.what, at(elsewhere.span)));
    }
    if all.is_empty() {
        let open = state.workloads.iter().filter(|protected| !protected.covered);
        all = open.map(|protected| format!("for {}", at(estate.resource(protected.place).header))).collect();
    }
    let rest = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    let shown = all.join("; ");
    if rest > 0 { format!("{shown} and {rest} more") } else { shown }
}
