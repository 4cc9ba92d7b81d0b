use super::arguments::{ExposureArguments, ExposureFormat};
use super::settings::Settings;
use super::{CLEAN, INCOMPLETE, output};
use crate::report::{ExposureReport, collect_diagnostics};
use crate::workspace;

/// Prints what is reachable from the Internet, and by which way.
pub(super) fn run(arguments: &ExposureArguments) -> anyhow::Result<u8> {
    let scan = workspace::scan(&Settings::load(&arguments.input)?.options)?;
    let diagnostics = collect_diagnostics(&scan.sources, &scan.deployments, &scan.diagnostics);
    let report = ExposureReport::new(&scan.sources, &scan.deployments, &diagnostics);
    output::deliver(arguments.output.as_deref(), |out| match arguments.format {
        ExposureFormat::Table => output::plain(out, |out| report.table(out)),
        ExposureFormat::Mermaid => Ok(report.mermaid(out)?),
        ExposureFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &report.json())?;
            Ok(writeln!(out)?)
        }
    })?;
    let incomplete = scan.coverage.unreadable > 0 || scan.coverage.broken > 0;
    Ok(if incomplete { INCOMPLETE } else { CLEAN })
}
