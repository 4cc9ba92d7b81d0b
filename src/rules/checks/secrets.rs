//! `secret-literal`: secrets of resources that are written in the code. And which properties are secrets.

use crate::secrets::{self, is_placeholder, is_reference};
use crate::value::{Kind, Reason, ReasonKind, Value};

use super::super::format::Path;
use super::super::resolve::{Found, Trail, Walker};
use super::Case;

include!(concat!(env!("OUT_DIR"), "/secret_properties.rs"));

/// The types with secrets, and the paths of these.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    PROPERTIES.iter().copied()
}

/// Whether this is one of a type's secrets: `properties.items[0].password`.
pub(super) fn is_sink(resource_type: &str, path: &str) -> bool {
    let folded = resource_type.to_ascii_lowercase();
    let Ok(at) = PROPERTIES.binary_search_by_key(&folded.as_str(), |(name, _)| *name) else { return false };
    let mut any = String::with_capacity(path.len());
    for part in path.split_inclusive(']') {
        match part.rsplit_once('[') {
            Some((before, index)) if index.trim_end_matches(']').parse::<usize>().is_ok() => {
                any.push_str(before);
                any.push_str("[*]");
            }
            _ => any.push_str(part),
        }
    }
    PROPERTIES.get(at).is_some_and(|(_, paths)| paths.iter().any(|known| known.eq_ignore_ascii_case(&any)))
}

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let folded = resource.resource_type.as_str().to_ascii_lowercase();
    let properties = PROPERTIES.binary_search_by_key(&folded.as_str(), |(name, _)| *name);
    let properties = properties.ok().and_then(|at| PROPERTIES.get(at)).map_or(&[][..], |(_, paths)| paths);
    let of_body = properties.iter().map(|path| (&resource.body, *path));
    let elsewhere = resource.secrets.iter().map(|secret| (&secret.within, &*secret.path));
    if properties.is_empty() && resource.secrets.is_empty() {
        return;
    }
    let walker = Walker { resource, record: true };
    let (mut written, mut open) = (Vec::new(), Vec::new());
    for (value, path) in of_body.chain(elsewhere) {
        // Some connection strings name an endpoint and an identity alone.
        let connection = path.to_ascii_lowercase().ends_with("connectionstring");
        let Ok(path) = Path::parse(path) else { continue };
        let mut found = vec![walker.walk(value, &path.segments, Trail::default())];
        while let Some(next) = found.pop() {
            match next {
                Found::Items(items) => found.extend(items.into_iter().rev()),
                Found::Value(value, _) if connection && !holds_credential(&value) => {}
                Found::Value(value, trail) => match is_written(&value) {
                    Some(true) => {
                        written.push(trail.evidence(case.resource, Some(value.into_owned().tainted(true))))
                    }
                    Some(false) => {}
                    None => {
                        let reason = Reason::new(
                            ReasonKind::Parameter,
                            "it is one of several values, some of them written here",
                        );
                        open.push(trail.evidence(case.resource, None).because(reason));
                    }
                },
                Found::Choice(_) | Found::Absent(_) | Found::Untold(..) => {}
            }
        }
    }
    if written.is_empty() && open.is_empty() {
        case.holds();
    }
    for evidence in written {
        case.broken(vec![evidence], "");
    }
    for evidence in open {
        case.undecided(vec![evidence]);
    }
}

/// Whether a connection string can hold a credential: one without `=` is some other secret.
fn holds_credential(value: &Value) -> bool {
    value.as_str().is_none_or(|text| !text.contains('=') || secrets::find(text).is_some())
}

/// Whether a secret's text is in the code; what comes from a secure parameter or from the running system is not.
fn is_written(value: &Value) -> Option<bool> {
    if value.secret || value.origin.is_from_environment() {
        return Some(false);
    }
    match &value.kind {
        Kind::String(text) => Some(!is_placeholder(text) && !is_reference(text)),
        Kind::OneOf(values) => {
            let mut answers = values.iter().map(is_written);
            let first = answers.next()??;
            answers.all(|answer| answer == Some(first)).then_some(first)
        }
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_paths_are_paths() {
        assert!(PROPERTIES.is_sorted_by(|(a, _), (b, _)| a < b));
        for (name, paths) in all() {
            assert_eq!(name, name.to_ascii_lowercase());
            for path in paths {
                assert!(Path::parse(path).is_ok(), "{path}");
            }
        }
    }
}
