//! JSON values → expressions of the template form.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::expression::lower_expression;
use super::offsets::Offsets;
use super::tree::{Json, Kind, Member, Object};
use crate::arm::template::{
    Element, ExprId, ExprKind, Expressions, ForLoop, Literal, LoopSource, Name, Property, PropertyKey,
    Template,
};
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, Span};
use crate::value::Number;

/// So many diagnostics of one file are told; a file with more has one cause.
const MAX_DIAGNOSTICS: usize = 100;

/// What one template is lowered with: its arena and its file.
pub(super) struct Lowering<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    pub(super) expressions: Expressions,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The variables that expressions here may mean.
    pub(super) variables: Option<&'t Object<'t>>,
    /// Templates that variables hold, by where they begin: several deployments may use one.
    pub(super) held: FxHashMap<usize, Arc<Template>>,
    names: FxHashSet<Name>,
}

/// How strings are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strings {
    /// `[…]` is an expression, `[[…` a literal that begins with one bracket.
    Expressions,
    /// As they are: parameter files, metadata.
    Literal,
}

impl<'t> Lowering<'t> {
    pub(super) fn new(file: FileId, text: &'t str) -> Self {
        Lowering {
            file,
            text,
            expressions: Expressions::default(),
            diagnostics: Vec::new(),
            variables: None,
            held: FxHashMap::default(),
            names: FxHashSet::default(),
        }
    }

    /// The span of a value.
    pub(super) fn span(&self, json: &Json<'_>) -> Span {
        Span::new(self.file, json.start, json.end)
    }

    /// The span of a whole property.
    pub(super) fn member_span(&self, member: &Member<'_>) -> Span {
        Span::new(self.file, member.key_start, member.value.end)
    }

    /// The span of a property's name, quotes included.
    pub(super) fn key_span(&self, member: &Member<'_>) -> Span {
        Span::new(self.file, member.key_start, member.key_end)
    }

    /// The one shared copy of a name.
    pub(super) fn name(&mut self, text: &str) -> Name {
        if let Some(name) = self.names.get(text) {
            return Arc::clone(name);
        }
        let name: Name = Arc::from(text);
        self.names.insert(Arc::clone(&name));
        name
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Something that the template language refuses, though the JSON is right.
    pub(super) fn refuse(&mut self, message: impl Into<Arc<str>>, span: Span) {
        self.report(Diagnostic::new(Level::Error, DiagnosticCode::Syntax, message, span));
    }

    pub(super) fn add(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.expressions.add(kind, span)
    }

    /// A value as an expression, its strings read as expressions where they are.
    pub(super) fn value(&mut self, json: &Json<'_>) -> ExprId {
        self.lower(json, Strings::Expressions)
    }

    /// A value as an expression. Recursion is bounded by the reader's depth limit.
    pub(super) fn lower(&mut self, json: &Json<'_>, strings: Strings) -> ExprId {
        let span = self.span(json);
        let kind = match &json.kind {
            Kind::Null => ExprKind::Literal(Literal::Null),
            Kind::Bool(value) => ExprKind::Literal(Literal::Bool(*value)),
            Kind::Number(text) => match number(text) {
                Some(number) => ExprKind::Literal(Literal::Number(number)),
                None => ExprKind::Error(format!("'{text}' is no number that can be used").into()),
            },
            Kind::String(text) => return self.string(text, json, strings),
            Kind::Array(items) => {
                let elements = items
                    .iter()
                    .map(|item| Element { value: self.lower(item, strings), spread: false })
                    .collect();
                ExprKind::Array(elements)
            }
            Kind::Object(object) => return self.object(object, span, strings, &[]),
            Kind::Broken(reason) => ExprKind::Error(Arc::from(*reason)),
        };
        self.add(kind, span)
    }

    /// An object as an expression, without the members named in `without`.
    pub(super) fn object(
        &mut self,
        object: &Object<'_>,
        span: Span,
        strings: Strings,
        without: &[&str],
    ) -> ExprId {
        let mut properties = Vec::with_capacity(object.members.len());
        for member in &object.members {
            if without.iter().any(|name| member.key.eq_ignore_ascii_case(name)) {
                continue;
            }
            if strings == Strings::Expressions
                && member.key.eq_ignore_ascii_case("copy")
                && let Some(entries) = copy_entries(&member.value)
            {
                properties.extend(entries.into_iter().map(|entry| self.property_copy(&entry)));
                continue;
            }
            properties.push(Property {
                key: self.key(member, strings),
                key_span: self.key_span(member),
                span: self.member_span(member),
                value: self.lower(&member.value, strings),
            });
        }
        if object.damaged {
            properties.push(self.hole(span));
        }
        self.add(ExprKind::Object(properties.into()), span)
    }

    /// Stands for properties that damage in the text may have swallowed: the object may have more than is known.
    pub(super) fn hole(&mut self, span: Span) -> Property {
        let end = Span { start: span.end, ..span };
        let value = self.add(ExprKind::Error(Arc::from("the JSON is damaged here")), end);
        Property { key: PropertyKey::Spread, key_span: end, span: end, value }
    }

    fn key(&mut self, member: &Member<'_>, strings: Strings) -> PropertyKey {
        if strings == Strings::Expressions {
            match read_string(&member.key) {
                Text::Expression => {
                    let raw = self.text.get(member.key_start..member.key_end).unwrap_or("");
                    let offsets = Offsets::new(raw, member.key_start, &member.key);
                    return PropertyKey::Computed(lower_expression(self, &member.key, &offsets));
                }
                Text::Literal(text) => return PropertyKey::Name(self.name(&text)),
            }
        }
        PropertyKey::Name(self.name(&member.key))
    }

    fn string(&mut self, text: &str, json: &Json<'_>, strings: Strings) -> ExprId {
        let literal = match strings {
            Strings::Literal => Cow::Borrowed(text),
            Strings::Expressions => match read_string(text) {
                Text::Expression => {
                    let raw = self.text.get(json.start..json.end).unwrap_or("");
                    let offsets = Offsets::new(raw, json.start, text);
                    return lower_expression(self, text, &offsets);
                }
                Text::Literal(literal) => literal,
            },
        };
        let name = self.name(&literal);
        self.add(ExprKind::Literal(Literal::String(name)), self.span(json))
    }

    /// `{name, count, input}` of a property copy.
    fn property_copy(&mut self, entry: &CopyEntry<'_, '_>) -> Property {
        let name = self.name(entry.name.as_str().unwrap_or_default());
        let span = self.span(entry.whole);
        let value = self.copy_loop(Some(Arc::clone(&name)), entry.count, entry.input, span);
        Property { key: PropertyKey::Copy(name), key_span: self.span(entry.name), span, value }
    }

    /// A copy as a loop expression; a missing count is an error of its own.
    pub(super) fn copy_loop(
        &mut self,
        name: Option<Name>,
        count: Option<&Json<'_>>,
        input: &Json<'_>,
        span: Span,
    ) -> ExprId {
        let count = self.count(count, span);
        let body = self.value(input);
        let copy = ForLoop {
            over: LoopSource::Count(count),
            item: None,
            index: None,
            copy_name: name,
            condition: None,
            body,
        };
        self.add(ExprKind::For(Box::new(copy)), span)
    }

    /// A copy's `count`.
    pub(super) fn count(&mut self, count: Option<&Json<'_>>, span: Span) -> ExprId {
        match count {
            Some(count) => self.value(count),
            None => {
                self.refuse("this copy has no 'count'", span);
                self.add(ExprKind::Error(Arc::from("the copy has no 'count'")), span)
            }
        }
    }
}

/// An entry of a `copy` array among properties.
pub(super) struct CopyEntry<'j, 't> {
    pub(super) whole: &'j Json<'t>,
    pub(super) name: &'j Json<'t>,
    pub(super) count: Option<&'j Json<'t>>,
    pub(super) input: &'j Json<'t>,
}

/// The entries of a property or variable copy; `None` for a property that only happens to be named so.
pub(super) fn copy_entries<'j, 't>(json: &'j Json<'t>) -> Option<Vec<CopyEntry<'j, 't>>> {
    let items = json.as_array()?;
    let entries: Option<Vec<_>> = items
        .iter()
        .map(|whole| {
            let name = whole.get("name").filter(|name| name.as_str().is_some())?;
            let input = &whole.as_object()?.member("input")?.value;
            Some(CopyEntry { whole, name, count: whole.get("count"), input })
        })
        .collect();
    entries.filter(|entries| !entries.is_empty())
}

/// What a string of a template is.
pub(super) enum Text<'a> {
    /// `[…]`.
    Expression,
    /// Text; `[[` at its start stands for one bracket.
    Literal(Cow<'a, str>),
}

/// A string is an expression if it starts with `[`, ends with `]` and does not start with `[[`.
pub(super) fn read_string(text: &str) -> Text<'_> {
    match (text.strip_prefix('['), text.ends_with(']')) {
        (Some(rest), true) if rest.starts_with('[') => Text::Literal(Cow::Borrowed(rest)),
        (Some(rest), true) if !rest.is_empty() => Text::Expression,
        _ => Text::Literal(Cow::Borrowed(text)),
    }
}

/// A number as JSON, or as Newtonsoft's reader takes it besides (hexadecimal, a plus sign).
fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        return i64::from_str_radix(digits, 16).ok().map(Number::from);
    }
    Number::parse(unsigned)
}
