//! The JSON form of Terraform's language (`.tf.json`, `.tfvars.json`) → the same syntax.
//!
//! JSON has no blocks: which properties are blocks, and how many levels of labels they have, is known by their names. Blocks
//! of providers cannot be told from arguments without the provider's schema: they stay arguments.

use jsonc_parser::ast::{Array, Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::parser::{Parsed, Parser, Place};
use super::{read_or_error, template, whole_expression};
use crate::source::{Diagnostic, FileId, Span};
use crate::terraform::ast::{
    Attribute, Block, Body, ExprId, ExprKind, Expressions, File, Label, Literal, ObjectItem,
};
use crate::value::Number;

/// Where a JSON object stands: which of its properties are blocks depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Top,
    Resource,
    Lifecycle,
    Dynamic,
    Content,
    Variable,
    Output,
    Module,
    Terraform,
    Provider,
    Check,
    Refactoring,
    Plain,
}

/// Blocks: where, the name, the number of labels, what they hold.
const BLOCKS: &[(Context, &str, usize, Context)] = &[
    (Context::Top, "resource", 2, Context::Resource),
    (Context::Top, "data", 2, Context::Resource),
    (Context::Top, "ephemeral", 2, Context::Resource),
    (Context::Top, "variable", 1, Context::Variable),
    (Context::Top, "output", 1, Context::Output),
    (Context::Top, "module", 1, Context::Module),
    (Context::Top, "provider", 1, Context::Provider),
    (Context::Top, "locals", 0, Context::Plain),
    (Context::Top, "terraform", 0, Context::Terraform),
    (Context::Top, "moved", 0, Context::Refactoring),
    (Context::Top, "import", 0, Context::Refactoring),
    (Context::Top, "removed", 0, Context::Refactoring),
    (Context::Top, "check", 1, Context::Check),
    (Context::Resource, "lifecycle", 0, Context::Lifecycle),
    (Context::Resource, "provisioner", 1, Context::Plain),
    (Context::Resource, "connection", 0, Context::Plain),
    (Context::Resource, "dynamic", 1, Context::Dynamic),
    (Context::Lifecycle, "precondition", 0, Context::Plain),
    (Context::Lifecycle, "postcondition", 0, Context::Plain),
    (Context::Dynamic, "content", 0, Context::Content),
    (Context::Content, "dynamic", 1, Context::Dynamic),
    (Context::Variable, "validation", 0, Context::Plain),
    (Context::Output, "precondition", 0, Context::Plain),
    (Context::Terraform, "backend", 1, Context::Plain),
    (Context::Terraform, "cloud", 0, Context::Plain),
    (Context::Terraform, "provider_meta", 1, Context::Plain),
    (Context::Terraform, "required_providers", 0, Context::Plain),
    (Context::Provider, "features", 0, Context::Plain),
    (Context::Check, "data", 2, Context::Resource),
    (Context::Check, "assert", 0, Context::Plain),
    (Context::Refactoring, "lifecycle", 0, Context::Lifecycle),
];

/// Arguments whose strings are expressions, not templates: references and types.
const EXPRESSIONS: &[(Context, &str)] = &[
    (Context::Resource, "depends_on"),
    (Context::Resource, "provider"),
    (Context::Lifecycle, "ignore_changes"),
    (Context::Lifecycle, "replace_triggered_by"),
    (Context::Variable, "type"),
    (Context::Output, "depends_on"),
    (Context::Module, "depends_on"),
    (Context::Module, "providers"),
    (Context::Refactoring, "from"),
    (Context::Refactoring, "to"),
    (Context::Refactoring, "provider"),
];

/// How strings are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strings {
    Templates,
    Expressions,
    Literal,
}

/// Parses a `.tf.json` or `.tofu.json` file.
pub fn parse_json(file: FileId, text: &str) -> File {
    read(file, text, Strings::Templates)
}

/// Parses a `.tfvars.json` file: its strings are literal.
pub fn parse_json_variables(file: FileId, text: &str) -> File {
    read(file, text, Strings::Literal)
}

fn read(file: FileId, text: &str, strings: Strings) -> File {
    let options = ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let mut lowering =
        Lowering { file, text, strings, expressions: Expressions::default(), diagnostics: Vec::new() };
    let mut body = Body::default();
    match parse_to_ast(text, &CollectOptions::default(), &options) {
        Ok(parsed) => match parsed.value {
            Some(value) => {
                let context = if strings == Strings::Literal { Context::Plain } else { Context::Top };
                lowering.body(&value, context, &mut body);
            }
            None => {
                lowering.report("Missing JSON value: a JSON object is required here", Span::new(file, 0, 0))
            }
        },
        Err(error) => {
            let range = error.range();
            lowering
                .report(&format!("Invalid JSON: {}", error.kind()), Span::new(file, range.start, range.end));
        }
    }
    File {
        file,
        expressions: std::sync::Arc::new(lowering.expressions),
        body,
        diagnostics: lowering.diagnostics,
        comments: Vec::new(),
    }
}

struct Lowering<'t> {
    file: FileId,
    text: &'t str,
    strings: Strings,
    expressions: Expressions,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Lowering<'t> {
    fn report(&mut self, message: &str, span: Span) {
        self.diagnostics.push(Diagnostic::syntax(message, span));
    }

    fn span(&self, node: &impl Ranged) -> Span {
        Span::new(self.file, node.start(), node.end())
    }

    /// The properties of an object, or of all objects of an array.
    fn body(&mut self, value: &Value<'t>, context: Context, body: &mut Body) {
        match value {
            Value::Object(object) => {
                for property in &object.properties {
                    self.property(property, context, body);
                }
            }
            Value::Array(Array { elements, .. }) => {
                for element in elements {
                    self.body(element, context, body);
                }
            }
            Value::NullKeyword(_) => {}
            other => {
                let span = self.span(other);
                self.report("Incorrect JSON value type: a JSON object is required here", span);
            }
        }
    }

    fn property(&mut self, property: &ObjectProp<'t>, context: Context, body: &mut Body) {
        let name = property.name.as_str();
        if name == "//" {
            return;
        }
        let block = BLOCKS.iter().find(|(at, block, ..)| *at == context && *block == name);
        if let Some((_, block_type, labels, inner)) = block {
            let mut path = Vec::new();
            self.block(property, &property.value, (block_type, *labels, *inner), &mut path, body);
            return;
        }
        let strings = match self.strings {
            Strings::Templates if EXPRESSIONS.contains(&(context, name)) => Strings::Expressions,
            strings => strings,
        };
        let value = self.value(&property.value, strings);
        body.attributes.push(Attribute {
            name: template::text(name),
            name_span: self.span(&property.name),
            value,
            span: self.span(property),
        });
    }

    /// A block: `labels` levels of objects, then its body; an array at any level is several.
    fn block(
        &mut self,
        property: &ObjectProp<'t>,
        value: &Value<'t>,
        shape: (&'static str, usize, Context),
        path: &mut Vec<Label>,
        body: &mut Body,
    ) {
        let (block_type, labels, context) = shape;
        match value {
            Value::NullKeyword(_) => {}
            Value::Array(Array { elements, .. }) => {
                for element in elements {
                    self.block(property, element, shape, path, body);
                }
            }
            Value::Object(Object { properties, .. }) if path.len() < labels => {
                for inner in properties.iter().filter(|inner| inner.name.as_str() != "//") {
                    path.push(Label {
                        text: template::text(inner.name.as_str()),
                        span: self.span(&inner.name),
                    });
                    self.block(inner, &inner.value, shape, path, body);
                    path.pop();
                }
            }
            Value::Object(_) => {
                let mut inner = Body::default();
                self.body(value, context, &mut inner);
                body.blocks.push(Block {
                    block_type: block_type.into(),
                    labels: path
                        .iter()
                        .map(|label| Label { text: label.text.clone(), span: label.span })
                        .collect(),
                    body: inner,
                    header: self.span(&property.name),
                    span: self.span(property),
                });
            }
            other => {
                let span = self.span(other);
                self.report(
                    &format!(
                        "Incorrect JSON value type: a JSON object is required for the block '{block_type}'"
                    ),
                    span,
                );
            }
        }
    }

    fn value(&mut self, value: &Value<'t>, strings: Strings) -> ExprId {
        let span = self.span(value);
        let kind = match value {
            Value::NullKeyword(_) => ExprKind::Literal(Literal::Null),
            Value::BooleanLit(literal) => ExprKind::Literal(Literal::Bool(literal.value)),
            Value::NumberLit(literal) => match Number::parse(literal.value) {
                Some(number) => ExprKind::Literal(Literal::Number(number)),
                None => ExprKind::Error("a number that cannot be read".into()),
            },
            Value::StringLit(literal) => return self.string(&literal.value, span, strings),
            Value::Array(array) => {
                ExprKind::Tuple(array.elements.iter().map(|element| self.value(element, strings)).collect())
            }
            Value::Object(object) => ExprKind::Object(
                object
                    .properties
                    .iter()
                    .map(|property| {
                        let key_span = self.span(&property.name);
                        let keys = if strings == Strings::Templates { strings } else { Strings::Literal };
                        let key = self.string(property.name.as_str(), key_span, keys);
                        let value = self.value(&property.value, strings);
                        ObjectItem { key, value, span: self.span(property) }
                    })
                    .collect(),
            ),
        };
        self.expressions.add(kind, span)
    }

    fn string(&mut self, value: &str, span: Span, strings: Strings) -> ExprId {
        let plain = !value.contains("${") && !value.contains("%{");
        if strings == Strings::Literal || (strings == Strings::Templates && plain) {
            let literal = ExprKind::Literal(Literal::String(template::text(value)));
            return self.expressions.add(literal, span);
        }
        match strings {
            Strings::Expressions => self.parse(value, span, whole_expression),
            _ => self.parse(value, span, |parser| parser.bare_template()),
        }
    }

    fn parse(&mut self, value: &str, span: Span, read: fn(&mut Parser<'_>) -> Parsed<ExprId>) -> ExprId {
        let inside = self.text.get(span.range()).and_then(|text| text.get(1..text.len() - 1));
        let place = if inside == Some(value) {
            Place::Offset(self.file, span.start as usize + 1)
        } else {
            Place::Whole(span)
        };
        let mut parser = Parser::new(value, place, std::mem::take(&mut self.expressions));
        let root = read_or_error(&mut parser, read);
        self.expressions = parser.expressions;
        self.diagnostics.append(&mut parser.diagnostics);
        root
    }
}
