//! `terraform show -json` → resources in the provider's shape.
//!
//! A plan holds what is deployed with all values known that can be, and the provider's defaults filled in; ids are not known yet.
//! For these the plan's `configuration` says which resource an expression refers to ([`links`]).

mod address;
mod configuration;
pub(crate) mod json;
mod links;
mod value;

use std::sync::Arc;

use camino::Utf8Path;
use jsonc_parser::ast::{ObjectProp, Value as Json};
use rustc_hash::FxHashMap;

use self::address::{loop_of, split_modules, steps};
use self::configuration::{Module, Providers};
use self::json::{Ask, property_name, span_of, to_value};
use self::links::{Links, Place};
use self::value::Attributes;
use super::configuration::{Locator, Modules};
use super::mapping;
use super::resource::TerraformResource;
use super::schema;
use crate::model::{Call, Deployment, Language, Output, ParameterInfo};
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, Sources};
use crate::value::{Reason, ReasonKind, Value};

/// The deployment that a plan file, or a state as `terraform show -json` prints it, describes. Where the configuration lies beside the
/// file, resources are pointed at it.
pub fn evaluate(file: FileId, sources: &Sources) -> Deployment {
    evaluate_with(file, &Modules::new(sources))
}

/// The same with the modules of a run, so that the configuration beside the plan is parsed once.
pub fn evaluate_with(file: FileId, modules: &Modules<'_>) -> Deployment {
    let sources = modules.sources();
    let source = sources.file(file);
    let mut deployment = Deployment {
        path: Arc::from(source.path().as_str()),
        language: Language::TerraformPlan,
        parameter_file: None,
        file: Some(file),
        scope: None,
        resources: Vec::new(),
        outputs: Vec::new(),
        parameters: Vec::new(),
        diagnostics: Vec::new(),
        unresolved_modules: 0,
        absent_modules: Vec::new(),
        unmapped_types: Vec::new(),
        files: vec![file],
    };
    match json::parse(file, source.text()) {
        Ok(json) => {
            let plan = Plan::read(file, &json);
            deployment.outputs = plan.outputs();
            deployment.parameters = plan.parameters();
            let directory = source.path().parent().unwrap_or(Utf8Path::new("."));
            let mut beside = Locator::open(directory, modules);
            let resources = plan.resources(beside.as_mut(), &mut deployment.diagnostics);
            deployment.files.extend(beside.iter().flat_map(Locator::files));
            let mapped = mapping::map_resources(resources);
            deployment.resources = mapped.resources;
            deployment.unmapped_types = mapped.unmapped;
            deployment.diagnostics.extend(mapped.diagnostics);
        }
        Err(error) => deployment.diagnostics.push(error),
    }
    deployment
}

/// A plan file, indexed.
struct Plan<'a, 'j> {
    file: FileId,
    json: &'j Json<'a>,
    /// Whether the file has a `configuration`; a state has none.
    configured: bool,
    root: Module<'a, 'j>,
    providers: Option<Providers<'a, 'j>>,
}

/// A resource instance of the plan and where its values stand.
struct Planned<'a, 'j> {
    address: &'j str,
    /// The entry of `resource_changes`, or of `planned_values`.
    entry: &'j Json<'a>,
    from_change: bool,
}

impl<'a, 'j> Plan<'a, 'j> {
    fn read(file: FileId, json: &'j Json<'a>) -> Self {
        let configuration = json.field("configuration");
        Plan {
            file,
            json,
            configured: configuration.is_some(),
            root: configuration
                .and_then(|all| all.field("root_module"))
                .map(Module::read)
                .unwrap_or_default(),
            providers: configuration.map(Providers::read),
        }
    }

    /// The managed resource instances that are there after apply: changes that are not deletions; without changes (a state, or
    /// a plan cut down to it) the planned values.
    fn planned(&self) -> Vec<Planned<'a, 'j>> {
        let mut planned: Vec<Planned<'a, 'j>> = Vec::new();
        for entry in self.json.list("resource_changes") {
            let stays = entry.field("change").is_some_and(|change| {
                let ends = |action: &Json<'_>| {
                    action
                        .as_string_lit()
                        .is_some_and(|literal| matches!(&*literal.value, "delete" | "forget"))
                };
                !change.list("actions").iter().all(ends) || change.list("actions").is_empty()
            });
            if let Some(address) = entry.text("address").filter(|_| stays && is_managed(entry)) {
                planned.push(Planned { address, entry, from_change: true });
            }
        }
        if self.json.field("resource_changes").is_none() {
            let state = self.json.field("planned_values").or_else(|| self.json.field("values"));
            let mut open: Vec<&'j Json<'a>> =
                state.and_then(|state| state.field("root_module")).into_iter().collect();
            while let Some(module) = open.pop() {
                let managed = module.list("resources").iter().filter(|entry| is_managed(entry));
                planned.extend(managed.filter_map(|entry| {
                    Some(Planned { address: entry.text("address")?, entry, from_change: false })
                }));
                open.extend(module.list("child_modules").iter().rev());
            }
        }
        planned
    }

    fn resources(
        &self,
        beside: Option<&mut Locator<'_>>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<TerraformResource> {
        let planned = self.planned();
        let links = Links::new(&self.root, planned.iter().map(|resource| resource.address));
        let mut calls = Calls { plan: self, beside, by_module: FxHashMap::default() };
        planned
            .iter()
            .filter_map(|resource| self.resource(resource, &links, &mut calls, diagnostics))
            .collect()
    }

    fn resource(
        &self,
        planned: &Planned<'a, 'j>,
        links: &Links<'a, 'j>,
        calls: &mut Calls<'_, 'a, 'j, '_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<TerraformResource> {
        let span = span_of(self.file, planned.entry);
        let (Some(resource_type), Some(label)) = (planned.entry.text("type"), planned.entry.text("name"))
        else {
            let message = format!("the planned resource '{}' has no type or no name", planned.address);
            diagnostics.push(Diagnostic::new(Level::Warning, DiagnosticCode::Evaluation, message, span));
            return None;
        };
        let address = steps(planned.address);
        let (modules, _) = split_modules(&address);
        let key = address.last().and_then(|step| step.key);
        let prefix = module_prefix(planned.address, &address);
        let module = self.root.descend(modules.iter().map(|step| step.name));
        let configured = module.and_then(|module| module.resource(&format!("{resource_type}.{label}")));
        // a resource that is not in the configuration is read as it stands
        let expressions = configured.filter(|_| self.configured).and_then(|resource| resource.expressions);
        let schema = schema::of(resource_type);
        let place = Place { module: prefix, key };
        let attributes = Attributes { file: self.file, links, place, schema: schema.as_deref() };
        let attributes = match planned.entry.field("change").filter(|_| planned.from_change) {
            Some(change) => attributes.of_change(change, expressions),
            None => attributes.of_values(planned.entry, expressions),
        };
        let provider = resource_type.split('_').next().unwrap_or(resource_type);
        let header = planned.entry.property("address").map_or(span, |property| span_of(self.file, property));
        let names: Vec<&str> = modules.iter().map(|step| step.name).collect();
        let mut resource = TerraformResource {
            address: Arc::from(planned.address),
            resource_type: Arc::from(resource_type),
            label: Arc::from(label),
            loop_instance: key.map(loop_of),
            conditional: false,
            attributes,
            existing: false,
            operations: None,
            provider_version: self.providers.as_ref().and_then(|all| all.version(configured, provider)),
            span,
            header,
            calls: calls.of(prefix),
            owned: true,
        };
        if let Some(beside) = &mut calls.beside {
            beside.point(&mut resource, &names);
        }
        Some(resource)
    }

    fn outputs(&self) -> Vec<Output> {
        let state = self.json.field("planned_values").or_else(|| self.json.field("values"));
        let Some(state) = state else { return Vec::new() };
        let read = |property: &ObjectProp<'a>| {
            let name: Arc<str> = Arc::from(property_name(property));
            let secure = property.value.is_true("sensitive");
            let span = span_of(self.file, property);
            let value = match property.value.field("value") {
                Some(value) => to_value(self.file, value),
                None => {
                    let reason = format!("output '{name}' is known only after apply");
                    Value::unknown(Reason::new(ReasonKind::Runtime, reason)).at(span)
                }
            };
            Output { name, value: value.tainted(secure), secure, span, module: Arc::from("") }
        };
        state.properties("outputs").iter().map(read).collect()
    }

    fn parameters(&self) -> Vec<ParameterInfo> {
        let root = self.json.field("configuration").and_then(|all| all.field("root_module"));
        let read = |property: &ObjectProp<'a>| {
            let name = property_name(property);
            let declared = root.and_then(|root| root.field("variables")).and_then(|all| all.field(name));
            let secure = declared.is_some_and(|declared| declared.is_true("sensitive"));
            let span = span_of(self.file, property);
            let value =
                property.value.field("value").map_or_else(Value::null, |value| to_value(self.file, value));
            let default = declared.and_then(|declared| declared.field("default"));
            ParameterInfo {
                name: Arc::from(name),
                secure,
                declared_type: None,
                default: default.map(|default| to_value(self.file, default).tainted(secure)),
                value: value.tainted(secure),
                span,
                module: Arc::from(""),
            }
        };
        self.json.properties("variables").iter().map(read).collect()
    }
}

fn is_managed(entry: &Json<'_>) -> bool {
    entry.text("mode").is_none_or(|mode| mode == "managed")
}

/// The module instance of an address: `module.a["x"].` of `module.a["x"].azurerm_subnet.s`.
fn module_prefix<'s>(address: &'s str, parts: &[address::Step<'_>]) -> &'s str {
    let (_, rest) = split_modules(parts);
    let written = |step: &address::Step<'_>| step.name.len() + step.key.map_or(0, |key| key.len() + 2);
    let tail: usize = rest.iter().map(written).sum::<usize>() + rest.len().saturating_sub(1);
    address.get(..address.len().saturating_sub(tail)).unwrap_or("")
}

/// The module calls of each module instance, built once.
struct Calls<'p, 'a, 'j, 'm> {
    plan: &'p Plan<'a, 'j>,
    /// The configuration beside the plan.
    beside: Option<&'p mut Locator<'m>>,
    by_module: FxHashMap<String, Arc<[Call]>>,
}

impl Calls<'_, '_, '_, '_> {
    fn of(&mut self, prefix: &str) -> Arc<[Call]> {
        if let Some(calls) = self.by_module.get(prefix) {
            return Arc::clone(calls);
        }
        let parts = steps(prefix.strip_suffix('.').unwrap_or(prefix));
        let (modules, _) = split_modules(&parts);
        let mut module = Some(&self.plan.root);
        let mut calls = Vec::new();
        let mut names = Vec::new();
        for step in modules {
            names.push(step.name);
            let Some(call) = module.and_then(|module| module.call(step.name)) else { break };
            let file = self.plan.file;
            let arguments =
                call.expressions.map_or(&[][..], |object| &object.properties).iter().filter_map(|argument| {
                    let constant = to_value(file, argument.value.field("constant_value")?);
                    Some((property_name(argument).to_owned(), json::member(file, argument, constant)))
                });
            let key = step.key.map(|key| format!("[{key}]")).unwrap_or_default();
            let written = self.beside.as_mut().and_then(|beside| beside.call(&names));
            let (span, header, owned) = written.unwrap_or_else(|| {
                let owned = call.source.is_none_or(|source| source.starts_with('.'));
                (span_of(file, call.property), span_of(file, &call.property.name), owned)
            });
            calls.push(Call {
                name: Arc::from(format!("module.{}{key}", step.name)),
                span,
                header,
                arguments: Value::object(arguments.collect()),
                owned,
                outer: false,
                debug: None,
                target: None,
                scope: None,
            });
            module = Some(&call.module);
        }
        let calls: Arc<[Call]> = calls.into();
        self.by_module.insert(prefix.to_owned(), Arc::clone(&calls));
        calls
    }
}

#[cfg(test)]
mod tests;
