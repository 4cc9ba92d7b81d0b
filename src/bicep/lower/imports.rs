//! What a file takes from others: `import`, `extension`, `using`, `extends`, and the paths of modules.

use tree_sitter::Node;

use super::super::kinds::{Field, Kind, field, kind};
use super::Lowering;
use crate::arm::template::{ExprKind, Import, Literal, ModuleSource, Name};
use crate::source::Span;

impl<'t> Lowering<'t> {
    /// Notes the namespace that a statement brings in; before anything is lowered, because order means nothing in Bicep.
    pub(super) fn find_namespace(&mut self, statement: Node<'t>) {
        let named = match kind(statement) {
            Kind::Import => field(statement, Field::Alias),
            Kind::Extension => field(statement, Field::Alias).or_else(|| field(statement, Field::Name)),
            _ => None,
        };
        if let Some(name) = named.filter(|name| kind(*name) == Kind::Identifier) {
            self.namespaces.insert(self.text_of(name));
        }
    }

    /// `import {a, b as c} from 'path'`, `import * as ns from 'path'`, `import 'extension@1' as ns`.
    pub(super) fn import(&mut self, node: Node<'t>) {
        let Some(path) = field(node, Field::Path) else {
            self.extension(node);
            return;
        };
        let source = self.module_source(path);
        let names = match field(node, Field::Items) {
            Some(list) => self.children(list).into_iter().map(|item| self.import_item(item)).collect(),
            None => Vec::new(),
        };
        let namespace = field(node, Field::Alias).map(|alias| self.name_of(alias));
        self.template.imports.push(Import { source, source_span: self.span(path), namespace, names });
    }

    fn import_item(&mut self, item: Node<'t>) -> (Name, Name) {
        let name = match field(item, Field::Name) {
            Some(name) if kind(name) == Kind::String => self.literal_text(name).unwrap_or_default().into(),
            Some(name) => self.name_of(name),
            None => Name::from(""),
        };
        let alias = field(item, Field::Alias).map_or_else(|| Name::clone(&name), |alias| self.name_of(alias));
        (name, alias)
    }

    /// `extension graph`, `extension 'br:…' as x`, `import 'kubernetes@1.0'`: the name that it is known by here.
    pub(super) fn extension(&mut self, node: Node<'t>) {
        let alias = field(node, Field::Alias).or_else(|| field(node, Field::Name));
        let Some(named) = alias.or_else(|| field(node, Field::Extension)) else { return };
        let name = match kind(named) {
            Kind::Identifier => self.name_of(named),
            _ => match self.literal_text(named) {
                Some(text) => text.split('@').next().unwrap_or_default().into(),
                None => return,
            },
        };
        self.template.extensions.push(name);
    }

    /// `using 'main.bicep'`, `using none`.
    pub(super) fn using(&mut self, node: Node<'t>) {
        self.using = match field(node, Field::Path) {
            Some(path) if self.text_of(path) != "none" => Some(self.module_source(path)),
            _ => None,
        };
    }

    /// `extends 'base.bicepparam'`.
    pub(super) fn extends(&mut self, node: Node<'t>) {
        let Some(path) = field(node, Field::Path) else { return };
        match self.literal_text(path) {
            Some(text) => self.extends = Some(text.into()),
            None => self.complain("the path of a parameter file must be a plain string", self.span(path)),
        }
    }

    /// A path or registry reference. It must be literal: Bicep resolves it before anything is evaluated.
    pub(super) fn module_source(&mut self, path: Node<'t>) -> ModuleSource {
        let span = self.span(path);
        match self.literal_text(path) {
            Some(text) if ["br:", "br/", "ts:", "ts/"].iter().any(|scheme| text.starts_with(scheme)) => {
                ModuleSource::Registry(text.into())
            }
            Some(text) if !text.is_empty() => ModuleSource::Local(text.into()),
            Some(_) => self.no_source("the path is empty", span),
            None => self.no_source("the path must be a plain string, without `${…}`", span),
        }
    }

    fn no_source(&mut self, reason: &'static str, span: Span) -> ModuleSource {
        self.complain(reason, span);
        ModuleSource::Missing(reason.into())
    }

    /// The text of a string without holes.
    pub(super) fn literal_text(&mut self, node: Node<'t>) -> Option<String> {
        let id = self.string(node);
        match &self.template.expressions[id].kind {
            ExprKind::Literal(Literal::String(text)) => Some(text.to_string()),
            _ => None,
        }
    }
}
