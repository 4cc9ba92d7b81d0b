//! Objects, and set operations on objects and arrays.

use std::sync::Arc;

use super::MAX_ITEMS;
use super::collections::distinct_items;
use super::table::{ANY, Answer, Call, Function, Stop};
use super::text::printed;
use crate::value::{Array, Item, Key, Kind, Member, Object, Unknown, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("createObject", (0, ANY), ValueType::Object, create_object),
    Function::new("items", (1, 1), ValueType::Array, items),
    Function::new("objectKeys", (1, 1), ValueType::Array, object_keys),
    Function::new("union", (1, ANY), ValueType::Any, union),
    Function::new("intersection", (1, ANY), ValueType::Any, intersection),
    Function::new("shallowMerge", (1, 1), ValueType::Object, shallow_merge),
];

/// How deep objects are merged into one another.
const MAX_DEPTH: usize = 64;

fn create_object(call: &Call<'_>) -> Answer {
    if !call.count().is_multiple_of(2) {
        return call.wrong("keys and values must come in pairs");
    }
    let mut object = Object::new();
    for (index, pair) in call.arguments.as_chunks::<2>().0.iter().enumerate() {
        let [key, value] = pair;
        match (printed(key), &key.kind) {
            (Some(name), Kind::String(_) | Kind::Number(_)) => object.insert(name, value.clone()),
            (_, Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_)) => {
                object.open = object.open.take().or_else(|| Unknown::because_of([key]).map(Arc::new));
            }
            _ => return Err(call.wrong_argument(index * 2, key, "a string")),
        }
    }
    Ok(Value::object(object))
}

/// Members sorted by name without regard to case, those that differ only in case in their order.
fn sorted(object: &Object) -> Vec<(&Key, &Member)> {
    let mut members: Vec<(&Key, &Member)> = object.members().collect();
    members.sort_by_cached_key(|(key, _)| key.as_str().to_lowercase());
    members
}

/// An array of what each member gives; open if the object is.
fn per_member(object: &Object, item: impl Fn(&Key, &Member) -> Item) -> Value {
    let items = sorted(object).into_iter().map(|(key, member)| item(key, member)).collect();
    Value::array(Array { items, open: object.open.clone(), ..Array::default() })
}

/// `[{key, value}]`, sorted by key.
fn items(call: &Call<'_>) -> Answer {
    let object = call.object(0)?;
    Ok(per_member(object, |key, member| {
        let mut entry = Object::new();
        entry.insert("key", Value::string(Arc::clone(&key.0)));
        entry.insert("value", member.clone());
        Item { site: member.site, value: Value::object(entry) }
    }))
}

fn object_keys(call: &Call<'_>) -> Answer {
    let object = call.object(0)?;
    Ok(per_member(object, |key, member| Item {
        site: member.key_span,
        value: Value::string(Arc::clone(&key.0)),
    }))
}

/// Whether the arguments are arrays (true) or objects, by those that are known.
fn are_arrays(call: &Call<'_>) -> Result<bool, Stop> {
    let types = call.arguments.iter().map(Value::value_type);
    let mut found = None;
    for (index, value_type) in types.enumerate() {
        let is_array = match value_type {
            ValueType::Array => true,
            ValueType::Object => false,
            ValueType::Any => continue,
            _ => {
                let value = call.argument(index)?;
                return Err(call.wrong_argument(index, value, "an array or an object"));
            }
        };
        if found.is_some_and(|before| before != is_array) {
            return call.wrong("arrays and objects cannot be mixed");
        }
        found = Some(is_array);
    }
    found.ok_or(Stop::Unknown)
}

/// Objects are merged member by member, objects in them too; arrays in them are replaced. Of arrays each item is kept once.
fn union(call: &Call<'_>) -> Answer {
    if !are_arrays(call)? {
        let mut out = Object::new();
        for value in call.arguments {
            merge_value(&mut out, value, 0);
        }
        return Ok(Value::object(out));
    }
    let mut open = None;
    let mut all: Vec<&Item> = Vec::new();
    for value in call.arguments {
        match &value.kind {
            Kind::Array(array) => {
                all.extend(&array.items);
                open = open.or_else(|| array.open.clone());
            }
            _ => open = open.or_else(|| Unknown::because_of([value]).map(Arc::new)),
        }
        if all.len() > MAX_ITEMS {
            return Err(Stop::Limit(format!("an array of more than {MAX_ITEMS} items is not made")));
        }
    }
    match distinct_items(all.iter().copied()) {
        Ok(items) => Ok(Value::array(Array { items, open, ..Array::default() })),
        Err(stop) => Err(stop),
    }
}

fn merge_value(out: &mut Object, value: &Value, depth: usize) {
    match &value.kind {
        Kind::Object(object) => merge(out, object, depth),
        // Whatever is in it may replace what is there.
        _ => open(out, value),
    }
}

/// What an unknown object is merged into may have other values from there on.
fn open(out: &mut Object, value: &Value) {
    if let Some(unknown) = Unknown::because_of([value]) {
        let unknown = Arc::new(unknown);
        for (_, member) in out.members_mut() {
            member.value = Value::new(Kind::Unknown(Arc::clone(&unknown))).tainted(member.value.secret);
        }
        out.open = Some(unknown);
    }
}

fn merge(out: &mut Object, other: &Object, depth: usize) {
    for (key, member) in other.members() {
        let Some(existing) = out.get_mut(key.as_str()) else {
            out.insert(key.clone(), member.clone());
            continue;
        };
        let merged = match (&existing.value.kind, &member.value.kind) {
            (Kind::Object(before), Kind::Object(after)) if depth < MAX_DEPTH => {
                let mut merged = Object::clone(before);
                merge(&mut merged, after, depth + 1);
                let secret = existing.value.secret || member.value.secret;
                let value = Value { origin: member.value.origin.clone(), ..Value::object(merged) };
                Member { value: value.tainted(secret), ..member.clone() }
            }
            _ => member.clone(),
        };
        *existing = merged;
    }
    if let Some(unknown) = &other.open {
        out.open = Some(Arc::clone(unknown));
    }
}

/// What is in all of them, in the order of the first; members of objects must have the same value.
fn intersection(call: &Call<'_>) -> Answer {
    let (first, others) = match call.arguments.split_first() {
        Some(split) if are_arrays(call)? => split,
        Some((first, others)) => return common_members(call, first, others),
        None => return Err(Stop::Unknown),
    };
    let mut arrays = Vec::with_capacity(others.len());
    for index in 0..call.count() {
        let array = call.closed_array(index)?;
        if index > 0 {
            arrays.push(array);
        }
    }
    let array = first.as_array().ok_or(Stop::Unknown)?;
    let mut kept = Vec::new();
    for item in &array.items {
        let mut everywhere = true;
        for other in &arrays {
            everywhere &= contains(other, &item.value)?;
        }
        if everywhere {
            kept.push(item);
        }
    }
    let items = distinct_items(kept.into_iter())?;
    Ok(Value::array(Array { items, ..Array::default() }))
}

fn contains(array: &Array, wanted: &Value) -> Result<bool, Stop> {
    let mut open = false;
    for value in array.values() {
        match value.equals(wanted, false) {
            Some(true) => return Ok(true),
            Some(false) => {}
            None => open = true,
        }
    }
    if open { Err(Stop::Unknown) } else { Ok(false) }
}

fn common_members(call: &Call<'_>, first: &Value, others: &[Value]) -> Answer {
    let first = first.as_object().filter(|object| object.is_closed()).ok_or(Stop::Unknown)?;
    let mut out = Object::new();
    for index in 1..call.count() {
        if !call.object(index)?.is_closed() {
            return Err(Stop::Unknown);
        }
    }
    for (key, member) in first.members() {
        let mut everywhere = true;
        for other in others.iter().filter_map(Value::as_object) {
            everywhere &= match other.value(key.as_str()) {
                Some(value) => value.equals(&member.value, false).ok_or(Stop::Unknown)?,
                None => false,
            };
        }
        if everywhere {
            out.insert(key.clone(), member.clone());
        }
    }
    Ok(Value::object(out))
}

/// Of an array of objects: later members replace earlier ones of the same name.
fn shallow_merge(call: &Call<'_>) -> Answer {
    let array = call.array(0)?;
    let mut out = Object::new();
    for value in array.values() {
        match &value.kind {
            Kind::Object(object) => out.merge_shallow(object),
            Kind::Null => {}
            Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => open(&mut out, value),
            _ => return call.wrong("an item is no object"),
        }
    }
    if let Some(unknown) = &array.open {
        out.open = Some(Arc::clone(unknown));
    }
    Ok(Value::object(out))
}
