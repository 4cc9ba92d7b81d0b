//! From the flat parts of a template to its tree: directives are matched with their ends, indentation is removed.

use std::sync::Arc;

use super::parser::{MAX_DEPTH, Parsed, Parser};
use super::template::text;
use crate::source::Span;
use crate::terraform::ast::{ExprId, ExprKind, Literal, Name, TemplatePart};

/// A template before its directives are matched. Text is cut at line ends: a strip marker takes blanks of one line only.
pub(super) enum Flat {
    Text(String),
    Hole(ExprId),
    If(ExprId),
    Else,
    EndIf,
    For { key: Option<Name>, value: Name, collection: ExprId },
    EndFor,
}

/// A directive whose end has not been met.
struct Unfinished {
    directive: Directive,
    parts: Vec<TemplatePart>,
    span: Span,
}

enum Directive {
    Root,
    Then { condition: ExprId },
    Otherwise { condition: ExprId, then: Box<[TemplatePart]> },
    For { key: Option<Name>, value: Name, collection: ExprId },
}

impl Parser<'_> {
    /// Matches directives with their ends.
    pub(super) fn assemble(&mut self, flat: Vec<(Flat, Span)>) -> Parsed<ExprKind> {
        let root_span = flat.first().map_or_else(|| self.span_from(self.at), |(_, span)| *span);
        let mut stack: Vec<Unfinished> = Vec::new();
        let mut current = Unfinished { directive: Directive::Root, parts: Vec::new(), span: root_span };
        let mut pending = String::new();
        for (part, span) in flat {
            if let Flat::Text(more) = &part {
                pending.push_str(more);
                continue;
            }
            flush(&mut pending, &mut current.parts);
            if stack.len() >= MAX_DEPTH {
                return Err(self.fail_at("Template directives are nested too deep", span));
            }
            let matched = match part {
                Flat::Hole(hole) => {
                    current.parts.push(TemplatePart::Interpolation(hole));
                    true
                }
                Flat::If(condition) => {
                    open(&mut stack, &mut current, Directive::Then { condition }, span);
                    true
                }
                Flat::For { key, value, collection } => {
                    open(&mut stack, &mut current, Directive::For { key, value, collection }, span);
                    true
                }
                Flat::Else => otherwise(&mut current, span),
                Flat::EndIf => close(&mut stack, &mut current, false),
                Flat::EndFor => close(&mut stack, &mut current, true),
                Flat::Text(_) => true,
            };
            if !matched {
                return Err(self.fail_at(
                    "Unexpected template directive: the control directives within this template are unbalanced",
                    span,
                ));
            }
        }
        flush(&mut pending, &mut current.parts);
        if !stack.is_empty() {
            return Err(self.fail_at(
                "Unterminated template directive: there is no corresponding end for this directive",
                current.span,
            ));
        }
        Ok(match current.parts.as_slice() {
            [] => ExprKind::Literal(Literal::String("".into())),
            [TemplatePart::Text(text)] => ExprKind::Literal(Literal::String(Arc::clone(text))),
            _ => ExprKind::Template(current.parts.into()),
        })
    }
}

fn flush(pending: &mut String, parts: &mut Vec<TemplatePart>) {
    if !pending.is_empty() {
        parts.push(TemplatePart::Text(text(pending)));
        pending.clear();
    }
}

/// Begins a directive within the current one.
fn open(stack: &mut Vec<Unfinished>, current: &mut Unfinished, directive: Directive, span: Span) {
    let next = Unfinished { directive, parts: Vec::new(), span };
    stack.push(std::mem::replace(current, next));
}

/// `else`: whether the current directive is an `if` without one.
fn otherwise(current: &mut Unfinished, span: Span) -> bool {
    let Directive::Then { condition } = current.directive else { return false };
    let then = std::mem::take(&mut current.parts).into();
    *current = Unfinished { directive: Directive::Otherwise { condition, then }, parts: Vec::new(), span };
    true
}

/// Ends the current directive: whether it is of the kind that ends so.
fn close(stack: &mut Vec<Unfinished>, current: &mut Unfinished, is_for: bool) -> bool {
    let is_match = match current.directive {
        Directive::Root => false,
        Directive::Then { .. } | Directive::Otherwise { .. } => !is_for,
        Directive::For { .. } => is_for,
    };
    let Some(outer) = stack.pop_if(|_| is_match) else { return false };
    let finished = std::mem::replace(current, outer);
    let body = finished.parts.into();
    current.parts.push(match finished.directive {
        Directive::For { key, value, collection } => TemplatePart::For { key, value, collection, body },
        Directive::Otherwise { condition, then } => TemplatePart::If { condition, then, otherwise: body },
        Directive::Then { condition } => {
            TemplatePart::If { condition, then: body, otherwise: Box::default() }
        }
        Directive::Root => return false,
    });
    true
}

/// `<<-`: takes the least indentation of all lines that are not blank from the beginning of each.
pub(super) fn remove_indentation(parts: &mut [(Flat, Span)]) {
    let mut least = usize::MAX;
    let mut at_line_start = true;
    let mut starts: Vec<usize> = Vec::new();
    for (index, (part, _)) in parts.iter().enumerate() {
        let text = if let Flat::Text(text) = part { Some(text) } else { None };
        if at_line_start {
            let spaces = match text {
                Some(text) => {
                    let trimmed = text.trim_start();
                    if trimmed.is_empty() && text.ends_with('\n') {
                        usize::MAX
                    } else {
                        starts.push(index);
                        text.len() - trimmed.len()
                    }
                }
                None => 0,
            };
            least = least.min(spaces);
        }
        at_line_start = text.is_some_and(|text| text.ends_with('\n'));
    }
    for index in starts {
        if let Some((Flat::Text(text), _)) = parts.get_mut(index) {
            let cut = text.char_indices().nth(least).map_or(text.len(), |(at, _)| at);
            text.drain(..cut);
        }
    }
}
