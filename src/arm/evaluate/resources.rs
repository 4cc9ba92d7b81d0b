//! The resources of a template and its modules, in the model's form.

use std::rc::Rc;
use std::sync::Arc;

use crate::arm::template::{ExprId, ExprKind, ResourceDeclaration};
use crate::model::{Loop, LoopKey, Output, ParameterInfo, Resource, ResourceType};
use crate::source::Span;
use crate::value::{Kind, Member, Object, Origin, Reference, Step, StepKind, Target, Value};

use super::chain::Subject;
use super::frame::{Env, Frame};
use super::instances::{Instance, Presence};
use super::loops::Shape;
use super::session::Session;

/// What a declaration's body holds that is no part of the resource: its identity and what only orders the deployment.
const NOT_BODY: &[&str] = &["name", "parent", "scope", "dependsOn"];
/// The same for an extension's resource: what it means by a name or a scope is its own affair.
const NOT_BODY_EXTENSION: &[&str] = &["parent", "dependsOn"];
/// The same for ARM JSON, where the scope of an existing resource is spelt out.
const NOT_BODY_JSON: &[&str] = &["name", "scope", "dependsOn", "subscriptionId", "resourceGroup", "asserts"];

impl Session<'_> {
    /// Collects what a frame and its modules deploy. Deployments themselves are no resources of the model: they configure
    /// nothing, and what they deploy is there in their place.
    pub(super) fn collect(&self, frame: &Rc<Frame>) {
        enum Part {
            Resource(usize),
            Module(usize),
        }
        let template = frame.template();
        let slots = frame.symbols.slots.iter().enumerate().filter(|(_, slot)| slot.deploys.is_none());
        let resources =
            slots.filter_map(|(index, slot)| Some((slot.of(template)?.span, Part::Resource(index))));
        let modules = (0..frame.symbols.modules.len())
            .filter_map(|index| Some((frame.symbols.module(template, index)?.span, Part::Module(index))));
        let mut parts: Vec<(Span, Part)> = resources.chain(modules).collect();
        parts.sort_by_key(|(span, _)| span.start);
        self.collect_parameters(frame);
        for (_, part) in parts {
            match part {
                Part::Resource(slot) => self.collect_resource(frame, slot),
                Part::Module(module) => {
                    for inner in self.entered(frame, module) {
                        self.collect(&inner);
                    }
                }
            }
        }
        self.collect_outputs(frame);
    }

    fn collect_parameters(&self, frame: &Rc<Frame>) {
        for (index, parameter) in frame.template().parameters.iter().enumerate() {
            let value = self.parameter(frame, index);
            let is_default = |step: &Arc<Step>| step.kind == StepKind::Default && step.span == parameter.span;
            // where the default is the value, it is not worked out twice
            let default = match &value.origin.via {
                Some(step) if is_default(step) && parameter.default.is_some() => {
                    let origin = Origin { via: step.before.clone(), ..value.origin.clone() };
                    Some(Value { origin, ..value.clone() })
                }
                _ => self.default_of(frame, parameter),
            };
            let info = ParameterInfo {
                name: Arc::clone(&parameter.name),
                secure: parameter.secure,
                declared_type: parameter.type_text.clone(),
                default,
                value,
                span: parameter.span,
                module: Arc::clone(&frame.prefix),
            };
            self.collected.borrow_mut().parameters.push(info);
        }
    }

    fn collect_outputs(&self, frame: &Rc<Frame>) {
        for (index, output) in frame.template().outputs.iter().enumerate() {
            let condition = output.condition.map(|condition| self.truth(&Env::of(frame), condition));
            if matches!(condition, Some(Ok(false))) {
                continue;
            }
            let value = self.output(frame, index);
            self.collected.borrow_mut().outputs.push(Output {
                name: Arc::clone(&output.name),
                value,
                secure: output.secure,
                span: output.span,
                module: Arc::clone(&frame.prefix),
            });
        }
    }

    fn collect_resource(&self, frame: &Rc<Frame>, slot: usize) {
        let (Some(declaration), Some(expansion)) =
            (frame.declaration(slot), self.resource_instances(frame, slot))
        else {
            return;
        };
        for instance in &expansion.instances {
            if instance.presence == Presence::Absent {
                continue;
            }
            let uncertain = frame.conditional || instance.presence == Presence::Conditional;
            let resource = self
                .perhaps_if(uncertain, || self.resource(frame, slot, instance, declaration, expansion.shape));
            if !self.add_resource(Resource { conditional: uncertain, ..resource }) || self.exhausted() {
                return;
            }
        }
    }

    fn resource(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        instance: &Instance,
        declaration: &ResourceDeclaration,
        shape: Shape,
    ) -> Resource {
        let parent = self.parent_of(frame, slot, instance).and_then(|(slot, index)| {
            let expansion = self.resource_instances(frame, slot)?;
            Some(self.address(frame, slot, expansion.instances.get(index)?))
        });
        let body = self.body(frame, slot, instance);
        let resource = Resource {
            address: self.address(frame, slot, instance),
            resource_type: ResourceType::new(self.type_of(frame, slot, instance).0),
            api_version: self.api_version(frame, slot, instance),
            source_type: Arc::clone(&declaration.resource_type),
            name: self.full_name(frame, slot, instance),
            existing: declaration.existing,
            conditional: false,
            loop_instance: match (shape, instance.index) {
                (Shape::Single, _) => None,
                (_, Some(index)) => Some(Loop::Known(LoopKey::Index(index))),
                (_, None) => Some(Loop::Unknown),
            },
            scope: self.scope(frame, slot, instance, declaration),
            parent,
            span: declaration.span,
            header: declaration.header,
            body: body.unwrap_or_else(|| Value::object(Object::new()).at(declaration.span)),
            attributes: None,
            secrets: Arc::new([]),
            calls: Arc::clone(&frame.calls),
            owned: frame.owned,
            partial: false,
            repeats: false,
        };
        super::extension::respelt(resource)
    }

    /// The body of a resource, worked out once; `None` while that is going on.
    pub(super) fn body(&self, frame: &Rc<Frame>, slot: usize, instance: &Instance) -> Option<Value> {
        let declaration = frame.declaration(slot)?;
        instance.body.get(|| {
            let env = Self::instance_env(frame, Some(slot), instance);
            let without = match frame.template().ignores_case {
                true => NOT_BODY_JSON,
                false if is_extension_type(declaration) => NOT_BODY_EXTENSION,
                false => NOT_BODY,
            };
            let template = frame.template();
            let expression = &template.expressions[declaration.body];
            let body = match (self.wrapped(frame, declaration), &expression.kind) {
                (Some(properties), _) => self.eval(&env, properties),
                (None, ExprKind::Object(properties)) => {
                    let value = self.object(&env, properties, without).at(expression.span);
                    strip(value, without)
                }
                _ => strip(self.eval(&env, declaration.body), without),
            };
            self.kept(body, expression.span)
        })
    }

    /// The content of an extension's resource: compiled templates wrap it in `properties`, which the source does not have.
    pub(super) fn wrapped(&self, frame: &Frame, declaration: &ResourceDeclaration) -> Option<ExprId> {
        let template = frame.template();
        let is_wrapped = template.ignores_case && is_extension_type(declaration);
        is_wrapped.then(|| self.property(template, declaration.body, "properties")).flatten()
    }

    /// The type with its version, where that stands in the type.
    pub(super) fn type_of(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        instance: &Instance,
    ) -> (Arc<str>, Option<Arc<str>>) {
        let Some(declaration) = frame.declaration(slot) else { return (Arc::from(""), None) };
        let written = match declaration.type_expression {
            Some(id) => {
                let value = self.eval(&Self::instance_env(frame, Some(slot), instance), id);
                value.as_str().map_or_else(|| Arc::clone(&declaration.resource_type), Arc::from)
            }
            None => Arc::clone(&declaration.resource_type),
        };
        match written.split_once('@') {
            Some((name, version)) => (Arc::from(name), Some(Arc::from(version))),
            None => (written, None),
        }
    }

    /// The API version: as declared, or the parent's for a nested resource that has none of its own.
    pub(super) fn api_version(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        instance: &Instance,
    ) -> Option<Arc<str>> {
        let declaration = frame.declaration(slot)?;
        if let Some(id) = declaration.api_version_expression {
            let value = self.eval(&Self::instance_env(frame, Some(slot), instance), id);
            return value.as_str().map(Arc::from);
        }
        if let Some(version) = &declaration.api_version {
            return Some(Arc::clone(version));
        }
        if let (_, Some(version)) = self.type_of(frame, slot, instance) {
            return Some(version);
        }
        let (parent, index) = (frame.symbols.slots.get(slot)?.parent?, instance.outer?);
        let expansion = self.resource_instances(frame, parent)?;
        self.api_version(frame, parent, expansion.instances.get(index)?)
    }

    /// A resource as a value: what its body says, with its identity, open to what is known after deployment only.
    pub(super) fn resource_value(&self, frame: &Rc<Frame>, slot: usize, index: usize, span: Span) -> Value {
        let resource = || Subject::Resource { frame: Rc::clone(frame), slot, instance: index };
        let Some(expansion) = self.resource_instances(frame, slot) else {
            return self.cycle("the resource", span);
        };
        let Some(instance) = expansion.instances.get(index) else { return Value::null() };
        let mut object = match self.body(frame, slot, instance).map(|body| body.kind) {
            Some(Kind::Object(body)) => Object::clone(&body),
            _ => Object::new(),
        };
        for name in ["id", "name", "type", "apiVersion"] {
            let part = self.step(resource(), &super::access::Key::Name(Arc::from(name)), false, span);
            object.insert(name, Member::from(self.subject_value(part, span)));
        }
        object.open =
            super::chain::because(&Value::reference(self.reference_to(frame, slot, index, instance)))
                .as_unknown()
                .cloned();
        Value::object(object).at(span)
    }

    /// What a resource extends, or where it is deployed to.
    pub(super) fn scope(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        instance: &Instance,
        declaration: &ResourceDeclaration,
    ) -> Option<Value> {
        let Some(id) = self.property(frame.template(), declaration.body, "scope") else {
            return self.named_scope(frame, slot, instance, declaration);
        };
        let span = frame.template().expressions[id].span;
        let env = Self::instance_env(frame, Some(slot), instance);
        Some(match self.subject(&env, id) {
            Subject::Resource { frame, slot, instance } => {
                let expansion = self.resource_instances(&frame, slot)?;
                let target = expansion.instances.get(instance)?;
                Value::reference(self.reference_to(&frame, slot, instance, target)).at(span)
            }
            subject => {
                let value = self.subject_value(subject, span);
                match extended_resource(&value) {
                    Some(reference) => Value { kind: Value::reference(reference).kind, ..value },
                    None => value,
                }
            }
        })
    }
}

impl Session<'_> {
    /// ARM's `subscriptionId` and `resourceGroup` of an existing resource.
    fn named_scope(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        instance: &Instance,
        declaration: &ResourceDeclaration,
    ) -> Option<Value> {
        let template = frame.template();
        if !template.ignores_case {
            return None;
        }
        let subscription = self.property(template, declaration.body, "subscriptionId");
        let group = self.property(template, declaration.body, "resourceGroup");
        let at = template.expressions[group.or(subscription)?].span;
        let env = Self::instance_env(frame, Some(slot), instance);
        let kind = if group.is_some() { "resourceGroups" } else { "subscriptions" };
        let names = [subscription, group].into_iter().flatten().map(|id| self.eval(&env, id));
        let target = Target::Scope {
            resource_type: format!("Microsoft.Resources/{kind}").into(),
            names: names.collect(),
        };
        Some(Value::reference(Reference { target, property: None }).at(at))
    }
}

/// Whether a resource belongs to an extension rather than to Azure: Azure's types begin with a provider's name, which has a dot,
/// and their versions are dates.
pub(super) fn is_extension_type(declaration: &ResourceDeclaration) -> bool {
    let namespace = declaration.resource_type.split('/').next().unwrap_or_default();
    let dated = |version: &str| version.starts_with(|first: char| first.is_ascii_digit());
    let version = declaration.api_version.as_deref();
    declaration.type_expression.is_none()
        && (!namespace.contains('.') || version.is_some_and(|version| !dated(version)))
}

/// Takes members out of a body; those that a spread brought too.
fn strip(mut value: Value, without: &[&str]) -> Value {
    match &mut value.kind {
        Kind::Object(object) if without.iter().any(|name| object.get(name).is_some()) => {
            let object = Arc::make_mut(object);
            for name in without {
                object.remove(name);
            }
            value
        }
        Kind::OneOf(choices) => {
            let choices = choices.iter().map(|choice| strip(choice.clone(), without));
            Value { kind: Kind::OneOf(choices.collect()), ..value }
        }
        _ => value,
    }
}

/// The resource that ARM's `scope: 'Microsoft.KeyVault/vaults/kv'` names.
fn extended_resource(scope: &Value) -> Option<Reference> {
    let text = scope.as_str()?;
    let segments: Vec<&str> = text.split('/').collect();
    let (namespace, rest) = segments.split_first()?;
    if !namespace.contains('.') || rest.len() < 2 || rest.len() % 2 != 0 {
        return None;
    }
    let types = rest.iter().step_by(2).fold((*namespace).to_owned(), |kind, part| format!("{kind}/{part}"));
    let names = rest.iter().skip(1).step_by(2).map(|name| Value::string(*name)).collect();
    Some(Reference {
        target: Target::Id { resource_type: types.into(), names, scope: Vec::new() },
        property: None,
    })
}
