//! `Microsoft.Resources/deployments` and deployment stacks: nested and linked templates as module calls.

use std::sync::Arc;

use super::lowering::{Lowering, Text, copy_entries, read_string};
use super::resource::repeat;
use super::template::{lower_template, variables};
use super::tree::{Json, Kind, Member, Object};
use crate::arm::template::{
    ExprId, ExprKind, ModuleDeclaration, ModuleSource, Property, PropertyKey, ResourceDeclaration,
};
use crate::source::Span;

/// How far a variable that holds a template is followed through variables.
const MAX_HOPS: usize = 8;

/// What the deployment or deployment stack `object` deploys; `None` where it has no properties to tell.
pub(super) fn deployment<'j, 't: 'j>(
    lowering: &mut Lowering<'t>,
    object: &'j Object<'j>,
    declaration: &ResourceDeclaration,
) -> Option<ModuleDeclaration> {
    if declaration.existing || !declaration.deploys() {
        return None;
    }
    let properties = object.get("properties")?.as_object()?;
    let (source, source_span) = source(lowering, properties, declaration);
    Some(ModuleDeclaration {
        symbol: declaration.symbol.clone(),
        source,
        source_span,
        condition: declaration.condition,
        repeat: declaration.repeat.as_ref().and_then(|_| repeat(lowering, object)),
        body: body(lowering, object, properties, declaration.span),
        header: declaration.header,
        span: declaration.span,
    })
}

fn source<'j, 't: 'j>(
    lowering: &mut Lowering<'t>,
    properties: &'j Object<'j>,
    declaration: &ResourceDeclaration,
) -> (ModuleSource, Span) {
    if let Some(member) = properties.member("template") {
        let span = lowering.member_span(member);
        let source = match &member.value.kind {
            // Only deployments leave the expressions in a template to be evaluated later.
            Kind::Object(_) if declaration.is_stack() => held_template(lowering, &member.value),
            Kind::Object(template) if is_inner(properties) => {
                let nested = lower_template(lowering, &member.value, template, variables(template));
                ModuleSource::Inline(Arc::new(nested))
            }
            Kind::Object(template) => {
                let in_reach = lowering.variables;
                let nested = lower_template(lowering, &member.value, template, in_reach);
                ModuleSource::InlineOuter(Arc::new(nested))
            }
            Kind::String(text) => match held_value(lowering, text) {
                Some(value) => held_template(lowering, value),
                None => ModuleSource::Missing(Arc::from("the nested template is not written out")),
            },
            _ => ModuleSource::Missing(Arc::from("the nested template is not written out")),
        };
        return (source, span);
    }
    let Some(member) = properties.member("templateLink") else {
        return (ModuleSource::Missing(Arc::from("the deployment names no template")), declaration.header);
    };
    let span = lowering.member_span(member);
    let source = if let Some(path) = member.value.get("relativePath") {
        match path.as_str().map(read_string) {
            Some(Text::Literal(path)) => ModuleSource::Local(lowering.name(&path.replace('\\', "/"))),
            _ => ModuleSource::Uri(lowering.value(path)),
        }
    } else if let Some(uri) = member.value.get("uri") {
        ModuleSource::Uri(lowering.value(uri))
    } else if member.value.get("id").is_some() {
        ModuleSource::Missing(Arc::from("a template spec is kept in Azure"))
    } else {
        ModuleSource::Missing(Arc::from("the template link has neither 'relativePath' nor 'uri'"))
    };
    (source, span)
}

/// The object that `[variables('x')]` stands for.
fn held_value<'t>(lowering: &Lowering<'t>, expression: &str) -> Option<&'t Json<'t>> {
    let mut value = lowering.variables?.get(variable_name(expression)?)?;
    for _ in 0..MAX_HOPS {
        match &value.kind {
            Kind::Object(_) => return Some(value),
            Kind::String(text) => value = lowering.variables?.get(variable_name(text)?)?,
            _ => return None,
        }
    }
    None
}

/// `x` of `[variables('x')]`.
fn variable_name(expression: &str) -> Option<&str> {
    let call = expression.strip_prefix('[')?.strip_suffix(']')?.trim();
    let (function, argument) = call.strip_suffix(')')?.split_once('(')?;
    let name = argument.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    (function.trim().eq_ignore_ascii_case("variables") && !name.contains('\'')).then_some(name)
}

/// A template that was a value before: its expressions were written as text (`[[…]`), and are its own whatever the scope says.
fn held_template(lowering: &mut Lowering<'_>, json: &Json<'_>) -> ModuleSource {
    if let Some(known) = lowering.held.get(&json.start) {
        return ModuleSource::Inline(Arc::clone(known));
    }
    let value = json.evaluated();
    let Some(template) = value.as_object() else {
        return ModuleSource::Missing(Arc::from("the nested template is not written out"));
    };
    let nested = Arc::new(lower_template(lowering, &value, template, variables(template)));
    lowering.held.insert(json.start, Arc::clone(&nested));
    ModuleSource::Inline(nested)
}

/// `expressionEvaluationOptions.scope: inner`. The default is the outer scope.
fn is_inner(properties: &Object<'_>) -> bool {
    properties
        .get("expressionEvaluationOptions")
        .and_then(|options| options.get("scope"))
        .and_then(Json::as_str)
        .is_some_and(|scope| scope.eq_ignore_ascii_case("inner"))
}

/// The call in Bicep's form: `{ name, scope, params: { x: … }, dependsOn }`.
fn body(lowering: &mut Lowering<'_>, object: &Object<'_>, properties: &Object<'_>, whole: Span) -> ExprId {
    let mut call = Vec::new();
    for name in ["name", "location", "dependsOn"] {
        if let Some(member) = object.member(name) {
            let value = lowering.value(&member.value);
            call.push(property(lowering, name, member, value));
        }
    }
    if let Some(scope) = scope(lowering, object) {
        call.push(scope);
    }
    let debug = properties.get("debugSetting").and_then(Json::as_object);
    if let Some(member) = debug.and_then(|debug| debug.member("detailLevel")) {
        let value = lowering.value(&member.value);
        call.push(property(lowering, "debug", member, value));
    }
    if let Some(member) = properties.member("parameters") {
        let value = arguments(lowering, &member.value);
        call.push(property(lowering, "params", member, value));
    }
    lowering.add(ExprKind::Object(call.into()), whole)
}

fn property(lowering: &mut Lowering<'_>, name: &str, member: &Member<'_>, value: ExprId) -> Property {
    Property {
        key: PropertyKey::Name(lowering.name(name)),
        key_span: lowering.key_span(member),
        span: lowering.member_span(member),
        value,
    }
}

/// Where the deployment goes: `scope` as written, or the scope functions that `subscriptionId` and `resourceGroup` stand for.
fn scope(lowering: &mut Lowering<'_>, object: &Object<'_>) -> Option<Property> {
    if let Some(member) = object.member("scope") {
        let value = lowering.value(&member.value);
        return Some(property(lowering, "scope", member, value));
    }
    let subscription = object.member("subscriptionId");
    let group = object.member("resourceGroup");
    let member = group.or(subscription)?;
    let arguments: Vec<ExprId> =
        [subscription, group].into_iter().flatten().map(|member| lowering.value(&member.value)).collect();
    let function = if group.is_some() { "resourceGroup" } else { "subscription" };
    let value = az_call(lowering, function, arguments, lowering.span(&member.value));
    Some(property(lowering, "scope", member, value))
}

fn az_call(lowering: &mut Lowering<'_>, function: &str, arguments: Vec<ExprId>, span: Span) -> ExprId {
    let kind = ExprKind::Call {
        namespace: Some(lowering.name("az")),
        function: lowering.name(function),
        name_span: span,
        arguments: arguments.into(),
    };
    lowering.add(kind, span)
}

/// `parameters` of the deployment: each entry's `value`, Key Vault `reference` or `copy`.
fn arguments(lowering: &mut Lowering<'_>, json: &Json<'_>) -> ExprId {
    let span = lowering.span(json);
    let Some(object) = json.as_object() else {
        let value =
            lowering.add(ExprKind::Error(Arc::from("the deployment's parameters are not written out")), span);
        let spread = Property { key: PropertyKey::Spread, key_span: span, span, value };
        return lowering.add(ExprKind::Object(Box::new([spread])), span);
    };
    let mut properties = Vec::with_capacity(object.members.len());
    for member in &object.members {
        let value = argument(lowering, member);
        properties.push(property(lowering, &member.key, member, value));
    }
    if object.damaged {
        properties.push(lowering.hole(span));
    }
    lowering.add(ExprKind::Object(properties.into()), span)
}

fn argument(lowering: &mut Lowering<'_>, member: &Member<'_>) -> ExprId {
    let span = lowering.span(&member.value);
    let Some(entry) = member.value.as_object() else {
        // The whole entry is an expression: its value is what counts.
        let base = lowering.value(&member.value);
        let key = crate::arm::template::AccessKey::Name(lowering.name("value"), span);
        return lowering.add(ExprKind::Access { base, key, safe: false }, span);
    };
    if let Some(value) = entry.member("value") {
        return lowering.value(&value.value);
    }
    if let Some(reference) = entry.get("reference") {
        let parts =
            [reference.get("keyVault").and_then(|vault| vault.get("id")), reference.get("secretName")];
        let parts: Vec<ExprId> = parts.into_iter().flatten().map(|part| lowering.value(part)).collect();
        return az_call(lowering, "getSecret", parts, span);
    }
    if let Some(copies) = entry.member("copy").and_then(|copy| copy_entries(&copy.value))
        && let Some(copy) = copies.first()
    {
        let name = copy.name.as_str().map(|name| lowering.name(name));
        return lowering.copy_loop(name, copy.count, copy.input, span);
    }
    lowering.refuse(format!("argument '{}' has neither 'value' nor 'reference'", member.key), span);
    lowering.add(ExprKind::Error(Arc::from("the argument has no value")), span)
}
