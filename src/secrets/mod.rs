//! Finds credentials in texts by their form: keys with a known length and mark, connection strings, tokens, private keys.
//!
//! Nothing is guessed from how random a text looks. One pass over a text tells which forms can be in it at all; most texts have none.
//! Knows nothing of resources or languages: reports hide by it, and rules tell by it.

mod connection;
mod forms;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use forms::Form;

/// A credential in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// What it is: "a storage account key".
    pub(crate) what: &'static str,
    /// Where in the text, in bytes: only the secret itself.
    pub(crate) range: Range<usize>,
}

/// What can only be in a text with a credential, and which form that would be. Words of connection strings come without one.
static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = forms::FORMS.iter().map(|form| form.mark).chain(connection::WORDS);
    // The patterns are constants; a failure to build them would show in the tests.
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(words).ok()
});

/// The first credential in a text.
pub(crate) fn find(text: &str) -> Option<Found> {
    search(text, true).into_iter().next()
}

/// All credentials in a text, in order.
pub(crate) fn find_all(text: &str) -> Vec<Found> {
    search(text, false)
}

/// The shortest text that can hold a credential: `pwd=x`.
const SHORTEST: usize = 5;

fn search(text: &str, first: bool) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let Some(marks) = MARKS.as_ref().filter(|_| text.len() >= SHORTEST) else { return found };
    let mut connection = false;
    for hit in marks.find_overlapping_iter(text) {
        match forms::FORMS.get(hit.pattern().as_usize()) {
            Some(form) => found.extend(form.at(text, hit.range())),
            None => connection = true,
        }
        if first && !found.is_empty() {
            return found;
        }
    }
    if connection && !is_reference(text) {
        found.extend(connection::find(text));
    }
    found.sort_by_key(|one| (one.range.start, std::cmp::Reverse(one.range.end)));
    found.dedup_by(|next, before| next.range.start < before.range.end);
    found
}

/// A text that says where the secret is, instead of being it.
pub(crate) fn is_reference(text: &str) -> bool {
    let text = text.trim_start();
    ["@microsoft.keyvault(", "@appconfig(", "@microsoft.appconfiguration("]
        .iter()
        .any(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// What stands where a secret will be filled in.
pub(crate) fn is_placeholder(text: &str) -> bool {
    const MARKS: [(&str, &str); 7] =
        [("<", ">"), ("{", "}"), ("#{", "}"), ("#{", "}#"), ("$(", ")"), ("__", "__"), ("%", "%")];
    const NOTHING: [&str; 4] = ["n/a", "na", "none", "null"];
    let text = text.trim();
    !text.chars().any(char::is_alphanumeric)
        || NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word))
        || MARKS
            .iter()
            .any(|(open, close)| text.len() > open.len() && text.starts_with(open) && text.ends_with(close))
        || text.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.'))
}

impl Form {
    /// The credential that the mark at `hit` belongs to.
    fn at(&self, text: &str, hit: Range<usize>) -> Option<Found> {
        let range = (self.around)(text, hit)?;
        let secret = text.get(range.clone())?;
        (!forms::is_known_example(secret)).then_some(Found { what: self.what, range })
    }
}

#[cfg(test)]
mod tests;
