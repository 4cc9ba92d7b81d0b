//! A normal form for calls whose value is not known: equal forms have equal values.

use std::fmt::Write;
use std::sync::Arc;

use super::json::write_json;
use crate::value::{Kind, Reference, Target, Value};

/// Longer forms are not kept: nothing is compared by them in practice.
const MAX_LENGTH: usize = 1024;

/// `name(arguments)`, if every argument has a normal form itself.
pub(super) fn identity(name: &str, arguments: &[Value]) -> Option<Arc<str>> {
    let mut out = String::with_capacity(64);
    out.push_str(name);
    out.push('(');
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_value(argument, &mut out)?;
    }
    out.push(')');
    (out.len() <= MAX_LENGTH).then(|| out.into())
}

/// The normal form of a value: an unknown's identity, a reference's target, JSON for what is known. `None` for secrets, whose
/// text is not to be in a name, and where something in it is simply not known.
pub(super) fn write_value(value: &Value, out: &mut String) -> Option<()> {
    if value.secret || out.len() > MAX_LENGTH {
        return None;
    }
    match &value.kind {
        Kind::Unknown(unknown) => out.push_str(unknown.identity.as_deref()?),
        Kind::OneOf(_) => return None,
        Kind::Reference(reference) => write_reference(reference, out)?,
        Kind::String(text) => {
            out.push('\'');
            out.push_str(&text.replace('\'', "''"));
            out.push('\'');
        }
        Kind::Array(array) if array.is_closed() => {
            out.push('[');
            for item in array.values() {
                write_value(item, out)?;
                out.push(',');
            }
            out.push(']');
        }
        Kind::Array(_) | Kind::Object(_) => return write_json(value, '"', out).then_some(()),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => return write_json(value, '"', out).then_some(()),
    }
    Some(())
}

fn write_reference(reference: &Reference, out: &mut String) -> Option<()> {
    let list = |kind: &str, values: &[&[Value]], out: &mut String| {
        let _ = write!(out, "{kind}(");
        for value in values.iter().copied().flatten() {
            write_value(value, out)?;
            out.push(',');
        }
        out.push(')');
        Some(())
    };
    match &reference.target {
        Target::Declared { address, .. } => {
            let _ = write!(out, "id({address})");
        }
        Target::Id { resource_type, names, scope } => {
            list(&format!("resourceId:{}", resource_type.to_ascii_lowercase()), &[scope, names], out)?;
        }
        Target::Scope { resource_type, names } => {
            list(&format!("scope:{}", resource_type.to_ascii_lowercase()), &[names], out)?;
        }
    }
    if let Some(property) = &reference.property {
        let _ = write!(out, ".{property}");
    }
    Some(())
}
