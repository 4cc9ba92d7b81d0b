//! JSON parameter files.

use std::sync::Arc;

use super::lowering::{Lowering, Strings, Text, read_string};
use super::template::empty_template;
use super::tree::{Json, Member, Object};
use crate::arm::template::{AssignedValue, ExprKind, ParameterAssignment, ParameterFile};
use crate::source::Span;

/// Lowers a parameter file's top-level object: its `parameters`, or the bare map that the command line accepts too.
pub(super) fn lower_parameters(
    mut lowering: Lowering<'_>,
    whole: Span,
    object: Option<&Object<'_>>,
) -> ParameterFile {
    let entries = object.map(|object| match object.get("parameters").and_then(Json::as_object) {
        Some(parameters) => parameters,
        None => object,
    });
    let assignments = entries
        .map_or(&[][..], |entries| &entries.members)
        .iter()
        .filter(|member| !member.key.starts_with('$') && !member.key.eq_ignore_ascii_case("contentVersion"))
        .filter_map(|member| assignment(&mut lowering, member))
        .collect();
    let mut template = empty_template(lowering.file, whole);
    template.expressions = lowering.expressions;
    template.diagnostics = lowering.diagnostics;
    ParameterFile { file: lowering.file, using: None, extends: None, template, assignments }
}

fn assignment(lowering: &mut Lowering<'_>, member: &Member<'_>) -> Option<ParameterAssignment> {
    let span = lowering.member_span(member);
    let Some(entry) = member.value.as_object() else {
        lowering.refuse(format!("parameter '{}' must be an object with a 'value'", member.key), span);
        return None;
    };
    let value = if let Some(value) = entry.member("value") {
        // The values of a parameter file are data: a bracket in them is a bracket.
        AssignedValue::Expression(lowering.lower(&value.value, Strings::Literal))
    } else if entry.get("reference").is_some() {
        AssignedValue::KeyVaultSecret
    } else if let Some(expression) = entry.get("expression") {
        let is_expression = matches!(expression.as_str().map(read_string), Some(Text::Expression));
        let strings = if is_expression { Strings::Expressions } else { Strings::Literal };
        AssignedValue::Expression(lowering.lower(expression, strings))
    } else {
        if !entry.damaged {
            lowering.refuse(format!("parameter '{}' has neither 'value' nor 'reference'", member.key), span);
        }
        let reason = ExprKind::Error(Arc::from("the parameter file gives no value"));
        AssignedValue::Expression(lowering.add(reason, span))
    };
    Some(ParameterAssignment { name: lowering.name(&member.key), value, span })
}
