use super::arguments::{ListFormat, RulesArguments};
use super::{CLEAN, output};
use crate::report::rules_json;
use crate::rules::RuleSet;

/// Lists the rules.
pub(super) fn run(arguments: &RulesArguments) -> anyhow::Result<u8> {
    let mut rules = RuleSet::built_in();
    for directory in &arguments.rules {
        rules = rules.with_directory(directory)?;
    }
    output::deliver(None, |out| match arguments.format {
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &rules_json(&rules))?;
            Ok(writeln!(out)?)
        }
        ListFormat::Human => {
            let width = rules.all().map(|rule| rule.id.len()).max().unwrap_or(0);
            for rule in rules.all() {
                let off = match (rule.is_set(), rule.default_on) {
                    (false, _) => " (off until its parameters are set)",
                    (true, false) => " (off by default)",
                    (true, true) => "",
                };
                writeln!(out, "{:width$}  {:8}  {}{off}", &*rule.id, rule.severity.as_str(), &*rule.title)?;
            }
            Ok(())
        }
    })?;
    Ok(CLEAN)
}
