//! Type expressions.

use tree_sitter::Node;

use super::super::kinds::{Field, Kind, field, kind};
use super::decorators::Decorators;
use super::{Lowering, MAX_DEPTH};
use crate::arm::template::{ExprKind, Literal, TypeExpr, TypeProperty};

const PRIMITIVES: &[&str] = &["string", "int", "bool", "object", "array", "any"];

impl<'t> Lowering<'t> {
    /// A type. One that is nested too deep is opaque.
    pub(super) fn type_expression(&mut self, node: Node<'t>) -> TypeExpr {
        self.deeper(node, |this| this.type_here(node)).unwrap_or(TypeExpr::Opaque)
    }

    fn type_in(&mut self, node: Node<'t>, which: Field) -> TypeExpr {
        field(node, which).map_or(TypeExpr::Opaque, |child| self.type_expression(child))
    }

    fn type_here(&mut self, node: Node<'t>) -> TypeExpr {
        match kind(node) {
            Kind::Identifier | Kind::Path => self.named_type(node),
            Kind::String
            | Kind::MultilineString
            | Kind::InterpolatedString
            | Kind::Integer
            | Kind::True
            | Kind::False
            | Kind::Null => self.literal_type(node),
            Kind::UnaryType => self.signed_type(node),
            Kind::NullableType => {
                let inner = self.type_in(node, Field::Operand);
                let asserted =
                    field(node, Field::Operator).is_some_and(|operator| self.text_of(operator) == "!");
                match inner {
                    TypeExpr::Nullable(inner) if asserted => *inner,
                    inner if asserted => inner,
                    inner => TypeExpr::Nullable(Box::new(inner)),
                }
            }
            Kind::UnionType => self.union_type(node),
            Kind::ParenthesizedType => self.type_in(node, Field::Operand),
            Kind::ArrayType => TypeExpr::Array(Box::new(self.type_in(node, Field::Items))),
            Kind::TupleType => {
                let items = self.children(node);
                TypeExpr::Tuple(items.into_iter().map(|item| self.type_in(item, Field::Type)).collect())
            }
            Kind::ObjectType => self.object_type(node),
            Kind::MemberType | Kind::ItemsType | Kind::IndexType => self.member_type(node),
            _ => TypeExpr::Opaque,
        }
    }

    /// `string`, `sys.string`, `myType`, `ns.type`, `myType.property`.
    fn named_type(&mut self, node: Node<'t>) -> TypeExpr {
        let text = self.text_of(node);
        let text = text.strip_prefix("sys.").filter(|name| PRIMITIVES.contains(name)).unwrap_or(text);
        if PRIMITIVES.contains(&text) {
            return TypeExpr::Primitive(self.name(text));
        }
        let mut members = text.split('.');
        let first = members.next().unwrap_or_default();
        let in_namespace = if self.namespaces.contains(first) { members.next() } else { None };
        let mut result = match in_namespace {
            Some(name) => TypeExpr::Named(format!("{first}.{name}").into()),
            None => TypeExpr::Named(self.name(first)),
        };
        for (level, member) in members.enumerate() {
            if self.depth + level >= MAX_DEPTH {
                return TypeExpr::Opaque;
            }
            result = TypeExpr::Member(Box::new(result), self.name(member));
        }
        result
    }

    fn literal_type(&mut self, node: Node<'t>) -> TypeExpr {
        let id = self.expression(node);
        match &self.template.expressions[id].kind {
            ExprKind::Literal(literal) => TypeExpr::Literal(literal.clone()),
            _ => TypeExpr::Opaque,
        }
    }

    /// `-1`, `!true`.
    fn signed_type(&mut self, node: Node<'t>) -> TypeExpr {
        match self.type_in(node, Field::Operand) {
            TypeExpr::Literal(Literal::Bool(value)) => TypeExpr::Literal(Literal::Bool(!value)),
            TypeExpr::Literal(Literal::Number(number)) => match number.as_i64().and_then(i64::checked_neg) {
                Some(negated) => TypeExpr::Literal(Literal::Number(negated.into())),
                None => TypeExpr::Opaque,
            },
            _ => TypeExpr::Opaque,
        }
    }

    /// `a | b | c`: a chain that leans to the left, however long.
    fn union_type(&mut self, node: Node<'t>) -> TypeExpr {
        let mut members = Vec::new();
        let mut first = Some(node);
        while let Some(union) = first.filter(|first| kind(*first) == Kind::UnionType) {
            members.extend(field(union, Field::Right));
            first = field(union, Field::Left);
        }
        members.extend(first);
        let mut members: Vec<TypeExpr> =
            members.into_iter().rev().map(|member| self.type_expression(member)).collect();
        match members.len() {
            1 => members.pop().unwrap_or(TypeExpr::Opaque),
            _ => TypeExpr::Union(members),
        }
    }

    fn object_type(&mut self, node: Node<'t>) -> TypeExpr {
        let mut properties = Vec::new();
        let mut additional = None;
        for member in self.children(node) {
            let value = self.type_in(member, Field::Type);
            let name = field(member, Field::Name);
            let Some(name) = name.filter(|name| name.is_named()) else {
                additional = Some(Box::new(value));
                continue;
            };
            let name = match kind(name) {
                Kind::Key => {
                    let text = self.text_of(name).trim_end_matches([':', ' ', '\t']);
                    self.name(text)
                }
                _ => self.literal_text(name).unwrap_or_default().into(),
            };
            let decorators = Decorators::of(self, member);
            let bounds = decorators.bounds(self);
            properties.push(TypeProperty { name, value, secure: decorators.secure, bounds });
        }
        TypeExpr::Object { properties, additional }
    }

    /// `T.property`, `T.*`, `T[*]`, `T[0]`.
    fn member_type(&mut self, node: Node<'t>) -> TypeExpr {
        let inner = self.type_in(node, Field::Object);
        if matches!(inner, TypeExpr::Opaque) {
            return inner;
        }
        let name = match kind(node) {
            Kind::ItemsType => "[*]".to_owned(),
            Kind::IndexType => {
                format!("[{}]", field(node, Field::Index).map_or("", |index| self.text_of(index)))
            }
            _ => {
                let access = field(node, Field::Name).map_or("", |access| self.text_of(access));
                access.trim_start_matches(['.', '?', ' ', '\t']).to_owned()
            }
        };
        TypeExpr::Member(Box::new(inner), name.into())
    }
}
