//! Strings that are put together of known and unknown pieces.

use std::sync::Arc;

use super::environment::{MANAGEMENT_GROUP, RESOURCE_GROUP, SUBSCRIPTION, TENANT};
use super::json::write_json;
use super::{Context, MAX_TEXT};
use crate::model::Scope;
use crate::value::{Facts, Kind, Piece, Reason, ReasonKind, Reference, Target, Unknown, Value, ValueType};

/// Puts pieces together: a string if all is known, one of several for holes that are choices, a longer resource id where a known id
/// is followed by `/type/name`, else half known.
pub(crate) fn join(pieces: Vec<Piece>) -> Value {
    let secret = pieces.iter().any(|piece| matches!(piece, Piece::Hole(value) if value.has_secret()));
    let combinations = pieces.iter().fold(1_usize, |count, piece| match piece {
        Piece::Hole(value) => count.saturating_mul(value.alternatives().len().max(1)),
        Piece::Text(_) => count,
    });
    let value = if combinations > 1 && combinations <= Value::MAX_CHOICES {
        let choices = (0..combinations).map(|number| join_one(choose(&pieces, number)));
        Value::one_of(choices).unwrap_or_else(Value::null)
    } else {
        join_one(pieces)
    };
    value.tainted(secret)
}

/// The combination of this number: each hole that is a choice takes one of its alternatives.
fn choose(pieces: &[Piece], mut number: usize) -> Vec<Piece> {
    let pick = |piece: &Piece| match piece {
        Piece::Hole(value) => {
            let alternatives = value.alternatives();
            let count = alternatives.len().max(1);
            let picked = alternatives.get(number % count).unwrap_or(value).clone();
            number /= count;
            Piece::Hole(picked)
        }
        Piece::Text(text) => Piece::Text(Arc::clone(text)),
    };
    pieces.iter().map(pick).collect()
}

fn join_one(pieces: Vec<Piece>) -> Value {
    let pieces = flatten(pieces);
    let length: usize =
        pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum();
    if length > MAX_TEXT {
        return Value::unknown(Reason::new(ReasonKind::Limit, "the string is too long to be kept"));
    }
    match pieces.as_slice() {
        [] => return Value::string(""),
        [Piece::Text(text)] => return Value::string(Arc::clone(text)),
        [Piece::Hole(value)] if value.value_type() == ValueType::String => return value.clone(),
        _ => {}
    }
    if let Some(reference) = longer_id(&pieces) {
        return Value::reference(reference);
    }
    let holes = pieces.iter().filter_map(|piece| match piece {
        Piece::Hole(value) => Some(value),
        Piece::Text(_) => None,
    });
    let Some(mut unknown) = Unknown::because_of(holes) else {
        return Value::unknown(Reason::new(ReasonKind::Error, "the value cannot be made a string"));
    };
    unknown.value_type = ValueType::String;
    unknown.identity = normal_form(&pieces);
    unknown.facts = Facts {
        not_null: true,
        min: i64::try_from(length).ok().filter(|length| *length > 0),
        max: None,
        pieces: Some(pieces.into()),
    };
    Value::new(Kind::Unknown(Arc::new(unknown)))
}

/// Known neighbours become one text, and the pieces of half-known holes become pieces of the whole.
fn flatten(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Hole(value) => match printed(&value) {
                Some(text) => push(&mut out, Piece::Text(text)),
                None => match pieces_of(&value) {
                    Some(inner) => inner.into_iter().for_each(|piece| push(&mut out, piece)),
                    None => out.push(Piece::Hole(value)),
                },
            },
            text @ Piece::Text(_) => push(&mut out, text),
        }
    }
    out
}

fn push(out: &mut Vec<Piece>, piece: Piece) {
    match (out.last_mut(), piece) {
        (_, Piece::Text(text)) if text.is_empty() => {}
        (Some(Piece::Text(before)), Piece::Text(text)) => *before = format!("{before}{text}").into(),
        (_, piece) => out.push(piece),
    }
}

/// The pieces of a half-known string; `None` where nothing is known of its text.
fn pieces_of(value: &Value) -> Option<Vec<Piece>> {
    Some(value.as_unknown()?.facts.pieces.as_deref()?.to_vec())
}

/// A string as pieces: known text, a half-known string's pieces, a resource id's segments, or one hole. `None` for what is no string.
pub(super) fn pieces(value: &Value, context: &Context) -> Option<Vec<Piece>> {
    match &value.kind {
        Kind::String(text) => Some(vec![Piece::Text(Arc::clone(text))]),
        Kind::Reference(reference) => {
            Some(id_pieces(reference, context).unwrap_or_else(|| vec![Piece::Hole(value.clone())]))
        }
        Kind::Unknown(unknown) if matches!(unknown.value_type, ValueType::String | ValueType::Any) => {
            Some(pieces_of(value).unwrap_or_else(|| vec![Piece::Hole(value.clone())]))
        }
        Kind::OneOf(_) => Some(vec![Piece::Hole(value.clone())]),
        _ => None,
    }
}

/// The text of a resource id as far as it is known: `/subscriptions/` ⟨…⟩ `/providers/Microsoft.KeyVault/vaults/kv`.
fn id_pieces(reference: &Reference, context: &Context) -> Option<Vec<Piece>> {
    if reference.property.is_some() {
        return None;
    }
    let mut out = Vec::new();
    let (resource_type, names) = match &reference.target {
        Target::Id { resource_type, names, scope } => {
            scope_pieces(scope, context, &mut out)?;
            (resource_type, names)
        }
        Target::Scope { resource_type, names } => {
            named_scope_pieces(resource_type, names, context, &mut out)?;
            return Some(out);
        }
        Target::Declared { .. } => return None,
    };
    let mut segments = resource_type.split('/');
    push(&mut out, Piece::Text(format!("/providers/{}", segments.next().unwrap_or_default()).into()));
    for (segment, name) in segments.zip(names) {
        push(&mut out, Piece::Text(format!("/{segment}/").into()));
        push_value(&mut out, name)?;
    }
    Some(out)
}

fn push_value(out: &mut Vec<Piece>, value: &Value) -> Option<()> {
    match (printed(value), &value.kind) {
        (Some(text), _) => push(out, Piece::Text(text)),
        (None, Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_)) => match pieces_of(value) {
            Some(inner) => inner.into_iter().for_each(|piece| push(out, piece)),
            None => out.push(Piece::Hole(value.clone())),
        },
        _ => return None,
    }
    Some(())
}

/// The id of the scope that a resource lies in.
fn scope_pieces(scope: &[Value], context: &Context, out: &mut Vec<Piece>) -> Option<()> {
    match scope {
        [] => match context.scope {
            Scope::Tenant => Some(()),
            Scope::ManagementGroup => named_scope_pieces(MANAGEMENT_GROUP, &[], context, out),
            Scope::Subscription => named_scope_pieces(SUBSCRIPTION, &[], context, out),
            Scope::ResourceGroup => named_scope_pieces(RESOURCE_GROUP, &[], context, out),
        },
        [Value { kind: Kind::Reference(base), .. }] => {
            *out = id_pieces(base, context)?;
            Some(())
        }
        given => named_scope_pieces(RESOURCE_GROUP, given, context, out),
    }
}

/// The id of a scope by its names: those of a resource group are its subscription's id (if given) and its own name.
fn named_scope_pieces(kind: &str, names: &[Value], context: &Context, out: &mut Vec<Piece>) -> Option<()> {
    let is = |wanted: &str| kind.eq_ignore_ascii_case(wanted);
    if is(TENANT) {
        return Some(());
    }
    if is(MANAGEMENT_GROUP) {
        let name =
            names.first().cloned().unwrap_or_else(|| super::environment::management_group_name(context));
        push(out, Piece::Text("/providers/Microsoft.Management/managementGroups/".into()));
        return push_value(out, &name);
    }
    let (subscription, group) = match names {
        names if is(SUBSCRIPTION) => (names.first(), None),
        [group] => (None, Some(group)),
        [subscription, group, ..] => (Some(subscription), Some(group)),
        [] => (None, None),
    };
    let subscription = subscription.cloned().unwrap_or_else(|| super::environment::subscription_id(context));
    push(out, Piece::Text("/subscriptions/".into()));
    push_value(out, &subscription)?;
    if is(RESOURCE_GROUP) {
        let group = group.cloned().unwrap_or_else(|| super::environment::resource_group_name(context));
        push(out, Piece::Text("/resourceGroups/".into()));
        push_value(out, &group)?;
    }
    Some(())
}

/// `⟨id of a/b 'x'⟩/c/y` is the id of `a/b/c 'x/y'`: how templates write the ids of children.
fn longer_id(pieces: &[Piece]) -> Option<Reference> {
    let (Piece::Hole(base), rest) = pieces.split_first()? else { return None };
    let reference = base.as_reference()?;
    let Target::Id { resource_type, names, scope } = &reference.target else { return None };
    if reference.property.is_some() {
        return None;
    }
    let mut resource_type = resource_type.to_string();
    let mut names = names.clone();
    for segment in segments(rest)?.as_chunks::<2>().0 {
        let [Piece::Text(kind), name] = segment else { return None };
        resource_type.push('/');
        resource_type.push_str(kind);
        names.push(match name {
            Piece::Text(text) => Value::string(Arc::clone(text)),
            Piece::Hole(value) => value.clone(),
        });
    }
    let target = Target::Id { resource_type: resource_type.into(), names, scope: scope.clone() };
    Some(Reference { target, property: None })
}

/// The segments of `/a/b/⟨…⟩`: an even number, each known or one hole; `None` for any other text.
fn segments(pieces: &[Piece]) -> Option<Vec<Piece>> {
    let mut out: Vec<Option<Piece>> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                let mut parts = text.split('/');
                let first = parts.next().unwrap_or_default();
                match out.last_mut() {
                    // text goes on in the middle of a segment
                    Some(last @ None) if !first.is_empty() => *last = Some(Piece::Text(first.into())),
                    Some(Some(_)) if !first.is_empty() => return None,
                    None if !first.is_empty() => return None,
                    _ => {}
                }
                for part in parts {
                    out.push((!part.is_empty()).then(|| Piece::Text(part.into())));
                }
            }
            Piece::Hole(_) => match out.last_mut() {
                Some(last @ None) => *last = Some(piece.clone()),
                _ => return None,
            },
        }
    }
    let segments: Option<Vec<Piece>> = out.into_iter().collect();
    segments.filter(|segments| {
        !segments.is_empty()
            && segments.len().is_multiple_of(2)
            && !matches!(&segments[0], Piece::Text(first) if first.eq_ignore_ascii_case("providers"))
    })
}

/// A normal form of the pieces, if each hole has one.
fn normal_form(pieces: &[Piece]) -> Option<Arc<str>> {
    let mut out = String::from("format(");
    for piece in pieces {
        match piece {
            Piece::Text(text) => super::identity::write_value(&Value::string(Arc::clone(text)), &mut out)?,
            Piece::Hole(value) => super::identity::write_value(value, &mut out)?,
        }
        out.push(',');
    }
    out.push(')');
    Some(out.into())
}

/// A known value as .NET's `format` prints it into a string: `True`, single-quoted JSON for containers, nothing for null.
/// `None` for what is not known.
pub(crate) fn printed(value: &Value) -> Option<Arc<str>> {
    match &value.kind {
        Kind::String(text) => Some(Arc::clone(text)),
        Kind::Null => Some("".into()),
        Kind::Bool(true) => Some("True".into()),
        Kind::Bool(false) => Some("False".into()),
        Kind::Number(number) => Some(number.to_string().into()),
        Kind::Array(_) | Kind::Object(_) => {
            let mut out = String::new();
            write_json(value, '\'', &mut out).then(|| out.into())
        }
        Kind::Reference(_) | Kind::OneOf(_) | Kind::Unknown(_) => None,
    }
}

/// Applies a function of text to the pieces of a half-known string: exact for what works character by character. `hole` gives the value
/// of an unknown piece.
pub(super) fn map_pieces(
    pieces: Vec<Piece>,
    text: impl Fn(&str) -> String,
    hole: impl Fn(Value) -> Value,
) -> Value {
    let mapped = pieces.into_iter().map(|piece| match piece {
        Piece::Text(known) => Piece::Text(text(&known).into()),
        Piece::Hole(value) => Piece::Hole(hole(value)),
    });
    join(mapped.collect())
}
