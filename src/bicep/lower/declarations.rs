//! Declarations.

use tree_sitter::Node;

use super::super::kinds::{Field, Kind, field, kind};
use super::body::Body;
use super::decorators::Decorators;
use super::{Dialect, Lowering};
use crate::arm::template::{
    AssignedValue, ModuleDeclaration, ModuleSource, Name, OutputDeclaration, Parameter, ParameterAssignment,
    ResourceDeclaration, TypeDeclaration, UserFunction, Variable,
};
use crate::model::Scope;

impl<'t> Lowering<'t> {
    /// A declaration without its decorators.
    pub(super) fn declaration(&mut self, node: Node<'t>, decorators: &Decorators<'t>) {
        let declared = kind(node);
        if let Some(message) = misplaced(declared, self.dialect) {
            let span = self.span(node);
            self.complain(message, span);
            return;
        }
        match declared {
            Kind::TargetScope => self.target_scope(node),
            Kind::Parameter => match self.dialect {
                Dialect::Template => self.parameter(node, decorators),
                Dialect::Parameters => self.assignment(node),
            },
            Kind::Variable => self.variable(node, decorators),
            Kind::TypeDeclaration => self.type_declaration(node, decorators),
            Kind::Output => self.output(node, decorators),
            Kind::Resource => {
                if let Some(resource) = self.resource(node, None, decorators.nullable) {
                    self.template.resources.push(resource);
                }
            }
            Kind::Module => self.module(node),
            Kind::Function => self.user_function(node),
            Kind::Import => self.import(node),
            Kind::Extension => self.extension(node),
            Kind::Using => self.using(node),
            Kind::Extends => self.extends(node),
            // They say nothing about what is deployed.
            Kind::Metadata | Kind::Test | Kind::Assert | Kind::ExtensionConfig => {}
            _ => {
                let span = self.span(node);
                self.complain("a declaration is expected here", span);
            }
        }
    }

    fn target_scope(&mut self, node: Node<'t>) {
        let Some(value) = field(node, Field::Value) else { return };
        let text = match kind(value) {
            Kind::String => self.literal_text(value),
            _ => None,
        };
        match text.as_deref() {
            // A deployment to the local machine, with extensions only.
            Some("local") => {}
            text => match text.and_then(Scope::parse) {
                Some(scope) => self.template.scope = scope,
                None => {
                    let span = self.span(value);
                    self.complain(
                        "the target scope is 'resourceGroup', 'subscription', 'managementGroup' or 'tenant'",
                        span,
                    );
                }
            },
        }
    }

    fn parameter(&mut self, node: Node<'t>, decorators: &Decorators<'t>) {
        let name = self.field_name(node, Field::Name);
        let name_span = field(node, Field::Name).map_or_else(|| self.span(node), |name| self.span(name));
        let declared = field(node, Field::Type);
        if declared.is_none() {
            self.complain(format!("the type of parameter '{name}' is missing"), name_span);
        }
        let parameter = Parameter {
            name,
            declared_type: declared.map(|declared| self.type_expression(declared)),
            type_text: declared.map(|declared| self.name_of(declared)),
            default: field(node, Field::Value).map(|value| self.expression(value)),
            secure: decorators.secure,
            nullable: false,
            allowed: decorators.allowed(self),
            bounds: decorators.bounds(self),
            name_span,
            span: self.span(node),
        };
        self.template.parameters.push(parameter);
    }

    /// `param name = value` of a parameter file.
    fn assignment(&mut self, node: Node<'t>) {
        let name = self.field_name(node, Field::Name);
        let span = self.span(node);
        if let Some(declared) = field(node, Field::Type) {
            let declared = self.span(declared);
            self.complain("a parameter file gives values: `=` is expected here, not a type", declared);
        }
        if let Some(value) = field(node, Field::Value) {
            let value = AssignedValue::Expression(self.expression(value));
            self.assignments.push(ParameterAssignment { name, value, span });
        }
    }

    fn variable(&mut self, node: Node<'t>, decorators: &Decorators<'t>) {
        let name = self.field_name(node, Field::Name);
        let value = self.expression_in(node, Field::Value);
        let span = self.span(node);
        self.template.variables.push(Variable { name, value, exported: decorators.exported, span });
    }

    fn type_declaration(&mut self, node: Node<'t>, decorators: &Decorators<'t>) {
        let name = self.field_name(node, Field::Name);
        let Some(value) = field(node, Field::Value) else { return };
        let value = self.type_expression(value);
        let bounds = decorators.bounds(self);
        self.template.types.push(TypeDeclaration { name, value, secure: decorators.secure, bounds });
    }

    fn output(&mut self, node: Node<'t>, decorators: &Decorators<'t>) {
        let output = OutputDeclaration {
            name: self.field_name(node, Field::Name),
            declared_type: field(node, Field::Type).map(|declared| self.type_expression(declared)),
            secure: decorators.secure,
            value: self.expression_in(node, Field::Value),
            condition: None,
            span: self.span(node),
        };
        self.template.outputs.push(output);
    }

    fn user_function(&mut self, node: Node<'t>) {
        let name = self.field_name(node, Field::Name);
        let list = field(node, Field::Parameters).map(|list| self.children(list)).unwrap_or_default();
        let parameters = list.into_iter().map(|parameter| self.field_name(parameter, Field::Name)).collect();
        let body = self.expression_in(node, Field::Body);
        let span = self.span(node);
        self.template.functions.push(UserFunction { namespace: None, name, parameters, body, span });
    }

    /// A resource; `parent` is the type and API version of the one that it is nested in. `None` if it is nested too deep.
    fn resource(
        &mut self,
        node: Node<'t>,
        parent: Option<(&Name, Option<&Name>)>,
        nullable: bool,
    ) -> Option<ResourceDeclaration> {
        self.deeper(node, |this| this.resource_here(node, parent, nullable))
    }

    fn resource_here(
        &mut self,
        node: Node<'t>,
        parent: Option<(&Name, Option<&Name>)>,
        nullable: bool,
    ) -> ResourceDeclaration {
        let symbol = self.field_name(node, Field::Name);
        let declared = field(node, Field::Type);
        let (mut resource_type, mut api_version) = self.type_and_version(declared);
        if let Some((parent_type, parent_version)) = parent {
            resource_type = format!("{parent_type}/{resource_type}").into();
            api_version = api_version.or_else(|| parent_version.cloned());
        }
        let Body { repeat, condition, object, nested } = self.body(node);
        let children = nested.into_iter().filter_map(|child| {
            let nullable = Decorators::of(self, child).nullable;
            let child = field(child, Field::Declaration)?;
            self.resource(child, Some((&resource_type, api_version.as_ref())), nullable)
        });
        let children = children.collect();
        let span = self.span(node);
        ResourceDeclaration {
            symbol: Some(symbol),
            resource_type,
            type_expression: None,
            api_version,
            api_version_expression: None,
            existing: field(node, Field::Existing).is_some(),
            nullable,
            condition,
            repeat,
            body: object,
            children,
            deployment: None,
            header: declared.map_or(span, |declared| span.at_start().to(self.span(declared))),
            span,
        }
    }

    /// `'az:Namespace/type@version'`; for a nested resource the version may be missing.
    fn type_and_version(&mut self, node: Option<Node<'t>>) -> (Name, Option<Name>) {
        let Some(node) = node else { return (self.name(""), None) };
        let Some(text) = self.literal_text(node) else {
            let span = self.span(node);
            self.complain("the type of a resource must be a plain string, without `${…}`", span);
            return (self.name_of(node), None);
        };
        let text = text.strip_prefix("az:").unwrap_or(&text);
        match text.split_once('@') {
            Some((resource_type, version)) => (resource_type.into(), Some(version.into())),
            None => (text.into(), None),
        }
    }

    fn module(&mut self, node: Node<'t>) {
        let symbol = self.field_name(node, Field::Name);
        let path = field(node, Field::Path);
        let span = self.span(node);
        let source_span = path.map_or(span, |path| self.span(path));
        let source = match path {
            Some(path) => self.module_source(path),
            None => ModuleSource::Missing("the path is missing".into()),
        };
        let Body { repeat, condition, object, nested } = self.body(node);
        for resource in nested {
            let span = self.span(resource);
            self.complain("a module has no nested resources", span);
        }
        self.template.modules.push(ModuleDeclaration {
            symbol: Some(symbol),
            source,
            source_span,
            condition,
            repeat,
            body: object,
            header: span.at_start().to(source_span),
            span,
        });
    }
}

/// Why a declaration cannot stand in a file of this dialect.
fn misplaced(declared: Kind, dialect: Dialect) -> Option<&'static str> {
    match (dialect, declared) {
        (Dialect::Template, Kind::Using | Kind::Extends | Kind::ExtensionConfig) => {
            Some("`using`, `extends` and `extensionConfig` belong in a parameter file (.bicepparam)")
        }
        (
            Dialect::Parameters,
            Kind::TargetScope
            | Kind::Metadata
            | Kind::Output
            | Kind::Resource
            | Kind::Module
            | Kind::Test
            | Kind::Assert,
        ) => Some("a parameter file only gives values to parameters; this belongs in a template (.bicep)"),
        _ => None,
    }
}
