//! What is reachable from the Internet: a table for people, JSON, and a Mermaid flowchart.

use std::fmt::Write as _;
use std::io::Write;

use serde_json::{Value as Json, json};

use crate::model::{Deployment, Graph, diagnostic_json, location_json};
use crate::network::{Endpoint, EndpointKind, Network, Step, describe_ports, endpoints};
use crate::source::{Diagnostic, Sources};

/// How many ports, and how many addresses, are told in a cell.
const MOST: usize = 4;

/// What is reachable in each deployment.
pub struct ExposureReport<'a> {
    sources: &'a Sources,
    diagnostics: &'a [Diagnostic],
    deployments: Vec<(&'a Deployment, Vec<Endpoint>)>,
}

impl<'a> ExposureReport<'a> {
    /// Works out what is reachable.
    pub fn new(sources: &'a Sources, deployments: &'a [Deployment], diagnostics: &'a [Diagnostic]) -> Self {
        let found = deployments.iter().map(|deployment| {
            let graph = Graph::new(deployment);
            (deployment, endpoints(&Network::new(&graph)))
        });
        ExposureReport { sources, diagnostics, deployments: found.collect() }
    }

    /// The table: what is reachable first, then what can't be told, with the reasons.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn table(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut counts = [0_usize; 2];
        for (deployment, endpoints) in self.deployments.iter().filter(|(_, endpoints)| !endpoints.is_empty())
        {
            writeln!(out, "{}", title(deployment))?;
            let (sure, open): (Vec<&Endpoint>, Vec<&Endpoint>) =
                endpoints.iter().partition(|endpoint| endpoint.undecided.is_empty());
            counts[0] += sure.len();
            counts[1] += open.len();
            for (heading, rows) in [("reachable", sure), ("undecided", open)] {
                if !rows.is_empty() {
                    writeln!(out, "\n  {heading}")?;
                    self.rows(&rows, out)?;
                }
            }
            writeln!(out)?;
        }
        let errors = self.diagnostics.len();
        let more = if errors > 0 {
            format!("; {errors} notes on what was not read or resolved: `leftward scan`")
        } else {
            String::new()
        };
        writeln!(
            out,
            "{} reachable from the Internet, {} undecided, in {} deployment{}{more}",
            counts[0],
            counts[1],
            self.deployments.len(),
            if self.deployments.len() == 1 { "" } else { "s" }
        )
    }

    fn rows(&self, endpoints: &[&Endpoint], out: &mut dyn Write) -> std::io::Result<()> {
        let cells: Vec<[String; 3]> =
            endpoints.iter().map(|one| [one.name.clone(), ports(one), from(one)]).collect();
        let width = |column: usize| {
            cells.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0).min(40)
        };
        let widths = [width(0), width(1), width(2)];
        for (endpoint, [name, ports, from]) in endpoints.iter().zip(&cells) {
            let [first, second, third] = widths;
            let condition = if endpoint.conditional { "  (if its condition holds)" } else { "" };
            let line = format!("    {name:first$}  {ports:second$}  {from:third$}{condition}");
            writeln!(out, "{}", line.trim_end())?;
            for step in &endpoint.steps {
                writeln!(out, "        {} ({})", step.text, self.place(step))?;
            }
            for reason in &endpoint.undecided {
                writeln!(out, "        ? {}", reason.text)?;
            }
        }
        Ok(())
    }

    fn place(&self, step: &Step) -> String {
        let (start, _) = self.sources.positions(step.span);
        format!("{}:{}", self.sources.path(step.span.file), start.line)
    }

    /// The JSON form.
    pub fn json(&self) -> Json {
        let deployments = self.deployments.iter().map(|(deployment, endpoints)| {
            json!({
                "path": &*deployment.path,
                "language": deployment.language.as_str(),
                "parameters": deployment.parameter_file.as_deref(),
                "endpoints": endpoints.iter().map(|one| self.endpoint(deployment, one)).collect::<Vec<_>>(),
            })
        });
        json!({
            "schema": 1,
            "roots": deployments.collect::<Vec<_>>(),
            "diagnostics": self.diagnostics.iter().map(|one| diagnostic_json(self.sources, one)).collect::<Vec<_>>(),
        })
    }

    fn endpoint(&self, deployment: &Deployment, endpoint: &Endpoint) -> Json {
        let resource = &deployment.resources[endpoint.resource];
        let intervals = |ports: &crate::network::Ranges| {
            ports.intervals().iter().map(|(first, last)| json!([first, last])).collect::<Vec<_>>()
        };
        json!({
            "kind": kind(endpoint.kind),
            "reachable": if endpoint.undecided.is_empty() { json!(true) } else { Json::Null },
            "resource": {"address": &*resource.address, "type": resource.resource_type.as_str(), "name": endpoint.name},
            "protocols": endpoint.protocols.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "ports": intervals(&endpoint.ports),
            "targetPorts": intervals(&endpoint.target_ports),
            "from": from(endpoint),
            "conditional": endpoint.conditional,
            "path": endpoint.steps.iter().map(|step| json!({
                "what": step.text,
                "resource": &*deployment.resources[step.resource].address,
                "location": location_json(self.sources, step.span),
            })).collect::<Vec<_>>(),
            "reasons": endpoint.undecided.iter().map(|reason| &*reason.text).collect::<Vec<_>>(),
        })
    }

    /// The flowchart: from the Internet over each step to what is reached; what can't be told is dashed.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn mermaid(&self, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(out, "flowchart LR\n  internet((Internet))")?;
        for (number, (deployment, endpoints)) in self.deployments.iter().enumerate() {
            if endpoints.is_empty() {
                continue;
            }
            let mut nodes: Vec<&str> = Vec::new();
            let mut edges: Vec<String> = Vec::new();
            for endpoint in endpoints {
                let mut from = "internet".to_owned();
                for (place, step) in endpoint.steps.iter().enumerate() {
                    let at = nodes.iter().position(|known| *known == step.text).unwrap_or_else(|| {
                        nodes.push(&step.text);
                        nodes.len() - 1
                    });
                    let to = format!("d{number}n{at}");
                    let arrow = if endpoint.undecided.is_empty() { "-->" } else { "-.->" };
                    let label = if place == 0 {
                        format!("|\"{}\"|", escape(&label(endpoint)))
                    } else {
                        String::new()
                    };
                    let edge = format!("{from} {arrow}{label} {to}");
                    if !edges.contains(&edge) {
                        edges.push(edge);
                    }
                    from = to;
                }
            }
            writeln!(out, "  subgraph d{number} [\"{}\"]", escape(&title(deployment)))?;
            for (at, text) in nodes.iter().enumerate() {
                writeln!(out, "    d{number}n{at}[\"{}\"]", escape(text))?;
            }
            writeln!(out, "  end")?;
            for edge in edges {
                writeln!(out, "  {edge}")?;
            }
        }
        Ok(())
    }
}

fn title(deployment: &Deployment) -> String {
    match &deployment.parameter_file {
        Some(file) => format!("{} with {file}", deployment.path),
        None => deployment.path.to_string(),
    }
}

fn label(endpoint: &Endpoint) -> String {
    format!("{} from {}", ports(endpoint), from(endpoint))
}

fn from(endpoint: &Endpoint) -> String {
    if endpoint.sources.is_empty() { "not known".to_owned() } else { endpoint.sources.describe(MOST) }
}

/// `TCP 22`, `TCP 2222 → 22`.
fn ports(endpoint: &Endpoint) -> String {
    let protocols: Vec<&str> = endpoint.protocols.iter().map(|one| one.as_str()).collect();
    let mut text = protocols.join("/");
    if endpoint.ports.is_empty() {
        return text;
    }
    let _ = write!(text, " {}", describe_ports(&endpoint.ports, MOST));
    if endpoint.ports != endpoint.target_ports {
        let _ = write!(text, " → {}", describe_ports(&endpoint.target_ports, MOST));
    }
    text
}

fn kind(kind: EndpointKind) -> &'static str {
    match kind {
        EndpointKind::Machine => "machine",
        EndpointKind::Gateway => "gateway",
        EndpointKind::Firewall => "firewall",
        EndpointKind::Access => "access",
        EndpointKind::Service => "service",
    }
}

/// Mermaid reads entities in quoted labels.
fn escape(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
