//! `loadTextContent` and its kin: files that a template reads when it is compiled.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::arm::template::ExprId;
use crate::source::{FileId, Span};
use crate::value::{
    Array, Facts, Kind, Member, Number, Object, Reason, ReasonKind, Unknown, Value, ValueType,
};

use super::frame::Env;
use super::loader::Unresolved;
use super::session::{Session, unknown};

/// How deep the content of a loaded file may nest.
const MAX_DEPTH: usize = 128;

/// What a file is loaded as.
#[derive(Clone, Copy)]
enum Content {
    Text,
    Json,
    Yaml,
    Base64,
    Directory,
}

impl Session<'_> {
    /// The value of a call that loads a file; `None` when `function` is none of those.
    pub(super) fn load_content(
        &self,
        env: &Env,
        function: &str,
        arguments: &[ExprId],
        span: Span,
    ) -> Option<Value> {
        let content = match &*function.to_ascii_lowercase() {
            "loadtextcontent" => Content::Text,
            "loadjsoncontent" => Content::Json,
            "loadyamlcontent" => Content::Yaml,
            "loadfileasbase64" => Content::Base64,
            "loaddirectoryfileinfo" => Content::Directory,
            _ => return None,
        };
        let argument = |index: usize| arguments.get(index).map(|id| self.eval(env, *id));
        let (path, second) = (argument(0), argument(1));
        let Some(path) = path.as_ref().and_then(Value::as_str) else {
            return Some(self.mistake(format!("{function} needs a path that is known"), span));
        };
        let second = second.as_ref().and_then(Value::as_str);
        let loaded = match content {
            Content::Text => self.load_text(env, path, span),
            Content::Json => self.load_json(env, path, second, span),
            Content::Yaml => self.load_yaml(env, path, second, span),
            Content::Base64 => self.load_base64(env, path, span),
            Content::Directory => self.load_directory(env, path, second, span),
        };
        Some(loaded.unwrap_or_else(|unresolved| {
            self.file_missing(Arc::clone(&unresolved.reason), span);
            let missing = Unknown::new(Reason::new(ReasonKind::File, unresolved.reason));
            let missing = match content {
                Content::Text | Content::Base64 => missing
                    .with_type(ValueType::String)
                    .with_facts(Facts { not_null: true, ..Facts::default() }),
                Content::Json | Content::Yaml | Content::Directory => missing,
            };
            Value::new(Kind::Unknown(Arc::new(missing))).at(span)
        }))
    }

    fn text_at(&self, env: &Env, path: &str) -> Result<(FileId, Arc<str>), Unresolved> {
        let (file, text) = self.loader.text(env.frame.template().file, path)?;
        self.collected.borrow_mut().add_file(file);
        Ok((file, text))
    }

    fn load_text(&self, env: &Env, path: &str, span: Span) -> Result<Value, Unresolved> {
        let (_, text) = self.text_at(env, path)?;
        Ok(Value::string(text).at(span))
    }

    fn load_json(&self, env: &Env, path: &str, query: Option<&str>, span: Span) -> Result<Value, Unresolved> {
        let (file, text) = self.text_at(env, path)?;
        let options = jsonc_parser::CollectOptions::default();
        let parsed = jsonc_parser::parse_to_ast(&text, &options, &jsonc_parser::ParseOptions::default());
        let value = match parsed.map(|parsed| parsed.value) {
            Ok(Some(json)) => from_json(&json, file, 0),
            Ok(None) => return Ok(self.mistake(format!("'{path}' is empty"), span)),
            Err(error) => {
                return Ok(self.mistake(format!("'{path}' is not valid JSON: {}", error.kind()), span));
            }
        };
        Ok(self.selected(value, query, span))
    }

    fn load_yaml(&self, env: &Env, path: &str, query: Option<&str>, span: Span) -> Result<Value, Unresolved> {
        let (_, text) = self.text_at(env, path)?;
        match serde_saphyr::from_str::<serde_json::Value>(&text) {
            Ok(yaml) => Ok(self.selected(from_plain(&yaml, 0).at(span), query, span)),
            Err(_) => Ok(self.mistake(format!("'{path}' is not valid YAML"), span)),
        }
    }

    fn load_base64(&self, env: &Env, path: &str, span: Span) -> Result<Value, Unresolved> {
        let bytes = self.loader.bytes(env.frame.template().file, path)?;
        Ok(Value::string(STANDARD.encode(&*bytes)).at(span))
    }

    fn load_directory(
        &self,
        env: &Env,
        path: &str,
        pattern: Option<&str>,
        span: Span,
    ) -> Result<Value, Unresolved> {
        let files = self.loader.directory(env.frame.template().file, path, pattern)?;
        let entries = files.iter().map(|file| {
            let name = file.rsplit('/').next().unwrap_or(file);
            let extension = name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or_default();
            let entry: Object = [
                ("relativePath", Value::string(Arc::clone(file))),
                ("baseName", Value::string(name)),
                ("extension", Value::string(extension)),
            ]
            .into_iter()
            .collect();
            Value::object(entry)
        });
        Ok(Value::array(entries.collect()).at(span))
    }

    /// The part of a loaded file that a path such as `$.a['b'][0]` selects.
    fn selected(&self, value: Value, query: Option<&str>, span: Span) -> Value {
        let Some(query) = query else { return value };
        let Some(steps) = steps(query) else {
            let text = format!("the path '{query}' into a loaded file is not evaluated");
            return unknown(ReasonKind::Unsupported, text).at(span);
        };
        let mut value = value;
        for step in steps {
            let part = match (&value.kind, step.parse::<usize>()) {
                (Kind::Array(array), Ok(index)) => array.items.get(index).map(|item| item.value.clone()),
                (Kind::Object(object), _) => object.value(&step).cloned(),
                _ => None,
            };
            let Some(part) = part else {
                return self.mistake(format!("the loaded file has nothing at '{query}'"), span);
            };
            value = part;
        }
        value
    }
}

/// The names and indices of a simple JSON path; `None` for wildcards and filters.
fn steps(query: &str) -> Option<Vec<String>> {
    let mut rest = query.strip_prefix('$').unwrap_or(query);
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(bracket) = rest.strip_prefix('[') {
            let (inner, after) = bracket.split_once(']')?;
            steps.push(inner.trim_matches(['\'', '"']).to_owned());
            rest = after;
            continue;
        }
        let name = rest.strip_prefix('.').unwrap_or(rest);
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (step, after) = name.split_at(end);
        if step.is_empty() {
            return None;
        }
        steps.push(step.to_owned());
        rest = after;
    }
    let plain = |step: &String| !step.contains(['*', '?', '@', ':', ',']);
    steps.iter().all(plain).then_some(steps)
}

fn from_json(json: &jsonc_parser::ast::Value<'_>, file: FileId, depth: usize) -> Value {
    use jsonc_parser::ast::Value as Json;
    use jsonc_parser::common::Ranged;
    let span = |range: jsonc_parser::common::Range| Span::new(file, range.start, range.end);
    if depth > MAX_DEPTH {
        return unknown(ReasonKind::Limit, format!("nested more than {MAX_DEPTH} levels deep"));
    }
    let value = match json {
        Json::NullKeyword(_) => Value::null(),
        Json::BooleanLit(literal) => Value::bool(literal.value),
        Json::NumberLit(literal) => match Number::parse(literal.value) {
            Some(number) => Value::new(Kind::Number(number)),
            None => unknown(ReasonKind::Error, "this number cannot be represented"),
        },
        Json::StringLit(literal) => Value::string(&*literal.value),
        Json::Array(array) => {
            let items = array.elements.iter().map(|item| from_json(item, file, depth + 1));
            Value::array(items.collect::<Array>())
        }
        Json::Object(object) => {
            let mut members = Object::new();
            for property in &object.properties {
                let member = Member {
                    site: Some(span(property.range)),
                    key_span: Some(span(property.name.range())),
                    value: from_json(&property.value, file, depth + 1),
                };
                members.insert(property.name.as_str(), member);
            }
            Value::object(members)
        }
    };
    value.at(span(json.range()))
}

fn from_plain(json: &serde_json::Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return unknown(ReasonKind::Limit, format!("nested more than {MAX_DEPTH} levels deep"));
    }
    match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => match Number::parse(&number.to_string()) {
            Some(number) => Value::new(Kind::Number(number)),
            None => unknown(ReasonKind::Error, "this number cannot be represented"),
        },
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => {
            Value::array(items.iter().map(|item| from_plain(item, depth + 1)).collect())
        }
        serde_json::Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.as_str(), from_plain(value, depth + 1)));
            Value::object(members.collect())
        }
    }
}
