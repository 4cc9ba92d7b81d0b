//! The score for people and as JSON.

use std::io::Write;

use serde_json::{Value as Json, json};

use super::project::{Control, Projection, Subscription};
use super::{ENOUGH_POINTS, GOAL, MINIMUM};
use crate::source::visible;

/// How many things are shown for each subscription.
const SHOWN: usize = 5;

/// The score as JSON: percentages and points with two decimals.
pub fn score_json(projection: &Projection) -> Json {
    json!({
        "schema": 1,
        "model": "classic",
        "overall": projection.overall.map(interval),
        "points": projection.points,
        "subscriptions": projection.subscriptions.iter().map(|one| subscription(one, projection.points)).collect::<Vec<_>>(),
        "controls": projection.judged.iter().map(|(name, judged, all)| json!({
            "name": name,
            "recommendations": all,
            "judged": judged,
        })).collect::<Vec<_>>(),
    })
}

fn interval((low, high): (f64, f64)) -> Json {
    json!({"low": rounded(low), "high": rounded(high)})
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn subscription(one: &Subscription, points: f64) -> Json {
    json!({
        "id": one.id,
        "root": &*one.root,
        "parameters": one.parameters.as_deref(),
        "score": one.score().map(interval),
        "coverage": {
            "points": one.judged_points(),
            "of": points,
            "resources": one.resources,
            "enough": one.is_telling(),
        },
        "controls": one.controls.iter().map(control).collect::<Vec<_>>(),
        "steps": one.steps.iter().map(|step| json!({
            "resource": &*step.address,
            "gain": rounded(step.gain),
            "failing": step.failing.iter().map(|failing| json!({
                "control": failing.control,
                "rules": failing.rules,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "stepsTo": one.path().into_iter().map(|(percent, steps)| json!({
            "percent": percent,
            "resources": steps,
        })).collect::<Vec<_>>(),
    })
}

fn control(control: &Control) -> Json {
    json!({
        "name": control.name,
        "points": control.points,
        "current": interval(control.tally.current(control.points)),
        "potential": rounded(control.potential()),
        "healthy": control.tally.healthy,
        "unhealthy": control.tally.unhealthy,
        "undecided": control.tally.undecided,
        "rules": control.rules.iter().map(|(rule, resources)| json!({
            "rule": rule,
            "resources": resources,
        })).collect::<Vec<_>>(),
    })
}

/// Writes the score for people.
///
/// # Errors
/// Those of `out`.
pub fn score_human(projection: &Projection, color: bool, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "Projected secure score (classic model of Microsoft Defender for Cloud)\n")?;
    for one in &projection.subscriptions {
        subscription_human(one, projection.points, color, out)?;
    }
    match (projection.subscriptions.len(), projection.overall) {
        (_, None) => writeln!(out, "Nothing that counts for the score is declared in what was read.\n")?,
        (1, _) => {}
        (number, Some(score)) => {
            writeln!(out, "All {number} subscriptions, weighted by resources: {}\n", painted(score, color))?;
        }
    }
    let unseen: Vec<&str> = projection
        .judged
        .iter()
        .filter(|(_, judged, _)| *judged == 0)
        .map(|(name, ..)| name.as_str())
        .collect();
    if !unseen.is_empty() {
        writeln!(out, "Never judged from code: {}.", unseen.join(", "))?;
    }
    let partly: Vec<String> = projection
        .judged
        .iter()
        .filter(|(_, judged, all)| *judged > 0 && judged < all)
        .map(|(name, judged, all)| format!("{name} ({judged} of {all} recommendations)"))
        .collect();
    if !partly.is_empty() {
        writeln!(out, "Judged in part: {}.", partly.join(", "))?;
    }
    Ok(())
}

fn subscription_human(
    one: &Subscription,
    points: f64,
    color: bool,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let Some(score) = one.score() else { return Ok(()) };
    let mut name = match &one.id {
        Some(id) => format!("subscription {id} ({})", one.root),
        None => one.root.to_string(),
    };
    if let Some(parameters) = &one.parameters {
        name.push_str(&format!(" with {parameters}"));
    }
    writeln!(out, "{}: {}", visible(&name), painted(score, color))?;
    writeln!(
        out,
        "  judged: {} of {points} points, {} resource{}",
        one.judged_points(),
        one.resources,
        if one.resources == 1 { "" } else { "s, each counted for every control" }
    )?;
    if !one.is_telling() {
        writeln!(out, "  too little to tell: fewer than {ENOUGH_POINTS} points are judged")?;
    }
    let width = one.controls.iter().map(|control| control.name.len()).max().unwrap_or(0);
    writeln!(
        out,
        "  {:width$}  {:>11}  {:>3}  {:>7}  {:>9}  {:>9}",
        "control", "points", "max", "healthy", "unhealthy", "undecided"
    )?;
    for control in &one.controls {
        let (low, high) = control.tally.current(control.points);
        let current =
            if (high - low) < 0.005 { format!("{low:.2}") } else { format!("{low:.2}–{high:.2}") };
        writeln!(
            out,
            "  {:width$}  {current:>11}  {:>3}  {:>7}  {:>9}  {:>9}",
            control.name,
            control.points,
            control.tally.healthy,
            control.tally.unhealthy,
            control.tally.undecided
        )?;
    }
    lifts(one, out)?;
    writeln!(out)
}

/// What lifts the score most: controls, then resources.
fn lifts(one: &Subscription, out: &mut dyn Write) -> std::io::Result<()> {
    let points = one.judged_points();
    let mut controls: Vec<&Control> =
        one.controls.iter().filter(|control| control.tally.unhealthy > 0).collect();
    controls.sort_by(|a, b| b.potential().total_cmp(&a.potential()));
    if controls.is_empty() {
        return Ok(());
    }
    writeln!(out, "  lifts it most:")?;
    for control in controls.iter().take(SHOWN) {
        let rules: Vec<String> =
            control.rules.iter().take(SHOWN).map(|(rule, number)| format!("{rule} ({number})")).collect();
        writeln!(
            out,
            "    +{:.1} %  {}: {}",
            control.potential() / points * 100.0,
            control.name,
            rules.join(", ")
        )?;
    }
    for step in one.steps.iter().take(SHOWN) {
        let rules: Vec<&str> =
            step.failing.iter().flat_map(|failing| &failing.rules).map(String::as_str).collect();
        writeln!(out, "    +{:.1} %  {}: {}", step.gain, visible(&step.address), rules.join(", "))?;
    }
    for (percent, steps) in one.path() {
        if let Some(steps) = steps {
            let resources = if steps == 1 { "1 resource".to_owned() } else { format!("{steps} resources") };
            writeln!(out, "    {percent} % is reached by mending {resources}, in this order")?;
        }
    }
    Ok(())
}

/// `58.3 %` or `40.0–58.3 %`, in the colour of its low end.
fn painted((low, high): (f64, f64), color: bool) -> String {
    let text = if high - low < 0.05 { format!("{low:.1} %") } else { format!("{low:.1}–{high:.1} %") };
    if !color {
        return text;
    }
    let code = if low < MINIMUM {
        31
    } else if low < GOAL {
        33
    } else {
        32
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}
