use super::arguments::ModelArguments;
use super::settings::Settings;
use super::{CLEAN, origin, output};
use crate::model::model_json;
use crate::report::collect_diagnostics;
use crate::source::Plain;
use crate::workspace;

/// Prints the evaluated model.
pub(super) fn run(arguments: &ModelArguments) -> anyhow::Result<u8> {
    let scan = workspace::scan(&Settings::load(&arguments.input)?.options)?;
    if let [address, path] = arguments.explain_value.as_slice() {
        output::deliver(None, |out| {
            let mut plain = Plain::new(out);
            origin::explain(&scan.sources, &scan.deployments, address, path, &mut plain)?;
            Ok(plain.finish()?)
        })?;
        return Ok(CLEAN);
    }
    let diagnostics = collect_diagnostics(&scan.sources, &[], &scan.diagnostics);
    let json = model_json(&scan.sources, &scan.deployments, &diagnostics);
    output::deliver(None, |out| {
        serde_json::to_writer_pretty(&mut *out, &json)?;
        Ok(writeln!(out)?)
    })?;
    Ok(CLEAN)
}
