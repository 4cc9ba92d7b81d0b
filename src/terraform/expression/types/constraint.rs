use std::sync::Arc;

use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::terraform::ast::{ExprId, ExprKind, Expressions, Literal, Name};
use crate::terraform::expression::evaluate_literal;
use crate::value::Value;

/// The deepest type that is read.
const MAX_DEPTH: usize = 64;

/// A type, or what is asked of one.
#[derive(Clone, Debug)]
pub enum TypeConstraint {
    /// `any`: whatever it is; in a collection one type for all elements.
    Any,
    /// `bool`.
    Bool,
    /// `number`.
    Number,
    /// `string`.
    String,
    /// `list(T)`.
    List(Arc<TypeConstraint>),
    /// `set(T)`.
    Set(Arc<TypeConstraint>),
    /// `map(T)`.
    Map(Arc<TypeConstraint>),
    /// `tuple([A, B])`.
    Tuple(Arc<[TypeConstraint]>),
    /// `object({ a = T })`, sorted by name.
    Object(Arc<[Attribute]>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub constraint: TypeConstraint,
    /// `optional(T)`: it may be missing, and is null then.
    pub optional: bool,
    /// `optional(T, default)`: what it is when missing or null.
    pub default: Option<Value>,
}

impl TypeConstraint {
    /// The word that Terraform uses of it in messages.
    pub fn describe(&self) -> String {
        match self {
            TypeConstraint::Any => "dynamic".to_owned(),
            TypeConstraint::Bool => "bool".to_owned(),
            TypeConstraint::Number => "number".to_owned(),
            TypeConstraint::String => "string".to_owned(),
            TypeConstraint::List(element) => format!("list of {}", element.describe()),
            TypeConstraint::Set(element) => format!("set of {}", element.describe()),
            TypeConstraint::Map(element) => format!("map of {}", element.describe()),
            TypeConstraint::Tuple(_) => "tuple".to_owned(),
            TypeConstraint::Object(_) => "object".to_owned(),
        }
    }

    /// Whether both are the same type.
    pub fn same(&self, other: &Self) -> bool {
        use TypeConstraint::{Any, Bool, List, Map, Number, Object, Set, String, Tuple};
        match (self, other) {
            (Any, Any) | (Bool, Bool) | (Number, Number) | (String, String) => true,
            (List(a), List(b)) | (Set(a), Set(b)) | (Map(a), Map(b)) => a.same(b),
            (Tuple(a), Tuple(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same(b)),
            (Object(a), Object(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b.iter())
                        .all(|(a, b)| a.name == b.name && a.constraint.same(&b.constraint))
            }
            _ => false,
        }
    }
}

/// Reads a type expression: `list(object({ a = optional(string, "x") }))`. Quoted words (`"string"`) are read as Terraform 0.11
/// wrote them.
///
/// # Errors
/// A diagnostic at what is not a type.
pub fn parse(expressions: &Arc<Expressions>, id: ExprId) -> Result<TypeConstraint, Diagnostic> {
    at_depth(expressions, id, 0)
}

fn at_depth(expressions: &Arc<Expressions>, id: ExprId, depth: usize) -> Result<TypeConstraint, Diagnostic> {
    let expression = &expressions[id];
    if depth > MAX_DEPTH {
        return Err(wrong("a type is nested too deep", expression.span));
    }
    match &expression.kind {
        ExprKind::Root(name) => word(name, expression.span),
        ExprKind::Literal(Literal::String(text)) => word(text, expression.span),
        ExprKind::Parentheses(inner) => at_depth(expressions, *inner, depth + 1),
        ExprKind::Call { function, arguments, .. } => {
            let [argument] = arguments.as_ref() else {
                return Err(wrong(
                    &format!("the {function} type constructor requires one argument"),
                    expression.span,
                ));
            };
            constructed(expressions, function, *argument, depth + 1)
        }
        _ => Err(wrong("a type constraint must be a type keyword or a type constructor", expression.span)),
    }
}

fn word(word: &str, span: Span) -> Result<TypeConstraint, Diagnostic> {
    let any = || Arc::new(TypeConstraint::Any);
    Ok(match word {
        "any" => TypeConstraint::Any,
        "bool" => TypeConstraint::Bool,
        "number" => TypeConstraint::Number,
        "string" => TypeConstraint::String,
        "list" => TypeConstraint::List(any()),
        "set" => TypeConstraint::Set(any()),
        "map" => TypeConstraint::Map(any()),
        _ => return Err(wrong(&format!("the keyword \"{word}\" is not a valid type specification"), span)),
    })
}

fn constructed(
    expressions: &Arc<Expressions>,
    function: &str,
    argument: ExprId,
    depth: usize,
) -> Result<TypeConstraint, Diagnostic> {
    let inner = || at_depth(expressions, argument, depth).map(Arc::new);
    let span = expressions[argument].span;
    match function {
        "list" => Ok(TypeConstraint::List(inner()?)),
        "set" => Ok(TypeConstraint::Set(inner()?)),
        "map" => Ok(TypeConstraint::Map(inner()?)),
        "tuple" => {
            let ExprKind::Tuple(items) = &expressions[argument].kind else {
                return Err(wrong("the tuple type constructor requires a list of element types", span));
            };
            let items: Result<Vec<_>, _> =
                items.iter().map(|item| at_depth(expressions, *item, depth)).collect();
            Ok(TypeConstraint::Tuple(items?.into()))
        }
        "object" => object(expressions, argument, depth),
        _ => Err(wrong(&format!("\"{function}\" is not a type constructor"), span)),
    }
}

fn object(expressions: &Arc<Expressions>, id: ExprId, depth: usize) -> Result<TypeConstraint, Diagnostic> {
    let ExprKind::Object(items) = &expressions[id].kind else {
        let span = expressions[id].span;
        return Err(wrong(
            "the object type constructor requires one argument specifying the attribute types and values as a map",
            span,
        ));
    };
    let mut attributes = Vec::with_capacity(items.len());
    for item in items {
        let ExprKind::Literal(Literal::String(name)) = &expressions[item.key].kind else {
            return Err(wrong("object attribute names must be literal", expressions[item.key].span));
        };
        let (constraint, optional, default) = match &expressions[item.value].kind {
            ExprKind::Call { function, arguments, .. } if &**function == "optional" => {
                let Some(constraint) = arguments.first() else {
                    return Err(wrong("optional() requires a type", expressions[item.value].span));
                };
                let default = arguments.get(1).map(|default| evaluate_literal(expressions, *default));
                (at_depth(expressions, *constraint, depth)?, true, default)
            }
            _ => (at_depth(expressions, item.value, depth)?, false, None),
        };
        attributes.push(Attribute { name: Arc::clone(name), constraint, optional, default });
    }
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(TypeConstraint::Object(attributes.into()))
}

fn wrong(message: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Level::Error,
        DiagnosticCode::Evaluation,
        format!("Invalid type specification: {message}"),
        span,
    )
}
