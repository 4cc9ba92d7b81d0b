//! Spanned JSON: reading it, asking it, and turning it into values.

use std::sync::Arc;

use jsonc_parser::ast::{Object as JsonObject, ObjectProp, Value as Json};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::source::{Diagnostic, FileId, Span};
use crate::value::{Array, Item, Member, Number, Object, Value};

/// Reads strict JSON.
///
/// # Errors
/// A syntax diagnostic at the first wrong place; also for text that is empty or nested beyond the parser's bound.
pub(crate) fn parse(file: FileId, text: &str) -> Result<Json<'_>, Diagnostic> {
    let options = ParseOptions {
        allow_comments: false,
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
    match parse_to_ast(text, &CollectOptions::default(), &options) {
        Ok(result) => result
            .value
            .ok_or_else(|| Diagnostic::syntax("the file holds no JSON value", Span::new(file, 0, 0))),
        Err(error) => {
            let range = error.range();
            Err(Diagnostic::syntax(
                format!("not valid JSON: {}", error.kind()),
                Span::new(file, range.start, range.end),
            ))
        }
    }
}

/// The place of a piece of JSON.
pub(crate) fn span_of(file: FileId, node: &impl Ranged) -> Span {
    let range = node.range();
    Span::new(file, range.start, range.end)
}

/// The value that a piece of JSON is, with the places of everything in it. Strings are literal.
pub(crate) fn to_value(file: FileId, json: &Json<'_>) -> Value {
    let value = match json {
        Json::NullKeyword(_) => Value::null(),
        Json::BooleanLit(literal) => Value::bool(literal.value),
        Json::NumberLit(literal) => match Number::parse(literal.value) {
            Some(number) => Value::new(crate::value::Kind::Number(number)),
            // beyond what a float holds: keep the digits
            None => Value::string(literal.value),
        },
        Json::StringLit(literal) => Value::string(shared(&literal.value)),
        Json::Array(array) => Value::array(Array {
            items: array
                .elements
                .iter()
                .map(|item| Item { site: Some(span_of(file, item)), value: to_value(file, item) })
                .collect(),
            ..Array::default()
        }),
        Json::Object(object) => Value::object(
            object
                .properties
                .iter()
                .map(|property| {
                    (shared(property_name(property)), member(file, property, to_value(file, &property.value)))
                })
                .collect::<Object>(),
        ),
    };
    value.at(span_of(file, json))
}

/// A member whose site is a JSON property.
pub(crate) fn member(file: FileId, property: &ObjectProp<'_>, value: Value) -> Member {
    Member { site: Some(span_of(file, property)), key_span: Some(span_of(file, &property.name)), value }
}

/// A property's name.
pub(crate) fn property_name<'a>(property: &'a ObjectProp<'_>) -> &'a str {
    property.name.as_str()
}

fn shared(text: &str) -> Arc<str> {
    Arc::from(text)
}

/// Short ways to ask JSON whose shape is expected but not certain.
pub(crate) trait Ask<'a> {
    /// The property of this name, of an object.
    fn property(&self, name: &str) -> Option<&ObjectProp<'a>>;
    /// Its value.
    fn field(&self, name: &str) -> Option<&Json<'a>> {
        self.property(name).map(|property| &property.value)
    }
    /// Its string.
    fn text<'s>(&'s self, name: &str) -> Option<&'s str>
    where
        'a: 's,
    {
        match self.field(name)? {
            Json::StringLit(literal) => Some(&literal.value),
            _ => None,
        }
    }
    /// Whether it is `true`.
    fn is_true<'s>(&'s self, name: &str) -> bool
    where
        'a: 's,
    {
        self.field(name).is_some_and(is_true)
    }
    /// Its array's elements; none if it is no array.
    fn list<'s>(&'s self, name: &str) -> &'s [Json<'a>]
    where
        'a: 's,
    {
        self.field(name).and_then(Json::as_array).map_or(&[], |array| &array.elements)
    }
    /// Its object's properties; none if it is no object.
    fn properties<'s>(&'s self, name: &str) -> &'s [ObjectProp<'a>]
    where
        'a: 's,
    {
        self.field(name).and_then(Json::as_object).map_or(&[], |object| &object.properties)
    }
}

impl<'a> Ask<'a> for JsonObject<'a> {
    fn property(&self, name: &str) -> Option<&ObjectProp<'a>> {
        self.properties.iter().find(|property| property_name(property) == name)
    }
}

impl<'a> Ask<'a> for Json<'a> {
    fn property(&self, name: &str) -> Option<&ObjectProp<'a>> {
        self.as_object()?.property(name)
    }
}

/// Whether a piece of JSON is `true`.
pub(crate) fn is_true(json: &Json<'_>) -> bool {
    matches!(json, Json::BooleanLit(literal) if literal.value)
}
