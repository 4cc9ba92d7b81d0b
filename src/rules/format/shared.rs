use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A text that is compiled in or was read at run time.
#[derive(Clone)]
pub enum Text {
    /// Compiled in.
    Static(&'static str),
    /// Read at run time.
    Shared(Arc<str>),
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Text::Static(text) => text,
            Text::Shared(text) => text,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::Shared(Arc::from(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::Shared(Arc::from(text))
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text::Static({:?})", &**self)
    }
}

/// A list that is compiled in or was read at run time.
#[derive(Clone)]
pub enum List<T: 'static> {
    /// Compiled in.
    Static(&'static [T]),
    /// Read at run time.
    Shared(Arc<[T]>),
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            List::Static(items) => items,
            List::Shared(items) => items,
        }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List::Static(&[])
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        List::Shared(Arc::from(items))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        List::Shared(items.into_iter().collect())
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("List::Static(&")?;
        f.debug_list().entries(self.iter()).finish()?;
        f.write_str(")")
    }
}

/// A value in a rule.
#[derive(Clone, Debug)]
pub enum Literal {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A string.
    Str(Text),
    /// A list.
    Array(List<Literal>),
}

impl Literal {
    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Literal::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The items: of a list, or the value alone.
    pub fn items(&self) -> &[Literal] {
        match self {
            Literal::Array(items) => items,
            other => std::slice::from_ref(other),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Null => f.write_str("null"),
            Literal::Bool(value) => value.fmt(f),
            Literal::Int(value) => value.fmt(f),
            Literal::Str(text) => text.fmt(f),
            Literal::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                Ok(())
            }
        }
    }
}
