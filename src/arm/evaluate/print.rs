//! Expressions as ARM writes them, for addresses of resources whose names are not known.

use crate::arm::template::{AccessKey, ExprId, ExprKind, Literal, StringPiece, Template};

/// How deep an expression is written out.
const MAX_DEPTH: usize = 16;

/// The expression, between brackets if it is one.
pub(super) fn expression(template: &Template, id: ExprId) -> String {
    let mut out = String::new();
    write(template, id, 0, &mut out);
    match &template.expressions[id].kind {
        ExprKind::Literal(Literal::String(text)) => text.to_string(),
        _ => format!("[{out}]"),
    }
}

fn write(template: &Template, id: ExprId, depth: usize, out: &mut String) {
    if depth > MAX_DEPTH {
        out.push('…');
        return;
    }
    match &template.expressions[id].kind {
        ExprKind::Literal(literal) => write_literal(literal, out),
        ExprKind::Parameter(name) => out.push_str(&format!("parameters('{name}')")),
        ExprKind::Variable(name) => out.push_str(&format!("variables('{name}')")),
        ExprKind::Symbol(name) => out.push_str(name),
        ExprKind::Call { namespace, function, arguments, .. } => {
            if let Some(namespace) = namespace {
                out.push_str(namespace);
                out.push('.');
            }
            call(template, function, arguments, depth, out);
        }
        ExprKind::Interpolation(pieces) => {
            let mut pattern = String::new();
            let mut holes = Vec::new();
            for piece in pieces {
                match piece {
                    StringPiece::Text(text) => pattern.push_str(text),
                    StringPiece::Hole(hole) => {
                        pattern.push_str(&format!("{{{}}}", holes.len()));
                        holes.push(*hole);
                    }
                }
            }
            out.push_str(&format!("format('{pattern}'"));
            for hole in holes {
                out.push_str(", ");
                write(template, hole, depth + 1, out);
            }
            out.push(')');
        }
        ExprKind::If { condition, then, otherwise } => {
            call(template, "if", &[*condition, *then, *otherwise], depth, out);
        }
        ExprKind::And(operands) => call(template, "and", operands, depth, out),
        ExprKind::Or(operands) => call(template, "or", operands, depth, out),
        ExprKind::Coalesce(operands) => call(template, "coalesce", operands, depth, out),
        ExprKind::Parentheses(inner) | ExprKind::NonNull(inner) => write(template, *inner, depth + 1, out),
        ExprKind::Access { base, key, .. } => {
            write(template, *base, depth + 1, out);
            match key {
                AccessKey::Name(name, _) => out.push_str(&format!(".{name}")),
                AccessKey::Index(index) | AccessKey::FromEnd(index) => {
                    out.push_str(if matches!(key, AccessKey::FromEnd(_)) { "[^" } else { "[" });
                    write(template, *index, depth + 1, out);
                    out.push(']');
                }
            }
        }
        _ => out.push('…'),
    }
}

fn call(template: &Template, function: &str, arguments: &[ExprId], depth: usize, out: &mut String) {
    out.push_str(function);
    out.push('(');
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(template, *argument, depth + 1, out);
    }
    out.push(')');
}

fn write_literal(literal: &Literal, out: &mut String) {
    match literal {
        Literal::Null => out.push_str("null()"),
        Literal::Bool(value) => out.push_str(if *value { "true()" } else { "false()" }),
        Literal::Number(number) => out.push_str(&number.to_string()),
        Literal::String(text) => out.push_str(&format!("'{}'", text.replace('\'', "''"))),
    }
}
