//! Azure resource ids as text.

use std::sync::Arc;

use crate::value::{Kind, Reference, Target, Value};

/// An id taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Id {
    /// `/subscriptions/s`, `/subscriptions/s/resourceGroups/g`, `/providers/Microsoft.Management/managementGroups/m`.
    Scope {
        /// The type of the scope.
        resource_type: &'static str,
        /// Its name: the last segment.
        name: String,
    },
    /// A resource.
    Resource {
        /// `Microsoft.Network/virtualNetworks/subnets`.
        resource_type: String,
        /// One a type segment.
        names: Vec<String>,
        /// What it lies in: `/subscriptions/s/resourceGroups/g`, or the id of the resource that it extends.
        scope: String,
    },
}

/// Takes an id apart. `None` for text that is none.
pub(super) fn parse(text: &str) -> Option<Id> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let segments: Vec<&str> = text.strip_prefix('/')?.split('/').collect();
    let provider = segments.iter().rposition(|segment| segment.eq_ignore_ascii_case("providers"));
    let is = |index: usize, word: &str| {
        segments.get(index).is_some_and(|segment| segment.eq_ignore_ascii_case(word))
    };
    let Some(provider) = provider else {
        let (resource_type, name) = match segments.len() {
            2 if is(0, "subscriptions") => ("Microsoft.Resources/subscriptions", segments[1]),
            4 if is(0, "subscriptions") && is(2, "resourceGroups") => {
                ("Microsoft.Resources/resourceGroups", segments[3])
            }
            _ => return None,
        };
        return Some(Id::Scope { resource_type, name: name.to_owned() });
    };
    let (namespace, pairs) = segments.get(provider + 1..)?.split_first()?;
    if pairs.is_empty() || pairs.len() % 2 != 0 {
        return None;
    }
    if namespace.eq_ignore_ascii_case("Microsoft.Management")
        && is(provider + 2, "managementGroups")
        && pairs.len() == 2
    {
        return Some(Id::Scope {
            resource_type: "Microsoft.Management/managementGroups",
            name: pairs[1].to_owned(),
        });
    }
    let mut resource_type = (*namespace).to_owned();
    let mut names = Vec::with_capacity(pairs.len() / 2);
    for pair in pairs.chunks_exact(2) {
        resource_type.push('/');
        resource_type.push_str(pair[0]);
        names.push(pair[1].to_owned());
    }
    let scope = format!("/{}", segments[..provider].join("/"));
    Some(Id::Resource { resource_type, names, scope })
}

/// An id written as text as the reference that it is; anything else stays as it is.
pub(super) fn as_reference(value: &Value) -> Value {
    let Some(id) = value.as_str().and_then(parse) else { return value.clone() };
    let strings = |names: Vec<String>| names.into_iter().map(Value::string).collect();
    let target = match id {
        Id::Scope { resource_type, name } => {
            Target::Scope { resource_type: resource_type.into(), names: strings(vec![name]) }
        }
        Id::Resource { resource_type, names, scope } => {
            let scope = if scope == "/" { Vec::new() } else { vec![Value::string(scope)] };
            Target::Id { resource_type: resource_type.into(), names: strings(names), scope }
        }
    };
    let kind = Kind::Reference(Arc::new(Reference { target, property: None }));
    Value { kind, ..value.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_apart() {
        let scope = |resource_type, name: &str| Some(Id::Scope { resource_type, name: name.to_owned() });
        assert_eq!(parse("/subscriptions/s"), scope("Microsoft.Resources/subscriptions", "s"));
        assert_eq!(
            parse("/subscriptions/s/resourceGroups/g/"),
            scope("Microsoft.Resources/resourceGroups", "g")
        );
        let group = "/providers/Microsoft.Management/managementGroups/root";
        assert_eq!(parse(group), scope("Microsoft.Management/managementGroups", "root"));
        let subnet =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n";
        let expected = Id::Resource {
            resource_type: "Microsoft.Network/virtualNetworks/subnets".to_owned(),
            names: vec!["v".to_owned(), "n".to_owned()],
            scope: "/subscriptions/s/resourceGroups/g".to_owned(),
        };
        assert_eq!(parse(subnet), Some(expected));
    }

    #[test]
    fn text_that_is_no_id_is_left() {
        for text in
            ["", "/", "rg", "/subscriptions", "/providers/Microsoft.Network", "/a/b/c", "/providers/M.N/a"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
