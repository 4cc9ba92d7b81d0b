//! `leftward model --explain-value`: where a value came from, step by step.

use std::io::Write;

use anyhow::bail;

use crate::model::{Deployment, Resource};
use crate::rules::{Path, Segment, suggest};
use crate::source::{Sources, Span};
use crate::value::{Kind, Object, Value, member_to_json, to_json};

/// A value of a resource, and where its property is written.
struct Found<'v> {
    value: &'v Value,
    site: Option<Span>,
    /// The object that holds it, or an item of it, and its name there.
    within: Option<(&'v Object, &'v str)>,
}

/// Tells what the property `path` of the resource at `address` is worth in each root that has it, and how it came to that.
pub(super) fn explain(
    sources: &Sources,
    deployments: &[Deployment],
    address: &str,
    path: &str,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let parsed =
        Path::parse(path).map_err(|(_, message)| anyhow::anyhow!("'{path}' is no path: {message}"))?;
    let mut told = false;
    for deployment in deployments {
        for resource in deployment.resources.iter().filter(|resource| *resource.address == *address) {
            told = true;
            let with = deployment.parameter_file.as_deref().map(|file| format!(" with {file}"));
            writeln!(out, "{address} in {}{}", deployment.path, with.unwrap_or_default())?;
            one(sources, resource, &parsed, out)?;
        }
    }
    if told {
        return Ok(());
    }
    let addresses = deployments.iter().flat_map(|one| &one.resources).map(|resource| &*resource.address);
    match suggest(address, addresses) {
        Some(near) => bail!("there is no resource '{address}'; did you mean '{near}'?"),
        None => bail!("there is no resource '{address}'; 'leftward model' lists them"),
    }
}

fn one(sources: &Sources, resource: &Resource, path: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let found = match walk(resource, path) {
        Ok(found) => found,
        Err(why) => return Ok(writeln!(out, "  {} is not set: {why}\n", &*path.text)?),
    };
    let shown = match found.within {
        Some((object, key)) => member_to_json(object, key, found.value),
        None => to_json(found.value),
    };
    writeln!(out, "  {} = {shown}", &*path.text)?;
    let mut line = |span: Span, what: &str| {
        let at = sources.positions(span).0;
        writeln!(out, "    {}:{}:{}  {what}", sources.path(span.file), at.line, at.column)
    };
    let mut last = None;
    if let Some(site) = found.site {
        line(site, "the property")?;
        last = Some(site);
    }
    for call in resource.calls.iter().rev() {
        line(call.header, &format!("the call '{}'", call.name))?;
    }
    for step in found.value.origin.steps() {
        line(step.span, &step.kind.describe(&step.name))?;
        last = Some(step.span);
    }
    let written = found.value.origin.span.filter(|span| !last.is_some_and(|last| last.contains(*span)));
    match written {
        Some(span) => line(span, "the value is written here")?,
        None if last.is_none() => writeln!(out, "    nobody wrote it")?,
        None => {}
    }
    for reason in reasons(found.value) {
        writeln!(out, "    not known: {reason}")?;
    }
    Ok(writeln!(out)?)
}

fn reasons(value: &Value) -> Vec<String> {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.reasons.iter().map(|reason| reason.text.to_string()).collect(),
        _ => Vec::new(),
    }
}

fn walk<'v>(resource: &'v Resource, path: &'v Path) -> Result<Found<'v>, String> {
    let mut found = Found { value: &resource.body, site: None, within: None };
    for (index, segment) in path.segments.iter().enumerate() {
        found = match (segment, index) {
            (Segment::Key(key), 0) if key.eq_ignore_ascii_case("name") => {
                Found { value: &resource.name, site: None, within: None }
            }
            (Segment::Key(key), _) => member(found.value, key)?,
            (Segment::At(at), _) => {
                let array = found.value.as_array().ok_or("what is there is no array")?;
                let value = array.values().nth(*at).ok_or_else(|| format!("the array has no item {at}"))?;
                Found { value, site: found.site, within: found.within }
            }
            (Segment::Every, _) => return Err("name one item, such as [0], in place of [*]".to_owned()),
        };
    }
    Ok(found)
}

fn member<'v>(value: &'v Value, key: &'v str) -> Result<Found<'v>, String> {
    let Some(object) = value.as_object() else {
        return Err(match &value.kind {
            Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
                format!(
                    "what holds '{key}' is not known{}",
                    reasons(value).iter().map(|why| format!(": {why}")).collect::<String>()
                )
            }
            _ => format!("what should hold '{key}' is no object"),
        });
    };
    if let Some(member) = object.get(key) {
        return Ok(Found { value: &member.value, site: member.site, within: Some((object, key)) });
    }
    let known: Vec<&str> = object.members().map(|(key, _)| key.as_str()).collect();
    Err(match suggest(key, known.iter().copied()) {
        Some(near) => format!("there is no '{key}'; did you mean '{near}'?"),
        None if object.is_closed() => format!("there is no '{key}', only {}", known.join(", ")),
        None => format!("'{key}' may be in what is not known of its object"),
    })
}
