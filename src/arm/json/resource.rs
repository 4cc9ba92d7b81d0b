//! Resources: classic arrays, `languageVersion` 2.0's maps, children, copies and nested deployments.

use std::sync::Arc;

use super::deployment::deployment;
use super::lowering::{Lowering, Strings, Text, read_string};
use super::tree::{Json, Kind, Object};
use crate::arm::template::{ExprId, LoopSource, Name, Repeat, ResourceDeclaration};
use crate::source::Span;

/// Members of a resource that are not part of its body: they have their own place in the declaration, or only speak to
/// the deployment or to people.
const NOT_BODY: &[&str] = &[
    "type",
    "apiVersion",
    "condition",
    "copy",
    "resources",
    "existing",
    "import",
    "extension",
    "comments",
    "metadata",
    "method",
    "@options",
];

/// Lowers `resources`: an array, or a map from symbolic names.
pub(super) fn resources<'j, 't: 'j>(
    lowering: &mut Lowering<'t>,
    json: &'j Json<'j>,
    parent: Option<&str>,
) -> Vec<ResourceDeclaration> {
    match &json.kind {
        Kind::Array(items) => {
            items.iter().filter_map(|item| resource(lowering, item, None, item.start, parent)).collect()
        }
        Kind::Object(map) => map
            .members
            .iter()
            .filter_map(|member| {
                let symbol = lowering.name(&member.key);
                resource(lowering, &member.value, Some(symbol), member.key_start, parent)
            })
            .collect(),
        Kind::Broken(_) => Vec::new(),
        _ => {
            let span = lowering.span(json);
            lowering.refuse("'resources' must be an array or an object written out in the template", span);
            Vec::new()
        }
    }
}

/// One resource that begins at `start`. What is no resource is reported and left out.
fn resource<'j, 't: 'j>(
    lowering: &mut Lowering<'t>,
    json: &'j Json<'j>,
    symbol: Option<Name>,
    start: usize,
    parent: Option<&str>,
) -> Option<ResourceDeclaration> {
    let span = Span::new(lowering.file, start, json.end);
    let object = match &json.kind {
        Kind::Object(object) => object,
        Kind::Broken(_) | Kind::Null => return None,
        _ => {
            lowering.refuse("a resource must be an object", span);
            return None;
        }
    };
    let Some(header) = object.member("type") else {
        // where the text is damaged, that has been told
        if !object.damaged {
            lowering.refuse("this resource has no 'type'", span);
        }
        return None;
    };
    let (resource_type, type_expression) = literal_or_expression(lowering, &header.value);
    let (api_version, api_version_expression) = match object.get("apiVersion") {
        Some(version) => {
            let (text, expression) = literal_or_expression(lowering, version);
            (expression.is_none().then(|| lowering.name(&text)), expression)
        }
        None => (None, None),
    };
    let header = lowering.member_span(header);
    let (resource_type, extension_version) = split_version(&resource_type);
    let resource_type = lowering.name(&full_type(resource_type, parent, type_expression.is_some()));
    let body = lowering.object(object, lowering.span(json), Strings::Expressions, NOT_BODY);
    let mut declaration = ResourceDeclaration {
        symbol,
        api_version: api_version.or_else(|| extension_version.map(Arc::from)),
        api_version_expression,
        type_expression,
        existing: object.get("existing").and_then(Json::as_bool) == Some(true),
        nullable: object
            .get("@options")
            .and_then(|options| options.get("nullIfNotFound"))
            .and_then(Json::as_bool)
            == Some(true),
        condition: object.get("condition").map(|condition| lowering.value(condition)),
        repeat: repeat(lowering, object),
        body,
        children: Vec::new(),
        deployment: None,
        header,
        span,
        resource_type,
    };
    if let Some(children) = object.get("resources") {
        declaration.children = resources(lowering, children, Some(&declaration.resource_type));
    }
    declaration.deployment = deployment(lowering, object, &declaration).map(Box::new);
    Some(declaration)
}

/// A literal string's text; for an expression its text as written, and the expression.
fn literal_or_expression(lowering: &mut Lowering<'_>, json: &Json<'_>) -> (String, Option<ExprId>) {
    match &json.kind {
        Kind::String(text) => match read_string(text) {
            Text::Literal(text) => (text.into_owned(), None),
            Text::Expression => (text.to_string(), Some(lowering.value(json))),
        },
        Kind::Number(text) => ((*text).to_owned(), None),
        _ => (String::new(), Some(lowering.value(json))),
    }
}

/// An extension's type carries its version: `Microsoft.Graph/groups@v1.0`. A namespace prefix (`az:`) says nothing.
fn split_version(resource_type: &str) -> (&str, Option<&str>) {
    if resource_type.starts_with('[') {
        return (resource_type, None);
    }
    let plain = match resource_type.split_once(':') {
        Some((prefix, rest)) if prefix.chars().all(|c| c.is_ascii_alphanumeric()) => rest,
        _ => resource_type,
    };
    match plain.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (plain, None),
    }
}

/// A child's type is relative to its parent's, unless it begins with a provider's namespace (`Microsoft.Insights/…`).
fn full_type(resource_type: &str, parent: Option<&str>, is_expression: bool) -> String {
    let Some(parent) = parent.filter(|_| !is_expression) else { return resource_type.to_owned() };
    let absolute = resource_type
        .split_once('/')
        .is_some_and(|(namespace, _)| namespace.contains('.') && !namespace.starts_with('.'));
    if absolute { resource_type.to_owned() } else { format!("{parent}/{resource_type}") }
}

/// A resource's `copy`.
pub(super) fn repeat(lowering: &mut Lowering<'_>, object: &Object<'_>) -> Option<Repeat> {
    let member = object.member("copy")?;
    let copy = member.value.as_object()?;
    let span = lowering.member_span(member);
    let count = lowering.count(copy.get("count"), span);
    let copy_name = copy.get("name").and_then(Json::as_str).map(|name| lowering.name(name));
    Some(Repeat { over: LoopSource::Count(count), item: None, index: None, copy_name })
}
