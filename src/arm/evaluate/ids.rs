//! Ids of declared resources by type and name: the form that text is cut from (`split(kv.id, '/')`, `'${vnet.id}/subnets/x'`).

use std::rc::{Rc, Weak};
use std::sync::Arc;

use crate::model::Scope;
use crate::value::{Facts, Kind, Piece, Reason, ReasonKind, Reference, Target, Unknown, Value};

use super::frame::Frame;
use super::instances::Instance;
use super::session::Session;

/// A declared resource, by which its address can be taken back.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    frame: Weak<Frame>,
    slot: usize,
    index: usize,
}

impl Session<'_> {
    /// The id of a declared resource.
    pub(super) fn reference_to(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        index: usize,
        instance: &Instance,
    ) -> Reference {
        let address = self.address(frame, slot, instance);
        let declared = || Declared { frame: Rc::downgrade(frame), slot, index };
        self.declared.borrow_mut().entry(Arc::clone(&address)).or_insert_with(declared);
        Reference::to_declared(address, self.type_of(frame, slot, instance).0)
    }

    /// A value as an argument of a function that looks into text: an id of a declared resource by type and names, and what
    /// is known only after deployment as not known.
    pub(super) fn spelt_out(&self, frame: &Rc<Frame>, value: Value) -> Value {
        let kind = match &value.kind {
            Kind::Reference(reference) if reference.property.is_some() => runtime(reference),
            Kind::Reference(reference) => match self.by_names(frame, reference) {
                Some(reference) => Kind::Reference(Arc::new(reference)),
                None => return value,
            },
            Kind::OneOf(choices) => {
                Kind::OneOf(choices.iter().map(|choice| self.spelt_out(frame, choice.clone())).collect())
            }
            _ => return value,
        };
        Value { kind, ..value }
    }

    /// The id of a declared resource by its type, its names and its scope, as seen from `here`.
    pub(super) fn by_names(&self, here: &Rc<Frame>, reference: &Reference) -> Option<Reference> {
        let Target::Declared { address, resource_type } = &reference.target else { return None };
        let Declared { frame, slot, index } = self.declared.borrow().get(address).cloned()?;
        let frame = frame.upgrade()?;
        let expansion = self.resource_instances(&frame, slot)?;
        let names = self.names(&frame, slot, expansion.instances.get(index)?)?;
        let target = if resource_type.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups") {
            Target::Scope { resource_type: Arc::clone(resource_type), names }
        } else {
            let scope = self.scope_names(here, &frame, slot, expansion.instances.get(index)?)?;
            Target::Id { resource_type: Arc::clone(resource_type), names, scope }
        };
        Some(Reference { target, property: None })
    }

    /// One name for each segment of the type.
    fn names(&self, frame: &Rc<Frame>, slot: usize, instance: &Instance) -> Option<Vec<Value>> {
        let segments = frame.declaration(slot)?.resource_type.matches('/').count();
        let own = self.own_name(frame, slot, instance);
        let own_names = segments_of(&own);
        if own_names.len() == segments {
            return Some(own_names);
        }
        let (parent, index) = self.parent_of(frame, slot, instance)?;
        let expansion = self.resource_instances(frame, parent)?;
        let mut names = self.names(frame, parent, expansion.instances.get(index)?)?;
        names.extend(own_names);
        (names.len() == segments).then_some(names)
    }

    /// The scope that a declared resource lies in, in the words of an id; empty where it is the scope that is deployed to.
    fn scope_names(
        &self,
        here: &Rc<Frame>,
        frame: &Rc<Frame>,
        slot: usize,
        instance: &Instance,
    ) -> Option<Vec<Value>> {
        if let Some(scope) = self.scope(frame, slot, instance, frame.declaration(slot)?) {
            return match &scope.kind {
                Kind::Reference(base) => match &base.target {
                    Target::Scope { names, .. } => Some(names.clone()),
                    Target::Declared { .. } => Some(vec![Value::reference(self.by_names(here, base)?)]),
                    Target::Id { .. } => Some(vec![scope]),
                },
                Kind::Object(object) => match object.value("id").map(|id| &id.kind) {
                    Some(Kind::Reference(id)) => match &id.target {
                        Target::Scope { names, .. } => Some(names.clone()),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            };
        }
        if let Some((parent, index)) = self.parent_of(frame, slot, instance) {
            let expansion = self.resource_instances(frame, parent)?;
            return self.scope_names(here, frame, parent, expansion.instances.get(index)?);
        }
        if Rc::ptr_eq(here, frame) {
            return Some(Vec::new());
        }
        let (own, other) = (self.context(here), self.context(frame));
        match (other.scope, &other.resource_group) {
            (Scope::ResourceGroup, Some(group)) => {
                Some(other.subscription.iter().chain([group]).cloned().collect())
            }
            (scope, _) if scope == own.scope && own.resource_group.is_none() => Some(Vec::new()),
            _ => None,
        }
    }
}

/// A name by its segments: `a/b` is two, and so is a half-known name with one known slash.
fn segments_of(name: &Value) -> Vec<Value> {
    match &name.kind {
        Kind::String(text) => {
            text.split('/').map(|part| Value { kind: Kind::String(part.into()), ..name.clone() }).collect()
        }
        Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref() {
            Some(pieces)
                if pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('/'))) =>
            {
                cut(pieces)
            }
            _ => vec![name.clone()],
        },
        _ => vec![name.clone()],
    }
}

fn cut(pieces: &[Piece]) -> Vec<Value> {
    let mut segments: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                for (index, part) in text.split('/').enumerate() {
                    if index > 0 {
                        segments.push(Vec::new());
                    }
                    if let Some(last) = segments.last_mut().filter(|_| !part.is_empty()) {
                        last.push(Piece::Text(part.into()));
                    }
                }
            }
            Piece::Hole(_) => segments.last_mut().into_iter().for_each(|last| last.push(piece.clone())),
        }
    }
    segments.into_iter().map(crate::arm::functions::text::join).collect()
}

fn runtime(reference: &Reference) -> Kind {
    let text = format!("{} is known only after deployment", reference.describe());
    let unknown = Unknown::new(Reason::new(ReasonKind::Runtime, text))
        .with_identity(reference.describe())
        .with_facts(Facts { not_null: true, ..Facts::default() });
    Kind::Unknown(Arc::new(unknown))
}
