//! Templates: text with holes and directives.

use std::sync::Arc;

use super::evaluator::Evaluator;
use super::loops::{elements, open_of};
use super::operators::unknown_from;
use super::types::{TypeConstraint, convert, to_text};
use crate::source::Span;
use crate::terraform::ast::TemplatePart;
use crate::value::{Facts, Kind, Piece, Reason, ReasonKind, Unknown, Value, ValueType};

/// The longest text that is made, in bytes.
pub(super) const MAX_LENGTH: usize = 16 * 1024 * 1024;
/// The most pieces of a half-known text that are kept apart.
const MAX_PIECES: usize = 64;

/// A text in the making.
#[derive(Default)]
struct Text {
    pieces: Vec<Piece>,
    current: String,
    length: usize,
    secret: bool,
    error: Option<Value>,
}

impl Text {
    fn push(&mut self, text: &str) {
        self.length = self.length.saturating_add(text.len());
        if self.length <= MAX_LENGTH {
            self.current.push_str(text);
        }
    }

    fn hole(&mut self, value: Value) {
        if !self.current.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.current).into()));
        }
        // The pieces of a half-known text become pieces of this one.
        if let Kind::Unknown(unknown) = &value.kind
            && let Some(inner) = &unknown.facts.pieces
            && self.pieces.len() + inner.len() <= MAX_PIECES
        {
            for piece in inner.iter() {
                match piece {
                    Piece::Text(text) => match self.pieces.last_mut() {
                        Some(Piece::Text(before)) => *before = format!("{before}{text}").into(),
                        _ => self.pieces.push(Piece::Text(Arc::clone(text))),
                    },
                    Piece::Hole(hole) => self.pieces.push(Piece::Hole(hole.clone())),
                }
            }
            if let Some(Piece::Text(_)) = self.pieces.last()
                && let Some(Piece::Text(text)) = self.pieces.pop()
            {
                self.current.push_str(&text);
            }
            return;
        }
        self.pieces.push(Piece::Hole(value));
    }

    fn finish(mut self, span: Span) -> Value {
        if let Some(error) = self.error {
            return error;
        }
        if self.length > MAX_LENGTH {
            return Evaluator::limit(span, "the text is longer than is evaluated");
        }
        if self.pieces.is_empty() {
            return Value::string(self.current).tainted(self.secret).at(span);
        }
        if !self.current.is_empty() {
            self.pieces.push(Piece::Text(self.current.into()));
        }
        let holes = self
            .pieces
            .iter()
            .filter_map(|piece| if let Piece::Hole(hole) = piece { Some(hole) } else { None });
        let mut unknown = Unknown::because_of(holes).unwrap_or_else(|| {
            // A half-known text without holes: known to the last character, but not that it is that.
            Unknown::new(Reason::new(ReasonKind::Runtime, "depends on something that is not known"))
        });
        unknown.value_type = ValueType::String;
        unknown.identity = identity(&self.pieces);
        unknown.facts = Facts { not_null: true, pieces: Some(self.pieces.into()), ..Facts::default() };
        Value::new(Kind::Unknown(Arc::new(unknown))).tainted(self.secret).at(span)
    }
}

/// The normal form of a half-known text, where each of its holes has one.
fn identity(pieces: &[Piece]) -> Option<Arc<str>> {
    let mut form = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => form.push_str(text),
            Piece::Hole(hole) => {
                form.push_str("${");
                match &hole.kind {
                    Kind::Unknown(unknown) => form.push_str(unknown.identity.as_ref()?),
                    Kind::Reference(reference) => form.push_str(&reference.describe()),
                    _ => return None,
                }
                form.push('}');
            }
        }
    }
    Some(form.into())
}

impl<'a> Evaluator<'a> {
    pub(super) fn template(&mut self, parts: &'a [TemplatePart], span: Span) -> Value {
        // A template that is nothing but a hole is that value, whatever its type.
        if let [TemplatePart::Interpolation(hole)] = parts {
            return self.evaluate(*hole);
        }
        // With one of several values in a hole, it is one of several texts.
        let holes: Vec<Value> = parts
            .iter()
            .filter_map(|part| match part {
                TemplatePart::Interpolation(hole) => Some(self.evaluate(*hole)),
                _ => None,
            })
            .collect();
        self.with_choices(holes, 0, parts, span)
    }

    /// The text for each combination of the holes' alternatives.
    fn with_choices(
        &mut self,
        holes: Vec<Value>,
        from: usize,
        parts: &'a [TemplatePart],
        span: Span,
    ) -> Value {
        let combinations =
            holes.iter().fold(1_usize, |count, hole| count.saturating_mul(hole.alternatives().len()));
        let choice = holes.iter().skip(from).position(|hole| matches!(hole.kind, Kind::OneOf(_)));
        match choice {
            Some(offset) if combinations <= Value::MAX_CHOICES => {
                let index = from + offset;
                let Some(value) = holes.get(index).cloned() else { return Value::null() };
                self.alternatives(&value, |evaluator, one| {
                    let mut holes = holes.clone();
                    if let Some(hole) = holes.get_mut(index) {
                        *hole = one.clone();
                    }
                    evaluator.with_choices(holes, index + 1, parts, span)
                })
            }
            _ => {
                let mut text = Text::default();
                self.write(parts, Some(holes), &mut text);
                text.finish(span)
            }
        }
    }

    /// Writes the parts; the values of their holes are given where they have been evaluated.
    fn write(&mut self, parts: &'a [TemplatePart], holes: Option<Vec<Value>>, text: &mut Text) {
        let mut evaluated = holes.map(Vec::into_iter);
        for part in parts {
            if text.error.is_some() || text.length > MAX_LENGTH {
                return;
            }
            match part {
                TemplatePart::Text(literal) => text.push(literal),
                TemplatePart::Interpolation(hole) => {
                    let span = self.expressions[*hole].span;
                    let value = match evaluated.as_mut().and_then(Iterator::next) {
                        Some(value) => value,
                        None => self.evaluate(*hole),
                    };
                    self.write_hole(value, span, text);
                }
                TemplatePart::If { condition, then, otherwise } => {
                    let span = self.expressions[*condition].span;
                    let value = self.evaluate(*condition);
                    let decided =
                        if value.is_null() { None } else { convert(&value, &TypeConstraint::Bool).ok() };
                    match decided {
                        Some(Value { kind: Kind::Bool(decided), secret, .. }) => {
                            text.secret |= secret;
                            self.write(if decided { then } else { otherwise }, None, text);
                        }
                        Some(value) => text.hole(unknown_from([&value], ValueType::String).at(span)),
                        None => text.error = Some(self.error(span, "Incorrect condition type: the condition of an 'if' directive must be of type bool, and not null")),
                    }
                }
                TemplatePart::For { key, value, collection, body } => {
                    let span = self.expressions[*collection].span;
                    let over = self.evaluate(*collection);
                    text.secret |= over.secret;
                    match elements(&over) {
                        Some(_) if open_of(&over).is_some() => text.hole(unknown_from([&over], ValueType::String).at(span)),
                        Some(elements) => {
                            for (index, item) in elements {
                                let names = key.iter().map(|key| (Arc::clone(key), index.clone())).chain([(Arc::clone(value), item)]);
                                self.with_names(names.collect::<Vec<_>>(), |evaluator| evaluator.write(body, None, text));
                            }
                        }
                        None if super::operators::is_unknown(&over) => {
                            text.hole(unknown_from([&over], ValueType::String).at(span));
                        }
                        None => text.error = Some(self.error(span, "Iteration over non-iterable value: this value cannot be used as the collection in a 'for' directive")),
                    }
                }
            }
        }
    }

    fn write_hole(&mut self, value: Value, span: Span, text: &mut Text) {
        text.secret |= value.has_secret();
        if value.is_null() {
            text.error = Some(self.error(span, "Invalid template interpolation value: the expression result is null. Cannot include a null value in a string template"));
            return;
        }
        if let Some(known) = to_text(&value) {
            text.push(&known);
            return;
        }
        match value.kind {
            Kind::Unknown(_) | Kind::Reference(_) | Kind::OneOf(_) => text.hole(value),
            _ => {
                text.error = Some(self.error(span, "Invalid template interpolation value: cannot include the given value in a string template: string required"));
            }
        }
    }
}
