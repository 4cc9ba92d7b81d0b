//! Who gets which role where, for people and as JSON.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value as Json, json};

use crate::access::{Breadth, Grant, Principal, Role};
use crate::model::{Deployment, Graph, Tier, location_json};
use crate::source::{Diagnostic, Sources, Span};

/// A line of the inventory: one written assignment, in every root that it is part of.
struct Line {
    order: (Breadth, std::cmp::Reverse<Option<Tier>>),
    role: String,
    scope: String,
    principal: String,
    span: Span,
    json: Json,
    /// The roots, with their parameter files.
    roots: Vec<(String, Option<String>)>,
}

/// The role assignments of deployments, widest first.
pub struct Access<'a> {
    sources: &'a Sources,
    lines: Vec<Line>,
}

impl<'a> Access<'a> {
    /// Collects them. What several roots deploy alike is there once.
    pub fn of(sources: &'a Sources, deployments: &[Deployment]) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for deployment in deployments {
            let graph = Graph::new(deployment);
            let root = (deployment.path.to_string(), deployment.parameter_file.as_deref().map(str::to_owned));
            for grant in Grant::all(&graph) {
                let line = line(sources, &graph, &grant);
                match known.get(&line.json.to_string()) {
                    Some(&index) => lines[index].roots.push(root.clone()),
                    None => {
                        known.insert(line.json.to_string(), lines.len());
                        lines.push(Line { roots: vec![root.clone()], ..line });
                    }
                }
            }
        }
        // Stable: what is equally wide stays in the order of the code.
        lines.sort_by_key(|line| line.order);
        Access { sources, lines }
    }

    /// As JSON (schema 1).
    pub fn json(&self, diagnostics: &[Diagnostic]) -> Json {
        let grants = self.lines.iter().map(|line| {
            let mut grant = line.json.clone();
            let roots =
                line.roots.iter().map(|(path, parameters)| json!({"path": path, "parameters": parameters}));
            if let Some(map) = grant.as_object_mut() {
                map.insert("roots".to_owned(), roots.collect());
            }
            grant
        });
        json!({
            "schema": 1,
            "grants": grants.collect::<Vec<_>>(),
            "diagnostics": diagnostics.iter().map(|one| crate::model::diagnostic_json(self.sources, one)).collect::<Vec<_>>(),
        })
    }

    /// As a table, of about `width` columns where that is given.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn table(&self, width: Option<usize>, out: &mut dyn Write) -> std::io::Result<()> {
        if self.lines.is_empty() {
            return writeln!(out, "No role assignments.");
        }
        let heads = ["SCOPE", "ROLE", "PRINCIPAL"];
        let cells: Vec<[&str; 3]> =
            self.lines.iter().map(|line| [&*line.scope, &*line.role, &*line.principal]).collect();
        let mut widths = heads.map(|head| head.chars().count());
        for row in &cells {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        // A place is worth more than the end of a long name.
        let most = width.map(|width| (width.saturating_sub(PLACE) / heads.len()).max(NARROWEST));
        let widths = widths.map(|width| most.map_or(width, |most| width.min(most)));
        let row = |out: &mut dyn Write, cells: &[&str; 3], place: &str| {
            for (cell, width) in cells.iter().zip(widths) {
                write!(out, "{:width$}  ", cut(cell, width))?;
            }
            writeln!(out, "{place}")
        };
        row(out, &heads, "WHERE")?;
        for (line, cells) in self.lines.iter().zip(&cells) {
            let (start, _) = self.sources.positions(line.span);
            let place = format!("{}:{}", self.sources.path(line.span.file), start.line);
            row(out, cells, &place)?;
        }
        writeln!(out)?;
        writeln!(out, "{}", self.summary())
    }

    fn summary(&self) -> String {
        let wide = self.lines.iter().filter(|line| line.order.0 <= Breadth::Subscription).count();
        let count = |tier: Tier| self.lines.iter().filter(|line| line.order.1.0 == Some(tier)).count();
        let open = self.lines.iter().filter(|line| line.order.1.0.is_none()).count();
        format!(
            "{} role assignments: {} critical, {} high; {wide} on a subscription or wider; {open} of roles that are not known here.",
            self.lines.len(),
            count(Tier::Critical),
            count(Tier::High),
        )
    }
}

/// Columns that are kept for the place.
const PLACE: usize = 30;
/// Columns that a column has at least.
const NARROWEST: usize = 24;

/// The text in at most so many columns.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

fn line(sources: &Sources, graph: &Graph<'_>, grant: &Grant<'_>) -> Line {
    let resource = graph.resource(grant.resource);
    let span = resource.calls.iter().find(|call| !call.owned).map_or(resource.header, |call| call.header);
    let tier = grant.tier();
    let place = grant.place.describe(graph);
    let mut role = grant.role.describe(graph);
    if let Some(tier) = tier {
        role = format!("{role} [{}]", tier.as_str());
    }
    if grant.held != crate::access::Held::Active {
        role = format!("{role}, {}", grant.held.as_str());
    }
    if grant.conditional == Some(true) {
        role.push_str(", conditional");
    }
    let mut principal = grant.principal.describe(graph);
    if let Some(kind) = grant.principal_type.filter(|_| !matches!(grant.principal, Principal::Resource(_))) {
        principal = format!("{} {principal}", kind.as_str());
    }
    Line {
        // What is not known may be wide: before single resources.
        order: (grant.place.breadth.unwrap_or(Breadth::ResourceGroup), std::cmp::Reverse(tier)),
        scope: match grant.place.breadth {
            Some(Breadth::Resource) | None => place.clone(),
            Some(breadth) if grant.place.value.is_none() || place.ends_with(" deployed to") => {
                breadth.as_str().to_owned()
            }
            Some(breadth) => format!("{}: {place}", breadth.as_str()),
        },
        json: grant_json(sources, graph, grant, &place, span),
        roots: Vec::new(),
        role,
        principal,
        span,
    }
}

fn grant_json(sources: &Sources, graph: &Graph<'_>, grant: &Grant<'_>, place: &str, span: Span) -> Json {
    let resource = graph.resource(grant.resource);
    let link = |index: usize| {
        let resource = graph.resource(index);
        json!({"address": &*resource.address, "type": resource.resource_type.as_str(), "name": resource.display_name()})
    };
    let tier = grant.tier().map(Tier::as_str);
    let role = match &grant.role {
        Role::BuiltIn(role) => json!({
            "kind": "builtIn", "name": role.name, "id": role.id, "tier": tier,
            "why": Some(role.why).filter(|why| !why.is_empty()),
        }),
        Role::Custom(index, reach) => json!({
            "kind": "custom", "name": grant.role.describe(graph), "tier": tier, "reach": reach.as_str(), "resource": link(*index),
        }),
        Role::Other(name) => json!({"kind": "elsewhere", "name": name, "tier": Json::Null}),
        Role::Unknown(reasons) => json!({
            "kind": "unknown", "tier": Json::Null,
            "reasons": reasons.iter().map(|reason| &*reason.text).collect::<Vec<_>>(),
        }),
    };
    json!({
        "role": role,
        "held": grant.held.as_str(),
        "conditional": grant.conditional,
        "scope": {
            "breadth": grant.place.breadth.map(Breadth::as_str),
            "text": place,
            "resource": grant.place.resource.map(link),
        },
        "principal": {
            "type": grant.principal_type.map(|kind| kind.as_str()),
            "id": match &grant.principal { Principal::Id(id) => Some(*id), _ => None },
            "resource": match &grant.principal { Principal::Resource(index) => Some(link(*index)), _ => None },
            "reason": match &grant.principal { Principal::Other(text) => Some(text.as_str()), _ => None },
        },
        "resource": {
            "address": &*resource.address, "type": resource.resource_type.as_str(), "sourceType": &*resource.source_type,
            "conditional": resource.conditional,
        },
        "location": location_json(sources, span),
    })
}
