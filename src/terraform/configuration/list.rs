//! Lists all that a root module deploys.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Root;
use super::evaluation::Evaluation;
use super::instance::{Identity, ModuleInstance};
use super::module::{Declaration, ResourceKind};
use super::resources::Resources;
use super::store::Modules;
use super::variables;
use crate::model::{Call, Deployment, Language, Output, ParameterInfo, Resource};
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level};
use crate::terraform::mapping;
use crate::terraform::resource::TerraformResource;
use crate::terraform::schema;
use crate::value::{Kind, StepKind, Value};

/// How many resource instances a root may have.
const MAX_RESOURCES: usize = 200_000;

/// Evaluates a root module with all that it calls.
pub(super) fn deployment(root: &Root, modules: &Modules<'_>) -> Deployment {
    let mut diagnostics = Vec::new();
    let module = modules.load(&root.directory);
    let given = variables::given(modules, &module, root, &mut diagnostics);
    diagnostics.extend(variables::without_value(&module, &given));
    let mut evaluation = Evaluation::new(modules, root, diagnostics);
    evaluation.given = given;
    let number = evaluation.add(ModuleInstance::new(
        module,
        Identity {
            prefix: Arc::from(""),
            call_path: String::new(),
            caller: None,
            number: 0,
            owned: true,
            conditional: false,
            depth: 0,
        },
    ));
    let mut listing = Listing {
        evaluation: &evaluation,
        resources: Vec::new(),
        outputs: Vec::new(),
        parameters: Vec::new(),
        files: Vec::new(),
        seen: FxHashSet::default(),
    };
    listing.module(number, &Arc::from([]));
    let Listing { resources, outputs, parameters, mut files, .. } = listing;
    files.extend(evaluation.files.read());
    let major = evaluation.providers.azurerm_major();
    let unresolved_modules = evaluation.unresolved.borrow().len();
    let mut diagnostics = evaluation.take_diagnostics();
    // what is wrong in arguments that nothing takes is not told
    let absent_modules = evaluation.absent_modules();
    // what expressions saw of resources is not needed any more, and can be as large as what is made now
    drop(evaluation);
    let mut mapped = mapping::map_resources(resources);
    mapped.resources.iter_mut().for_each(|resource| complete_blocks(resource, major));
    diagnostics.extend(mapped.diagnostics);
    Deployment {
        path: Arc::from(root.directory.as_str()),
        language: Language::Terraform,
        parameter_file: root.variable_files.last().map(|path| Arc::from(path.as_str())),
        file: files.first().copied(),
        scope: None,
        resources: mapped.resources,
        outputs,
        parameters,
        diagnostics,
        unresolved_modules,
        absent_modules,
        unmapped_types: mapped.unmapped,
        files,
    }
}

/// The deployment of a root that cannot be evaluated because the system gives no thread for it.
pub(super) fn not_evaluated(root: &Root, error: &std::io::Error) -> Deployment {
    let path = root.directory.as_str();
    let message = format!("the module is not evaluated: no thread can be had for it ({error})");
    Deployment {
        path: Arc::from(path),
        language: Language::Terraform,
        parameter_file: root.variable_files.last().map(|path| Arc::from(path.as_str())),
        file: None,
        scope: None,
        resources: Vec::new(),
        outputs: Vec::new(),
        parameters: Vec::new(),
        diagnostics: vec![Diagnostic::about_path(Level::Error, DiagnosticCode::Limit, message, path)],
        unresolved_modules: 0,
        absent_modules: Vec::new(),
        unmapped_types: Vec::new(),
        files: Vec::new(),
    }
}

/// Shows the attributes as the provider plans them.
fn complete_blocks(resource: &mut Resource, major: u32) {
    let Some(attributes) = &mut resource.attributes else { return };
    let Some(schema) = schema::of(&resource.source_type) else { return };
    if let Kind::Object(object) = &attributes.kind {
        attributes.kind =
            Kind::Object(Arc::new(schema::complete(object, &schema, major, &attributes.origin)));
    }
}

struct Listing<'e> {
    evaluation: &'e Evaluation<'e>,
    resources: Vec<TerraformResource>,
    outputs: Vec<Output>,
    parameters: Vec<ParameterInfo>,
    files: Vec<FileId>,
    /// Module directories whose files and diagnostics are listed.
    seen: FxHashSet<camino::Utf8PathBuf>,
}

impl Listing<'_> {
    /// Lists a module instance and what it calls.
    fn module(&mut self, number: usize, calls: &Arc<[Call]>) {
        let evaluation = self.evaluation;
        let Some(instance) = evaluation.instance(number) else { return };
        if self.seen.insert(instance.module.directory.clone()) {
            self.files.extend(instance.module.files());
            instance.module.diagnostics.iter().for_each(|diagnostic| evaluation.report(diagnostic.clone()));
        }
        self.parameters(&instance);
        for (index, ((kind, resource_type, _), declaration)) in instance.module.resources.iter().enumerate() {
            let listed = match kind {
                ResourceKind::Managed => true,
                ResourceKind::Data => mapping::existing_type(resource_type).is_some(),
                ResourceKind::Ephemeral => false,
            };
            if listed && let Some(resources) = evaluation.resources_at(&instance, index) {
                self.resources(&instance, declaration, &resources, calls);
            }
        }
        for (resource_type, name, declaration) in &instance.module.duplicates {
            let which = (ResourceKind::Managed, resource_type, name);
            let resources = evaluation.expand_declaration(&instance, which, declaration);
            self.resources(&instance, declaration, &resources, calls);
        }
        self.outputs(&instance);
        for index in 0..instance.module.calls.len() {
            let Some(called) = evaluation.called_at(&instance, index) else { continue };
            for (number, _) in &called.instances {
                let call = evaluation.instance(*number).and_then(|inner| evaluation.call_for_model(&inner));
                self.module(*number, &calls.iter().cloned().chain(call).collect());
            }
        }
    }

    fn parameters(&mut self, instance: &ModuleInstance) {
        for (name, declaration) in &instance.module.variables {
            let declaring = instance.module.declaring(declaration);
            let view = instance.module.body(declaration);
            let Some(value) = self.evaluation.variable_of(instance, name, declaring.header) else { continue };
            let secure = view.is_true("sensitive");
            let declared_type = view.attribute("type").map(|(file, attribute)| {
                let span = file.expressions[attribute.value].span;
                Arc::from(self.evaluation.modules.sources().file(span.file).slice(span.range()))
            });
            let default = view.attribute("default").map(|(file, attribute)| {
                let value = instance.frame(self.evaluation).evaluate(file, attribute.value);
                value.via(StepKind::Default, Arc::clone(name), attribute.span).tainted(secure)
            });
            self.parameters.push(ParameterInfo {
                name: Arc::clone(name),
                secure,
                declared_type,
                default,
                value,
                span: declaring.span,
                module: Arc::clone(&instance.prefix),
            });
        }
    }

    fn outputs(&mut self, instance: &ModuleInstance) {
        for (name, declaration) in &instance.module.outputs {
            let declaring = instance.module.declaring(declaration);
            if let Some(value) = self.evaluation.output_of(instance, name, declaring.header) {
                self.outputs.push(Output {
                    name: Arc::clone(name),
                    value,
                    secure: instance.module.body(declaration).is_true("sensitive"),
                    span: declaring.span,
                    module: Arc::clone(&instance.prefix),
                });
            }
        }
    }

    fn resources(
        &mut self,
        module: &ModuleInstance,
        declaration: &Declaration,
        resources: &Resources,
        calls: &Arc<[Call]>,
    ) {
        let block = module.module.declaring(declaration);
        let provider = resources.resource_type.split('_').next().unwrap_or_default();
        for instance in &resources.instances {
            if self.resources.len() >= MAX_RESOURCES {
                let text =
                    format!("a root has more than {MAX_RESOURCES} resource instances; the rest is left out");
                let limit = Diagnostic::new(Level::Warning, DiagnosticCode::Limit, text, block.header);
                self.evaluation.report(limit);
                return;
            }
            let Some(attributes) = self.evaluation.attributes_of(module, declaration, instance) else {
                continue;
            };
            self.resources.push(TerraformResource {
                address: Arc::clone(&instance.address),
                resource_type: Arc::clone(&resources.resource_type),
                label: Arc::clone(&resources.name),
                loop_instance: instance.instance.place.clone(),
                conditional: module.conditional || instance.instance.conditional,
                attributes: Value::new(Kind::Object(attributes)).at(block.span),
                existing: resources.kind == ResourceKind::Data,
                operations: self.evaluation.operations_of(module, declaration, resources, instance),
                provider_version: self.evaluation.providers.version(provider),
                span: block.span,
                header: block.header,
                calls: Arc::clone(calls),
                owned: module.owned,
            });
        }
    }
}
