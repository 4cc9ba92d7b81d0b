//! The old spelling of extension resources: type `Microsoft.Storage/storageAccounts/providers/roleAssignments` with the name
//! `account/Microsoft.Authorization/name`. It means `Microsoft.Authorization/roleAssignments` `name` with the account as its scope.

use std::sync::Arc;

use crate::arm::functions::text;
use crate::model::{Resource, ResourceType};
use crate::value::{Kind, Piece, Reference, Target, Value};

const MARK: &str = "/providers/";

/// The same resource in the spelling of `scope`, if it is written the old way and its name says which provider it is of.
pub(super) fn respelt(resource: Resource) -> Resource {
    let Some((base_type, own_type)) = split_type(resource.resource_type.as_str()) else { return resource };
    let Some((base_name, provider, own_name)) = split_name(&resource.name) else { return resource };
    let names = base_names(base_name);
    if names.len() + 1 != base_type.split('/').count() {
        return resource;
    }
    let target = Target::Id { resource_type: base_type.into(), names, scope: Vec::new() };
    let scope = Value::reference(Reference { target, property: None });
    Resource {
        resource_type: ResourceType::new(format!("{provider}/{own_type}")),
        name: Value { kind: own_name.kind, ..resource.name },
        scope: Some(Value { kind: scope.kind, origin: resource.body.origin.clone(), secret: false }),
        parent: None,
        ..resource
    }
}

fn split_type(resource_type: &str) -> Option<(&str, &str)> {
    let lower = resource_type.to_ascii_lowercase();
    let at = lower.rfind(MARK)?;
    Some((resource_type.get(..at)?, resource_type.get(at + MARK.len()..)?))
}

/// The name's pieces before the provider's namespace, the namespace, and the pieces behind it.
fn split_name(name: &Value) -> Option<(Vec<Piece>, String, Value)> {
    let pieces = match &name.kind {
        Kind::String(text) => vec![Piece::Text(Arc::clone(text))],
        Kind::Unknown(unknown) => unknown.facts.pieces.as_deref()?.to_vec(),
        _ => return None,
    };
    let (index, from, to) = pieces.iter().enumerate().find_map(|(index, piece)| {
        let Piece::Text(text) = piece else { return None };
        let (from, to) = namespace(text)?;
        Some((index, from, to))
    })?;
    let Piece::Text(text) = pieces.get(index)? else { return None };
    let mut before = pieces.get(..index)?.to_vec();
    before.push(Piece::Text(text.get(..from)?.into()));
    let mut behind = vec![Piece::Text(text.get(to + 1..)?.into())];
    behind.extend(pieces.get(index + 1..)?.iter().cloned());
    Some((before, text.get(from + 1..to)?.to_owned(), text::join(behind)))
}

/// Where `/Microsoft.Authorization/` stands in a text: its first and last slash.
fn namespace(text: &str) -> Option<(usize, usize)> {
    let from = text.to_ascii_lowercase().find("/microsoft.")?;
    let to = from + 1 + text.get(from + 1..)?.find('/')?;
    Some((from, to))
}

/// The names of the resource that is extended, one a segment.
fn base_names(pieces: Vec<Piece>) -> Vec<Value> {
    let mut names: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pieces {
        match &piece {
            Piece::Text(text) => {
                for (index, part) in text.split('/').enumerate() {
                    if index > 0 {
                        names.push(Vec::new());
                    }
                    names.last_mut().into_iter().for_each(|name| name.push(Piece::Text(part.into())));
                }
            }
            Piece::Hole(_) => names.last_mut().into_iter().for_each(|name| name.push(piece.clone())),
        }
    }
    names.into_iter().map(text::join).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_names_are_taken_apart() {
        assert_eq!(split_type("Microsoft.Web/sites/providers/locks"), Some(("Microsoft.Web/sites", "locks")));
        assert_eq!(split_type("Microsoft.Web/sites"), None);
        let (before, provider, own) = split_name(&Value::string("a/b/Microsoft.Insights/x")).unwrap();
        assert_eq!((provider.as_str(), own.as_str()), ("Microsoft.Insights", Some("x")));
        let names: Vec<String> =
            base_names(before).iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(split_name(&Value::string("a/b")).is_none());
    }
}
