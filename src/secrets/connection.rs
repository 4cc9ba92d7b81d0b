//! Credentials behind a key: connection strings, SAS tokens, URLs.

use std::ops::Range;

use super::{Found, forms, is_placeholder};

/// A text without any of these holds no such credential.
pub(super) const WORDS: [&str; 7] = [
    "accountkey",
    "sharedaccesskey",
    "sharedaccesssignature",
    "sharedsecretvalue",
    "password",
    "pwd",
    "sig=",
];

/// Keys of connection strings that a credential stands behind, in lower case and without blanks.
const KEYS: [(&str, &str); 6] = [
    ("accountkey", "a storage account key"),
    ("sharedaccesskey", "a shared access key"),
    ("sharedaccesssignature", "a shared access signature"),
    ("sharedsecretvalue", "a shared secret"),
    ("password", "a password"),
    ("pwd", "a password"),
];

/// What follows a key in connection strings of several forms.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive(';') {
        let pair = part.strip_suffix(';').unwrap_or(part);
        if let Some((key, value)) = pair.split_once('=') {
            let plain: String =
                key.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
            let secret = value.trim().trim_matches(['"', '\'']);
            let known = KEYS.iter().find(|(known, _)| *known == plain);
            if let Some((_, what)) = known
                && !is_placeholder(secret)
                && !forms::is_known_example(secret)
            {
                let offset = start + key.len() + 1 + value.find(secret).unwrap_or(0);
                found.push(Found { what, range: offset..offset + secret.len() });
            }
        }
        start += part.len();
    }
    if found.is_empty() {
        found.extend(token(text).map(|range| Found { what: "a SAS token", range }));
    }
    found
}

/// The signature of a SAS token: with a version or an end beside it.
fn token(text: &str) -> Option<Range<usize>> {
    let mut signature = None;
    let mut signed = false;
    let mut start = 0;
    for part in text.split_inclusive(['?', '&', ';']) {
        let pair = part.trim_end_matches(['?', '&', ';']);
        let filled = |name: &str| pair.strip_prefix(name).filter(|value| !is_placeholder(value));
        if let Some(value) = filled("sig=") {
            signature = Some(start + 4..start + 4 + value.len());
        }
        signed |= filled("sv=").is_some() || filled("se=").is_some();
        start += part.len();
    }
    signature.filter(|_| signed)
}
