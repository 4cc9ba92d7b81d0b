use std::sync::Arc;

use super::{Attribute, TypeConstraint};
use crate::value::{Collection, Kind, Value, ValueType};

/// The type of a value; `Any` where it is not known (null, most unknowns).
pub(in crate::terraform::expression) fn type_of(value: &Value) -> TypeConstraint {
    let element = |values: &mut dyn Iterator<Item = &Value>| {
        let types: Vec<TypeConstraint> = distinct(values.map(type_of));
        Arc::new(unify(&types).unwrap_or(TypeConstraint::Any))
    };
    match &value.kind {
        Kind::Null => TypeConstraint::Any,
        Kind::Bool(_) => TypeConstraint::Bool,
        Kind::Number(_) => TypeConstraint::Number,
        Kind::String(_) => TypeConstraint::String,
        Kind::Reference(reference) if reference.property.is_none() => TypeConstraint::String,
        Kind::Reference(_) => TypeConstraint::Any,
        // What may have more than is known has no type that can be told.
        Kind::Array(array) if array.open.is_some() => TypeConstraint::Any,
        Kind::Object(object) if object.open.is_some() => TypeConstraint::Any,
        Kind::Array(array) => match array.collection {
            Collection::Literal => TypeConstraint::Tuple(array.values().map(type_of).collect()),
            Collection::Uniform => TypeConstraint::List(element(&mut array.values())),
            Collection::Set => TypeConstraint::Set(element(&mut array.values())),
        },
        Kind::Object(object) if object.collection == Collection::Literal => {
            let mut attributes: Vec<Attribute> = object
                .members()
                .map(|(key, member)| Attribute {
                    name: Arc::clone(&key.0),
                    constraint: type_of(&member.value),
                    optional: false,
                    default: None,
                })
                .collect();
            attributes.sort_by(|a, b| a.name.cmp(&b.name));
            TypeConstraint::Object(attributes.into())
        }
        Kind::Object(object) => {
            TypeConstraint::Map(element(&mut object.members().map(|(_, member)| &member.value)))
        }
        Kind::OneOf(values) => unify(&distinct(values.iter().map(type_of))).unwrap_or(TypeConstraint::Any),
        Kind::Unknown(unknown) => match unknown.value_type {
            ValueType::Bool => TypeConstraint::Bool,
            ValueType::Number => TypeConstraint::Number,
            ValueType::String => TypeConstraint::String,
            _ => TypeConstraint::Any,
        },
    }
}

/// Different types once each: a list of a thousand objects of one shape has one.
fn distinct(types: impl Iterator<Item = TypeConstraint>) -> Vec<TypeConstraint> {
    let mut seen: Vec<TypeConstraint> = Vec::new();
    for this in types {
        if !seen.iter().any(|other| other.same(&this)) {
            seen.push(this);
        }
    }
    seen
}

/// The one type that all of these convert to, after Terraform's preferences; types that are not known do not count. `None` where
/// there is none.
pub(in crate::terraform::expression) fn unify(types: &[TypeConstraint]) -> Option<TypeConstraint> {
    use TypeConstraint::{Any, Bool, List, Map, Number, Object, Set, String, Tuple};
    let known: Vec<&TypeConstraint> = types.iter().filter(|one| !matches!(one, Any)).collect();
    let Some(first) = known.first() else { return Some(Any) };
    if known.iter().all(|other| other.same(first)) {
        return Some((*first).clone());
    }
    let all = |test: fn(&TypeConstraint) -> bool| known.iter().all(|one| test(one));
    if all(|one| matches!(one, String | Number | Bool)) {
        return known.iter().any(|one| matches!(one, String)).then_some(String);
    }
    if all(|one| matches!(one, Object(_))) {
        return unify_objects(&known).or_else(|| unify_members(&known).map(Map));
    }
    if all(|one| matches!(one, Tuple(_))) {
        return unify_tuples(&known).or_else(|| unify_elements(&known).map(List));
    }
    if all(|one| matches!(one, Map(_) | Object(_))) {
        return unify_members(&known).map(Map);
    }
    if all(|one| matches!(one, List(_) | Tuple(_))) {
        return unify_elements(&known).map(List);
    }
    if all(|one| matches!(one, Set(_) | Tuple(_))) {
        return unify_elements(&known).map(Set);
    }
    if all(|one| matches!(one, List(_) | Set(_) | Tuple(_))) {
        return unify_elements(&known).map(List);
    }
    None
}

/// Objects of the same attributes keep them.
fn unify_objects(types: &[&TypeConstraint]) -> Option<TypeConstraint> {
    let objects: Vec<&[Attribute]> = types
        .iter()
        .filter_map(
            |one| if let TypeConstraint::Object(attributes) = one { Some(&**attributes) } else { None },
        )
        .collect();
    let first = objects.first()?;
    let mut result = Vec::with_capacity(first.len());
    for (index, attribute) in first.iter().enumerate() {
        let mut across = Vec::with_capacity(objects.len());
        for object in &objects {
            let twin = object.get(index).filter(|twin| twin.name == attribute.name)?;
            across.push(twin.constraint.clone());
        }
        result.push(Attribute {
            name: Arc::clone(&attribute.name),
            constraint: unify(&across)?,
            optional: false,
            default: None,
        });
    }
    objects.iter().all(|object| object.len() == first.len()).then(|| TypeConstraint::Object(result.into()))
}

/// Tuples of the same length keep their elements apart.
fn unify_tuples(types: &[&TypeConstraint]) -> Option<TypeConstraint> {
    let tuples: Vec<&[TypeConstraint]> = types
        .iter()
        .filter_map(|one| if let TypeConstraint::Tuple(elements) = one { Some(&**elements) } else { None })
        .collect();
    let length = tuples.first()?.len();
    if tuples.iter().any(|tuple| tuple.len() != length) {
        return None;
    }
    let elements: Option<Vec<TypeConstraint>> = (0..length)
        .map(|index| {
            let across: Vec<TypeConstraint> =
                tuples.iter().filter_map(|tuple| tuple.get(index).cloned()).collect();
            unify(&across)
        })
        .collect();
    Some(TypeConstraint::Tuple(elements?.into()))
}

/// One type for all members of objects and maps.
fn unify_members(types: &[&TypeConstraint]) -> Option<Arc<TypeConstraint>> {
    let all = types.iter().flat_map(|one| match one {
        TypeConstraint::Object(attributes) => {
            attributes.iter().map(|attribute| attribute.constraint.clone()).collect()
        }
        TypeConstraint::Map(element) => vec![(**element).clone()],
        _ => Vec::new(),
    });
    unify(&distinct(all)).map(Arc::new)
}

/// One type for all elements of lists, sets and tuples.
fn unify_elements(types: &[&TypeConstraint]) -> Option<Arc<TypeConstraint>> {
    let all = types.iter().flat_map(|one| match one {
        TypeConstraint::Tuple(elements) => elements.to_vec(),
        TypeConstraint::List(element) | TypeConstraint::Set(element) => vec![(**element).clone()],
        _ => Vec::new(),
    });
    unify(&distinct(all)).map(Arc::new)
}
