use std::fmt::Write;

use fastrand::Rng;
use serde_json::{Value, json};

use super::{Files, SPELLINGS, cases, each, unchanged};

fn small() -> Vec<(String, Files)> {
    cases(&SPELLINGS, |name| name == "template.json")
}

fn all() -> Vec<(String, Files)> {
    let mut all = cases(&["landing-zone/arm"], |name| name.ends_with(".json"));
    all.extend(small());
    all
}

/// How a document is written.
struct Style<'r> {
    rng: &'r mut Rng,
    shuffle: bool,
    comments: bool,
    blanks: bool,
    /// The case of keys is turned, where ARM does not care.
    turn: bool,
}

impl Style<'_> {
    fn gap(&mut self, out: &mut String) {
        if self.blanks {
            out.push_str(["", " ", "\n\t", "\r\n", "  \n"][self.rng.usize(..5)]);
        } else {
            out.push('\n');
        }
        if self.comments && self.rng.u8(..4) == 0 {
            out.push_str(["// { \"a\": 1 }\n", "/* , } */"][self.rng.usize(..2)]);
        }
    }

    fn write(&mut self, value: &Value, out: &mut String) {
        match value {
            Value::Object(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                if self.shuffle {
                    self.rng.shuffle(&mut keys);
                }
                out.push('{');
                for (index, key) in keys.into_iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    self.gap(out);
                    let shown =
                        if self.turn && turnable(key) { key.to_ascii_uppercase() } else { key.clone() };
                    let _ = write!(out, "{}:", Value::String(shown));
                    self.gap(out);
                    self.write(&map[key], out);
                }
                self.gap(out);
                out.push('}');
            }
            Value::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    self.gap(out);
                    self.write(item, out);
                }
                self.gap(out);
                out.push(']');
            }
            other => {
                let _ = write!(out, "{other}");
            }
        }
    }
}

/// Keys of the template language and of resources; names of parameters and the like are left alone.
fn turnable(key: &str) -> bool {
    matches!(
        key,
        "properties"
            | "resources"
            | "parameters"
            | "variables"
            | "type"
            | "apiVersion"
            | "name"
            | "location"
            | "sku"
            | "kind"
            | "networkAcls"
            | "defaultAction"
            | "minimumTlsVersion"
            | "siteConfig"
            | "publicNetworkAccess"
            | "dependsOn"
    )
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn restyled(what: &str, style: impl Fn(&mut Rng) -> Style<'_>) {
    unchanged(&all(), what, |files, rng| {
        each(files, &[".json"], |_, text| {
            let mut out = String::new();
            style(rng).write(&read(text), &mut out);
            Some(out)
        })
    });
}

#[test]
fn keys_in_another_order() {
    restyled("order of keys", |rng| Style {
        rng,
        shuffle: true,
        comments: false,
        blanks: false,
        turn: false,
    });
}

#[test]
fn comments_and_white_space() {
    restyled("comments", |rng| Style { rng, shuffle: false, comments: true, blanks: true, turn: false });
}

#[test]
fn keys_in_another_case() {
    restyled("case of keys", |rng| Style { rng, shuffle: false, comments: false, blanks: false, turn: true });
}

#[test]
fn resources_in_another_order() {
    let all: Vec<_> = cases(&["landing-zone/arm"], |name| name.ends_with(".json"));
    unchanged(&all, "order of resources", |files, rng| {
        each(files, &["azuredeploy.json"], |_, text| {
            let mut document = read(text);
            rng.shuffle(document["resources"].as_array_mut()?);
            Some(document.to_string())
        })
    });
}

#[test]
fn a_nested_deployment_around() {
    unchanged(&small(), "a nested deployment around", |files, rng| {
        let scope = ["inner", "outer"][rng.usize(..2)];
        each(files, &[".json"], |_, text| {
            let inner = read(text);
            let wrapped = json!({
                "$schema": inner["$schema"],
                "contentVersion": "1.0.0.0",
                "resources": [{
                    "type": "Microsoft.Resources/deployments",
                    "apiVersion": "2022-09-01",
                    "name": "nested",
                    "properties": {
                        "mode": "Incremental",
                        "expressionEvaluationOptions": { "scope": scope },
                        "template": inner,
                    },
                }],
            });
            Some(wrapped.to_string())
        })
    });
}

#[test]
fn values_in_variables() {
    fn moved(value: &mut Value, variables: &mut serde_json::Map<String, Value>, rng: &mut Rng) {
        match value {
            Value::Object(map) => map
                .iter_mut()
                .filter(|(key, _)| !key.to_ascii_lowercase().contains("password"))
                .for_each(|(_, value)| moved(value, variables, rng)),
            Value::Array(items) => items.iter_mut().for_each(|item| moved(item, variables, rng)),
            Value::String(text) if text.starts_with('[') => {}
            Value::Null => {}
            scalar if rng.bool() => {
                let name = format!("moved{}", variables.len());
                let expression = Value::String(format!("[variables('{name}')]"));
                variables.insert(name, std::mem::replace(scalar, expression));
            }
            _ => {}
        }
    }
    unchanged(&small(), "values in variables", |files, rng| {
        each(files, &[".json"], |_, text| {
            let mut document = read(text);
            let mut variables = serde_json::Map::new();
            for resource in document["resources"].as_array_mut()? {
                moved(&mut resource["properties"], &mut variables, rng);
            }
            document["variables"] = Value::Object(variables);
            Some(document.to_string())
        })
    });
}
