//! What a value that is unknown in a plan refers to: the configuration's references, resolved to planned instances.

use std::sync::Arc;

use jsonc_parser::ast::{Object as JsonObject, Value as Json};
use rustc_hash::{FxHashMap, FxHashSet};

use super::address::{Step, longest, split_modules, steps};
use super::configuration::Module;
use super::json::Ask;
use crate::value::Reference;

/// How many outputs and arguments are followed from one reference to the resource behind it.
const MAX_HOPS: usize = 32;

/// The module instance and the resource instance that an expression is evaluated in.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// Address prefix of the module instance: empty, or `module.a["x"].`.
    pub(super) module: &'p str,
    /// The key of the resource's own instance as it stands between brackets.
    pub(super) key: Option<&'p str>,
}

/// Resolves references of the configuration to planned resource instances.
pub(super) struct Links<'a, 'j> {
    root: &'j Module<'a, 'j>,
    /// The planned instances' addresses.
    addresses: FxHashSet<&'j str>,
    /// How many instances there are of an address without key (`module.a["x"].azurerm_subnet.s`), and the key of the first.
    instances: FxHashMap<&'j str, (usize, Option<&'j str>)>,
}

impl<'a, 'j> Links<'a, 'j> {
    /// The links among the resources of these addresses.
    pub(super) fn new(root: &'j Module<'a, 'j>, addresses: impl Iterator<Item = &'j str>) -> Self {
        let mut links = Links { root, addresses: FxHashSet::default(), instances: FxHashMap::default() };
        for address in addresses {
            let (base, key) = split_key(address);
            links.addresses.insert(address);
            links.instances.entry(base).or_insert((0, key)).0 += 1;
        }
        links
    }

    /// The resources that an expression's references mean, in their order; `None` for each one that is not a planned resource
    /// or not a certain one.
    pub(super) fn targets(&self, expression: &JsonObject<'a>, place: Place<'_>) -> Vec<Option<Reference>> {
        self.follow(expression, place, MAX_HOPS)
    }

    fn follow(&self, expression: &JsonObject<'a>, place: Place<'_>, hops: usize) -> Vec<Option<Reference>> {
        let texts: Vec<&str> = reference_texts(expression);
        let by_own_key = texts.iter().any(|text| matches!(*text, "each.key" | "each.value" | "count.index"));
        let own_key = place.key.filter(|_| by_own_key);
        let mut targets: Vec<Option<Reference>> = Vec::new();
        for text in longest(&texts) {
            let parts = steps(text);
            if matches!(
                parts.first().map(|step| step.name),
                Some("each" | "count" | "path" | "terraform") | None
            ) {
                continue;
            }
            let found = hops.checked_sub(1).and_then(|hops| self.target(&parts, place, own_key, hops));
            if found.is_none()
                || !targets
                    .iter()
                    .flatten()
                    .any(|seen| Some(seen.describe()) == found.as_ref().map(Reference::describe))
            {
                targets.push(found);
            }
        }
        targets
    }

    fn target(
        &self,
        parts: &[Step<'_>],
        place: Place<'_>,
        own_key: Option<&str>,
        hops: usize,
    ) -> Option<Reference> {
        match parts {
            [Step { name: "var", .. }, variable, ..] => {
                let (outer, call) = outer_call(place.module)?;
                let calls = steps(outer);
                let (modules, _) = split_modules(&calls);
                let module = self.root.descend(modules.iter().map(|step| step.name))?;
                let expression = module.call(call.name)?.expressions?.field(variable.name)?.as_object()?;
                only(self.follow(expression, Place { module: outer, key: call.key }, hops))
            }
            [Step { name: "module", .. }, call, output, ..] => {
                let calls = steps(place.module);
                let (modules, _) = split_modules(&calls);
                let names = modules.iter().map(|step| step.name).chain([call.name]);
                let expression = self.root.descend(names)?.output(output.name)?.as_object()?;
                let key = call.key.or(own_key).map(|key| format!("[{key}]")).unwrap_or_default();
                let inner = format!("{}module.{}{key}.", place.module, call.name);
                only(self.follow(expression, Place { module: &inner, key: None }, hops))
            }
            [Step { name: "data" | "local" | "module" | "var", .. }, ..] => None,
            [resource_type, resource, rest @ ..] => {
                let base = format!("{}{}.{}", place.module, resource_type.name, resource.name);
                let address = self.instance(&base, resource.key.or(own_key))?;
                let reference = Reference::to_declared(address, resource_type.name);
                Some(match rest.first().map(|step| step.name) {
                    None | Some("id") => reference,
                    Some(property) => reference.with_property(property),
                })
            }
            _ => None,
        }
    }

    /// The address of the one instance that is meant: the one written, or the only one there is.
    fn instance(&self, base: &str, wanted: Option<&str>) -> Option<String> {
        let with_key = |key: &str| format!("{base}[{key}]");
        let (count, first) = *self.instances.get(base)?;
        match (count, first, wanted) {
            (1, None, _) => Some(base.to_owned()),
            (1, Some(only), None) => Some(with_key(only)),
            (_, _, wanted) => wanted.map(with_key).filter(|address| self.addresses.contains(&**address)),
        }
    }
}

/// The one certain target of an expression that has no other.
pub(super) fn only(targets: Vec<Option<Reference>>) -> Option<Reference> {
    match <[Option<Reference>; 1]>::try_from(targets) {
        Ok([target]) => target,
        Err(_) => None,
    }
}

/// The texts of an expression's references.
pub(super) fn reference_texts<'e>(expression: &'e JsonObject<'_>) -> Vec<&'e str> {
    expression
        .list("references")
        .iter()
        .filter_map(Json::as_string_lit)
        .map(|literal| &*literal.value)
        .collect()
}

/// What a person calls the source of an unknown value: the longest reference.
pub(super) fn description(expression: &JsonObject<'_>) -> Option<Arc<str>> {
    longest(&reference_texts(expression)).first().map(|text| Arc::from(*text))
}

/// An address without the key of its last step, and that key.
fn split_key(address: &str) -> (&str, Option<&str>) {
    let last = steps(address).pop();
    match last.and_then(|step| step.key) {
        Some(key) => {
            let base = address.len().saturating_sub(key.len() + 2);
            (address.get(..base).unwrap_or(address), Some(key))
        }
        None => (address, None),
    }
}

/// The module instance that a module instance is called from, and the call: `module.a.module.b[0].` → `module.a.`, `b[0]`.
fn outer_call(module: &str) -> Option<(&str, Step<'_>)> {
    let inner = module.strip_suffix('.')?;
    let call = steps(inner).pop()?;
    let written = call.name.len() + call.key.map_or(0, |key| key.len() + 2);
    let outer = inner.get(..inner.len().checked_sub(written)?)?.strip_suffix("module.")?;
    Some((outer, call))
}
