use std::ops::Range;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Config, ConfigError, Governance, Ignore, RuleSetting, keys};
use crate::rules::{Data, Errors, Literal, Node, RuleError, Severity, Text};
use crate::source::normalize;
use crate::workspace::{ModuleFolder, PathFilter};

/// Reads a configuration from the text of `path`.
pub(super) fn config(
    path: &Utf8Path,
    text: &Arc<str>,
    boundary: Option<&Utf8Path>,
) -> Result<Config, ConfigError> {
    let failed = |problems| ConfigError { path: path.to_owned(), text: Arc::clone(text), problems };
    let mut node = match Node::parse(text, 0) {
        Ok(node) => node,
        Err(mut error) => {
            error.message = error.message.replacen("the head is", "this is", 1);
            return Err(failed(vec![error]));
        }
    };
    let mut errors = Vec::new();
    keys::FILE.check(&mut node, &mut errors);
    if !errors.is_empty() {
        return Err(failed(errors));
    }
    let mut config = Config { path: Some(path.to_owned()), text: Arc::clone(text), ..Config::default() };
    let folder = config.folder().to_owned();
    let mut reader = Reader { folder: &folder, boundary, errors };
    reader.fill(&node, &mut config);
    if reader.errors.is_empty() { Ok(config) } else { Err(failed(reader.errors)) }
}

/// Takes values out of a file whose shape has been checked.
struct Reader<'a> {
    folder: &'a Utf8Path,
    boundary: Option<&'a Utf8Path>,
    errors: Vec<RuleError>,
}

impl Reader<'_> {
    fn fill(&mut self, node: &Node, config: &mut Config) {
        config.profile = text(node, "profile");
        config.rules = entries(node, "rules").iter().map(|(id, node)| setting(id, node)).collect();
        config.user_rules = self.paths(node, "userRules");
        config.paths = get(node, "paths")
            .map(|paths| PathFilter::new(self.folder, &texts(paths, "include"), &texts(paths, "exclude")));
        for (prefix, folder) in entries(node, "modules") {
            let known = ["br:", "br/", "ts:", "ts/"].iter().any(|scheme| prefix.text.starts_with(scheme));
            if !known {
                let message = format!("'{}' is no beginning of a module reference", prefix.text);
                let error = RuleError::new(message, prefix.span.clone());
                self.errors.push(error.help("br/ALIAS, br:REGISTRY, ts/ALIAS or ts:…"));
            }
            if let Some(folder) = self.path(folder) {
                let prefix = prefix.text.trim_end_matches([':', '/']).to_owned();
                config.modules.push(ModuleFolder { prefix, folder });
            }
        }
        config.allowed_registries = texts(node, "allowedRegistries");
        config.module_cache = get(node, "moduleCache").and_then(|node| self.path(node));
        config.parameter_files = self.paths(node, "parameterFiles");
        config.variable_files = self.paths(node, "variableFiles");
        config.baseline = text(node, "baseline");
        // it need not be there yet
        config.baseline_file = text(node, "baselineFile").map(|path| normalize(&self.folder.join(path)));
        config.fail_on = texts(node, "failOn");
        config.min_score = match get(node, "minScore").map(|node| &node.data) {
            Some(Data::Int(number)) => u8::try_from(*number).ok(),
            _ => None,
        };
        if let Some(node) = get(node, "suppressions") {
            config.suppressions = self.suppressions(node);
        }
    }

    fn suppressions(&mut self, node: &Node) -> Governance {
        let flag = |key| match get(node, key).map(|node| &node.data) {
            Some(Data::Bool(value)) => Some(*value),
            _ => None,
        };
        Governance {
            require_reason: flag("requireReason").unwrap_or(false),
            max_days: match get(node, "maxDays").map(|node| &node.data) {
                Some(Data::Int(number)) => Some(*number),
                _ => None,
            },
            forbid: texts(node, "forbid"),
            allow_inline: flag("allowInline").unwrap_or(true),
            ignore: get(node, "ignore")
                .map(some)
                .unwrap_or_default()
                .iter()
                .map(|node| self.ignore(node))
                .collect(),
        }
    }

    fn ignore(&mut self, node: &Node) -> Ignore {
        let patterns = texts(node, "path");
        // the node of a mapping has no extent of its own
        let span = match &node.data {
            Data::Map(entries) => entries
                .first()
                .map_or(node.span.clone(), |(key, value)| key.span.start..value.span.end.max(key.span.end)),
            _ => node.span.clone(),
        };
        Ignore {
            rules: texts(node, "rule"),
            paths: (!patterns.is_empty()).then(|| PathFilter::new(self.folder, &patterns, &[])),
            addresses: texts(node, "address"),
            reason: text(node, "reason"),
            until: text(node, "until").and_then(|day| day.parse().ok()),
            owner: text(node, "owner"),
            span,
        }
    }

    fn paths(&mut self, node: &Node, key: &str) -> Vec<Utf8PathBuf> {
        let nodes = get(node, key).map(some).unwrap_or_default();
        nodes.iter().filter_map(|node| self.path(node)).collect()
    }

    /// A path that must be there, and where a found configuration may look.
    fn path(&mut self, node: &Node) -> Option<Utf8PathBuf> {
        let Data::Text(written) = &node.data else { return None };
        let path = normalize(&self.folder.join(written));
        let problem = match (path.canonicalize_utf8(), self.boundary) {
            (Err(error), _) => format!("{path}: {error}"),
            (Ok(true_path), Some(boundary)) if !true_path.starts_with(boundary) => {
                let error =
                    RuleError::new(format!("'{written}' lies outside of {boundary}"), node.span.clone());
                self.errors.push(error.help(
                    "a configuration that was found, not named, only reaches into its own repository; name it with --config to trust it",
                ));
                return None;
            }
            _ => return Some(path),
        };
        self.errors.push(RuleError::new(problem, node.span.clone()));
        None
    }
}

fn setting(id: &crate::rules::Word, node: &Node) -> RuleSetting {
    let mut setting = RuleSetting {
        id: id.text.clone(),
        span: id.span.clone(),
        on: None,
        severity: None,
        parameters: Vec::new(),
    };
    match &node.data {
        Data::Bool(on) => setting.on = Some(*on),
        Data::Text(word) => match Severity::parse(word) {
            Some(severity) => {
                setting.on = Some(true);
                setting.severity = Some(severity);
            }
            None => setting.on = Some(word == "on"),
        },
        _ => {
            setting.on = match get(node, "enabled").map(|node| &node.data) {
                Some(Data::Bool(on)) => Some(*on),
                _ => None,
            };
            setting.severity = text(node, "severity").and_then(|word| Severity::parse(&word));
            setting.parameters = entries(node, "parameters").iter().filter_map(parameter).collect();
        }
    }
    setting
}

fn parameter((name, node): &(crate::rules::Word, Node)) -> Option<(Text, Literal, Range<usize>)> {
    // the shape has been checked: it cannot fail
    let value = Errors::default().literal(node)?;
    Some((name.text.as_str().into(), value, node.span.clone()))
}

fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.data {
        Data::Map(entries) => entries.iter().find(|(word, _)| word.text == key).map(|(_, node)| node),
        _ => None,
    }
}

fn entries<'n>(node: &'n Node, key: &str) -> &'n [(crate::rules::Word, Node)] {
    match get(node, key).map(|node| &node.data) {
        Some(Data::Map(entries)) => entries,
        _ => &[],
    }
}

/// The items of a list, or the one thing.
fn some(node: &Node) -> &[Node] {
    match &node.data {
        Data::List(items) => items,
        Data::Null => &[],
        _ => std::slice::from_ref(node),
    }
}

fn text(node: &Node, key: &str) -> Option<String> {
    match get(node, key).map(|node| &node.data) {
        Some(Data::Text(text)) => Some(text.trim().to_owned()),
        _ => None,
    }
}

fn texts(node: &Node, key: &str) -> Vec<String> {
    let nodes = get(node, key).map(some).unwrap_or_default();
    let text = |node: &Node| match &node.data {
        Data::Text(text) => Some(text.clone()),
        _ => None,
    };
    nodes.iter().filter_map(text).collect()
}
