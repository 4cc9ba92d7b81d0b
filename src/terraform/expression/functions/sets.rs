//! Sets.

use std::sync::Arc;

use super::super::evaluator::{Evaluator, MAX_ITEMS};
use super::super::operators::{equal, is_open, unknown_from};
use super::super::types::{TypeConstraint, convert, make_set, type_of, unify};
use super::{Failure, Function, Invocation, Needs, any, array, set};
use crate::value::{Array, Collection, Item, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("setintersection", &[set("first_set")], ValueType::Array, |_, values| {
        combine(values, |item, sets| sets.iter().all(|set| has(set, item)))
    })
    .rest(set("other_sets")),
    Function::new("setproduct", &[], ValueType::Array, setproduct).rest(any("sets")).needs(Needs::Shapes),
    Function::new("setsubtract", &[set("a"), set("b")], ValueType::Array, |_, values| {
        combine(values, |item, sets| !sets.iter().any(|set| has(set, item)))
    }),
    Function::new("setunion", &[set("first_set")], ValueType::Array, setunion)
        .rest(set("other_sets"))
        .needs(Needs::Shapes),
];

/// The sets with elements of the one type that they have in common.
fn unified(values: &[Value]) -> Result<Vec<Array>, Failure> {
    let types: Vec<TypeConstraint> = values.iter().map(type_of).collect();
    let common = unify(&types).ok_or("given sets must all have compatible element types")?;
    values
        .iter()
        .map(|value| {
            let converted = convert(value, &common).map_err(|mismatch| mismatch.to_string())?;
            Ok(converted.as_array().cloned().unwrap_or_default())
        })
        .collect()
}

fn has(set: &Array, item: &Value) -> bool {
    set.values().any(|other| equal(other, item) == Some(true))
}

/// The elements of the first set for which `keep` holds with the other sets.
fn combine(values: &[Value], keep: impl Fn(&Value, &[Array]) -> bool) -> Result<Value, Failure> {
    let sets = unified(values)?;
    let (first, others) = sets.split_first().ok_or("at least one set is required")?;
    let items: Vec<Item> = first.items.iter().filter(|item| keep(&item.value, others)).cloned().collect();
    Ok(Value::array(Array { items, open: None, collection: Collection::Set }))
}

fn setunion(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let sets = unified(values)?;
    let open = sets.iter().find_map(|set| set.open.clone());
    let items = sets.iter().flat_map(|set| set.items.iter().cloned()).collect();
    Ok(Value::new(make_set(&Array { items, open, collection: Collection::Uniform })))
}

/// All combinations of one element of each: a list of lists (or tuples), or a set where all arguments are sets.
fn setproduct(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    if values.len() < 2 {
        return Err("at least two arguments are required".into());
    }
    let mut factors: Vec<&Array> = Vec::with_capacity(values.len());
    for index in 0..values.len() {
        factors.push(array(values, index).map_err(|_| "a set or a list is required")?);
    }
    let all_sets = factors.iter().all(|factor| factor.collection == Collection::Set);
    let undecided = values.iter().any(|value| value.as_array().is_some_and(|array| array.open.is_some()));
    if undecided || (all_sets && values.iter().any(is_open)) {
        return Ok(unknown_from(values, ValueType::Array));
    }
    let count = factors.iter().fold(1_usize, |count, factor| count.saturating_mul(factor.items.len()));
    if count > MAX_ITEMS {
        return Err(Failure::Value(Evaluator::limit(
            invocation.span,
            "there are more combinations than are evaluated",
        )));
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for factor in factors {
        rows = rows
            .iter()
            .flat_map(|row| {
                factor.values().map(move |value| row.iter().cloned().chain([value.clone()]).collect())
            })
            .collect();
    }
    let tuples: Array = rows.into_iter().map(|row| Value::array(row.into_iter().collect())).collect();
    let list = TypeConstraint::List(Arc::new(TypeConstraint::Any));
    let listed = convert(&Value::array(tuples), &list).map_err(|mismatch| mismatch.to_string())?;
    match listed.as_array() {
        Some(array) if all_sets => Ok(Value::new(make_set(array))),
        _ => Ok(listed),
    }
}
