use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::value::{Kind, Reference, Target, Value};

use super::{Deployment, Resource};

/// The resources of one deployment as a graph: parents, children, and what refers to what.
///
/// Built once a deployment; look-ups are by table. A resource that only [repeats](Resource::repeats) its parent is found by its
/// address, and neither as its parent's child nor by type.
pub struct Graph<'a> {
    deployment: &'a Deployment,
    by_address: FxHashMap<&'a str, usize>,
    /// Lower-case ARM type to resources, in order.
    by_type: FxHashMap<String, Vec<usize>>,
    /// Lower-case ARM type and known name to resources, in order.
    by_name: FxHashMap<(String, String), Vec<usize>>,
    /// Lower-case ARM type to the resources whose name is not known.
    unnamed: FxHashMap<String, Vec<usize>>,
    /// Lower-case ARM type and known qualified name to the first such resource.
    by_qualified_name: FxHashMap<(String, String), usize>,
    /// For each resource the one that is deployed under its name: itself, or for an existing one its deployed namesake.
    deployed: Vec<usize>,
    children: Vec<Vec<usize>>,
    parents: Vec<Option<usize>>,
}

/// How many resources of one type and of unknown names are compared with each existing one.
const MAX_NAMESAKES: usize = 1_000;

impl<'a> Graph<'a> {
    /// The graph of `deployment`.
    pub fn new(deployment: &'a Deployment) -> Self {
        let resources = &deployment.resources;
        let mut by_address = FxHashMap::default();
        let mut by_type: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut by_name: FxHashMap<(String, String), Vec<usize>> = FxHashMap::default();
        let mut unnamed: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (index, resource) in resources.iter().enumerate() {
            by_address.entry(&*resource.address).or_insert(index);
            if resource.repeats {
                continue;
            }
            let folded = resource.resource_type.as_str().to_ascii_lowercase();
            match resource.name.as_str() {
                Some(name) => by_name.entry((folded.clone(), name.to_lowercase())).or_default().push(index),
                None => unnamed.entry(folded.clone()).or_default().push(index),
            }
            by_type.entry(folded).or_default().push(index);
        }
        let children = vec![Vec::new(); resources.len()];
        let mut graph = Graph {
            deployment,
            by_address,
            by_type,
            by_name,
            unnamed,
            by_qualified_name: FxHashMap::default(),
            deployed: Vec::new(),
            children,
            parents: Vec::new(),
        };
        graph.deployed =
            (0..resources.len()).map(|index| graph.find_deployed(index).unwrap_or(index)).collect();
        graph.parents = (0..resources.len()).map(|index| graph.find_parent(index)).collect();
        for (index, parent) in graph.parents.iter().enumerate() {
            if let Some(parent) = parent.filter(|_| !resources[index].repeats) {
                graph.children[parent].push(index);
            }
        }
        for (index, resource) in resources.iter().enumerate() {
            if let Some(name) = graph.qualified_name(index).as_str() {
                let key = (resource.resource_type.as_str().to_ascii_lowercase(), name.to_lowercase());
                graph.by_qualified_name.entry(key).or_insert(index);
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
            return self.by_address(address).map(|parent| self.deployed(parent));
        }
        let parent_type = resource.resource_type.parent()?.to_ascii_lowercase();
        let matching: Vec<usize> = match &resource.name.kind {
            Kind::String(name) => {
                let (before, _) = name.rsplit_once('/')?;
                self.by_name.get(&(parent_type, before.to_lowercase())).cloned().unwrap_or_default()
            }
            // '${account}/default': pieces are the parent's own pieces, then text with one slash
            Kind::Unknown(unknown) => {
                let pieces = unknown.facts.pieces.as_deref()?;
                let candidates = self.unnamed.get(&parent_type).map_or(&[][..], Vec::as_slice);
                candidates
                    .iter()
                    .copied()
                    .filter(|&it| half_known_parent(pieces, &self.resource(it).name))
                    .collect()
            }
            _ => return None,
        };
        // Prefer one that is deployed over one that is only referred to.
        matching
            .iter()
            .copied()
            .find(|&candidate| !self.resource(candidate).existing)
            .or(matching.first().copied())
    }

    /// The deployed resource that an existing one is of: modules refer to what their caller deploys in this way.
    fn deployed(&self, index: usize) -> usize {
        self.deployed.get(index).copied().unwrap_or(index)
    }

    fn find_deployed(&self, index: usize) -> Option<usize> {
        let resource = self.resource(index);
        // Under another scope a namesake is another resource.
        if !resource.existing || resource.scope.is_some() {
            return None;
        }
        let folded = resource.resource_type.as_str().to_ascii_lowercase();
        let candidates = match resource.name.as_str() {
            Some(name) => self.by_name.get(&(folded, name.to_lowercase()))?,
            None => self.unnamed.get(&folded).filter(|others| others.len() <= MAX_NAMESAKES)?,
        };
        candidates.iter().copied().find(|&candidate| {
            let other = self.resource(candidate);
            !other.existing && other.name.equals(&resource.name, true) == Some(true)
        })
    }

    /// The resource that a reference means, if it is in this deployment.
    pub fn resolve(&self, reference: &Reference) -> Option<usize> {
        self.find(reference).map(|index| self.deployed(index))
    }

    fn find(&self, reference: &Reference) -> Option<usize> {
        match &reference.target {
            Target::Declared { address, .. } => self.by_address(address),
            Target::Id { resource_type, names, .. } => {
                let folded = resource_type.to_ascii_lowercase();
                if let Some(known) = names.iter().map(Value::as_str).collect::<Option<Vec<&str>>>() {
                    return self.by_qualified_name.get(&(folded, known.join("/").to_lowercase())).copied();
                }
                // Names that are not known are told by their identity: all segments in one value, or one a declared parent.
                let [name] = names.as_slice() else { return None };
                let candidates = self.unnamed.get(&folded)?;
                candidates.iter().copied().find(|&it| self.resource(it).name.equals(name, true) == Some(true))
            }
            Target::Scope { .. } => None,
        }
    }

    /// The resource that a value refers to by its id.
    pub fn resolve_value(&self, value: &Value) -> Option<usize> {
        value.as_reference().and_then(|reference| self.resolve(reference))
    }

    /// How many parents a resource's type has.
    fn depth(&self, index: usize) -> usize {
        self.resource(index).resource_type.as_str().matches('/').count().saturating_sub(1)
    }

    /// The name with all segments: parent's name, `/`, name. A half-known value where a segment is not known.
    pub fn qualified_name(&self, index: usize) -> Value {
        let resource = self.resource(index);
        let depth = self.depth(index);
        let written = resource.name.as_str().map_or(0, |name| name.matches('/').count());
        match (written < depth).then(|| self.parent(index)).flatten() {
            Some(parent) if self.depth(parent) < depth => {
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

/// Whether a half-known name, `${account}/default`, lies in a parent of a name that is not known either.
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
