//! What a snippet must not show: the text of secrets.

use crate::model::Deployment;
use crate::secrets;
use crate::source::{FileId, Span};
use crate::value::{Kind, Value, holds_setting, is_setting_of_secret, names_a_secret};

/// The places where the text of a secret is written.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<Span>);

impl Secrets {
    /// The places in evaluated deployments: secure parameters' defaults and values, and every value marked secret.
    pub(super) fn of(deployments: &[Deployment]) -> Self {
        let mut secrets = Secrets::default();
        for deployment in deployments {
            for parameter in deployment.parameters.iter().filter(|parameter| parameter.secure) {
                parameter
                    .default
                    .iter()
                    .chain([&parameter.value])
                    .for_each(|value| secrets.add_all(value, true));
            }
            for resource in &deployment.resources {
                secrets.add_all(&resource.body, false);
            }
        }
        secrets.0.sort_unstable_by_key(|span| (span.file, span.start, span.end));
        secrets.0.dedup();
        secrets
    }

    /// Adds a place.
    pub(super) fn add(&mut self, span: Span) {
        self.0.push(span);
    }

    fn add_all(&mut self, value: &Value, inside_secret: bool) {
        let secret = inside_secret || value.secret;
        match &value.kind {
            Kind::Array(array) => array.values().for_each(|item| self.add_all(item, secret)),
            Kind::Object(object) => {
                let named = is_setting_of_secret(object);
                for (key, member) in object.members() {
                    self.add_all(&member.value, secret || (named && holds_setting(key.as_str())));
                }
            }
            Kind::String(_) | Kind::Number(_) if secret => self.0.extend(value.origin.span),
            _ => {}
        }
    }

    /// A file's text with every secret in it starred out, of the same length in bytes.
    pub(super) fn hide(&self, file: FileId, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for span in self.0.iter().filter(|span| span.file == file) {
            star(&mut bytes, span.range());
        }
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if let Some(quoted) = secret_literal(line) {
                star(&mut bytes, start + quoted.start..start + quoted.end);
            }
            for found in secrets::find_all(line) {
                star(&mut bytes, start + found.range.start..start + found.range.end);
            }
            start += line.len();
        }
        // A private key has many lines.
        for found in secrets::find_all(text).iter().filter(|found| found.what == "a private key") {
            star(&mut bytes, found.range.clone());
        }
        // Stars take the place of whole characters: both kinds of places begin and end at one.
        String::from_utf8(bytes).unwrap_or_default()
    }
}

fn star(bytes: &mut [u8], range: std::ops::Range<usize>) {
    let end = range.end.min(bytes.len());
    for byte in bytes.get_mut(range.start.min(end)..end).unwrap_or_default() {
        if !matches!(byte, b'\n' | b'\r' | b' ' | b'\'' | b'"') {
            *byte = b'*';
        }
    }
}

/// The literal that a line gives to a name that a secret is written under: `adminPassword: 'x'`, `client_secret = "x"`.
fn secret_literal(line: &str) -> Option<std::ops::Range<usize>> {
    let separator = line.find([':', '='])?;
    let (name, value) = line.split_at(separator);
    if !names_a_secret(name) {
        return None;
    }
    let open = value.find(['\'', '"'])?;
    let close = value.rfind(['\'', '"']).filter(|close| *close > open)?;
    Some(separator + open + 1..separator + close)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_starred_out_by_their_name_and_by_their_place() {
        let sources = crate::source::Sources::new();
        let text = "name: 'sql'\nadministratorLoginPassword: 'p4ss wörd'\nsize: 'hunter2'\n";
        let file = sources.add_text("a.bicep", text);
        let mut secrets = Secrets::default();
        let at = text.find("'hunter2'").unwrap();
        secrets.add(Span::new(file, at, at + 9));
        let hidden = secrets.hide(file, text);
        assert!(hidden.contains("name: 'sql'") && hidden.contains("size: '*******'"), "{hidden}");
        assert!(!hidden.contains("p4ss") && !hidden.contains("rd'"), "{hidden}");
        assert_eq!(hidden.len(), text.len());
    }
}
