use anyhow::bail;

use super::arguments::ExplainArguments;
use super::{CLEAN, output};
use crate::rules::RuleSet;

/// Prints a rule's page.
pub(super) fn run(arguments: &ExplainArguments) -> anyhow::Result<u8> {
    let mut rules = RuleSet::built_in();
    for directory in &arguments.rules {
        rules = rules.with_directory(directory)?;
    }
    let found = rules.find(&arguments.rule);
    if found.is_empty() {
        match rules.closest(&arguments.rule) {
            Some(close) => bail!("there is no rule '{}'; did you mean '{close}'?", arguments.rule),
            None => bail!("there is no rule '{}'; `leftward rules` lists them", arguments.rule),
        }
    }
    output::deliver(None, |out| {
        for rule in &found {
            writeln!(out, "{} ({}, {})\n", &*rule.id, rule.severity.as_str(), &*rule.category)?;
            writeln!(out, "{}\n\nRemediation: {}\n", rule.page.trim(), &*rule.help)?;
            for parameter in rule.parameters.iter() {
                let value = match &parameter.value {
                    Some(value) => format!("{value}"),
                    None => "not set: the rule is off".to_owned(),
                };
                let kind = parameter.kind.as_str();
                writeln!(
                    out,
                    "Parameter {} ({kind}; {value}): {}",
                    &*parameter.name, &*parameter.description
                )?;
            }
            for (peer, ids) in rule.equivalents.iter() {
                let ids: Vec<&str> = ids.iter().map(|id| &**id).collect();
                writeln!(out, "{}: {}", &**peer, ids.join(", "))?;
            }
        }
        Ok(())
    })?;
    Ok(CLEAN)
}
