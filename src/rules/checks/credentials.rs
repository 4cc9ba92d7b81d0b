//! `credentials-in-settings`: credentials that are written into settings of an application.
//!
//! Only what is written is a finding: a value that comes from a secure parameter, from the running system or from a Key Vault
//! reference is not in the code.

use crate::model::Resource;
use crate::value::{Kind, Object, Piece, Reason, Value};

use super::super::format::Path;
use super::super::resolve::{Found, Trail, Walker};
use super::super::truth::Evidence;
use super::{Case, why};

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let paths: Vec<Path> = case.words("properties").filter_map(|word| Path::parse(word).ok()).collect();
    let children: Vec<String> = case.words("children").map(str::to_owned).collect();
    let mut search = Search::default();
    let graph = case.graph();
    for path in &paths {
        search.settings(case.resource, graph.resource(case.resource), path);
    }
    for &child in graph.children(case.resource) {
        let resource = graph.resource(child);
        let name = format!("{}/{}", resource.resource_type, resource.short_name().unwrap_or_default());
        if children.iter().any(|wanted| wanted.eq_ignore_ascii_case(&name))
            && let Ok(path) = Path::parse("properties")
        {
            search.settings(child, resource, &path);
        }
    }
    if search.found.is_empty() {
        if search.open.is_empty() {
            case.holds();
        } else {
            let reasons = search.open;
            case.undecided(vec![Evidence { reasons, ..Evidence::of_resource(case.resource) }]);
        }
        return;
    }
    for (evidence, what) in search.found {
        case.broken(vec![evidence], what);
    }
}

/// What was found in the settings.
#[derive(Default)]
struct Search {
    found: Vec<(Evidence, &'static str)>,
    /// Settings of which nothing is known.
    open: Vec<Reason>,
}

impl Search {
    fn settings(&mut self, index: usize, resource: &Resource, path: &Path) {
        let walker = Walker { resource, record: true };
        match walker.walk(&resource.body, &path.segments, Trail::default()) {
            Found::Value(value, trail) => self.container(index, walker, &value, &trail),
            Found::Untold(reasons, _) => self.open.extend(reasons),
            Found::Absent(_) | Found::Items(_) | Found::Choice(_) => {}
        }
    }

    fn container(&mut self, index: usize, walker: Walker<'_>, settings: &Value, trail: &Trail) {
        match &settings.kind {
            Kind::Array(array) => {
                for (position, item) in array.items.iter().enumerate() {
                    let Some(object) = item.value.as_object() else { continue };
                    let trail = walker.into_item(trail, position, item);
                    let name = object.value("name").and_then(Value::as_str).unwrap_or_default();
                    self.entry(index, walker, name, object, &trail);
                }
            }
            Kind::Object(object) => {
                for (key, member) in object.members() {
                    let trail = walker.into_member(trail, key.as_str(), member).for_item(key.as_str());
                    match &member.value.kind {
                        Kind::Object(inner) => self.entry(index, walker, key.as_str(), inner, &trail),
                        _ => self.value(index, key.as_str(), &member.value, trail),
                    }
                }
            }
            Kind::Unknown(_) => self.open.extend(why(settings)),
            _ => {}
        }
    }

    /// A setting as an object: `{ name, value }`, or a connection string.
    fn entry(&mut self, index: usize, walker: Walker<'_>, name: &str, object: &Object, trail: &Trail) {
        for key in ["value", "connectionString"] {
            if let Some(member) = object.get(key) {
                self.value(index, name, &member.value, walker.into_member(trail, key, member).for_item(name));
            }
        }
    }

    fn value(&mut self, index: usize, name: &str, value: &Value, trail: Trail) {
        for alternative in value.alternatives() {
            if let Some(what) = credential(name, alternative) {
                // What was found is a secret, even if nobody declared it as one.
                let evidence = trail.evidence(index, Some(value.clone().tainted(true)));
                self.found.push((evidence, what));
                return;
            }
        }
    }
}

/// What credential a setting holds, if it is written there.
fn credential(name: &str, value: &Value) -> Option<&'static str> {
    if value.secret || value.origin.is_from_environment() {
        return None;
    }
    match &value.kind {
        Kind::String(text) => {
            in_text(text).or_else(|| (is_secret_name(name) && is_literal_secret(text)).then_some("a secret"))
        }
        Kind::Unknown(unknown) => {
            let pieces = unknown.facts.pieces.as_deref()?;
            pieces.iter().enumerate().find_map(|(index, piece)| match piece {
                // A credential that a hole follows on directly is not written here: `AccountKey=${key}`.
                Piece::Text(text) => {
                    let cut = if index + 1 < pieces.len() {
                        text.rfind([';', '?', '&']).unwrap_or(0)
                    } else {
                        text.len()
                    };
                    in_text(text.get(..cut)?)
                }
                Piece::Hole(_) => None,
            })
        }
        _ => None,
    }
}

/// Keys of connection strings that a credential stands behind, in lower case and without blanks.
const KEYS: [(&str, &str); 6] = [
    ("accountkey", "a storage account key"),
    ("sharedaccesskey", "a shared access key"),
    ("sharedaccesssignature", "a shared access signature"),
    ("sharedsecretvalue", "a shared secret"),
    ("password", "a password"),
    ("pwd", "a password"),
];

/// What credential a text holds: in a connection string, a SAS token, a private key, or a URL.
pub(super) fn in_text(text: &str) -> Option<&'static str> {
    if is_reference(text) {
        return None;
    }
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    for part in text.split(';') {
        let Some((key, value)) = part.split_once('=') else { continue };
        let key: String = key.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let value = value.trim().trim_matches(['"', '\'']);
        if let Some((_, what)) = KEYS.iter().find(|(known, _)| *known == key)
            && !is_placeholder(value)
        {
            return Some(what);
        }
    }
    let parameters = text.split(['?', '&', ';']);
    let has = |name: &str| {
        parameters.clone().any(|part| part.strip_prefix(name).is_some_and(|value| !is_placeholder(value)))
    };
    if has("sig=") && (has("sv=") || has("se=")) {
        return Some("a SAS token");
    }
    in_url(text).then_some("a password in a URL")
}

/// `scheme://user:password@host`.
fn in_url(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or("");
    authority
        .rsplit_once('@')
        .and_then(|(user, _)| user.split_once(':'))
        .is_some_and(|(_, password)| !is_placeholder(password))
}

/// A text that says where the secret is, instead of being it.
pub(super) fn is_reference(text: &str) -> bool {
    let start = text.trim_start().to_ascii_lowercase();
    ["@microsoft.keyvault(", "@appconfig(", "@microsoft.appconfiguration("]
        .iter()
        .any(|word| start.starts_with(word))
}

/// What stands where a secret will be filled in.
pub(super) fn is_placeholder(text: &str) -> bool {
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

/// Whether a name says that what it names is a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    const ENDS: [&str; 15] = [
        "password",
        "passwd",
        "pwd",
        "secret",
        "secretkey",
        "clientsecret",
        "apikey",
        "accesskey",
        "accountkey",
        "sharedkey",
        "privatekey",
        "connectionstring",
        "authtoken",
        "accesstoken",
        "passphrase",
    ];
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    ENDS.iter().any(|end| plain.ends_with(end)) && !plain.contains("publickey")
}

/// Whether a text under a secret name is the secret itself, and not a flag, a place or a name for it.
fn is_literal_secret(text: &str) -> bool {
    const SHORTEST: usize = 6;
    let text = text.trim();
    let is_word = |word: &&str| text.eq_ignore_ascii_case(word);
    text.len() >= SHORTEST
        && !is_placeholder(text)
        && !is_reference(text)
        && !text.contains(char::is_whitespace)
        && !text.contains("://")
        // a connection string: those with a credential in them are found by their keys
        && (!text.contains('=') || !text.contains(';'))
        && !["true", "false", "enabled", "disabled", "required", "secretref"].iter().any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_found_by_their_form() {
        let cases = [
            (
                "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=bm90LWEta2V5;EndpointSuffix=core.windows.net",
                "a storage account key",
            ),
            (
                "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=bm90LWEta2V5",
                "a shared access key",
            ),
            ("Server=tcp:s.database.windows.net;User ID=u;Password=hunter22;", "a password"),
            ("Server=s;Uid=u; PWD = 'hunter22'", "a password"),
            ("https://x.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sig=abc%3D", "a SAS token"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMII", "a private key"),
            ("mongodb://user:hunter22@host:10255/?ssl=true", "a password in a URL"),
        ];
        for (text, what) in cases {
            assert_eq!(in_text(text), Some(what), "{text}");
        }
    }

    #[test]
    fn what_is_no_credential_is_not_found() {
        for text in [
            "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/Password=x/)",
            "Server=s;Authentication=Active Directory Managed Identity;Database=d",
            "Server=s;Password=<your password>",
            "Server=s;Password=#{SqlPassword}#;Password={0}",
            "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://x/",
            "https://kv.vault.azure.net/secrets/x",
            "https://example.org/?sig=only",
            "AccountKey=;x",
            "Server=s;Password=n/a",
            "Server=s;Password=?",
            "",
        ] {
            assert_eq!(in_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_can_give_a_secret_away() {
        assert!(
            is_secret_name("DB_PASSWORD") && is_secret_name("ClientSecret") && is_secret_name("api-key-2")
        );
        assert!(
            !is_secret_name("KeyVaultSecretName")
                && !is_secret_name("PASSWORD_POLICY")
                && !is_secret_name("key")
        );
        let told = |name: &str, text: &str| credential(name, &Value::string(text)).is_some();
        assert!(told("DB_PASSWORD", "hunter22"));
        assert!(
            !told("DB_PASSWORD", "true")
                && !told("DB_PASSWORD", "https://kv/secrets/x")
                && !told("MODE", "hunter22")
        );
        assert!(credential("DB_PASSWORD", &Value::string("hunter22").tainted(true)).is_none());
    }
}
