use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::Equivalent;

/// A property name in its written spelling.
///
/// Its hash ignores ASCII case, so that one table answers both ways of asking: ARM's ([`Folded`], without case) and
/// Terraform's ([`Exact`]). Two keys are equal only in the same spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub Arc<str>);

impl Key {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<Arc<str>>> From<T> for Key {
    fn from(text: T) -> Self {
        Key(text.into())
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn hash_folded<H: Hasher>(text: &str, state: &mut H) {
    for byte in text.bytes() {
        state.write_u8(byte.to_ascii_lowercase());
    }
    state.write_u8(0xFF);
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_folded(&self.0, state);
    }
}

/// Asks for a key in this very spelling.
#[derive(Clone, Copy, Debug)]
pub struct Exact<'a>(pub &'a str);

impl Hash for Exact<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_folded(self.0, state);
    }
}

impl Equivalent<Key> for Exact<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.0 == *key.0
    }
}

/// Asks for a key without regard to ASCII case.
#[derive(Clone, Copy, Debug)]
pub struct Folded<'a>(pub &'a str);

impl Hash for Folded<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_folded(self.0, state);
    }
}

impl Equivalent<Key> for Folded<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.0.eq_ignore_ascii_case(&key.0)
    }
}
