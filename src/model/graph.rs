use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::value::{Kind, Reference, Target, Value};

use super::{Deployment, Resource};

/// The resources of one deployment as a graph: parents, children, and what refers to what.
///
/// Built once a deployment; look-ups are by table.
pub struct Graph<'a> {
    deployment: &'a Deployment,
    by_address: FxHashMap<&'a str, usize>,
    /// Lower-case ARM type to resources, in order.
    by_type: FxHashMap<String, Vec<usize>>,
    children: Vec<Vec<usize>>,
    parents: Vec<Option<usize>>,
}

impl<'a> Graph<'a> {
    /// The graph of `deployment`.
    pub fn new(deployment: &'a Deployment) -> Self {
        let resources = &deployment.resources;
        let mut by_address = FxHashMap::default();
        let mut by_type: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (index, resource) in resources.iter().enumerate() {
            by_address.entry(&*resource.address).or_insert(index);
            by_type.entry(resource.resource_type.as_str().to_ascii_lowercase()).or_default().push(index);
        }
        let mut graph = Graph {
            deployment,
            by_address,
            by_type,
            children: vec![Vec::new(); resources.len()],
            parents: Vec::new(),
        };
        graph.parents = (0..resources.len()).map(|index| graph.find_parent(index)).collect();
        for (index, parent) in graph.parents.iter().enumerate() {
            if let Some(parent) = *parent {
                graph.children[parent].push(index);
            }
        }
        graph
    }

    /// The deployment.
    pub fn deployment(&self) -> &'a Deployment {
        self.deployment
    }

    /// The resource at an index.
    pub fn resource(&self, index: usize) -> &'a Resource {
        &self.deployment.resources[index]
    }

    /// Indices of the resources of an ARM type, without regard to case.
    pub fn of_type(&self, resource_type: &str) -> &[usize] {
        self.by_type.get(&resource_type.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The resource of an address.
    pub fn by_address(&self, address: &str) -> Option<usize> {
        self.by_address.get(address).copied()
    }

    /// The parent of a resource: declared, or found by type and name (`a/b` lies in `a`).
    pub fn parent(&self, index: usize) -> Option<usize> {
        self.parents.get(index).copied().flatten()
    }

    /// The children of a resource, in order.
    pub fn children(&self, index: usize) -> &[usize] {
        self.children.get(index).map_or(&[], Vec::as_slice)
    }

    fn find_parent(&self, index: usize) -> Option<usize> {
        let resource = self.resource(index);
        if let Some(address) = &resource.parent {
            return self.by_address(address);
        }
        let parent_type = resource.resource_type.parent()?;
        let candidates = self.of_type(parent_type);
        let matching: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|candidate| parent_name_matches(&resource.name, &self.resource(*candidate).name))
            .collect();
        // Prefer one that is deployed over one that is only referred to.
        matching
            .iter()
            .copied()
            .find(|&candidate| !self.resource(candidate).existing)
            .or(matching.first().copied())
    }

    /// The resource that a reference means, if it is in this deployment.
    pub fn resolve(&self, reference: &Reference) -> Option<usize> {
        match &reference.target {
            Target::Declared { address, .. } => self.by_address(address),
            Target::Id { resource_type, names, .. } => {
                let full = full_name(names)?;
                self.of_type(resource_type)
                    .iter()
                    .copied()
                    .find(|&candidate| self.qualified_name(candidate).equals(&full, true) == Some(true))
            }
            Target::Scope { .. } => None,
        }
    }

    /// The resource that a value refers to by its id.
    pub fn resolve_value(&self, value: &Value) -> Option<usize> {
        value.as_reference().and_then(|reference| self.resolve(reference))
    }

    /// The name with all segments: parent's name, `/`, name. A half-known value where a segment is not known.
    pub fn qualified_name(&self, index: usize) -> Value {
        let resource = self.resource(index);
        let depth = resource.resource_type.as_str().matches('/').count().saturating_sub(1);
        let written = resource.name.as_str().map_or(0, |name| name.matches('/').count());
        match (written < depth).then(|| self.parent(index)).flatten() {
            Some(parent) if parent != index => {
                let parent = self.qualified_name(parent);
                match (parent.as_str(), resource.name.as_str()) {
                    (Some(parent), Some(name)) => Value::string(format!("{parent}/{name}")),
                    _ => resource.name.clone(),
                }
            }
            _ => resource.name.clone(),
        }
    }
}

fn full_name(names: &[Value]) -> Option<Value> {
    match names {
        [] => None,
        [one] => Some(one.clone()),
        many => {
            let known: Option<Vec<&str>> = many.iter().map(Value::as_str).collect();
            known.map(|known| Value::string(known.join("/")))
        }
    }
}

/// Whether the child's written name `a/b` lies in a parent named `a`.
fn parent_name_matches(child: &Value, parent: &Value) -> bool {
    match (&child.kind, &parent.kind) {
        (Kind::String(child), Kind::String(parent)) => {
            child.rsplit_once('/').is_some_and(|(before, _)| before.eq_ignore_ascii_case(parent))
        }
        (Kind::Unknown(child), _) => {
            // '${parentName}/default': pieces are the parent's own pieces, then text with one slash
            let Some(pieces) = child.facts.pieces.as_deref() else { return false };
            half_known_parent(pieces, parent)
        }
        _ => false,
    }
}

fn half_known_parent(pieces: &[crate::value::Piece], parent: &Value) -> bool {
    use crate::value::Piece;
    let Some(slash) =
        pieces.iter().rposition(|piece| matches!(piece, Piece::Text(text) if text.contains('/')))
    else {
        return false;
    };
    let Piece::Text(text) = &pieces[slash] else { return false };
    let before = text.rsplit_once('/').map_or("", |(before, _)| before);
    let mut head: Vec<Piece> = pieces[..slash].to_vec();
    if !before.is_empty() {
        head.push(Piece::Text(Arc::from(before)));
    }
    let parent_pieces: Vec<Piece> = match parent.as_unknown().and_then(|unknown| unknown.facts.pieces.clone())
    {
        Some(pieces) => pieces.to_vec(),
        None => vec![Piece::Hole(parent.clone())],
    };
    head.len() == parent_pieces.len()
        && head.iter().zip(&parent_pieces).all(|(a, b)| match (a, b) {
            (Piece::Text(a), Piece::Text(b)) => a.eq_ignore_ascii_case(b),
            (Piece::Hole(a), Piece::Hole(b)) => a.equals(b, true) == Some(true),
            _ => false,
        })
}
