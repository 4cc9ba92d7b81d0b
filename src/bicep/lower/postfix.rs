//! What is written behind a value: `.name`, `.?name`, `[0]`, `[?^1]`, `::nested`, `!`, `.method()`; and calls.

use tree_sitter::Node;

use super::super::MAX_DEPTH;
use super::super::kinds::{Field, Kind, field, kind};
use super::Lowering;
use crate::arm::template::{AccessKey, ExprId, ExprKind};
use crate::source::Span;

impl<'t> Lowering<'t> {
    /// An expression of one of the forms above.
    pub(super) fn postfix(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        match kind(node) {
            Kind::Path => self.path(span),
            Kind::Call => self.call(node),
            Kind::MethodCall => self.method_call(node),
            Kind::Member => {
                let base = self.expression_in(node, Field::Object);
                let Some(access) = field(node, Field::Name) else {
                    return self.error("a property's name is missing", span);
                };
                let (name, name_span, safe) = self.accessed(self.span(access));
                let key = AccessKey::Name(self.name(name), name_span);
                self.add(ExprKind::Access { base, key, safe }, span)
            }
            Kind::Subscript => {
                let base = self.expression_in(node, Field::Object);
                let index = self.expression_in(node, Field::Index);
                let from_end = field(node, Field::FromEnd).is_some();
                let key = if from_end { AccessKey::FromEnd(index) } else { AccessKey::Index(index) };
                self.add(ExprKind::Access { base, key, safe: field(node, Field::Safe).is_some() }, span)
            }
            Kind::NestedAccess => {
                let base = self.expression_in(node, Field::Object);
                let symbol = self.field_name(node, Field::Name);
                self.add(ExprKind::Nested { base, symbol }, span)
            }
            Kind::NonNull => {
                let operand = self.expression_in(node, Field::Operand);
                self.add(ExprKind::NonNull(operand), span)
            }
            _ => self.error("a value is expected here", span),
        }
    }

    /// `a.b.?c`, one token.
    fn path(&mut self, span: Span) -> ExprId {
        let text = self.slice(span);
        let mut segments = text.split('.');
        let first = segments.next().unwrap_or_default();
        let start = span.start as usize;
        let mut end = start + first.len();
        let symbol = self.name(first);
        let mut base = self.add(ExprKind::Symbol(symbol), Span::new(self.file, start, end));
        for (level, segment) in segments.enumerate() {
            if self.depth + level >= MAX_DEPTH {
                return self.too_deep(span);
            }
            let from = end;
            end += 1 + segment.len();
            let (name, name_span, safe) = self.accessed(Span::new(self.file, from, end));
            let key = AccessKey::Name(self.name(name), name_span);
            base = self.add(ExprKind::Access { base, key, safe }, Span::new(self.file, start, end));
        }
        base
    }

    /// The name in a token `.name` or `.?name`, behind which blanks and a parenthesis may follow.
    fn accessed(&self, token: Span) -> (&'t str, Span, bool) {
        let text = trim_opening(self.slice(token));
        let name = text.trim_start_matches(['.', '?', ' ', '\t']);
        let end = token.start as usize + text.len();
        let safe = text.get(..text.len() - name.len()).unwrap_or_default().contains('?');
        (name, Span::new(self.file, end - name.len(), end), safe)
    }

    fn arguments(&mut self, node: Node<'t>, opening: Option<Node<'t>>) -> Box<[ExprId]> {
        let behind = opening.map_or(0, |opening| opening.end_byte());
        let children = self.children(node);
        let arguments = children.into_iter().filter(|child| child.start_byte() >= behind);
        arguments.map(|argument| self.expression(argument)).collect()
    }

    /// `f(…)`, `sys.f(…)`, `kv.getSecret(…)`, `a.b.method(…)`.
    fn call(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let opening = field(node, Field::Open);
        let arguments = self.arguments(node, opening);
        let text = trim_opening(opening.map(|opening| self.text_of(opening)).unwrap_or_default());
        let start = span.start as usize;
        let end = start + text.len();
        let (receiver, function, safe) = match text.rsplit_once('.') {
            Some((receiver, function)) => match function.strip_prefix('?') {
                Some(function) => (Some(receiver), function, true),
                None => (Some(receiver), function, false),
            },
            None => (None, text, false),
        };
        let name_span = Span::new(self.file, end - function.len(), end);
        let function = self.name(function);
        match receiver {
            Some(receiver) if !self.namespaces.contains(receiver) => {
                let base = self.path(Span::new(self.file, start, start + receiver.len()));
                self.add(ExprKind::MethodCall { base, method: function, safe, arguments }, span)
            }
            namespace => {
                let namespace = namespace.map(|namespace| self.name(namespace));
                self.add(ExprKind::Call { namespace, function, name_span, arguments }, span)
            }
        }
    }

    fn method_call(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let base = self.expression_in(node, Field::Object);
        let opening = field(node, Field::Open);
        let arguments = self.arguments(node, opening);
        let (method, safe) = match opening {
            Some(opening) => {
                let (method, _, safe) = self.accessed(self.span(opening));
                (method, safe)
            }
            None => ("", false),
        };
        let method = self.name(method);
        self.add(ExprKind::MethodCall { base, method, safe, arguments }, span)
    }
}

/// A token like `name (` without its parenthesis and the blanks around it.
fn trim_opening(text: &str) -> &str {
    text.trim_end_matches(['(', ' ', '\t', '\r', '\n'])
}
