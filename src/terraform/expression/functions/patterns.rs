//! Regular expressions (RE2, without look-around) and `replace`.

use regex::{Captures, Regex, RegexBuilder};

use super::super::evaluator::{Evaluator, MAX_ITEMS};
use super::super::templates::MAX_LENGTH;
use super::strings::list_of;
use super::{Failure, Function, Invocation, string, text};
use crate::value::{Object, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regex", &[string("pattern"), string("string")], ValueType::Any, |_, values| {
        let pattern = compile(text(values, 0)?)?;
        let captures = pattern.captures(text(values, 1)?);
        captures
            .map(|captures| result(&pattern, &captures))
            .ok_or_else(|| "pattern did not match any part of the given string".into())
    }),
    Function::new("regexall", &[string("pattern"), string("string")], ValueType::Array, |_, values| {
        let pattern = compile(text(values, 0)?)?;
        let all = pattern.captures_iter(text(values, 1)?).take(MAX_ITEMS);
        Ok(list_of(all.map(|captures| result(&pattern, &captures))))
    }),
    Function::new(
        "replace",
        &[string("str"), string("substr"), string("replace")],
        ValueType::String,
        replace,
    ),
];

/// Compiles a pattern of bounded size; named and unnamed groups may not be mixed.
fn compile(pattern: &str) -> Result<Regex, Failure> {
    let regex = RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| format!("invalid regexp pattern: {}", last_line(&error.to_string())))?;
    let named = regex.capture_names().flatten().count();
    if named > 0 && named < regex.captures_len() - 1 {
        return Err("invalid regexp pattern: cannot mix both named and unnamed capture groups".into());
    }
    Ok(regex)
}

fn last_line(message: &str) -> &str {
    message.lines().last().unwrap_or(message).trim_start_matches("error: ")
}

/// The whole match, or its groups as a tuple or an object.
fn result(pattern: &Regex, captures: &Captures<'_>) -> Value {
    let group =
        |index: usize| captures.get(index).map_or_else(Value::null, |group| Value::string(group.as_str()));
    if pattern.captures_len() == 1 {
        return group(0);
    }
    let names: Vec<(usize, &str)> =
        pattern.capture_names().enumerate().filter_map(|(index, name)| Some((index, name?))).collect();
    if names.is_empty() {
        return Value::array((1..pattern.captures_len()).map(group).collect());
    }
    let object: Object = names.into_iter().map(|(index, name)| (name, group(index))).collect();
    Value::object(object)
}

/// A search between slashes is a pattern; its groups are `$1`, `${1}`, `$name` in the replacement.
fn replace(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let (string, search, with) = (text(values, 0)?, text(values, 1)?, text(values, 2)?);
    let pattern = search.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    if string.len().saturating_mul(with.len().max(1)) > MAX_LENGTH.saturating_mul(16) {
        return Err(Failure::Value(Evaluator::limit(
            invocation.span,
            "the text is longer than is evaluated",
        )));
    }
    Ok(Value::string(match pattern {
        Some(pattern) if search.len() > 1 => compile(pattern)?.replace_all(string, with).into_owned(),
        _ => string.replace(search, with),
    }))
}
