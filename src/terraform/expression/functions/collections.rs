//! Lists, maps and objects. What is not known inside of them stays where it is.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::super::evaluator::{Evaluator, MAX_ITEMS};
use super::super::loops::sorted_members;
use super::super::operators::{equal, is_open, is_unknown, unknown_from};
use super::super::traversal::any_of;
use super::super::types::{TypeConstraint, convert, type_of, unify};
use super::strings::list_of;
use super::{
    Failure, Function, Invocation, Needs, Parameter, Want, any, array, list, nullable, number, string,
    strings, whole,
};
use crate::value::{Array, Collection, Item, Kind, Object, Value, ValueType};

const fn bools(name: &'static str) -> Parameter {
    Parameter { name, want: Want::Bools, nullable: false }
}

const fn map_of_strings(name: &'static str) -> Parameter {
    Parameter { name, want: Want::MapOfStrings, nullable: false }
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("alltrue", &[bools("list")], ValueType::Bool, alltrue).needs(Needs::Shapes),
    Function::new("anytrue", &[bools("list")], ValueType::Bool, anytrue).needs(Needs::Shapes),
    Function::new("chunklist", &[list("list"), number("size")], ValueType::Array, chunklist)
        .needs(Needs::Shapes),
    Function::new("coalesce", &[], ValueType::Any, coalesce).rest(nullable("vals")).needs(Needs::Nothing),
    Function::new("coalescelist", &[], ValueType::Array, coalescelist)
        .rest(nullable("vals"))
        .needs(Needs::Nothing),
    Function::new("compact", &[strings("list")], ValueType::Array, compact),
    Function::new("concat", &[], ValueType::Array, concat).rest(any("seqs")).needs(Needs::Nothing),
    Function::new("contains", &[any("list"), any("value")], ValueType::Bool, contains).needs(Needs::Nothing),
    Function::new("distinct", &[list("list")], ValueType::Array, distinct),
    Function::new("element", &[any("list"), number("index")], ValueType::Any, element).needs(Needs::Nothing),
    Function::new("flatten", &[any("list")], ValueType::Array, flatten).needs(Needs::Nothing),
    Function::new("index", &[any("list"), any("value")], ValueType::Number, index).needs(Needs::Shapes),
    Function::new("keys", &[any("inputMap")], ValueType::Array, keys).needs(Needs::Shapes),
    Function::new("length", &[any("value")], ValueType::Number, length).needs(Needs::Nothing),
    Function::new("lookup", &[any("inputMap"), string("key")], ValueType::Any, lookup)
        .rest(nullable("default"))
        .needs(Needs::Nothing),
    Function::new(
        "matchkeys",
        &[list("values"), list("keys"), list("searchset")],
        ValueType::Array,
        matchkeys,
    ),
    Function::new("merge", &[], ValueType::Object, merge).rest(nullable("maps")).needs(Needs::Nothing),
    Function::new("one", &[any("list")], ValueType::Any, one).needs(Needs::Shapes),
    Function::new("reverse", &[any("list")], ValueType::Array, reverse).needs(Needs::Shapes),
    Function::new(
        "slice",
        &[any("list"), number("start_index"), number("end_index")],
        ValueType::Array,
        slice,
    )
    .needs(Needs::Shapes),
    Function::new("sort", &[strings("list")], ValueType::Array, sort).needs(Needs::Shapes),
    Function::new("transpose", &[map_of_strings("values")], ValueType::Object, transpose),
    Function::new("values", &[any("mapping")], ValueType::Array, values_of).needs(Needs::Shapes),
    Function::new("zipmap", &[strings("keys"), any("values")], ValueType::Object, zipmap)
        .needs(Needs::Shapes),
];

fn object(values: &[Value], index: usize) -> Result<&Object, Failure> {
    values.get(index).and_then(Value::as_object).ok_or_else(|| "must have map or object type".into())
}

fn argument(values: &[Value], index: usize) -> Result<&Value, Failure> {
    values.get(index).ok_or_else(|| "an argument is missing".into())
}

/// Stops at the first element that is not known, as Terraform does: a later `false` does not decide.
fn alltrue(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    for value in array(values, 0)?.values() {
        match value.kind {
            Kind::Bool(true) => {}
            Kind::Bool(false) | Kind::Null => return Ok(Value::bool(false)),
            _ => return Ok(unknown_from([value], ValueType::Bool)),
        }
    }
    open_or(values, ValueType::Bool, || Value::bool(true))
}

fn anytrue(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let list = array(values, 0)?;
    if list.values().any(|value| value.as_bool() == Some(true)) {
        return Ok(Value::bool(true));
    }
    if list.values().any(is_unknown) {
        return Ok(unknown_from(values, ValueType::Bool));
    }
    open_or(values, ValueType::Bool, || Value::bool(false))
}

/// The value, unless the collections may have more than is known.
fn open_or(values: &[Value], value_type: ValueType, value: impl FnOnce() -> Value) -> Result<Value, Failure> {
    if values.iter().any(has_more) { Ok(unknown_from(values, value_type)) } else { Ok(value()) }
}

fn has_more(value: &Value) -> bool {
    match &value.kind {
        Kind::Array(array) => array.open.is_some(),
        Kind::Object(object) => object.open.is_some(),
        _ => false,
    }
}

fn chunklist(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let list = array(values, 0)?;
    let size = usize::try_from(whole(values, 1)?).map_err(|_| "the size argument must be positive")?;
    let size = if size == 0 { list.items.len().max(1) } else { size };
    open_or(values, ValueType::Array, || {
        list_of(list.items.chunks(size).map(|chunk| list_of(chunk.iter().map(|item| item.value.clone()))))
    })
}

/// The first argument that is neither null nor an empty text.
fn coalesce(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let types: Vec<TypeConstraint> = values.iter().map(type_of).collect();
    let common = unify(&types).ok_or("all arguments must have the same type")?;
    for value in values {
        match &value.kind {
            Kind::Null => continue,
            Kind::String(text) if text.is_empty() => continue,
            // An id or a computed property is never empty.
            Kind::Reference(_) => return Ok(value.clone()),
            Kind::Unknown(_) | Kind::OneOf(_) => {
                let reasons = unknown_from(values, value.value_type());
                return Ok(if is_filled(value) { value.clone() } else { reasons });
            }
            _ => return convert(value, &common).map_err(|mismatch| mismatch.to_string().into()),
        }
    }
    Err("no non-null, non-empty-string arguments".into())
}

/// Whether an unknown text surely has a character.
fn is_filled(value: &Value) -> bool {
    value.as_unknown().is_some_and(|unknown| {
        unknown.prefix().is_some_and(|prefix| !prefix.is_empty())
            || unknown.suffix().is_some_and(|suffix| !suffix.is_empty())
    })
}

fn coalescelist(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    for value in values {
        match &value.kind {
            Kind::Null => {}
            Kind::Array(array) if array.collection == Collection::Set => {
                return Err("coalescelist arguments must be lists or tuples".into());
            }
            Kind::Array(array) if array.items.is_empty() && array.open.is_none() => {}
            Kind::Array(array) if !array.items.is_empty() => return Ok(value.clone()),
            Kind::Array(_) | Kind::Unknown(_) | Kind::Reference(_) | Kind::OneOf(_) => {
                return Ok(unknown_from(values, ValueType::Array));
            }
            _ => return Err("coalescelist arguments must be lists or tuples".into()),
        }
    }
    Err("no non-null arguments".into())
}

fn compact(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let kept = array(values, 0)?
        .items
        .iter()
        .filter(|item| item.value.as_str().is_some_and(|text| !text.is_empty()));
    Ok(Value::array(Array { items: kept.cloned().collect(), open: None, collection: Collection::Uniform }))
}

/// All elements in order; with a list that is not known the result is open.
fn concat(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    if values.is_empty() {
        return Err("at least one argument is required".into());
    }
    let mut items: Vec<Item> = Vec::new();
    let mut uniform = true;
    let mut secret = false;
    for value in values {
        match &value.kind {
            Kind::Array(array) if array.collection == Collection::Set => {
                return Err("all arguments must be lists or tuples; got set".into());
            }
            Kind::Array(array) if array.open.is_none() => {
                uniform &= array.collection != Collection::Literal;
                if items.len() + array.items.len() > MAX_ITEMS {
                    return Err(too_many(invocation));
                }
                items.extend(array.items.iter().cloned());
            }
            Kind::Array(_) | Kind::Unknown(_) | Kind::Reference(_) | Kind::OneOf(_) => {
                return Ok(unknown_from(values, ValueType::Array));
            }
            _ => return Err("all arguments must be lists or tuples".into()),
        }
        secret |= value.secret;
    }
    let result = Array { items, ..Array::default() };
    if !uniform {
        return Ok(Value::array(result).tainted(secret));
    }
    let types: Vec<TypeConstraint> = result.values().map(type_of).collect();
    let listed = unify(&types).map(|element| TypeConstraint::List(Arc::new(element)));
    let tuple = Value::array(result);
    let value = listed.and_then(|listed| convert(&tuple, &listed).ok()).unwrap_or(tuple);
    Ok(value.tainted(secret))
}

fn contains(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let (collection, wanted) = (argument(values, 0)?, argument(values, 1)?);
    let secret = values.iter().any(Value::has_secret);
    let list = match &collection.kind {
        Kind::Array(array) => array,
        _ if is_unknown(collection) => return Ok(unknown_from(values, ValueType::Bool)),
        _ => return Err("argument must be list, tuple, or set".into()),
    };
    let mut undecided = list.open.is_some();
    for value in list.values() {
        match equal(wanted, value) {
            Some(true) => return Ok(Value::bool(true).tainted(secret)),
            Some(false) => {}
            None => undecided = true,
        }
    }
    if undecided {
        return Ok(unknown_from(values, ValueType::Bool));
    }
    Ok(Value::bool(false).tainted(secret))
}

fn distinct(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let list = array(values, 0)?;
    let mut kept: Vec<Item> = Vec::new();
    let mut seen_texts = rustc_hash::FxHashSet::default();
    for item in &list.items {
        let fresh = match &item.value.kind {
            Kind::String(text) => seen_texts.insert(Arc::clone(text)),
            _ => !kept.iter().any(|other| equal(&other.value, &item.value) == Some(true)),
        };
        if fresh {
            kept.push(item.clone());
        }
    }
    Ok(Value::array(Array { items: kept, open: None, collection: Collection::Uniform }))
}

/// Wraps around the end; a negative index is an error up to Terraform 1.11.
fn element(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let (collection, index) = (argument(values, 0)?, argument(values, 1)?);
    let list = match &collection.kind {
        Kind::Array(array) => array,
        _ if is_unknown(collection) => return Ok(unknown_from(values, ValueType::Any)),
        _ => return Err(format!("cannot read elements from {}", type_of(collection).describe()).into()),
    };
    if list.collection == Collection::Set {
        return Err("cannot read elements from set".into());
    }
    if list.open.is_some() {
        return Ok(unknown_from(values, ValueType::Any));
    }
    if list.items.is_empty() {
        return Err("cannot use element function with an empty list".into());
    }
    if is_unknown(index) {
        return Ok(any_of(list.values(), index, collection));
    }
    let position = usize::try_from(whole(values, 1)?)
        .map_err(|_| "cannot use element function with a negative index")?;
    let found = list.items.get(position % list.items.len()).map(|item| item.value.clone());
    found
        .map(|value| value.tainted(collection.secret || index.secret))
        .ok_or_else(|| "no such element".into())
}

/// Sequences in sequences become one tuple.
fn flatten(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let collection = argument(values, 0)?;
    if is_unknown(collection) {
        return Ok(unknown_from(values, ValueType::Array));
    }
    let list = array(values, 0).map_err(|_| "can only flatten lists, sets and tuples")?;
    let mut items: Vec<Item> = Vec::new();
    let mut secret = collection.secret;
    let mut stack = vec![list.items.iter()];
    let mut open = list.open.is_some();
    // lists of lists that share their parts may be endless to walk, and hold nothing
    let mut lists = 0_usize;
    while let Some(level) = stack.last_mut() {
        let Some(item) = level.next() else {
            stack.pop();
            continue;
        };
        match &item.value.kind {
            Kind::Array(inner) => {
                secret |= item.value.secret;
                open |= inner.open.is_some();
                lists += 1;
                if lists > MAX_ITEMS {
                    return Err(too_many(invocation));
                }
                stack.push(inner.items.iter());
            }
            // It may be a list itself.
            Kind::Unknown(unknown) if matches!(unknown.value_type, ValueType::Any | ValueType::Array) => {
                open = true
            }
            Kind::OneOf(_)
                if item.value.value_type() == ValueType::Array
                    || item.value.value_type() == ValueType::Any =>
            {
                open = true
            }
            _ => items.push(item.clone()),
        }
        if items.len() > MAX_ITEMS {
            return Err(too_many(invocation));
        }
    }
    if open {
        return Ok(unknown_from(values, ValueType::Array));
    }
    Ok(Value::array(Array { items, ..Array::default() }).tainted(secret))
}

fn too_many(invocation: &Invocation<'_, '_>) -> Failure {
    Failure::Value(Evaluator::limit(invocation.span, "there are more items than are evaluated"))
}

fn index(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let list = array(values, 0).map_err(|_| "argument must be a list or tuple")?;
    let wanted = argument(values, 1)?;
    if list.collection == Collection::Set {
        return Err("argument must be a list or tuple".into());
    }
    if list.items.is_empty() && list.open.is_none() {
        return Err("cannot search an empty list".into());
    }
    for (position, value) in (0_i64..).zip(list.values()) {
        match equal(value, wanted) {
            Some(true) => return Ok(Value::int(position)),
            Some(false) => {}
            None => return Ok(unknown_from(values, ValueType::Number)),
        }
    }
    if list.open.is_some() {
        Ok(unknown_from(values, ValueType::Number))
    } else {
        Err("item not found".into())
    }
}

fn keys(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let object = object(values, 0)?;
    let keys = sorted_members(object).into_iter().map(|(key, _)| Value::string(Arc::clone(&key.0)));
    let collection = object.collection;
    open_or(values, ValueType::Array, || Value::array(Array { collection, ..keys.collect() }))
}

/// The members' values by key, as a list of a map and as a tuple of an object.
fn values_of(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let object = object(values, 0)?;
    let items = sorted_members(object)
        .into_iter()
        .map(|(_, member)| Item { site: member.site, value: member.value.clone() });
    let collection = object.collection;
    open_or(values, ValueType::Array, || {
        Value::array(Array { items: items.collect(), open: None, collection })
    })
}

fn length(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let value = argument(values, 0)?;
    let count = match &value.kind {
        // A text of which only the length is known.
        Kind::Unknown(unknown)
            if unknown.value_type == ValueType::String
                && unknown.facts.min.is_some()
                && unknown.facts.min == unknown.facts.max =>
        {
            return Ok(Value::int(unknown.facts.min.unwrap_or(0)).tainted(value.secret));
        }
        _ if is_unknown(value) => return Ok(unknown_from([value], ValueType::Number)),
        Kind::Array(array) => array.items.len(),
        Kind::Object(object) => object.len(),
        Kind::String(text) => text.graphemes(true).count(),
        _ => return Err("argument must be a string, a collection type, or a structural type".into()),
    };
    let secret = value.secret || matches!(value.kind, Kind::String(_)) && value.has_secret();
    open_or(values, ValueType::Number, || {
        Value::int(i64::try_from(count).unwrap_or(i64::MAX)).tainted(secret)
    })
}

fn lookup(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    if values.len() > 3 {
        return Err("lookup() takes two or three arguments".into());
    }
    let (collection, key, default) = (argument(values, 0)?, argument(values, 1)?, values.get(2));
    let secret = collection.secret || key.secret;
    if is_unknown(collection) {
        return Ok(unknown_from([collection, key], ValueType::Any));
    }
    let object = object(values, 0).map_err(|_| "lookup() requires a map as the first argument")?;
    let Some(text) = key.as_str() else {
        let members = object.members().map(|(_, member)| &member.value).chain(default);
        return Ok(if object.open.is_some() {
            unknown_from(values, ValueType::Any)
        } else {
            any_of(members, key, collection)
        });
    };
    if let Some(member) = object.get_exact(text) {
        return Ok(member.value.clone().tainted(secret));
    }
    if object.open.is_some() {
        return Ok(unknown_from([collection], ValueType::Any).tainted(secret));
    }
    let Some(default) = default else {
        let shown = if secret { "the key" } else { &*format!("attribute \"{text}\"") };
        return Err(format!("the given object has no {shown}").into());
    };
    if object.collection == Collection::Uniform {
        let types: Vec<TypeConstraint> = object.members().map(|(_, member)| type_of(&member.value)).collect();
        let element = unify(&types).unwrap_or(TypeConstraint::Any);
        return convert(default, &element)
            .map(|value| value.tainted(secret))
            .map_err(|_| "the default value must have the same type as the map elements".into());
    }
    Ok(default.clone().tainted(secret))
}

fn matchkeys(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let (list, keys) = (array(values, 0)?, array(values, 1)?);
    let common = unify(&[type_of(argument(values, 1)?), type_of(argument(values, 2)?)])
        .ok_or("keys and searchset must be of the same type")?;
    let converted = |index: usize| {
        convert(argument(values, index)?, &common).map_err(|mismatch| Failure::from(mismatch.to_string()))
    };
    let (key_values, wanted) = (converted(1)?, converted(2)?);
    let wanted = wanted.as_array().cloned().unwrap_or_default();
    if list.items.len() != keys.items.len() {
        return Err("length of keys and values should be equal".into());
    }
    let key_values = key_values.as_array().cloned().unwrap_or_default();
    let found = list
        .items
        .iter()
        .zip(key_values.values())
        .filter(|(_, key)| wanted.values().any(|wanted| equal(key, wanted) == Some(true)));
    Ok(list_of(found.map(|(item, _)| item.value.clone())))
}

/// Later members win; nulls are passed over. With an unknown among them the result is open: what is known of it stands as long
/// as nothing unknown comes after.
fn merge(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let mut result = Object::new();
    let mut uniform = !values.is_empty();
    let mut secret = false;
    for value in values {
        secret |= value.secret;
        match &value.kind {
            Kind::Null => {}
            Kind::Object(object) => {
                uniform &= object.collection == Collection::Uniform;
                if let Some(open) = &object.open {
                    result = Object::new();
                    result.open = Some(Arc::clone(open));
                }
                for (key, member) in object.members() {
                    result.insert(key.clone(), member.clone());
                }
            }
            Kind::Unknown(_) | Kind::Reference(_) | Kind::OneOf(_) => {
                let unknown = unknown_from([value], ValueType::Object);
                result = Object::new();
                result.open = unknown.as_unknown().cloned();
            }
            _ => return Err("arguments must be maps or objects".into()),
        }
    }
    if let Some(open) = &result.open
        && result.is_empty()
    {
        return Ok(Value::new(Kind::Unknown(Arc::clone(open))).tainted(secret));
    }
    if uniform {
        let types: Vec<TypeConstraint> = result.members().map(|(_, member)| type_of(&member.value)).collect();
        if let [first, others @ ..] = types.as_slice()
            && others.iter().any(|other| !other.same(first))
        {
            uniform = false;
        }
    }
    result.collection = if uniform { Collection::Uniform } else { Collection::Literal };
    Ok(Value::object(result).tainted(secret))
}

fn one(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let problem = "must be a list, set, or tuple value with either zero or one elements";
    let list = array(values, 0).map_err(|_| problem)?;
    match list.items.as_slice() {
        _ if list.open.is_some() => Ok(unknown_from(values, ValueType::Any)),
        [] => Ok(Value::null()),
        [item] => Ok(item.value.clone()),
        _ => Err(problem.into()),
    }
}

fn reverse(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let list = array(values, 0)?;
    let collection = if list.collection == Collection::Set { Collection::Uniform } else { list.collection };
    open_or(values, ValueType::Array, || {
        Value::array(Array { items: list.items.iter().rev().cloned().collect(), open: None, collection })
    })
}

fn slice(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let list = array(values, 0)?;
    if list.collection == Collection::Set {
        return Err("cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important".into());
    }
    if list.open.is_some() {
        return Ok(unknown_from(values, ValueType::Array));
    }
    let start = usize::try_from(whole(values, 1)?).map_err(|_| "start index must not be less than zero")?;
    let end = usize::try_from(whole(values, 2)?).map_err(|_| "end index must not be less than zero")?;
    if start > end {
        return Err("start index must not be greater than end index".into());
    }
    let part =
        list.items.get(start..end).ok_or("end index must not be greater than the length of the list")?;
    Ok(Value::array(Array { items: part.to_vec(), open: None, collection: list.collection }))
}

/// With a text that is not known, no place of the order is.
fn sort(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let list = array(values, 0)?;
    if values.iter().any(has_more) {
        return Ok(unknown_from(values, ValueType::Array));
    }
    if list.values().any(is_open) {
        let unknown = unknown_from(values, ValueType::String);
        return Ok(list_of(list.items.iter().map(|_| unknown.clone())));
    }
    let mut items = list.items.clone();
    if items.iter().any(|item| item.value.is_null()) {
        return Err("given list element is null; a null string cannot be sorted".into());
    }
    items.sort_by(|a, b| a.value.as_str().cmp(&b.value.as_str()));
    Ok(Value::array(Array { items, open: None, collection: Collection::Uniform }))
}

fn transpose(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let mut result: indexmap::IndexMap<Arc<str>, Vec<Arc<str>>, rustc_hash::FxBuildHasher> =
        indexmap::IndexMap::default();
    for (key, member) in sorted_members(object(values, 0)?) {
        let list = member.value.as_array().ok_or("input must not contain null list")?;
        for value in list.values() {
            let text = value.as_str().ok_or("input list must not contain null string")?;
            result.entry(text.into()).or_default().push(Arc::clone(&key.0));
        }
    }
    result.sort_unstable_keys();
    let mut object: Object =
        result.into_iter().map(|(key, names)| (key, list_of(names.into_iter().map(Value::string)))).collect();
    object.collection = Collection::Uniform;
    Ok(Value::object(object))
}

fn zipmap(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let keys = array(values, 0)?;
    let list = array(values, 1).map_err(|_| "values argument must be a list or tuple value")?;
    if values.iter().any(has_more) || keys.values().any(is_open) {
        return Ok(unknown_from(values, ValueType::Object));
    }
    if keys.items.len() != list.items.len() {
        return Err(format!(
            "number of keys ({}) does not match number of values ({})",
            keys.items.len(),
            list.items.len()
        )
        .into());
    }
    let mut object = Object::new();
    for (index, value) in list.values().enumerate() {
        let key =
            keys.items.get(index).and_then(|item| item.value.as_str()).ok_or("keys list has a null value")?;
        object.insert(key, value.clone());
    }
    object.collection = list.collection;
    Ok(Value::object(object))
}
