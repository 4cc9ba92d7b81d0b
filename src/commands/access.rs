use super::arguments::{AccessArguments, ListFormat};
use super::{CLEAN, output};
use crate::report::{Access, collect_diagnostics};
use crate::workspace;

/// Prints who gets which role on which scope, widest first.
pub(super) fn run(arguments: &AccessArguments) -> anyhow::Result<u8> {
    let scan = workspace::scan(&arguments.input.options())?;
    let access = Access::of(&scan.sources, &scan.deployments);
    match arguments.format {
        ListFormat::Human => {
            output::deliver(None, |out| output::plain(out, |out| access.table(output::columns(), out)))?;
        }
        ListFormat::Json => {
            let diagnostics = collect_diagnostics(&scan.sources, &scan.deployments, &scan.diagnostics);
            let json = access.json(&diagnostics);
            output::deliver(None, |out| {
                serde_json::to_writer_pretty(&mut *out, &json)?;
                Ok(writeln!(out)?)
            })?;
        }
    }
    Ok(CLEAN)
}
