//! `name-form`: names that a service refuses.

use crate::value::{Kind, Piece, Reason, ReasonKind, Value};

use super::super::truth::Evidence;
use super::{Case, why};

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let evidence = Evidence {
        path: "name".to_owned(),
        site: resource.name.origin.span.filter(|span| resource.span.contains(*span)),
        value: Some(resource.name.clone()),
        ..Evidence::of_resource(case.resource)
    };
    let limits = (case.whole("shortest").unwrap_or(0), case.whole("longest").unwrap_or(usize::MAX));
    let answers: Vec<Option<String>> =
        resource.name.alternatives().iter().map(|name| complaint(name, limits).unwrap_or_default()).collect();
    let known = resource.name.alternatives().iter().all(|name| complaint(name, limits).is_some());
    match answers.iter().flatten().next() {
        Some(what) if answers.iter().all(Option::is_some) => case.broken(vec![evidence], what),
        None if known => case.holds(),
        _ => {
            let mut reasons = why(&resource.name);
            if reasons.is_empty() {
                reasons.push(Reason::new(
                    ReasonKind::External,
                    "a part of the name is filled in before it is deployed",
                ));
            }
            case.undecided(vec![Evidence { reasons, ..evidence }]);
        }
    }
}

/// Marks of what a pipeline fills in before it deploys: `#{name}#`, `<name>`, `%NAME%`, `#_prefix_#`.
fn is_filled_in(text: &str) -> bool {
    text.contains(['#', '{', '}', '<', '>', '%', '$'])
}

/// What is wrong with a name of lower-case letters and digits; `Some(None)` is nothing, `None` that it can't be told.
fn complaint(name: &Value, (shortest, longest): (usize, usize)) -> Option<Option<String>> {
    let strange = |text: &str| text.chars().find(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit());
    match &name.kind {
        Kind::String(text) if is_filled_in(text) => None,
        Kind::String(text) => Some(match (strange(text), text.chars().count()) {
            (Some(found), _) => Some(format!("has the character '{found}'")),
            (None, length) if length < shortest => {
                Some(format!("has {length} characters, less than {shortest}"))
            }
            (None, length) if length > longest => {
                Some(format!("has {length} characters, more than {longest}"))
            }
            _ => None,
        }),
        Kind::Unknown(unknown) => {
            let texts: Vec<&str> = unknown
                .facts
                .pieces
                .as_deref()?
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Text(text) => Some(&**text),
                    Piece::Hole(_) => None,
                })
                .collect();
            if texts.iter().any(|text| is_filled_in(text)) {
                return None;
            }
            let length: usize = texts.iter().map(|text| text.chars().count()).sum();
            match texts.iter().find_map(|text| strange(text)) {
                Some(found) => Some(Some(format!("has the character '{found}'"))),
                None if length > longest => Some(Some(format!("has more than {longest} characters"))),
                None => None,
            }
        }
        _ => None,
    }
}
