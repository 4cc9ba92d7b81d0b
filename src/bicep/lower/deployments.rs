//! Deployments that are declared as resources, with a template that is loaded from a file.

use super::Lowering;
use crate::arm::template::{
    AccessKey, ExprId, ExprKind, Literal, ModuleDeclaration, ModuleSource, Name, Property, PropertyKey,
    ResourceDeclaration,
};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};

impl Lowering<'_> {
    /// What a deployment or deployment stack deploys. The template is a value in Bicep, so its expressions are its own: loaded from a
    /// file it is the same as a module of that file. `None` where it deploys nothing, and for one that is written out in Bicep: that is not
    /// entered, which is told, and the deployment stays a resource.
    pub(super) fn deployment(&mut self, declaration: &ResourceDeclaration) -> Option<ModuleDeclaration> {
        if declaration.existing || !declaration.deploys() {
            return None;
        }
        let properties = self.property_of(declaration.body, "properties")?;
        let template = self.property_of(properties, "template")?;
        let source_span = self.template.expressions[template].span;
        let Some(path) = self.loaded_file(template) else {
            if !self.is_empty_template(template) {
                let message = "a nested template that is written in Bicep is not entered: what it deploys is not checked";
                let code = DiagnosticCode::ModuleUnresolved;
                let note = Diagnostic::new(Level::Warning, code, message, source_span)
                    .with_help("Write it as a module.");
                self.template.diagnostics.push(note);
            }
            return None;
        };
        Some(ModuleDeclaration {
            symbol: declaration.symbol.clone(),
            source: ModuleSource::Local(path),
            source_span,
            condition: None,
            repeat: None,
            body: self.call_body(declaration.body, properties, declaration.span),
            header: declaration.header,
            span: declaration.span,
        })
    }

    /// The value of a property that an object literal has by that name.
    fn property_of(&self, object: ExprId, name: &str) -> Option<ExprId> {
        let ExprKind::Object(properties) = &self.template.expressions[object].kind else { return None };
        properties.iter().find_map(|property| match &property.key {
            PropertyKey::Name(own) if own.eq_ignore_ascii_case(name) => Some(property.value),
            _ => None,
        })
    }

    /// The file of `loadJsonContent('x.json')`, directly or through a variable.
    fn loaded_file(&self, template: ExprId) -> Option<Name> {
        let expressions = &self.template.expressions;
        match &expressions[template].kind {
            ExprKind::Call { function, arguments, .. } if &**function == "loadJsonContent" => {
                let [path] = &**arguments else { return None };
                match &expressions[*path].kind {
                    ExprKind::Literal(Literal::String(path)) => Some(path.clone()),
                    _ => None,
                }
            }
            ExprKind::Symbol(name) => {
                let variable = self.template.variables.iter().find(|variable| variable.name == *name)?;
                match &expressions[variable.value].kind {
                    ExprKind::Symbol(_) => None,
                    _ => self.loaded_file(variable.value),
                }
            }
            _ => None,
        }
    }

    /// A literal that declares no resources, as telemetry has it.
    fn is_empty_template(&self, template: ExprId) -> bool {
        let empty = |resources: ExprId| match &self.template.expressions[resources].kind {
            ExprKind::Array(items) => items.is_empty(),
            ExprKind::Object(properties) => properties.is_empty(),
            _ => false,
        };
        matches!(self.template.expressions[template].kind, ExprKind::Object(_))
            && self.property_of(template, "resources").is_none_or(empty)
    }

    /// The call in a module's form: `{ name, scope, params: { x: … } }`, where a deployment has `parameters: { x: { value: … } }`.
    fn call_body(&mut self, body: ExprId, properties: ExprId, span: Span) -> ExprId {
        let mut call = Vec::new();
        for name in ["name", "location", "scope", "dependsOn"] {
            if let Some(value) = self.property_of(body, name) {
                call.push(self.part(name, value));
            }
        }
        if let Some(parameters) = self.property_of(properties, "parameters") {
            let value = self.deployment_arguments(parameters);
            call.push(self.part("params", value));
        }
        self.add(ExprKind::Object(call.into()), span)
    }

    fn part(&mut self, name: &'static str, value: ExprId) -> Property {
        let span = self.template.expressions[value].span;
        Property { key: PropertyKey::Name(name.into()), key_span: span, span, value }
    }

    fn deployment_arguments(&mut self, parameters: ExprId) -> ExprId {
        let span = self.template.expressions[parameters].span;
        let ExprKind::Object(written) = &self.template.expressions[parameters].kind else {
            let why = ExprKind::Error("the deployment's parameters are not written out".into());
            let value = self.add(why, span);
            let rest = Property { key: PropertyKey::Spread, key_span: span, span, value };
            return self.add(ExprKind::Object(Box::new([rest])), span);
        };
        let written: Vec<(Option<Name>, Span, Span, ExprId)> = written
            .iter()
            .map(|property| {
                let name = match &property.key {
                    PropertyKey::Name(name) => Some(name.clone()),
                    _ => None,
                };
                (name, property.key_span, property.span, property.value)
            })
            .collect();
        let mut arguments = Vec::with_capacity(written.len());
        for (name, key_span, span, entry) in written {
            let Some(name) = name else {
                let why = ExprKind::Error("a parameter's name is made when it is deployed".into());
                let value = self.add(why, span);
                arguments.push(Property { key: PropertyKey::Spread, key_span, span, value });
                continue;
            };
            let value = self.property_of(entry, "value").unwrap_or_else(|| {
                let key = AccessKey::Name("value".into(), span);
                self.add(ExprKind::Access { base: entry, key, safe: false }, span)
            });
            arguments.push(Property { key: PropertyKey::Name(name), key_span, span, value });
        }
        self.add(ExprKind::Object(arguments.into()), span)
    }
}
