//! What kind of JSON a file holds, by its top-level properties.

/// What a JSON file is to leftward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    /// An ARM template: by `$schema`, or `resources` together with `contentVersion`.
    Template,
    /// An ARM parameter file.
    Parameters,
    /// `terraform show -json`: `format_version` with `planned_values`, `resource_changes` or `values`.
    TerraformPlan,
    /// Anything else.
    Other,
}

/// The type of a part of a blueprint; those of the kind `template` hold a template in `properties.template`.
pub(super) const BLUEPRINT_ARTIFACT: &str = "Microsoft.Blueprint/blueprints/artifacts";

/// Tells what kind of JSON `text` is, from its top-level properties; a `$schema` that is known ends the search.
///
/// Works on broken and truncated files as far as they go. `*.tf.json` files are known by their name, not by this.
pub fn classify(text: &str) -> JsonKind {
    let mut seen = Seen::default();
    for (key, value) in TopLevel::new(text) {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        if is("$schema") {
            let schema = value.to_ascii_lowercase();
            if schema.contains("deploymenttemplate.json") {
                return JsonKind::Template;
            }
            if schema.contains("deploymentparameters.json") {
                return JsonKind::Parameters;
            }
        }
        seen.artifact |= is("type") && value.eq_ignore_ascii_case(BLUEPRINT_ARTIFACT);
        seen.template |= is("kind") && value.eq_ignore_ascii_case("template");
        seen.resources |= is("resources") && value.starts_with(['[', '{']);
        seen.content_version |= is("contentVersion");
        seen.parameters |= is("parameters") && value.starts_with('{');
        seen.format_version |= key == "format_version";
        seen.plan |= matches!(key, "planned_values" | "resource_changes" | "values" | "prior_state");
    }
    match seen {
        Seen { resources: true, content_version: true, .. } | Seen { artifact: true, template: true, .. } => {
            JsonKind::Template
        }
        Seen { parameters: true, content_version: true, .. } => JsonKind::Parameters,
        Seen { format_version: true, plan: true, .. } => JsonKind::TerraformPlan,
        _ => JsonKind::Other,
    }
}

/// The generator that wrote a template, from `metadata._generator.name`, without parsing it: `bicep`.
pub fn generator(text: &str) -> Option<&str> {
    let member = |text, name: &str| {
        TopLevel::new(text).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    member(member(member(text, "metadata")?, "_generator")?, "name")
}

#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // a set of names
struct Seen {
    artifact: bool,
    template: bool,
    resources: bool,
    content_version: bool,
    parameters: bool,
    format_version: bool,
    plan: bool,
}

/// The properties of the top-level object: name as written, and the text of the value, of a string what is between its quotes. A bare
/// skip over bytes: no value is read.
struct TopLevel<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> TopLevel<'a> {
    fn new(text: &'a str) -> Self {
        let mut keys = TopLevel { text, at: 0 };
        keys.skip_blank();
        if keys.byte() == Some(b'{') {
            keys.at += 1;
        } else {
            keys.at = text.len();
        }
        keys
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        while let Some(byte) = self.byte() {
            let rest = self.text.get(self.at..).unwrap_or("");
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else if byte.is_ascii_whitespace() || byte == b',' {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// Skips a string, and returns what is between its quotes.
    fn string(&mut self) -> &'a str {
        let quote = self.byte();
        let start = self.at + 1;
        self.at = start;
        while let Some(byte) = self.byte() {
            if byte == b'\\' {
                self.at += 2;
                continue;
            }
            if Some(byte) == quote {
                break;
            }
            self.at += 1;
        }
        let inside = self.text.get(start..self.at.min(self.text.len())).unwrap_or("");
        self.at += 1;
        inside
    }

    /// Skips a value, and returns its text; of a string what is between its quotes.
    fn value(&mut self) -> &'a str {
        if matches!(self.byte(), Some(b'"' | b'\'')) {
            return self.string();
        }
        let start = self.at;
        let mut depth = 0usize;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' | b'\'' => {
                    self.string();
                    continue;
                }
                b'/' => {
                    let before = self.at;
                    self.skip_blank();
                    if self.at > before {
                        continue;
                    }
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => break,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        break;
                    }
                }
                b',' if depth == 0 => break,
                _ => {}
            }
            self.at += 1;
        }
        self.text.get(start..self.at.min(self.text.len())).unwrap_or("")
    }
}

impl<'a> Iterator for TopLevel<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank();
        let key = match self.byte()? {
            b'"' | b'\'' => self.string(),
            byte if byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' => {
                let rest = self.text.get(self.at..)?;
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$'))?;
                self.at += end;
                rest.get(..end)?
            }
            _ => return None,
        };
        self.skip_blank();
        if self.byte()? != b':' {
            return None;
        }
        self.at += 1;
        self.skip_blank();
        Some((key, self.value()))
    }
}
