//! Where the secrets of a type are whose attributes are not mapped.

use std::sync::Arc;

use crate::model::Secret;
use crate::terraform::resource::TerraformResource;
use crate::terraform::schema::{self, Collection, Element, Schema};
use crate::value::{Kind, Value};

/// How the names of attributes end that hold a secret where the provider marks them as sensitive. It marks others too, such as
/// `custom_data` and `certificate`, which need not be one.
const MARKED: [&str; 5] = ["password", "secret", "_key", "token", "_passphrase"];
/// These tell where telemetry goes and open nothing.
const HARMLESS: [&str; 2] = ["instrumentation_key", "insights_key"];
/// How they end in a type whose schema is not known.
const NAMED: [&str; 2] = ["password", "client_secret"];
/// How they end in `connection` and `provisioner` blocks, the variables of whose environment are in capital letters.
const OF_OPERATIONS: [&str; 3] = ["password", "client_secret", "private_key"];
/// How deep attributes are looked through by their names.
const MAX_DEPTH: usize = 8;

/// The secrets of a resource that its ARM body does not have: all of them where its attributes are not mapped, and those of its
/// `connection` and `provisioner` blocks.
pub(super) fn of(resource: &TerraformResource, is_mapped: bool) -> Arc<[Secret]> {
    let mut secrets = Vec::new();
    let mut add = |within: &Value, paths: Vec<Arc<str>>| {
        secrets.extend(paths.into_iter().map(|path| Secret { within: within.clone(), path }));
    };
    if !is_mapped {
        let mut paths = Vec::new();
        match schema::of(&resource.resource_type) {
            Some(schema) => marked(&schema, "", &mut paths),
            None => named(&resource.attributes, &NAMED, "", 0, &mut paths),
        }
        add(&resource.attributes, paths);
    }
    if let Some(operations) = &resource.operations {
        let mut paths = Vec::new();
        named(operations, &OF_OPERATIONS, "", 0, &mut paths);
        add(operations, paths);
    }
    secrets.into()
}

fn ends_with_one(name: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| name.ends_with(end))
}

fn marked(schema: &Schema, prefix: &str, paths: &mut Vec<Arc<str>>) {
    for (name, attribute) in schema.attributes() {
        let items = match attribute.collection {
            Collection::Single => "",
            Collection::List | Collection::Set => "[*]",
            Collection::Map => continue,
        };
        match &attribute.element {
            Element::Block(inside) => marked(inside, &format!("{prefix}{name}{items}."), paths),
            Element::String
                if attribute.sensitive
                    && (name == "key" || ends_with_one(name, &MARKED))
                    && !ends_with_one(name, &HARMLESS) =>
            {
                paths.push(format!("{prefix}{name}{items}").into());
            }
            _ => {}
        }
    }
}

fn named(value: &Value, ends: &[&str], path: &str, depth: usize, paths: &mut Vec<Arc<str>>) {
    match &value.kind {
        Kind::Object(object) if depth < MAX_DEPTH => {
            for (key, member) in object.members() {
                let dot = if path.is_empty() { "" } else { "." };
                named(&member.value, ends, &format!("{path}{dot}{}", key.as_str()), depth + 1, paths);
            }
        }
        Kind::Array(array) if depth < MAX_DEPTH => {
            for (index, value) in array.values().enumerate() {
                named(value, ends, &format!("{path}[{index}]"), depth + 1, paths);
            }
        }
        Kind::String(_) if ends_with_one(&path.to_ascii_lowercase(), ends) => paths.push(path.into()),
        _ => {}
    }
}
