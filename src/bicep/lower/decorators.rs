//! Decorators: `@secure()`, `@allowed([…])`, `@minLength(3)` …

use tree_sitter::Node;

use super::super::kinds::{Kind, kind};
use super::Lowering;
use crate::arm::template::{Bounds, ExprId, ExprKind, Literal};

/// The decorators of a declaration, a type's property or a tuple's item, as far as something here asks for them.
#[derive(Debug, Default)]
pub(super) struct Decorators<'t> {
    /// `@secure()`
    pub(super) secure: bool,
    /// `@export()`
    pub(super) exported: bool,
    /// `@nullIfNotFound()`
    pub(super) nullable: bool,
    /// The argument of `@allowed([…])`.
    allowed: Option<Node<'t>>,
    min: Option<Node<'t>>,
    max: Option<Node<'t>>,
}

impl<'t> Decorators<'t> {
    /// The decorators among the children of `node`.
    pub(super) fn of(lowering: &mut Lowering<'t>, node: Node<'t>) -> Self {
        let mut decorators = Decorators::default();
        for child in lowering.children(node) {
            if kind(child) == Kind::Decorator {
                decorators.take(lowering, child);
            }
        }
        decorators
    }

    fn take(&mut self, lowering: &mut Lowering<'t>, decorator: Node<'t>) {
        let parts = lowering.children(decorator);
        let Some((head, arguments)) = parts.split_first() else { return };
        // `@sys.secure(`
        let head =
            lowering.text_of(*head).trim_start_matches('@').trim_end_matches(['(', ' ', '\t', '\r', '\n']);
        let name = head.rsplit('.').next().unwrap_or(head).trim();
        let argument = arguments.first().copied();
        match name {
            "secure" => self.secure = true,
            "export" => self.exported = true,
            "nullIfNotFound" => self.nullable = true,
            "allowed" => self.allowed = argument,
            "minValue" | "minLength" => self.min = argument,
            "maxValue" | "maxLength" => self.max = argument,
            _ => {}
        }
    }

    /// The allowed values, an array expression.
    pub(super) fn allowed(&self, lowering: &mut Lowering<'t>) -> Option<ExprId> {
        self.allowed.map(|argument| lowering.expression(argument))
    }

    /// The bounds that are literal numbers.
    pub(super) fn bounds(&self, lowering: &mut Lowering<'t>) -> Bounds {
        let mut number = |argument: Option<Node<'t>>| {
            let id = lowering.expression(argument?);
            match &lowering.template.expressions[id].kind {
                ExprKind::Literal(Literal::Number(number)) => number.as_i64(),
                _ => None,
            }
        };
        Bounds { min: number(self.min), max: number(self.max) }
    }
}
