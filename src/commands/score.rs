use rayon::prelude::*;

use super::arguments::{ListFormat, ScoreArguments};
use super::settings::Settings;
use super::{CLEAN, FINDINGS, output};
use crate::model::Graph;
use crate::rules::RuleSet;
use crate::score::{ScoreTable, project, score_human, score_json};
use crate::workspace;

/// Projects the secure score, and says whether it is high enough.
pub(super) fn run(arguments: &ScoreArguments) -> anyhow::Result<u8> {
    let settings = Settings::load(&arguments.input)?;
    let table = match &arguments.score_table {
        Some(path) => ScoreTable::read(path)?,
        None => ScoreTable::built_in(),
    };
    let mut rules = RuleSet::built_in();
    for path in &settings.config.user_rules {
        rules = rules.with_directory(path)?;
    }
    let scan = workspace::scan(&settings.options)?;
    let graphs: Vec<Graph<'_>> = scan.deployments.par_iter().map(Graph::new).collect();
    let projection = project(&graphs, &rules, &table);
    let color = output::has_color(arguments.color, false);
    output::deliver(None, |out| match arguments.format {
        ListFormat::Human => Ok(score_human(&projection, color, out)?),
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &score_json(&projection))?;
            Ok(writeln!(out)?)
        }
    })?;
    let Some(minimum) = arguments.min_score.or(settings.config.min_score) else { return Ok(CLEAN) };
    let too_low = projection.subscriptions.iter().filter(|one| one.is_telling()).any(|one| {
        // a rounded 65.0 that is shown as such passes
        one.score().is_some_and(|(low, _)| low + 0.05 < f64::from(minimum))
    });
    Ok(if too_low { FINDINGS } else { CLEAN })
}
