//! The functions of Terraform's own provider: values as HCL text, and back.
//!
//! The layout is that of Terraform's formatter: two spaces a level, and the equals signs of neighbouring lines below each other.

use std::fmt::Write;

use super::super::Nothing;
use super::super::evaluator::evaluate;
use super::super::loops::sorted_members;
use super::{Failure, Function, Invocation, any, nullable, string, text};
use crate::terraform::ast::Body;
use crate::terraform::syntax::{is_identifier, parse_at};
use crate::value::{Kind, Member, Object, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("provider::terraform::decode_tfvars", &[string("src")], ValueType::Any, decode_tfvars),
    Function::new("provider::terraform::encode_expr", &[nullable("expr")], ValueType::String, |_, values| {
        let mut lines = Lines::default();
        values.iter().for_each(|value| lines.value(value));
        Ok(Value::string(lines.formatted()))
    }),
    Function::new("provider::terraform::encode_tfvars", &[any("value")], ValueType::String, |_, values| {
        let Some(Kind::Object(object)) = values.first().map(|value| &value.kind) else {
            return Err(Failure::from(
                "invalid value to encode: must be an object whose attribute names will become the encoded variable names",
            ));
        };
        let mut lines = Lines::default();
        for (key, member) in sorted_members(object) {
            if !is_identifier(key.as_str()) {
                return Err(Failure::from(format!(
                    "invalid variable name \"{}\": must be a valid identifier, per Terraform's rules for input variable declarations",
                    key.as_str()
                )));
            }
            lines.assignment(key.as_str(), &member.value);
        }
        Ok(Value::string(lines.formatted()))
    }),
];

fn decode_tfvars(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let file = parse_at(invocation.span, text(values, 0)?);
    let Body { attributes, blocks, .. } = &file.body;
    if let Some(first) = file.diagnostics.first() {
        return Err(Failure::from(format!("invalid tfvars syntax: {}", first.message)));
    }
    if !blocks.is_empty() {
        return Err(Failure::from("invalid tfvars content: blocks are not allowed here"));
    }
    let mut object = Object::new();
    for attribute in attributes {
        let value = evaluate(&file.expressions, attribute.value, &Nothing);
        // only literals have a value where nothing has a name
        if value.has_unknown() {
            return Err(Failure::from(format!("invalid expression for variable \"{}\"", attribute.name)));
        }
        object.insert(attribute.name.clone(), Member::from(value));
    }
    Ok(Value::object(object))
}

/// Text in the making, line by line.
#[derive(Default)]
struct Lines {
    done: Vec<Line>,
    current: Line,
}

/// A line without its indentation.
#[derive(Default)]
struct Line {
    text: String,
    /// Where ` = ` of an assignment begins.
    equals: Option<usize>,
    /// How many brackets it opens more than it closes.
    opened: i32,
}

impl Lines {
    fn end(&mut self) {
        self.done.push(std::mem::take(&mut self.current));
    }

    fn bracket(&mut self, bracket: char, opens: i32) {
        self.current.text.push(bracket);
        self.current.opened += opens;
    }

    fn assignment(&mut self, name: &str, value: &Value) {
        self.current.text.push_str(name);
        self.current.equals = Some(self.current.text.len());
        self.current.text.push_str(" = ");
        self.value(value);
        self.end();
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            Kind::Bool(value) => self.current.text.push_str(if *value { "true" } else { "false" }),
            // writing to a string does not fail
            Kind::Number(number) => {
                let _ = write!(self.current.text, "{number}");
            }
            Kind::String(text) => self.current.text.push_str(&quoted(text)),
            Kind::Array(array) => {
                self.bracket('[', 1);
                for (index, item) in array.values().enumerate() {
                    if index > 0 {
                        self.current.text.push_str(", ");
                    }
                    self.value(item);
                }
                self.bracket(']', -1);
            }
            Kind::Object(object) => {
                self.bracket('{', 1);
                if !object.is_empty() {
                    self.end();
                }
                for (key, member) in sorted_members(object) {
                    match key.as_str() {
                        name if is_identifier(name) => self.assignment(name, &member.value),
                        name => self.assignment(&quoted(name), &member.value),
                    }
                }
                self.bracket('}', -1);
            }
            // what is not known does not come here: the caller has seen to it
            Kind::Null | Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
                self.current.text.push_str("null");
            }
        }
    }

    /// The lines indented and aligned; a last line that was not ended stays without an end.
    fn formatted(mut self) -> String {
        let is_open = !self.current.text.is_empty();
        if is_open {
            self.end();
        }
        let mut out = String::new();
        let mut levels: Vec<i32> = Vec::new();
        let mut lines = &self.done[..];
        while let Some(first) = lines.first() {
            // neighbours that assign something on one line have their equals signs below each other
            let names: Vec<(&str, &str)> = lines.iter().map_while(Line::assignment).collect();
            let (now, rest) = lines.split_at(names.len().max(1));
            lines = rest;
            if first.opened < 0 {
                close(&mut levels, -first.opened);
            }
            // writing to a string does not fail
            let indent = 2 * levels.len();
            let width = names.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
            for (name, value) in &names {
                let _ = writeln!(out, "{:indent$}{name:width$}{value}", "");
            }
            if names.is_empty() {
                for line in now {
                    let _ = writeln!(out, "{:indent$}{}", "", line.text);
                }
            }
            if first.opened > 0 {
                levels.push(first.opened);
            }
        }
        if is_open {
            out.pop();
        }
        out
    }
}

impl Line {
    /// The two sides of an assignment that is whole on this line.
    fn assignment(&self) -> Option<(&str, &str)> {
        self.equals.filter(|_| self.opened == 0).and_then(|at| self.text.split_at_checked(at))
    }
}

/// Goes back as many levels as so many brackets have opened: a line that opened several began one level.
fn close(levels: &mut Vec<i32>, mut brackets: i32) {
    while brackets > 0
        && let Some(last) = levels.last_mut()
    {
        if brackets < *last {
            *last -= brackets;
            return;
        }
        brackets -= *last;
        levels.pop();
    }
}

/// A string literal.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // a template would begin here
            '$' | '%' if characters.peek() == Some(&'{') => out.extend([character, character]),
            // writing to a string does not fail
            _ if character.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}
