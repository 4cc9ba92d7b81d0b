//! `Microsoft.Resources/deployments`: nested and linked templates as module calls.

use std::sync::Arc;

use super::lowering::{Lowering, Text, copy_entries, read_string};
use super::resource::repeat;
use super::template::lower_template;
use super::tree::{Json, Kind, Member, Object};
use crate::arm::template::{
    ExprId, ExprKind, ModuleDeclaration, ModuleSource, Property, PropertyKey, ResourceDeclaration,
};
use crate::source::Span;

/// What the deployment resource `object` deploys; `None` where it has no properties to tell.
pub(super) fn deployment(
    lowering: &mut Lowering<'_>,
    object: &Object<'_>,
    declaration: &ResourceDeclaration,
) -> Option<ModuleDeclaration> {
    if declaration.existing {
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

fn source(
    lowering: &mut Lowering<'_>,
    properties: &Object<'_>,
    declaration: &ResourceDeclaration,
) -> (ModuleSource, Span) {
    if let Some(member) = properties.member("template") {
        let span = lowering.member_span(member);
        let source = match &member.value.kind {
            Kind::Object(template) => {
                let nested = Arc::new(lower_template(lowering, &member.value, template));
                if is_inner(properties) {
                    ModuleSource::Inline(nested)
                } else {
                    ModuleSource::InlineOuter(nested)
                }
            }
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
