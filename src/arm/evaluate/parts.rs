//! The parts of resources, modules and their outputs that a chain of accesses asks for.

use std::rc::Rc;
use std::sync::Arc;

use crate::source::Span;
use crate::value::{ReasonKind, Reference, StepKind, Value};

use super::access::{Key, Taken, extended, take};
use super::chain::Subject;
use super::frame::Frame;
use super::instances::Presence;
use super::modules::Outcome;
use super::session::{Session, unknown};

impl Session<'_> {
    /// A property of a resource, as Bicep's symbol has them.
    pub(super) fn resource_part(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        index: usize,
        key: &Key,
        safe: bool,
        span: Span,
    ) -> Subject {
        let Some(expansion) = self.resource_instances(frame, slot) else {
            return Subject::Value(self.cycle("the resource", span));
        };
        let Some(instance) = expansion.instances.get(index) else {
            return Subject::Value(self.mistake("there is no such instance", span));
        };
        let Key::Name(name) = key else {
            return Subject::Value(self.mistake("a resource has properties only", span));
        };
        let reference = self.reference_to(frame, slot, index, instance);
        match &*name.to_ascii_lowercase() {
            "id" => return Subject::Value(Value::reference(reference).at(span)),
            "name" => return Subject::Value(self.own_name(frame, slot, instance)),
            "type" => return Subject::Value(Value::string(self.type_of(frame, slot, instance).0).at(span)),
            "apiversion" => {
                let version = self.api_version(frame, slot, instance);
                return Subject::Value(version.map_or_else(Value::null, Value::string).at(span));
            }
            _ => {}
        }
        let absent = instance.presence == Presence::Absent;
        if absent && safe {
            return Subject::Swallowed;
        }
        let declared = if absent { None } else { self.declared(frame, slot, instance, name) };
        Subject::Runtime { reference: reference.with_property(Arc::clone(name)), declared }
    }

    /// Whether a subject is a resource that is not deployed, or what a safe access did not find.
    pub(super) fn is_absent(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Swallowed => true,
            Subject::Value(value) => value.is_null(),
            Subject::Resource { frame, slot, instance } => {
                let expansion = self.resource_instances(frame, *slot);
                let instance = expansion.as_ref().and_then(|all| all.instances.get(*instance));
                instance.is_some_and(|instance| instance.presence == Presence::Absent)
            }
            _ => false,
        }
    }

    /// What a resource's own body says of a property.
    fn declared(
        &self,
        frame: &Rc<Frame>,
        slot: usize,
        instance: &super::instances::Instance,
        name: &str,
    ) -> Option<Value> {
        let body = self.body(frame, slot, instance)?;
        let value = body.as_object()?.value(name)?;
        let span = frame.declaration(slot)?.header;
        Some(value.clone().via(StepKind::Property, name, span))
    }

    pub(super) fn runtime_part(&self, reference: &Reference, declared: Option<Value>, key: &Key) -> Subject {
        let Some(next) = extended(reference, key) else {
            let why = unknown(ReasonKind::Runtime, "a property that is known only after deployment");
            return Subject::Value(why);
        };
        let declared = declared.and_then(|value| match value.alternatives() {
            [one] => match take(one, key) {
                Taken::Value(part) if !part.is_null() => Some(part.tainted(value.secret)),
                _ => None,
            },
            choices => {
                let parts: Vec<Value> = choices
                    .iter()
                    .map(|choice| match take(choice, key) {
                        Taken::Value(part) => part.tainted(value.secret),
                        _ => Value::reference(next.clone()),
                    })
                    .collect();
                Value::one_of(parts)
            }
        });
        Subject::Runtime { reference: next, declared }
    }

    pub(super) fn module_part(
        &self,
        frame: &Rc<Frame>,
        module: usize,
        index: usize,
        key: &Key,
        safe: bool,
        span: Span,
    ) -> Subject {
        let Key::Name(name) = key else {
            return Subject::Value(self.mistake("a module has properties only", span));
        };
        let Some(expansion) = self.module_instances(frame, module) else {
            return Subject::Value(self.cycle("the module", span));
        };
        let Some(instance) = expansion.instances.get(index) else {
            return Subject::Value(self.mistake("there is no such instance", span));
        };
        if name.eq_ignore_ascii_case("name") {
            return Subject::Value(self.module_name(frame, module, instance));
        }
        if !name.eq_ignore_ascii_case("outputs") {
            let text = format!("the deployment's {name} is known only after deployment");
            return Subject::Value(unknown(ReasonKind::Runtime, text).at(span));
        }
        if instance.presence == Presence::Absent {
            if safe {
                return Subject::Swallowed;
            }
            let text = "the module is not deployed: its condition is false";
            return Subject::Value(unknown(ReasonKind::Runtime, text).at(span));
        }
        match self.module_outcome(frame, module, index, instance) {
            Outcome::Frame(inner) => {
                Subject::Outputs { wrapped: frame.template().ignores_case, frame: inner }
            }
            Outcome::Unknown(value) => Subject::Value(value.at(span)),
        }
    }

    pub(super) fn output_part(
        &self,
        frame: &Rc<Frame>,
        wrapped: bool,
        key: &Key,
        safe: bool,
        span: Span,
    ) -> Subject {
        let Key::Name(name) = key else {
            return Subject::Value(self.mistake("outputs have names only", span));
        };
        match frame.symbols.outputs.get(name) {
            Some(index) if wrapped => Subject::Output(self.output(frame, index)),
            Some(index) => Subject::Value(self.output(frame, index)),
            None if safe => Subject::Swallowed,
            None => Subject::Value(self.mistake(format!("the module has no output '{name}'"), span)),
        }
    }
}
