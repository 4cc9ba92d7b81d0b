//! A template's sections.

use std::sync::Arc;

use super::lowering::{Lowering, Strings, copy_entries};
use super::resource::resources;
use super::tree::{Json, Member, Object};
use super::types::{allowed_values, declared_type};
use crate::arm::template::{
    Bounds, Expressions, Name, OutputDeclaration, Parameter, Template, TypeDeclaration, TypeExpr,
    UserFunction, Variable,
};
use crate::model::Scope;
use crate::source::{FileId, Span};

/// A template without content.
pub(super) fn empty_template(file: FileId, span: Span) -> Template {
    Template {
        file,
        span,
        scope: Scope::default(),
        symbolic_names: false,
        ignores_case: true,
        expressions: Expressions::default(),
        parameters: Vec::new(),
        variables: Vec::new(),
        functions: Vec::new(),
        types: Vec::new(),
        resources: Vec::new(),
        modules: Vec::new(),
        outputs: Vec::new(),
        imports: Vec::new(),
        extensions: Vec::new(),
        diagnostics: Vec::new(),
        comments: Vec::new(),
        generator: None,
    }
}

/// Lowers a template object: a file's top level, or a nested deployment's `template`. The expressions are in the
/// template's own arena, the diagnostics in `outer`. `variables` are those in reach of its expressions.
pub(super) fn lower_template<'j, 't: 'j>(
    outer: &mut Lowering<'t>,
    json: &Json<'_>,
    object: &'j Object<'j>,
    variables: Option<&'j Object<'j>>,
) -> Template {
    let mut lowering: Lowering<'j> = Lowering::new(outer.file, outer.text);
    lowering.variables = variables;
    let mut template = empty_template(outer.file, outer.span(json));
    template.scope = schema_scope(object);
    template.generator = generator(object);
    template.types = section(object, "definitions")
        .iter()
        .filter_map(|member| type_declaration(&mut lowering, member))
        .collect();
    template.parameters =
        section(object, "parameters").iter().map(|member| parameter(&mut lowering, member)).collect();
    template.variables =
        section(object, "variables").iter().flat_map(|member| variable(&mut lowering, member)).collect();
    template.functions = functions(&mut lowering, object);
    template.extensions = ["extensions", "imports"]
        .iter()
        .flat_map(|name| section(object, name))
        .map(|member| Arc::from(&*member.key))
        .collect();
    let declared = object.get("resources");
    template.symbolic_names = declared.is_some_and(|resources| resources.as_object().is_some());
    template.resources = declared.map_or_else(Vec::new, |json| resources(&mut lowering, json, None));
    template.outputs =
        section(object, "outputs").iter().filter_map(|member| output(&mut lowering, member)).collect();
    for diagnostic in std::mem::take(&mut lowering.diagnostics) {
        outer.report(diagnostic);
    }
    template.expressions = lowering.expressions;
    template
}

/// The members of a top-level section that is an object.
fn section<'j, 't>(object: &'j Object<'t>, name: &str) -> &'j [Member<'t>] {
    object.get(name).and_then(Json::as_object).map_or(&[], |section| &section.members)
}

/// A template's own variables.
pub(super) fn variables<'j>(object: &'j Object<'j>) -> Option<&'j Object<'j>> {
    object.get("variables").and_then(Json::as_object)
}

/// The scope that `$schema` names: `…/subscriptionDeploymentTemplate.json#`.
fn schema_scope(object: &Object<'_>) -> Scope {
    let schema = object.get("$schema").and_then(Json::as_str).unwrap_or_default().to_ascii_lowercase();
    let file = schema.rsplit('/').next().unwrap_or_default();
    match file.split("deploymenttemplate").next() {
        Some("subscription") => Scope::Subscription,
        Some("managementgroup") => Scope::ManagementGroup,
        Some("tenant") => Scope::Tenant,
        _ => Scope::ResourceGroup,
    }
}

fn generator(object: &Object<'_>) -> Option<Name> {
    let name = object.get("metadata")?.get("_generator")?.get("name")?.as_str()?;
    Some(Arc::from(name))
}

fn parameter(lowering: &mut Lowering<'_>, member: &Member<'_>) -> Parameter {
    let mut parameter = Parameter {
        name: lowering.name(&member.key),
        declared_type: None,
        type_text: None,
        default: None,
        secure: false,
        nullable: false,
        allowed: None,
        bounds: Bounds::default(),
        name_span: lowering.key_span(member),
        span: lowering.member_span(member),
    };
    let Some(schema) = member.value.as_object() else { return parameter };
    if let Some(declared) = declared_type(lowering, schema) {
        parameter.secure = declared.secure;
        parameter.bounds = declared.bounds;
        // The allowed values have a place of their own; the type is the plain one.
        parameter.declared_type = Some(match declared.value {
            TypeExpr::Union(_) if schema.get("allowedValues").is_some() => {
                TypeExpr::Primitive(plain_type(lowering, schema))
            }
            other => other,
        });
    }
    let written = schema.get("type").or_else(|| schema.get("$ref")).and_then(Json::as_str);
    parameter.type_text = written.map(|text| lowering.name(text));
    parameter.default = schema.member("defaultValue").map(|default| lowering.value(&default.value));
    parameter.nullable = schema.get("nullable").and_then(Json::as_bool) == Some(true);
    parameter.allowed = allowed_values(lowering, schema);
    parameter
}

fn plain_type(lowering: &mut Lowering<'_>, schema: &Object<'_>) -> Name {
    let written = schema.get("type").and_then(Json::as_str).unwrap_or("any").to_ascii_lowercase();
    lowering.name(match written.as_str() {
        "securestring" => "string",
        "secureobject" => "object",
        other => other,
    })
}

/// A variable, or the variables of `copy`.
fn variable(lowering: &mut Lowering<'_>, member: &Member<'_>) -> Vec<Variable> {
    if member.key.eq_ignore_ascii_case("copy")
        && let Some(entries) = copy_entries(&member.value)
    {
        return entries
            .into_iter()
            .map(|entry| {
                let name = lowering.name(entry.name.as_str().unwrap_or_default());
                let span = lowering.span(entry.whole);
                let value = lowering.copy_loop(Some(Arc::clone(&name)), entry.count, entry.input, span);
                Variable { name, value, exported: false, span }
            })
            .collect();
    }
    let value = lowering.value(&member.value);
    vec![Variable {
        name: lowering.name(&member.key),
        value,
        exported: false,
        span: lowering.member_span(member),
    }]
}

fn functions(lowering: &mut Lowering<'_>, object: &Object<'_>) -> Vec<UserFunction> {
    let mut functions = Vec::new();
    for entry in object.get("functions").and_then(Json::as_array).unwrap_or_default() {
        let namespace = entry.get("namespace").and_then(Json::as_str).map(|name| lowering.name(name));
        let members = entry.get("members").and_then(Json::as_object);
        for member in members.map_or(&[][..], |members| &members.members) {
            let Some(output) = member.value.get("output").and_then(|output| output.get("value")) else {
                lowering.refuse(
                    format!("function '{}' has no 'output.value'", member.key),
                    lowering.member_span(member),
                );
                continue;
            };
            let parameters = member.value.get("parameters").and_then(Json::as_array).unwrap_or_default();
            functions.push(UserFunction {
                namespace: namespace.clone(),
                name: lowering.name(&member.key),
                parameters: parameters
                    .iter()
                    .filter_map(|parameter| parameter.get("name")?.as_str().map(|name| lowering.name(name)))
                    .collect(),
                body: lowering.value(output),
                span: lowering.member_span(member),
            });
        }
    }
    functions
}

fn type_declaration(lowering: &mut Lowering<'_>, member: &Member<'_>) -> Option<TypeDeclaration> {
    let schema = member.value.as_object()?;
    let declared = declared_type(lowering, schema)?;
    let nullable = schema.get("nullable").and_then(Json::as_bool) == Some(true);
    let value = if nullable { TypeExpr::Nullable(Box::new(declared.value)) } else { declared.value };
    Some(TypeDeclaration {
        name: lowering.name(&member.key),
        value,
        secure: declared.secure,
        bounds: declared.bounds,
    })
}

fn output(lowering: &mut Lowering<'_>, member: &Member<'_>) -> Option<OutputDeclaration> {
    let span = lowering.member_span(member);
    let Some(object) = member.value.as_object() else {
        lowering.refuse(format!("output '{}' is not an object", member.key), span);
        return None;
    };
    let declared = declared_type(lowering, object);
    let value = match (object.member("value"), object.get("copy").and_then(Json::as_object)) {
        (Some(value), _) => lowering.value(&value.value),
        (None, Some(copy)) => {
            let span = object.member("copy").map_or(span, |member| lowering.member_span(member));
            let Some(input) = copy.member("input") else {
                lowering.refuse(format!("the copy of output '{}' has no 'input'", member.key), span);
                return None;
            };
            lowering.copy_loop(None, copy.get("count"), &input.value, span)
        }
        (None, None) => {
            lowering.refuse(format!("output '{}' has no 'value'", member.key), span);
            return None;
        }
    };
    Some(OutputDeclaration {
        name: lowering.name(&member.key),
        secure: declared.as_ref().is_some_and(|declared| declared.secure),
        declared_type: declared.map(|declared| declared.value),
        value,
        condition: object.get("condition").map(|condition| lowering.lower(condition, Strings::Expressions)),
        span,
    })
}
