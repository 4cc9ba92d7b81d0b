//! `credentials-in-settings`: credentials that are written into settings of an application.
//!
//! Only what is written is a finding: a value that comes from a secure parameter, from the running system or from a Key Vault
//! reference is not in the code.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::Resource;
use crate::value::{Kind, Object, Piece, Reason, ReasonKind, Value};

use crate::secrets::{self, is_placeholder, is_reference};

use super::super::format::Path;
use super::super::resolve::{Found, Trail, Walker};
use super::super::truth::Evidence;
use super::{Case, why};

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    judge(case, credential);
}

/// `keys-in-settings`: keys that Azure gives out at deployment, copied into settings of an application.
pub(super) fn check_keys(case: &mut Case<'_, '_, '_>) {
    judge(case, key);
}

/// What a setting of this name and value is, if it is what is looked for.
type Judge = fn(&str, &Value) -> Option<&'static str>;

fn judge(case: &mut Case<'_, '_, '_>, judge: Judge) {
    let paths: Vec<Path> = case.words("properties").filter_map(|word| Path::parse(word).ok()).collect();
    let texts: Vec<Path> = case.words("texts").filter_map(|word| Path::parse(word).ok()).collect();
    let children: Vec<String> = case.words("children").map(str::to_owned).collect();
    let mut search = Search { judge, found: Vec::new(), open: Vec::new() };
    let graph = case.graph();
    for path in &paths {
        search.look(case.resource, graph.resource(case.resource), path, Shape::Settings);
    }
    for path in &texts {
        search.look(case.resource, graph.resource(case.resource), path, Shape::Text);
    }
    for &child in graph.children(case.resource) {
        let resource = graph.resource(child);
        let name = format!("{}/{}", resource.resource_type, resource.short_name().unwrap_or_default());
        if children.iter().any(|wanted| wanted.eq_ignore_ascii_case(&name))
            && let Ok(path) = Path::parse("properties")
        {
            search.look(child, resource, &path, Shape::Settings);
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

/// What stands at a path.
#[derive(Clone, Copy)]
enum Shape {
    /// Settings with names and values.
    Settings,
    /// A script or another text, perhaps in Base64.
    Text,
}

/// What was found in the settings.
struct Search {
    judge: Judge,
    found: Vec<(Evidence, &'static str)>,
    /// Settings of which nothing is known.
    open: Vec<Reason>,
}

impl Search {
    fn look(&mut self, index: usize, resource: &Resource, path: &Path, shape: Shape) {
        let walker = Walker { resource, record: true };
        let mut found = vec![walker.walk(&resource.body, &path.segments, Trail::default())];
        while let Some(next) = found.pop() {
            match next {
                Found::Value(value, trail) => match shape {
                    Shape::Settings => self.container(index, walker, &value, &trail),
                    Shape::Text => self.text(index, &value, &trail),
                },
                Found::Untold(reasons, _) => self.open.extend(reasons),
                Found::Items(items) => found.extend(items.into_iter().rev()),
                Found::Absent(_) | Found::Choice(_) => {}
            }
        }
    }

    fn text(&mut self, index: usize, value: &Value, trail: &Trail) {
        for alternative in value.alternatives() {
            if alternative.secret || alternative.origin.is_from_environment() {
                continue;
            }
            match &alternative.kind {
                Kind::String(text) => {
                    if let Some(what) = in_script(text) {
                        let evidence = trail.clone().evidence(index, Some(value.clone().tainted(true)));
                        self.found.push((evidence, what));
                        return;
                    }
                }
                Kind::Unknown(_) => self.open.extend(why(alternative)),
                _ => {}
            }
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
            if let Some(what) = (self.judge)(name, alternative) {
                // What was found is a secret, even if nobody declared it as one.
                let evidence = trail.evidence(index, Some(value.clone().tainted(true)));
                self.found.push((evidence, what));
                return;
            }
        }
    }
}

/// A setting that takes no identity: the share that Functions mount on a consumption plan.
const NEEDS_A_KEY: &str = "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING";

/// What key a setting holds that Azure gives out.
fn key(name: &str, value: &Value) -> Option<&'static str> {
    (!name.eq_ignore_ascii_case(NEEDS_A_KEY) && is_key(value)).then_some("a key of another resource")
}

/// Whether a value is, or holds, the key of a resource: `listKeys()`, `primary_access_key`. Secrets that a vault keeps, and
/// generated passwords, are no such keys.
pub(super) fn is_key(value: &Value) -> bool {
    if !value.secret {
        return false;
    }
    match &value.kind {
        Kind::Reference(reference) => {
            let target = reference.target.resource_type().to_ascii_lowercase();
            target.starts_with("microsoft.") && !target.starts_with("microsoft.keyvault/")
        }
        Kind::Unknown(unknown) => match unknown.facts.pieces.as_deref() {
            Some(pieces) => pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if is_key(hole))),
            None => unknown.reasons.iter().all(|reason| reason.kind == ReasonKind::Runtime),
        },
        Kind::OneOf(values) => values.iter().all(is_key),
        _ => false,
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

/// What credential a text holds.
fn in_text(text: &str) -> Option<&'static str> {
    secrets::find(text).map(|found| found.what)
}

/// What credential a script holds that may be written in Base64: as such, or assigned to a name that says so.
fn in_script(text: &str) -> Option<&'static str> {
    let plain = STANDARD.decode(text.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = plain.as_deref().unwrap_or(text);
    in_text(text).or_else(|| text.lines().find_map(|line| in_text(line).or_else(|| assigned(line))))
}

/// `export NAME=value`, `NAME: value`, `$name = 'value'`, with the name of a secret and no variable as the value.
fn assigned(line: &str) -> Option<&'static str> {
    let (before, value) = line.split_once(['=', ':'])?;
    let name = before.split_whitespace().next_back()?;
    let value = value.trim().trim_end_matches([';', ',']).trim_matches(['"', '\'']);
    (is_secret_name(name) && !value.starts_with(['$', '`', '(']) && is_literal_secret(value))
        .then_some("a secret")
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
    fn a_script_may_hold_a_secret() {
        let told = |text: &str| in_script(text).is_some();
        for text in [
            "#!/bin/sh\nexport DATABASE_PASSWORD=\"hunter22\"\n",
            "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENG",
            "$password = 'hunter22';",
            "curl 'https://x.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sig=abc%3D'",
        ] {
            assert!(told(text), "{text}");
            assert!(told(&STANDARD.encode(text)), "{text} in Base64");
        }
        for text in [
            "#!/bin/sh\nPASSWORD=$(az keyvault secret show --id x)\n",
            "export PASSWORD=$SECRET",
            "PASSWORD_FILE=/etc/secret",
            "apt-get install -y nginx",
        ] {
            assert!(!told(text), "{text}");
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
