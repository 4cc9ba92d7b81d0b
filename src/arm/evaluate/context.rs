//! What the code says of where a template is deployed.

use std::rc::Weak;

use crate::arm::functions::Context;
use crate::value::{Kind, Target, Value};

use super::chain::because;
use super::frame::Frame;
use super::session::Session;

impl Session<'_> {
    /// Where a frame's template is deployed: as its caller, but for what the call's `scope` says.
    pub(super) fn context<'f>(&self, frame: &'f Frame) -> &'f Context {
        frame.context.get_or_init(|| {
            let scope = frame.template().scope;
            let Some(caller) = frame.caller.as_ref().and_then(Weak::upgrade) else {
                return Context::new(scope);
            };
            // In its parent's scope everything is the parent's.
            if frame.outer.is_some() {
                return self.context(&caller).clone();
            }
            let mut context = Context { scope, ..self.context(&caller).clone() };
            context.deployment.clone_from(&frame.name);
            if let Some(target) = &frame.target {
                aim(&mut context, target);
            }
            context
        })
    }
}

/// Puts what a scope says into the context.
fn aim(context: &mut Context, target: &Value) {
    match &target.kind {
        Kind::Object(object) => {
            let names = match object.value("id").map(|id| &id.kind) {
                Some(Kind::Reference(reference)) => match &reference.target {
                    Target::Scope { resource_type, names } => {
                        Some((resource_type.to_string(), names.clone()))
                    }
                    Target::Declared { resource_type, .. } => {
                        Some((resource_type.to_string(), object.value("name").cloned().into_iter().collect()))
                    }
                    Target::Id { .. } => None,
                },
                _ => None,
            };
            match names {
                Some((kind, names)) => aim_at(context, &kind, &names),
                None => aim_anywhere(context, target),
            }
        }
        Kind::String(text) => aim_by_id(context, text, target),
        _ => aim_anywhere(context, target),
    }
}

fn aim_at(context: &mut Context, kind: &str, names: &[Value]) {
    let last = names.last().cloned();
    match kind.rsplit('/').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "resourcegroups" => {
            if let [subscription, _] = names {
                context.subscription = Some(subscription.clone());
            }
            context.resource_group = last.or(context.resource_group.take());
        }
        "subscriptions" => context.subscription = last.or(context.subscription.take()),
        "managementgroups" => context.management_group = last.or(context.management_group.take()),
        _ => {}
    }
}

/// A scope as an id: `/subscriptions/x/resourceGroups/y`, `Microsoft.Management/managementGroups/z`.
fn aim_by_id(context: &mut Context, text: &str, target: &Value) {
    let segments: Vec<&str> = text.split('/').filter(|segment| !segment.is_empty()).collect();
    for (kind, name) in segments.iter().zip(segments.iter().skip(1)) {
        let name = Value { kind: Kind::String((*name).into()), ..target.clone() };
        match kind.to_ascii_lowercase().as_str() {
            "subscriptions" => context.subscription = Some(name),
            "resourcegroups" => context.resource_group = Some(name),
            "managementgroups" => context.management_group = Some(name),
            _ => {}
        }
    }
}

/// Somewhere that is not known: not where the caller is.
fn aim_anywhere(context: &mut Context, target: &Value) {
    let place = because(target);
    context.subscription = Some(place.clone());
    context.resource_group = Some(place.clone());
    context.management_group = Some(place);
}
