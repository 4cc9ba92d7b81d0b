use std::cmp::Ordering;
use std::sync::Arc;

use super::{Attribute, TypeConstraint, type_of, unify};
use crate::terraform::expression::{number, operators};
use crate::value::{Array, Collection, Item, Kind, Member, Object, Unknown, Value, ValueType};

/// A value does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", path_prefix(.path))]
pub struct Mismatch {
    /// Where in the value: `.subnets["a"]`; empty for the value itself.
    pub path: String,
    /// What is wrong, after Terraform's words: `a string is required`.
    pub message: String,
}

fn path_prefix(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}: ") }
}

impl Mismatch {
    fn new(message: impl Into<String>) -> Self {
        Mismatch { path: String::new(), message: message.into() }
    }

    fn within(mut self, step: &str) -> Self {
        self.path.insert_str(0, step);
        self
    }
}

/// The value as one of this type: `"5"` as a number, a tuple as a list, an object with the defaults of its optional attributes.
/// What is not known stays unknown, with its type.
///
/// # Errors
/// [`Mismatch`] where the value can never be of this type.
pub fn convert(value: &Value, to: &TypeConstraint) -> Result<Value, Mismatch> {
    let kind = match (&value.kind, to) {
        (_, TypeConstraint::Any) | (Kind::Null, _) => return Ok(value.clone()),
        (Kind::OneOf(values), _) => return convert_choice(value, values, to),
        (Kind::Unknown(unknown), _) => Kind::Unknown(typed(unknown, to)),
        (Kind::Reference(_), _) => return Ok(value.clone()),
        (_, TypeConstraint::String) => match to_text(value) {
            Some(text) => Kind::String(text),
            None => return Err(Mismatch::new("string required")),
        },
        (_, TypeConstraint::Number) => to_number(value)?,
        (_, TypeConstraint::Bool) => to_bool(value)?,
        (Kind::Array(array), TypeConstraint::List(element)) => list(array, element, to)?,
        (Kind::Array(array), TypeConstraint::Set(element)) => {
            let Kind::Array(list) = list(array, element, to)? else { return Ok(value.clone()) };
            return Ok(Value { kind: make_set(&list), ..value.clone() });
        }
        (Kind::Array(array), TypeConstraint::Tuple(elements)) => tuple(array, elements)?,
        (Kind::Object(object), TypeConstraint::Map(element)) => map(object, element)?,
        (Kind::Object(source), TypeConstraint::Object(attributes)) => object(source, attributes)?,
        _ => return Err(Mismatch::new(format!("{} required", to.describe()))),
    };
    Ok(Value { kind, ..value.clone() })
}

/// Alternatives that do not fit cannot be deployed: they are left out as long as one fits.
fn convert_choice(value: &Value, values: &[Value], to: &TypeConstraint) -> Result<Value, Mismatch> {
    let mut failure = None;
    let mut fitting = Vec::with_capacity(values.len());
    for one in values {
        match convert(one, to) {
            Ok(one) => fitting.push(one),
            Err(mismatch) => failure = Some(mismatch),
        }
    }
    match (Value::one_of(fitting), failure) {
        (Some(choice), _) => Ok(Value { origin: value.origin.clone(), ..choice.tainted(value.secret) }),
        (None, Some(mismatch)) => Err(mismatch),
        (None, None) => Ok(value.clone()),
    }
}

/// The same unknown, known to be of this type.
fn typed(unknown: &Arc<Unknown>, to: &TypeConstraint) -> Arc<Unknown> {
    let value_type = match to {
        TypeConstraint::Any => unknown.value_type,
        TypeConstraint::Bool => ValueType::Bool,
        TypeConstraint::Number => ValueType::Number,
        TypeConstraint::String => ValueType::String,
        TypeConstraint::List(_) | TypeConstraint::Set(_) | TypeConstraint::Tuple(_) => ValueType::Array,
        TypeConstraint::Map(_) | TypeConstraint::Object(_) => ValueType::Object,
    };
    if unknown.value_type == value_type {
        return Arc::clone(unknown);
    }
    Arc::new(Unknown { value_type, ..Unknown::clone(unknown) })
}

/// A primitive value as text.
pub(in crate::terraform::expression) fn to_text(value: &Value) -> Option<Arc<str>> {
    match &value.kind {
        Kind::String(text) => Some(Arc::clone(text)),
        Kind::Number(number) => Some(number.to_string().into()),
        Kind::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
        _ => None,
    }
}

fn to_number(value: &Value) -> Result<Kind, Mismatch> {
    match &value.kind {
        Kind::Number(number) => Ok(Kind::Number(*number)),
        Kind::String(text) => {
            number::parse(text).map(Kind::Number).ok_or_else(|| Mismatch::new("a number is required"))
        }
        _ => Err(Mismatch::new("number required")),
    }
}

fn to_bool(value: &Value) -> Result<Kind, Mismatch> {
    match &value.kind {
        Kind::Bool(value) => Ok(Kind::Bool(*value)),
        Kind::String(text) => match &**text {
            "true" | "1" => Ok(Kind::Bool(true)),
            "false" | "0" => Ok(Kind::Bool(false)),
            _ => Err(Mismatch::new("a bool is required; only the strings \"true\" or \"false\" are allowed")),
        },
        _ => Err(Mismatch::new("bool required")),
    }
}

/// The type that all these values become, where `element` leaves it open.
fn element_type<'a>(
    values: impl Iterator<Item = &'a Value>,
    element: &Arc<TypeConstraint>,
    what: &str,
) -> Result<Arc<TypeConstraint>, Mismatch> {
    if !matches!(**element, TypeConstraint::Any) {
        return Ok(Arc::clone(element));
    }
    let types: Vec<TypeConstraint> = values.map(type_of).collect();
    unify(&types)
        .map(Arc::new)
        .ok_or_else(|| Mismatch::new(format!("all {what} elements must have the same type")))
}

fn list(array: &Array, element: &Arc<TypeConstraint>, to: &TypeConstraint) -> Result<Kind, Mismatch> {
    let what = if matches!(to, TypeConstraint::Set(_)) { "set" } else { "list" };
    let element = element_type(array.values(), element, what)?;
    let items: Result<Vec<Item>, Mismatch> = array
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let value =
                convert(&item.value, &element).map_err(|mismatch| mismatch.within(&format!("[{index}]")))?;
            Ok(Item { site: item.site, value })
        })
        .collect();
    Ok(Kind::Array(Arc::new(Array {
        items: items?,
        open: array.open.clone(),
        collection: Collection::Uniform,
    })))
}

fn tuple(array: &Array, elements: &[TypeConstraint]) -> Result<Kind, Mismatch> {
    if array.collection != Collection::Literal || array.items.len() != elements.len() {
        return Err(Mismatch::new(format!("tuple of {} elements required", elements.len())));
    }
    let mut result = array.clone();
    for (index, (item, element)) in result.items.iter_mut().zip(elements).enumerate() {
        item.value =
            convert(&item.value, element).map_err(|mismatch| mismatch.within(&format!("[{index}]")))?;
    }
    Ok(Kind::Array(Arc::new(result)))
}

fn map(object: &Object, element: &Arc<TypeConstraint>) -> Result<Kind, Mismatch> {
    let element = element_type(object.members().map(|(_, member)| &member.value), element, "map")?;
    let mut result = object.clone();
    for (key, member) in result.members_mut() {
        member.value =
            convert(&member.value, &element).map_err(|mismatch| mismatch.within(&format!("[\"{key}\"]")))?;
    }
    result.collection = Collection::Uniform;
    Ok(Kind::Object(Arc::new(result)))
}

/// Attributes that the type does not name are dropped; missing ones are their default, or null.
fn object(source: &Object, attributes: &[Attribute]) -> Result<Kind, Mismatch> {
    let mut result = Object::new();
    for attribute in attributes {
        let within = |mismatch: Mismatch| mismatch.within(&format!(".{}", attribute.name));
        let given = source.get_exact(&attribute.name);
        let member = match given {
            Some(member) if !member.value.is_null() => {
                let value = convert(&member.value, &attribute.constraint).map_err(within)?;
                Member { value, ..member.clone() }
            }
            _ => match (&attribute.default, given, &source.open) {
                (Some(default), _, _) => {
                    Member::from(convert(default, &attribute.constraint).map_err(within)?)
                }
                (None, Some(member), _) => member.clone(),
                (None, None, Some(open)) => {
                    Member::from(Value::new(Kind::Unknown(typed(open, &attribute.constraint))))
                }
                (None, None, None) if attribute.optional => Member::from(Value::null()),
                (None, None, None) => {
                    return Err(Mismatch::new(format!("attribute \"{}\" is required", attribute.name)));
                }
            },
        };
        result.insert(Arc::clone(&attribute.name), member);
    }
    Ok(Kind::Object(Arc::new(result)))
}

/// A list's elements as a set: sorted and each once. With elements that are not known, how many there are is not known either.
pub(in crate::terraform::expression) fn make_set(list: &Array) -> Kind {
    let (mut known, unknown): (Vec<Item>, Vec<Item>) =
        list.items.iter().cloned().partition(|item| !operators::is_open(&item.value));
    known.sort_by(|a, b| compare(&a.value, &b.value));
    known.dedup_by(|a, b| operators::equal(&a.value, &b.value) == Some(true));
    let mut open = list.open.clone();
    match unknown.as_slice() {
        [] => {}
        // One alone is one element, whatever it is.
        [one] if known.is_empty() => known.push(one.clone()),
        several => {
            let reasons = Unknown::because_of(several.iter().map(|item| &item.value));
            open = reasons.map(Arc::new).or(open);
        }
    }
    Kind::Array(Arc::new(Array { items: known, open, collection: Collection::Set }))
}

/// The order of a set's elements: by value for primitives; others keep an order that depends on their content only.
fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value.kind {
        Kind::Bool(_) => 0,
        Kind::Number(_) => 1,
        Kind::String(_) => 2,
        Kind::Array(_) => 3,
        Kind::Object(_) => 4,
        Kind::Reference(_) => 5,
        // Null comes last.
        _ => 6,
    };
    match (&a.kind, &b.kind) {
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        (Kind::Number(a), Kind::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Kind::String(a), Kind::String(b)) => a.cmp(b),
        (Kind::Array(a), Kind::Array(b)) => {
            let pairs = a.values().zip(b.values()).map(|(a, b)| compare(a, b));
            first_difference(pairs).then(a.items.len().cmp(&b.items.len()))
        }
        (Kind::Object(a), Kind::Object(b)) => {
            let mut keys: Vec<&str> = a.members().chain(b.members()).map(|(key, _)| key.as_str()).collect();
            keys.sort_unstable();
            keys.dedup();
            first_difference(keys.into_iter().map(|key| match (a.get_exact(key), b.get_exact(key)) {
                (Some(a), Some(b)) => compare(&a.value, &b.value),
                (a, b) => a.is_none().cmp(&b.is_none()),
            }))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

fn first_difference(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
