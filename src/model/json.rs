use serde_json::{Map, Value as Json, json};

use crate::source::{Diagnostic, Sources, Span};
use crate::value::to_json;

use super::{Deployment, Loop, LoopKey, Resource};

/// A span as the contract's location object.
pub fn location_json(sources: &Sources, span: Span) -> Json {
    let (start, end) = sources.positions(span);
    json!({
        "path": sources.path(span.file).as_str(),
        "line": start.line, "column": start.column,
        "endLine": end.line, "endColumn": end.column,
    })
}

/// The contract's JSON of `leftward model`.
pub fn model_json(sources: &Sources, deployments: &[Deployment], diagnostics: &[Diagnostic]) -> Json {
    json!({
        "schema": 1,
        "roots": deployments.iter().map(|deployment| root_json(sources, deployment)).collect::<Vec<_>>(),
        "diagnostics": diagnostics.iter().map(|diagnostic| diagnostic_json(sources, diagnostic)).collect::<Vec<_>>(),
    })
}

fn root_json(sources: &Sources, deployment: &Deployment) -> Json {
    let mut outputs = Map::new();
    for output in deployment.outputs.iter().filter(|output| output.module.is_empty()) {
        outputs.insert(output.name.to_string(), to_json(&output.value));
    }
    json!({
        "path": &*deployment.path,
        "language": deployment.language.as_str(),
        "parameters": deployment.parameter_file.as_deref(),
        "scope": deployment.scope.map(super::Scope::as_str),
        "resources": deployment.resources.iter().map(|resource| resource_json(sources, resource)).collect::<Vec<_>>(),
        "outputs": outputs,
        "diagnostics": deployment.diagnostics.iter().map(|diagnostic| diagnostic_json(sources, diagnostic)).collect::<Vec<_>>(),
    })
}

fn resource_json(sources: &Sources, resource: &Resource) -> Json {
    json!({
        "address": &*resource.address,
        "type": resource.resource_type.as_str(),
        "apiVersion": resource.api_version.as_deref(),
        "sourceType": &*resource.source_type,
        "name": to_json(&resource.name),
        "existing": resource.existing,
        "conditional": resource.conditional,
        "loop": match &resource.loop_instance {
            None => Json::Null,
            Some(Loop::Known(LoopKey::Index(index))) => json!({"known": true, "index": index}),
            Some(Loop::Known(LoopKey::Key(key))) => json!({"known": true, "index": &**key}),
            Some(Loop::Unknown) => json!({"known": false}),
        },
        "scope": resource.scope.as_ref().map(to_json),
        "parent": resource.parent.as_deref(),
        "location": location_json(sources, resource.span),
        "body": to_json(&resource.body),
        "attributes": resource.attributes.as_ref().map(to_json),
    })
}

/// A diagnostic as the contract's object.
pub(crate) fn diagnostic_json(sources: &Sources, diagnostic: &Diagnostic) -> Json {
    let mut object = json!({
        "severity": diagnostic.level.as_str(),
        "code": diagnostic.code.as_str(),
        "message": &*diagnostic.message,
    });
    if let Some(map) = object.as_object_mut() {
        if let Some(span) = diagnostic.span {
            map.insert("location".to_owned(), location_json(sources, span));
        } else if let Some(path) = &diagnostic.path {
            map.insert("location".to_owned(), json!({"path": &**path}));
        }
        if let Some(help) = &diagnostic.help {
            map.insert("help".to_owned(), json!(&**help));
        }
    }
    object
}
