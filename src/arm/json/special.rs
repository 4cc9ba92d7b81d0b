//! Functions of the expression language that are no functions to the evaluator: they name things, decide what is
//! evaluated, or are how Bicep's operators are compiled.

use std::sync::Arc;

use super::lowering::Lowering;
use crate::arm::template::{AccessKey, Element, ExprId, ExprKind, Literal, Name, Property, PropertyKey};
use crate::source::Span;

/// The node that a call of `function` stands for; the arguments again where it is an ordinary call, also because their
/// number or kind does not fit (the function library then says what is wrong).
pub(super) fn special_form(
    lowering: &mut Lowering<'_>,
    function: &str,
    arguments: Vec<ExprId>,
    span: Span,
) -> Result<ExprId, Vec<ExprId>> {
    let is = |name: &str| function.eq_ignore_ascii_case(name);
    let kind = match *arguments.as_slice() {
        [] if is("true") || is("false") => ExprKind::Literal(Literal::Bool(is("true"))),
        [] if is("null") => ExprKind::Literal(Literal::Null),
        [name] if is("parameters") || is("variables") || is("lambdaVariables") => {
            let Some(name) = literal_string(lowering, name) else { return Err(arguments) };
            if is("parameters") {
                ExprKind::Parameter(name)
            } else if is("variables") {
                ExprKind::Variable(name)
            } else {
                ExprKind::Symbol(name)
            }
        }
        [condition, then, otherwise] if is("if") => ExprKind::If { condition, then, otherwise },
        [base, index] if is("indexFromEnd") => {
            ExprKind::Access { base, key: AccessKey::FromEnd(index), safe: false }
        }
        [base, index] if is("tryIndexFromEnd") => {
            let kind = ExprKind::Access { base, key: AccessKey::FromEnd(index), safe: true };
            ExprKind::Parentheses(lowering.add(kind, span))
        }
        [base, first, ref rest @ ..] if is("tryGet") => try_get(lowering, base, first, rest, span),
        [_, ..] if is("and") => ExprKind::And(arguments.into()),
        [_, ..] if is("or") => ExprKind::Or(arguments.into()),
        [_, ..] if is("coalesce") => ExprKind::Coalesce(arguments.into()),
        [ref names @ .., body] if is("lambda") => {
            let parameters: Option<Box<[Name]>> =
                names.iter().map(|name| literal_string(lowering, *name)).collect();
            let Some(parameters) = parameters else { return Err(arguments) };
            ExprKind::Lambda { parameters, body }
        }
        ref items if is("createArray") => {
            ExprKind::Array(items.iter().map(|&value| Element { value, spread: false }).collect())
        }
        ref pairs if is("createObject") && pairs.len().is_multiple_of(2) => create_object(lowering, pairs),
        _ => return Err(arguments),
    };
    Ok(lowering.add(kind, span))
}

/// `tryGet(a, 'b', 'c')` is Bicep's `a.?b.c`: the rest of the chain is skipped where the first step finds nothing.
fn try_get(
    lowering: &mut Lowering<'_>,
    base: ExprId,
    first: ExprId,
    rest: &[ExprId],
    span: Span,
) -> ExprKind {
    let mut id = base;
    for (index, &step) in std::iter::once(&first).chain(rest).enumerate() {
        let key = match literal_string(lowering, step) {
            Some(name) => AccessKey::Name(name, lowering.expressions[step].span),
            None => AccessKey::Index(step),
        };
        id = lowering.add(ExprKind::Access { base: id, key, safe: index == 0 }, span);
    }
    ExprKind::Parentheses(id)
}

fn create_object(lowering: &mut Lowering<'_>, arguments: &[ExprId]) -> ExprKind {
    let (pairs, _) = arguments.as_chunks::<2>();
    let properties = pairs
        .iter()
        .map(|&[key, value]| {
            let key_span = lowering.expressions[key].span;
            let span = key_span.to(lowering.expressions[value].span);
            let key = match literal_string(lowering, key) {
                Some(name) => PropertyKey::Name(name),
                None => PropertyKey::Computed(key),
            };
            Property { key, key_span, span, value }
        })
        .collect();
    ExprKind::Object(properties)
}

fn literal_string(lowering: &Lowering<'_>, id: ExprId) -> Option<Name> {
    match &lowering.expressions[id].kind {
        ExprKind::Literal(Literal::String(text)) => Some(Arc::clone(text)),
        _ => None,
    }
}
