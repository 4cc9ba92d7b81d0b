//! Credentials that show by themselves: a mark at a fixed place in a text of fixed length.
//!
//! Azure's keys carry a mark since 2021 (`+ASt`, `ACDb`, `AzFu` …) at a place that depends on the service, as Microsoft's and GitHub's secret
//! scanning document it. Older keys without one are only found behind a key of a connection string.

use std::ops::Range;

use super::is_placeholder;

/// How a credential is recognised.
pub(super) struct Form {
    /// What it is.
    pub(super) what: &'static str,
    /// What stands in every one of them, in any case.
    pub(super) mark: &'static str,
    /// The whole of it, around the mark.
    pub(super) around: fn(&str, Range<usize>) -> Option<Range<usize>>,
}

macro_rules! marked {
    ($($what:literal, $mark:literal, $before:literal, $after:literal, $set:ident;)*) => {
        &[$(Form {
            what: $what,
            mark: $mark,
            around: |text, hit| marked(text, hit, $mark, $before, $after, $set),
        },)*
            Form { what: "a private key", mark: "PRIVATE KEY-----", around: private_key },
            Form { what: "an Entra client secret", mark: "Q~", around: client_secret },
            Form { what: "a GitHub token", mark: "ghp_", around: |text, hit| token(text, hit, "ghp_", 36) },
            Form { what: "a GitHub token", mark: "gho_", around: |text, hit| token(text, hit, "gho_", 36) },
            Form { what: "a GitHub token", mark: "ghs_", around: |text, hit| token(text, hit, "ghs_", 36) },
            Form { what: "a GitHub token", mark: "ghu_", around: |text, hit| token(text, hit, "ghu_", 36) },
            Form { what: "a GitHub token", mark: "github_pat_", around: |text, hit| token(text, hit, "github_pat_", 82) },
            Form { what: "a JSON web token", mark: "eyJ", around: web_token },
            Form { what: "a password in a URL", mark: "://", around: in_url },
        ]
    };
}

/// All forms. Of the marked ones: the number of characters before the mark and behind it, and the alphabet.
pub(super) static FORMS: &[Form] = marked! {
    "a storage account key", "+ASt", 76, 8, base64;
    "a Cosmos DB key", "ACDb", 76, 8, base64;
    "a Batch account key", "+ABa", 76, 8, base64;
    "a Service Bus key", "+ASb", 33, 7, base64;
    "an Event Hubs key", "+AEh", 33, 7, base64;
    "a Relay key", "+ARm", 33, 7, base64;
    "an IoT Hub key", "AIoT", 33, 7, base64;
    "a Redis key", "AzCa", 33, 7, base64;
    "a container registry password", "+ACR", 42, 6, base64;
    "a search key", "AzSe", 42, 6, base62;
    "a Functions key", "AzFu", 44, 8, base64_url;
    "an Azure DevOps token", "AZDO", 76, 4, base62;
};

fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn base64_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/')
}

fn base62(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// So many characters of the alphabet before the mark and behind it, `=` only at the end, and nothing more of it around.
fn marked(
    text: &str,
    hit: Range<usize>,
    mark: &str,
    before: usize,
    after: usize,
    is: fn(u8) -> bool,
) -> Option<Range<usize>> {
    if text.get(hit.clone())? != mark {
        return None;
    }
    let bytes = text.as_bytes();
    let start = hit.start.checked_sub(before)?;
    let end = hit.end.checked_add(after).filter(|end| *end <= bytes.len())?;
    let head = bytes.get(start..hit.start)?;
    let tail = bytes.get(hit.end..end)?;
    let padding = tail.iter().rev().take_while(|byte| **byte == b'=').count();
    let fits = head.iter().all(|byte| is(*byte))
        && tail.get(..tail.len() - padding)?.iter().all(|byte| is(*byte))
        && padding <= 2;
    let alone = start.checked_sub(1).and_then(|at| bytes.get(at)).is_none_or(|byte| !is(*byte))
        && bytes.get(end).is_none_or(|byte| !is(*byte) && *byte != b'=');
    (fits && alone && varied(head)).then_some(start..end)
}

/// Not the same few characters over and over: those are examples.
fn varied(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    seen.iter().filter(|seen| **seen).count() >= 8
}

/// `-----BEGIN RSA PRIVATE KEY-----` with a body; to its end, or to the end of the text.
fn private_key(text: &str, hit: Range<usize>) -> Option<Range<usize>> {
    let start = text.get(..hit.start)?.rfind("-----BEGIN")?;
    // Between them stands the kind of key, on the same line.
    if hit.start - start > 40 || text.get(start..hit.start)?.contains(['\n', '\\']) {
        return None;
    }
    let body = text.get(hit.end..)?;
    let length = body.find("-----END").unwrap_or(body.len());
    let body = body.get(..length)?;
    let held = body.bytes().filter(u8::is_ascii_alphanumeric).count();
    (held >= 16 || (held > 2 && text.len() - hit.end <= body.len())).then_some(start..hit.end + length)
}

/// `abc8Q~` and 31 to 34 more.
fn client_secret(text: &str, hit: Range<usize>) -> Option<Range<usize>> {
    let is = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'~' | b'.' | b'-');
    if text.get(hit.clone())? != "Q~" {
        return None;
    }
    let bytes = text.as_bytes();
    let start = hit.start.checked_sub(4)?;
    let head = bytes.get(start..hit.start)?;
    let tail = bytes.get(hit.end..)?.iter().take_while(|byte| is(byte)).count();
    let alone = start.checked_sub(1).and_then(|at| bytes.get(at)).is_none_or(|byte| !is(byte));
    let fits =
        head.first_chunk::<3>()?.iter().all(is) && head.last()?.is_ascii_digit() && (31..=34).contains(&tail);
    (fits && alone && varied(bytes.get(hit.end..hit.end + tail)?)).then_some(start..hit.end + tail)
}

/// A prefix and so many letters, digits and `_`.
fn token(text: &str, hit: Range<usize>, prefix: &str, length: usize) -> Option<Range<usize>> {
    if text.get(hit.clone())? != prefix {
        return None;
    }
    let bytes = text.as_bytes();
    let is = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let tail = bytes.get(hit.end..)?.iter().take_while(|byte| is(byte)).count();
    let alone = hit.start.checked_sub(1).and_then(|at| bytes.get(at)).is_none_or(|byte| !is(byte));
    (tail == length && alone && varied(bytes.get(hit.end..hit.end + tail)?))
        .then_some(hit.start..hit.end + tail)
}

/// Three parts with dots between, of which the first two are JSON objects.
fn web_token(text: &str, hit: Range<usize>) -> Option<Range<usize>> {
    const SHORTEST_SIGNATURE: usize = 20;
    let bytes = text.as_bytes();
    let is = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.get(hit.clone())? != "eyJ"
        || hit.start.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(is)
    {
        return None;
    }
    let length = bytes.get(hit.start..)?.iter().take_while(|byte| is(byte)).count();
    let whole = text.get(hit.start..hit.start + length)?;
    let mut parts = whole.split('.');
    let (_, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    (payload.starts_with("eyJ") && signature.len() >= SHORTEST_SIGNATURE && parts.next().is_none())
        .then_some(hit.start..hit.start + length)
}

/// `scheme://user:password@host`: the password.
fn in_url(text: &str, hit: Range<usize>) -> Option<Range<usize>> {
    let rest = text.get(hit.end..)?;
    let authority = rest.split(['/', '?', '#', ' ', '"', '\'', '\n']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    let start = hit.end + name.len() + 1;
    // `${…}`, `$(…)`, `{0}` and `<…>` are filled in later.
    let filled_in = is_placeholder(password) || password.starts_with(['$', '{', '<', '%', '#']);
    (!filled_in).then_some(start..start + password.len())
}

/// Keys that everybody knows: those of the local emulators.
pub(super) fn is_known_example(secret: &str) -> bool {
    const EMULATORS: [&str; 2] = [
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "C2y6yDjf5/R+ob0N8A7Cgu30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
    ];
    EMULATORS.contains(&secret)
}
