//! JSON with byte offsets, as much of it as could be read.

use std::borrow::Cow;

/// A JSON value and where it stands: `start..end` in the file's text.
#[derive(Debug)]
pub(super) struct Json<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The cases of a value.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    Null,
    Bool(bool),
    /// A number as written.
    Number(&'a str),
    /// A string, unescaped.
    String(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Object<'a>),
    /// Nothing that can be used, with the reason.
    Broken(&'static str),
}

/// An object: its members in order, no name twice.
#[derive(Debug, Default)]
pub(super) struct Object<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// Damage in the text may have swallowed members of this object.
    pub(super) damaged: bool,
}

/// A property of an object.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) key_start: usize,
    pub(super) key_end: usize,
    pub(super) value: Json<'a>,
}

impl<'a> Member<'a> {
    fn evaluated(&self) -> Member<'a> {
        let escaped = self.key.starts_with("[[") && self.key.ends_with(']');
        let key = match self.key.get(1..).filter(|_| escaped) {
            Some(rest) => Cow::Owned(rest.to_owned()),
            None => self.key.clone(),
        };
        let key_start = self.key_start + usize::from(escaped);
        Member { key, key_start, key_end: self.key_end, value: self.value.evaluated() }
    }
}

impl<'a> Object<'a> {
    /// The member of this name, without regard to case; the last one where several differ only in case.
    pub(super) fn member(&self, name: &str) -> Option<&Member<'a>> {
        self.members.iter().rev().find(|member| member.key.eq_ignore_ascii_case(name))
    }

    /// The value of that member; `null` is as good as absent.
    pub(super) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.member(name).map(|member| &member.value).filter(|value| !matches!(value.kind, Kind::Null))
    }
}

impl<'a> Json<'a> {
    /// What the value is after its expressions were evaluated: `[[x]` has become the text `[x]`, whose place is that of its end. What an
    /// expression itself gives is not known here. Recursion is bounded by the reader's depth limit.
    pub(super) fn evaluated(&self) -> Json<'a> {
        let kind = match &self.kind {
            Kind::Null => Kind::Null,
            Kind::Bool(value) => Kind::Bool(*value),
            Kind::Number(text) => Kind::Number(text),
            Kind::String(text) => match text.strip_prefix('[') {
                Some(rest) if rest.starts_with('[') && rest.ends_with(']') => {
                    // begins one byte later: that bracket stands where a quote would
                    let kind = Kind::String(Cow::Owned(rest.to_owned()));
                    return Json { kind, start: self.start + 1, end: self.end };
                }
                Some(rest) if rest.len() > 1 && rest.ends_with(']') => {
                    Kind::Broken("it is made by an expression in the template that holds this one")
                }
                _ => Kind::String(text.clone()),
            },
            Kind::Array(items) => Kind::Array(items.iter().map(Json::evaluated).collect()),
            Kind::Object(object) => Kind::Object(Object {
                members: object.members.iter().map(Member::evaluated).collect(),
                damaged: object.damaged,
            }),
            Kind::Broken(reason) => Kind::Broken(reason),
        };
        Json { kind, start: self.start, end: self.end }
    }

    pub(super) fn as_object(&self) -> Option<&Object<'a>> {
        match &self.kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(super) fn as_array(&self) -> Option<&[Json<'a>]> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// A boolean, also one written as a string (`"true"`), as ARM accepts.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            Kind::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Kind::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// Shorthand: the value of an object's member.
    pub(super) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.as_object()?.get(name)
    }
}
