//! Related resources: children, extensions, references.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::value::{Piece, Reason, ReasonKind, Reference, Target, Value};

use super::evaluate::{Context, Frame};
use super::format::{Over, Path};
use super::resolve::Found;

/// Resources that are related to one, and why there may be more.
#[derive(Clone, Debug, Default)]
pub(super) struct Related {
    pub(super) resources: Vec<usize>,
    pub(super) open: Vec<Reason>,
}

/// The resources that extend one, or what lies below it: `queueservices/default`; empty for itself.
type Extensions = FxHashMap<(usize, String), Vec<usize>>;

/// Which resources extend or refer to which, worked out once a deployment, when first asked for.
#[derive(Default)]
pub(super) struct Relations {
    extensions: OnceCell<Extensions>,
    /// By the type of those that refer and the path that they refer through.
    referring: RefCell<FxHashMap<(String, String), Rc<Referring>>>,
}

#[derive(Default)]
struct Referring {
    by_target: FxHashMap<usize, Vec<usize>>,
    /// Why some of them may refer to anything.
    open: Vec<Reason>,
}

impl Relations {
    pub(super) fn related(&self, context: &Context<'_>, resource: usize, over: &Over) -> Related {
        let graph = context.graph;
        let all = |resources: Vec<usize>| Related { resources, open: Vec::new() };
        match over {
            Over::Children(name) => {
                let mut found = Vec::new();
                let depth = name.matches('/').count();
                descend(context, resource, name, depth, &mut found);
                all(found)
            }
            Over::Parent => match graph.parent(resource) {
                Some(parent) => all(vec![parent]),
                None => Related {
                    resources: Vec::new(),
                    open: vec![missing("the parent is not in this deployment")],
                },
            },
            Over::Deployed(name) => {
                Related { resources: graph.of_type(name).to_vec(), open: unresolved(context) }
            }
            Over::Extensions { resource_type: name, of } => {
                let extensions = self.extensions.get_or_init(|| extensions(context));
                let key = (resource, of.as_deref().unwrap_or_default().to_ascii_lowercase());
                let found = extensions.get(&key).map_or(&[][..], Vec::as_slice);
                let of_type = |index: &usize| graph.resource(*index).resource_type.is(name);
                all(found.iter().copied().filter(of_type).collect())
            }
            Over::ReferencedBy { resource_type, through } => {
                let referring = self.referring(context, resource_type, through);
                Related {
                    resources: referring.by_target.get(&resource).cloned().unwrap_or_default(),
                    open: referring.open.clone(),
                }
            }
            Over::Items(_) | Over::References(_) => Related::default(),
        }
    }

    fn referring(&self, context: &Context<'_>, resource_type: &str, through: &Path) -> Rc<Referring> {
        let key = (resource_type.to_ascii_lowercase(), through.text.to_string());
        if let Some(known) = self.referring.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut referring = Referring::default();
        for &index in context.graph.of_type(resource_type) {
            let mut found = vec![Frame::of_resource(context, index).resolve(through)];
            while let Some(next) = found.pop() {
                match next {
                    Found::Items(items) | Found::Choice(items) => found.extend(items),
                    Found::Untold(reasons, _) => referring.open.extend(reasons),
                    Found::Absent(_) => {}
                    Found::Value(value, _) => match context.graph.resolve_value(&value) {
                        Some(target) => referring.by_target.entry(target).or_default().push(index),
                        None => {
                            referring.open.extend(value.as_unknown().map(|unknown| unknown.reason().clone()));
                        }
                    },
                }
            }
        }
        let referring = Rc::new(referring);
        self.referring.borrow_mut().insert(key, Rc::clone(&referring));
        referring
    }
}

/// The children of a type, also the children of children: at most `depth` levels, as many as the type has.
fn descend(context: &Context<'_>, resource: usize, name: &str, depth: usize, found: &mut Vec<usize>) {
    for &child in context.graph.children(resource) {
        if context.graph.resource(child).resource_type.is(name) {
            found.push(child);
        } else if depth > 0 {
            descend(context, child, name, depth - 1, found);
        }
    }
}

fn extensions(context: &Context<'_>) -> Extensions {
    let mut by_target = Extensions::default();
    for (index, resource) in context.graph.deployment().resources.iter().enumerate() {
        let Some(scope) = &resource.scope else { continue };
        let own = context.graph.resolve_value(scope).map(|target| (target, String::new()));
        let child = match scope.as_reference() {
            Some(reference) => below(context, reference),
            None => joined(context, scope),
        };
        for key in own.into_iter().chain(child) {
            by_target.entry(key).or_default().push(index);
        }
    }
    by_target
}

/// The same of an id put together: `${azurerm_storage_account.a.id}/queueServices/default`.
fn joined(context: &Context<'_>, id: &Value) -> Option<(usize, String)> {
    match id.as_unknown()?.facts.pieces.as_deref()? {
        [Piece::Hole(parent), Piece::Text(rest)] => {
            Some((context.graph.resolve_value(parent)?, rest.strip_prefix('/')?.to_ascii_lowercase()))
        }
        _ => None,
    }
}

/// The resource that the child meant by a reference belongs to, and the child's type and name. The child need not be declared.
fn below(context: &Context<'_>, child: &Reference) -> Option<(usize, String)> {
    let graph = context.graph;
    let (parent, resource_type, name) = match (graph.resolve(child), &child.target) {
        (Some(index), _) => {
            let resource = graph.resource(index);
            (graph.parent(index)?, resource.resource_type.as_str(), resource.name.as_str()?)
        }
        (None, Target::Id { resource_type, names, scope }) => {
            let (name, above) = names.split_last().filter(|(_, above)| !above.is_empty())?;
            let parent = Target::Id {
                resource_type: resource_type.rsplit_once('/')?.0.into(),
                names: above.to_vec(),
                scope: scope.clone(),
            };
            let parent = graph.resolve(&Reference { target: parent, property: None })?;
            (parent, &**resource_type, name.as_str()?)
        }
        (None, _) => return None,
    };
    let kind = resource_type.rsplit('/').next()?;
    let name = name.rsplit('/').next()?;
    Some((parent, format!("{kind}/{name}").to_ascii_lowercase()))
}

/// What is not on disk may hold more resources.
fn unresolved(context: &Context<'_>) -> Vec<Reason> {
    match context.graph.deployment().unresolved_modules {
        0 => Vec::new(),
        _ => vec![Reason::new(ReasonKind::Module, "a module that is not on disk may deploy it")],
    }
}

fn missing(text: &str) -> Reason {
    Reason::new(ReasonKind::Environment, text)
}
