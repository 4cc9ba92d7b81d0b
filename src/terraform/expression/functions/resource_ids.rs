//! The azurerm provider's functions about resource ids. Both are pure.
//!
//! The provider spells namespaces and types as its own list of ids does; here they are spelt as in the mapping tables, and one that
//! is in none stays as written: Azure compares them without regard to case.

use super::{Failure, Function, Invocation, string, text};
use crate::terraform::mapping;
use crate::value::{Collection, Key, Member, Object, Reason, ReasonKind, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "provider::azurerm::normalise_resource_id",
        &[string("id")],
        ValueType::String,
        |invocation, values| {
            let segments = segments(invocation, text(values, 0)?)?;
            Ok(Value::string(normal(&segments)))
        },
    ),
    Function::new("provider::azurerm::parse_resource_id", &[string("id")], ValueType::Object, parse),
];

/// The words of an id and what stands behind each.
fn segments<'t>(invocation: &Invocation<'_, '_>, id: &'t str) -> Result<Vec<(&'t str, &'t str)>, Failure> {
    let malformed = || Failure::from("could not determine the resource ID type, the ID may be malformed");
    let words: Vec<&str> = id.strip_prefix('/').ok_or_else(malformed)?.split('/').collect();
    if !words.len().is_multiple_of(2) || words.iter().any(|word| word.is_empty()) {
        return Err(malformed());
    }
    let pairs: Vec<(&str, &str)> =
        words.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect();
    let is = |index: usize, word: &str| {
        pairs.get(index).is_some_and(|(known, _)| known.eq_ignore_ascii_case(word))
    };
    let providers = if is(1, "resourceGroups") { 2 } else { 1 };
    let names = pairs.get(providers + 1..).unwrap_or_default();
    // How an id is taken apart that has another scope, or an extension's, depends on the provider's list of ids.
    let is_plain = is(0, "subscriptions")
        && (pairs.len() <= providers || is(providers, "providers") && !names.is_empty())
        && !names.iter().any(|(word, _)| word.eq_ignore_ascii_case("providers"))
        && !pairs
            .get(providers)
            .is_some_and(|(_, namespace)| namespace.eq_ignore_ascii_case("Microsoft.Authorization"));
    if is_plain {
        return Ok(pairs);
    }
    let reason = Reason::new(
        ReasonKind::Unsupported,
        "only ids of what lies in a subscription or resource group are taken apart",
    );
    Err(Failure::Value(Value::unknown(reason).at(invocation.span)))
}

/// The id with the namespace and the types in it as Azure spells them.
fn normal(segments: &[(&str, &str)]) -> String {
    let mut id = String::new();
    // what has been read of the resource's type
    let mut full = String::new();
    for (word, name) in segments {
        let (word, name) = if !full.is_empty() {
            full = format!("{full}/{word}");
            let known = mapping::spelling(&full).and_then(|known| known.rsplit('/').next());
            (known.unwrap_or(word), *name)
        } else if fixed(word) == Some("providers") {
            full = (*name).to_owned();
            ("providers", mapping::spelling(name).unwrap_or(name))
        } else {
            (fixed(word).unwrap_or(word), *name)
        };
        id.extend(["/", word, "/", name]);
    }
    id
}

/// A word that every id spells like this.
fn fixed(word: &str) -> Option<&'static str> {
    ["subscriptions", "resourceGroups", "providers"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(word))
}

fn parse(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let segments = segments(invocation, text(values, 0)?)?;
    let (mut namespace, mut group, mut subscription) = ("", "", "");
    let mut types: Vec<(&str, &str)> = Vec::new();
    for (word, name) in segments {
        match fixed(word) {
            // below a namespace these are types, such as a topic's subscriptions
            _ if !namespace.is_empty() => types.push((word, name)),
            Some("subscriptions") => subscription = name,
            Some("resourceGroups") => group = name,
            Some(_) => namespace = name,
            None => types.push((word, name)),
        }
    }
    // a group or subscription has no name of a resource, but is a type
    let own = match types.pop() {
        Some(own) => own,
        None if group.is_empty() => ("subscriptions", ""),
        None => ("resourceGroups", ""),
    };
    let full = types.iter().fold(namespace.to_owned(), |full, (word, _)| format!("{full}/{word}"));
    let mut parents: Object =
        types.iter().map(|(word, name)| (Key::from(*word), Member::from(Value::string(*name)))).collect();
    parents.collection = Collection::Uniform;
    let texts = [
        ("full_resource_type", &*format!("{full}/{}", own.0)),
        ("resource_group_name", group),
        ("resource_name", own.1),
        ("resource_provider", namespace),
        ("resource_scope", ""),
        ("resource_type", own.0),
        ("subscription_id", subscription),
    ];
    let mut parsed: Object =
        texts.into_iter().map(|(name, text)| (Key::from(name), Member::from(Value::string(text)))).collect();
    parsed.insert(Key::from("parent_resources"), Value::object(parents));
    Ok(Value::object(parsed))
}
