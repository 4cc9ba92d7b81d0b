//! The `configuration` of a plan file: expressions by resource, module calls, provider constraints.

use jsonc_parser::ast::{Object as JsonObject, ObjectProp, Value as Json};
use rustc_hash::FxHashMap;

use super::json::{Ask, property_name};
use crate::terraform::configuration::version;

/// A module of the configuration.
#[derive(Default)]
pub(super) struct Module<'a, 'j> {
    /// By `type.name`.
    resources: FxHashMap<&'j str, ConfiguredResource<'a, 'j>>,
    /// By name.
    calls: FxHashMap<&'j str, ModuleCall<'a, 'j>>,
    /// Expressions by output name.
    outputs: FxHashMap<&'j str, &'j Json<'a>>,
}

/// What the configuration says of a resource.
pub(super) struct ConfiguredResource<'a, 'j> {
    /// Its expressions by attribute.
    pub(super) expressions: Option<&'j JsonObject<'a>>,
    /// Which provider configuration it uses.
    provider_key: Option<&'j str>,
}

/// A module call.
pub(super) struct ModuleCall<'a, 'j> {
    /// The whole property `"name": {…}`.
    pub(super) property: &'j ObjectProp<'a>,
    /// The module's source as written.
    pub(super) source: Option<&'j str>,
    /// Its arguments' expressions.
    pub(super) expressions: Option<&'j JsonObject<'a>>,
    /// The module called.
    pub(super) module: Module<'a, 'j>,
}

impl<'a, 'j> Module<'a, 'j> {
    /// Reads a `root_module` or `module` object.
    pub(super) fn read(json: &'j Json<'a>) -> Self {
        let mut module = Module::default();
        for resource in json.list("resources") {
            let Some(address) = resource.text("address") else { continue };
            let configured = ConfiguredResource {
                expressions: resource.field("expressions").and_then(Json::as_object),
                provider_key: resource.text("provider_config_key"),
            };
            module.resources.insert(address, configured);
        }
        for property in json.properties("module_calls") {
            let call = &property.value;
            module.calls.insert(
                property_name(property),
                ModuleCall {
                    property,
                    source: call.text("source"),
                    expressions: call.field("expressions").and_then(Json::as_object),
                    module: call.field("module").map(Module::read).unwrap_or_default(),
                },
            );
        }
        for property in json.properties("outputs") {
            if let Some(expression) = property.value.field("expression") {
                module.outputs.insert(property_name(property), expression);
            }
        }
        module
    }

    /// The module that calls of these names lead to.
    pub(super) fn descend<'m>(&'m self, calls: impl IntoIterator<Item = &'m str>) -> Option<&'m Self> {
        calls.into_iter().try_fold(self, |module, name| Some(&module.calls.get(name)?.module))
    }

    /// A call by name.
    pub(super) fn call(&self, name: &str) -> Option<&ModuleCall<'a, 'j>> {
        self.calls.get(name)
    }

    /// A resource by `type.name`.
    pub(super) fn resource(&self, address: &str) -> Option<&ConfiguredResource<'a, 'j>> {
        self.resources.get(address)
    }

    /// An output's expression.
    pub(super) fn output(&self, name: &str) -> Option<&'j Json<'a>> {
        self.outputs.get(name).copied()
    }
}

/// The version constraints of the plan's providers, by the key that resources name.
pub(super) struct Providers<'a, 'j> {
    by_key: FxHashMap<&'j str, &'j Json<'a>>,
}

impl<'a, 'j> Providers<'a, 'j> {
    /// Reads `configuration.provider_config`.
    pub(super) fn read(configuration: &'j Json<'a>) -> Self {
        let configs = configuration.properties("provider_config").iter();
        Providers { by_key: configs.map(|property| (property_name(property), &property.value)).collect() }
    }

    /// The version that a resource's provider is pinned to: by its own provider configuration (an alias), else by the provider's default one.
    pub(super) fn version(
        &self,
        resource: Option<&ConfiguredResource<'_, '_>>,
        provider: &str,
    ) -> Option<(u32, u32)> {
        let of_key = |key: &str| {
            let config = self.by_key.get(key)?;
            let name = config.text("name").unwrap_or(provider);
            version::pinned(name, config.text("version_constraint")?)
        };
        resource.and_then(|resource| resource.provider_key).and_then(of_key).or_else(|| of_key(provider))
    }
}
