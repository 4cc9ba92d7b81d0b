//! Azure resource ids as text.

use std::sync::Arc;

use crate::value::{Kind, Piece, Reference, Target, Unknown, Value};

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
            2 if is(0, "subscriptions") => (SUBSCRIPTIONS, segments[1]),
            4 if is(0, "subscriptions") && is(2, "resourceGroups") => (RESOURCE_GROUPS, segments[3]),
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

/// An id as the reference that it is: one written as text, the id of a data source that stands for a scope, or one put
/// together of a subscription's id. Anything else stays as it is.
pub(super) fn as_reference(value: &Value) -> Value {
    let target = match &value.kind {
        Kind::String(text) => parse(text).map(target),
        Kind::Unknown(unknown) => of_data_source(unknown).or_else(|| of_pieces(unknown)),
        _ => None,
    };
    match target {
        Some(target) => {
            let kind = Kind::Reference(Arc::new(Reference { target, property: None }));
            Value { kind, ..value.clone() }
        }
        None => value.clone(),
    }
}

fn target(id: Id) -> Target {
    let strings = |names: Vec<String>| names.into_iter().map(Value::string).collect();
    match id {
        Id::Scope { resource_type, name } => {
            Target::Scope { resource_type: resource_type.into(), names: strings(vec![name]) }
        }
        Id::Resource { resource_type, names, scope } => {
            let scope = if scope == "/" { Vec::new() } else { vec![Value::string(scope)] };
            Target::Id { resource_type: resource_type.into(), names: strings(names), scope }
        }
    }
}

const SUBSCRIPTIONS: &str = "Microsoft.Resources/subscriptions";
const RESOURCE_GROUPS: &str = "Microsoft.Resources/resourceGroups";

/// `data.azurerm_subscription.current.id` and its like.
fn of_data_source(unknown: &Unknown) -> Option<Target> {
    let identity = unknown.identity.as_deref()?;
    let (_, source) = identity.rsplit_once("data.azurerm_")?;
    let (source, _) = source.strip_suffix(".id")?.split_once('.')?;
    let resource_type = match source {
        "subscription" => SUBSCRIPTIONS,
        "resource_group" => RESOURCE_GROUPS,
        "management_group" => "Microsoft.Management/managementGroups",
        _ => return None,
    };
    Some(Target::Scope { resource_type: resource_type.into(), names: Vec::new() })
}

/// `"/subscriptions/${…}"` and `"/subscriptions/${…}/resourceGroups/rg"`.
fn of_pieces(unknown: &Unknown) -> Option<Target> {
    let pieces = unknown.facts.pieces.as_deref()?;
    let [Piece::Text(start), Piece::Hole(subscription), rest @ ..] = pieces else { return None };
    if !start.eq_ignore_ascii_case("/subscriptions/") {
        return None;
    }
    let scope = |resource_type: &str, name: Value| Target::Scope {
        resource_type: resource_type.into(),
        names: vec![name],
    };
    let group = |text: &str| {
        let start = text.get(.."/resourceGroups/".len())?;
        start.eq_ignore_ascii_case("/resourceGroups/").then(|| text[start.len()..].to_owned())
    };
    match rest {
        [] => Some(scope(SUBSCRIPTIONS, subscription.clone())),
        [Piece::Text(text)] => group(text)
            .filter(|name| !name.is_empty() && !name.contains('/'))
            .map(|name| scope(RESOURCE_GROUPS, Value::string(name))),
        [Piece::Text(text), Piece::Hole(name)] => {
            group(text).filter(String::is_empty).map(|_| scope(RESOURCE_GROUPS, name.clone()))
        }
        _ => None,
    }
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

    #[test]
    fn scopes_are_known_without_their_names() {
        use crate::value::{Facts, Reason, ReasonKind};
        let unknown = || Unknown::new(Reason::new(ReasonKind::DataSource, "read from Azure"));
        let scope = |unknown: Unknown| match &as_reference(&Value::new(Kind::Unknown(Arc::new(unknown)))).kind
        {
            Kind::Reference(reference) => Some(reference.target.resource_type().to_string()),
            _ => None,
        };
        let data = |identity: &str| scope(unknown().with_identity(identity));
        assert_eq!(data("module.m.data.azurerm_subscription.current.id").as_deref(), Some(SUBSCRIPTIONS));
        assert_eq!(data("data.azurerm_subscription.current.display_name"), None);
        assert_eq!(data("data.azurerm_key_vault.kv.id"), None);
        let hole = || Piece::Hole(Value::new(Kind::Unknown(Arc::new(unknown()))));
        let pieces = |pieces: Vec<Piece>| {
            scope(unknown().with_facts(Facts { pieces: Some(pieces.into()), ..Facts::default() }))
        };
        let text = |text: &str| Piece::Text(text.into());
        assert_eq!(pieces(vec![text("/subscriptions/"), hole()]).as_deref(), Some(SUBSCRIPTIONS));
        let group = vec![text("/subscriptions/"), hole(), text("/resourceGroups/rg")];
        assert_eq!(pieces(group).as_deref(), Some(RESOURCE_GROUPS));
        assert_eq!(pieces(vec![text("/subscriptions/"), hole(), text("/providers/x")]), None);
    }
}
