use rayon::prelude::*;

use super::arguments::{DefenderArguments, ListFormat};
use super::settings::Settings;
use super::{CLEAN, output};
use crate::model::Graph;
use crate::report::{plans_human, plans_json};
use crate::rules::Estate;
use crate::workspace;

/// Shows which Defender plans are on for what is deployed.
pub(super) fn run(arguments: &DefenderArguments) -> anyhow::Result<u8> {
    let settings = Settings::load(&arguments.input)?;
    let scan = workspace::scan(&settings.options)?;
    let graphs: Vec<Graph<'_>> = scan.deployments.par_iter().map(Graph::new).collect();
    let estate = Estate::new(&graphs, settings.owner(&arguments.baseline));
    output::deliver(None, |out| match arguments.format {
        ListFormat::Human => output::plain(out, |out| plans_human(&estate, &scan.sources, out)),
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &plans_json(&estate, &scan.sources))?;
            Ok(writeln!(out)?)
        }
    })?;
    Ok(CLEAN)
}
