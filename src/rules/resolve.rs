//! Finds the values at a path, with their places.

use std::borrow::Cow;

use crate::model::Resource;
use crate::source::Span;
use crate::value::{Item, Kind, Member, Reason, ReasonKind, Unknown, Value};

use super::format::Segment;
use super::truth::Evidence;

/// What is at a path.
pub(super) enum Found<'g> {
    /// A value, not null, perhaps not known.
    Value(Cow<'g, Value>, Trail),
    /// Nothing.
    Absent(Trail),
    /// It can't be told whether something is there.
    Untold(Vec<Reason>, Trail),
    /// All items of an array.
    Items(Vec<Found<'g>>),
    /// One of several alternatives, it is not known which.
    Choice(Vec<Found<'g>>),
}

/// The way to a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    /// The path as a person writes it; empty unless it is recorded.
    path: String,
    /// The deepest place written in the declaration of the resource.
    inside: Option<Span>,
    /// The deepest place written elsewhere: a companion of the resource, a variable.
    outside: Option<Span>,
    /// The innermost array item.
    item: Option<String>,
    item_site: Option<Span>,
    /// It is absent, but only a part of the resource is here.
    elsewhere: bool,
}

impl Trail {
    /// The path as a person writes it, if it is recorded.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The place to point at for a value.
    fn site(&self) -> Option<Span> {
        self.inside.or(self.outside)
    }

    /// The same way, with the name of the item that it goes into.
    pub(super) fn for_item(mut self, name: &str) -> Self {
        self.item = Some(name.to_owned());
        self
    }

    /// As evidence for an answer about `value`, or about its absence.
    pub(super) fn evidence(self, resource: usize, value: Option<Value>) -> Evidence {
        // What nobody wrote has no place of its own; that of what it lies in would be another property's.
        let written = value.as_ref().is_some_and(|value| !value.origin.is_provider_default());
        let site = if written { self.site() } else { self.item_site };
        Evidence {
            resource,
            site,
            path: self.path,
            value,
            item: self.item,
            reasons: Vec::new(),
            elsewhere: self.elsewhere,
        }
    }
}

/// Walks from values along paths.
#[derive(Clone, Copy)]
pub(super) struct Walker<'g> {
    /// The resource whose declaration the places are looked for in.
    pub(super) resource: &'g Resource,
    /// Whether paths are written down.
    pub(super) record: bool,
}

impl<'g> Walker<'g> {
    /// What is at `segments` below `value`.
    pub(super) fn walk(self, value: &'g Value, segments: &[Segment], trail: Trail) -> Found<'g> {
        let Some((segment, rest)) = segments.split_first() else {
            return match &value.kind {
                Kind::Null => self.absent(segments, trail),
                _ => Found::Value(Cow::Borrowed(value), trail),
            };
        };
        match (&value.kind, segment) {
            (Kind::OneOf(alternatives), _) => Found::Choice(
                alternatives.iter().map(|value| self.walk(value, segments, trail.clone())).collect(),
            ),
            (Kind::Unknown(unknown), _) => self.untold(unknown, segments, trail),
            (Kind::Reference(reference), _) => {
                let text = format!("{} is known only after deployment", reference.describe());
                let reasons = vec![Reason::new(ReasonKind::Runtime, text)];
                Found::Untold(reasons, self.named(segments, trail))
            }
            (Kind::Object(object), Segment::Key(key)) => match object.get(key) {
                Some(member) => self.walk(&member.value, rest, self.into_member(&trail, key, member)),
                None => match &object.open {
                    Some(open) => self.untold(open, segments, trail),
                    None => self.absent(segments, trail),
                },
            },
            (Kind::Array(array), Segment::Every) => {
                let mut found: Vec<Found<'g>> = array
                    .items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.walk(&item.value, rest, self.into_item(&trail, index, item)))
                    .collect();
                if let Some(open) = &array.open {
                    found.push(self.untold(open, segments, trail));
                }
                Found::Items(found)
            }
            // A map: triggers of a workflow, identities by their id.
            (Kind::Object(object), Segment::Every) => {
                let mut found: Vec<Found<'g>> = object
                    .members()
                    .map(|(key, member)| {
                        let key = key.as_str();
                        self.walk(&member.value, rest, self.into_member(&trail, key, member).for_item(key))
                    })
                    .collect();
                if let Some(open) = &object.open {
                    found.push(self.untold(open, segments, trail));
                }
                Found::Items(found)
            }
            (Kind::Array(array), Segment::At(index)) => match (array.items.get(*index), &array.open) {
                (Some(item), _) => self.walk(&item.value, rest, self.into_item(&trail, *index, item)),
                (None, Some(open)) => self.untold(open, segments, trail),
                (None, None) => self.absent(segments, trail),
            },
            _ => self.absent(segments, trail),
        }
    }

    /// The trail into an item of an array.
    pub(super) fn into_item(self, trail: &Trail, index: usize, item: &'g Item) -> Trail {
        let mut trail = self.step(trail.clone(), item.site, |path| path.push_str(&format!("[{index}]")));
        trail.item_site = trail.site();
        if self.record {
            let name = item.value.as_object().and_then(|object| object.value("name")).and_then(Value::as_str);
            trail.item = Some(name.map_or_else(|| index.to_string(), str::to_owned));
        }
        trail
    }

    /// The trail into a member of an object.
    pub(super) fn into_member(self, trail: &Trail, key: &str, member: &'g Member) -> Trail {
        self.step(trail.clone(), member.site, |path| add_key(path, key))
    }

    fn step(self, mut trail: Trail, site: Option<Span>, write: impl FnOnce(&mut String)) -> Trail {
        if let Some(site) = site {
            if self.resource.span.contains(site) {
                trail.inside = Some(site);
            } else {
                trail.outside = Some(site);
            }
        }
        if self.record {
            write(&mut trail.path);
        }
        trail
    }

    fn named(self, segments: &[Segment], mut trail: Trail) -> Trail {
        if self.record {
            for segment in segments {
                match segment {
                    Segment::Key(key) => add_key(&mut trail.path, key),
                    Segment::At(index) => trail.path.push_str(&format!("[{index}]")),
                    Segment::Every => trail.path.push_str("[*]"),
                }
            }
        }
        trail
    }

    fn untold(self, unknown: &Unknown, segments: &[Segment], trail: Trail) -> Found<'g> {
        Found::Untold(unknown.reasons.to_vec(), self.named(segments, trail))
    }

    fn absent(self, segments: &[Segment], trail: Trail) -> Found<'g> {
        let mut trail = self.named(segments, trail);
        if self.resource.partial || self.resource.existing {
            trail.elsewhere = true;
            let text = format!("only a part of '{}' is declared here", self.resource.display_name());
            return Found::Untold(vec![Reason::new(ReasonKind::Environment, text)], trail);
        }
        Found::Absent(trail)
    }
}

fn add_key(path: &mut String, key: &str) {
    let plain = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'));
    if plain {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    } else {
        path.push_str(&format!("['{key}']"));
    }
}
