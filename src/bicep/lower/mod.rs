//! Syntax trees → template.

mod body;
mod declarations;
mod decorators;
mod deployments;
mod expressions;
mod imports;
mod postfix;
mod strings;
mod types;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::{Node, TreeCursor};

use self::decorators::Decorators;
use super::MAX_DEPTH;
use super::kinds::{Field, Kind, field, kind};
use super::scan::word;
use super::syntax::{Damage, Syntax};
use crate::arm::template::{
    AssignedValue, ExprId, ExprKind, Expressions, Literal, ModuleSource, Name, Parameter,
    ParameterAssignment, ParameterFile, Template, Variable,
};
use crate::model::Scope;
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, Span};

/// Lowers a `.bicep` file.
pub(super) fn template(file: FileId, text: &str, syntax: &Syntax) -> Template {
    let mut lowering = Lowering::new(file, text, Dialect::Template);
    lowering.run(syntax);
    lowering.template
}

/// Lowers a `.bicepparam` file.
pub(super) fn parameter_file(file: FileId, text: &str, syntax: &Syntax) -> ParameterFile {
    let mut lowering = Lowering::new(file, text, Dialect::Parameters);
    lowering.run(syntax);
    ParameterFile {
        file,
        using: lowering.using,
        extends: lowering.extends,
        template: lowering.template,
        assignments: lowering.assignments,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// `.bicep`
    Template,
    /// `.bicepparam`
    Parameters,
}

/// The state of lowering one file. `'t` is the life of its text and trees.
struct Lowering<'t> {
    file: FileId,
    text: &'t str,
    dialect: Dialect,
    /// Where the tree that is being lowered begins in the file.
    base: usize,
    template: Template,
    using: Option<ModuleSource>,
    extends: Option<Name>,
    assignments: Vec<ParameterAssignment>,
    /// Names that occur again and again (`name`, `properties`) are one allocation.
    names: FxHashMap<&'t str, Name>,
    /// `sys`, `az` and what is imported as a namespace: `ns.f()` is a function of these, and a method of everything else.
    namespaces: FxHashSet<&'t str>,
    /// How deep the expression or type is that is being lowered.
    depth: usize,
    /// Whether it was said that something is nested too deep.
    too_deep: bool,
    /// Cursors for reuse: each costs an allocation.
    cursors: Vec<TreeCursor<'t>>,
}

impl<'t> Lowering<'t> {
    fn new(file: FileId, text: &'t str, dialect: Dialect) -> Self {
        let template = Template {
            file,
            span: Span::new(file, 0, text.len()),
            scope: Scope::default(),
            symbolic_names: true,
            ignores_case: false,
            expressions: Expressions::default(),
            parameters: Vec::new(),
            variables: Vec::new(),
            functions: Vec::new(),
            types: Vec::new(),
            resources: Vec::new(),
            modules: Vec::new(),
            outputs: Vec::new(),
            imports: Vec::new(),
            extensions: Vec::new(),
            diagnostics: Vec::new(),
            comments: Vec::new(),
            generator: None,
        };
        Lowering {
            file,
            text,
            dialect,
            base: 0,
            template,
            using: None,
            extends: None,
            assignments: Vec::new(),
            names: FxHashMap::default(),
            namespaces: FxHashSet::from_iter(["sys", "az"]),
            depth: 0,
            too_deep: false,
            cursors: Vec::new(),
        }
    }

    fn run(&mut self, syntax: &'t Syntax) {
        self.template.comments =
            syntax.comments.iter().map(|range| Span::new(self.file, range.start, range.end)).collect();
        let mut pieces = Vec::with_capacity(syntax.pieces.len());
        for piece in &syntax.pieces {
            self.base = piece.base;
            let statements = self.children(piece.tree.root_node());
            statements.iter().for_each(|statement| self.find_namespace(*statement));
            pieces.push((piece.base, statements));
        }
        for (base, statements) in pieces {
            self.base = base;
            statements.into_iter().for_each(|statement| self.statement(statement));
        }
        self.find_deployments();
        syntax.damages.iter().for_each(|damage| self.damaged(damage));
        self.template.diagnostics.sort_by_key(|diagnostic| diagnostic.span.map(|span| span.start));
    }

    /// Once all variables are known.
    fn find_deployments(&mut self) {
        let mut resources = std::mem::take(&mut self.template.resources);
        for resource in &mut resources {
            resource.deployment = self.deployment(resource).map(Box::new);
        }
        self.template.resources = resources;
    }

    /// A statement, with its decorators.
    fn statement(&mut self, node: Node<'t>) {
        if kind(node) == Kind::Decorated {
            let decorators = Decorators::of(self, node);
            if let Some(declaration) = field(node, Field::Declaration) {
                self.declaration(declaration, &decorators);
            }
        } else {
            self.declaration(node, &Decorators::default());
        }
    }

    /// A statement that could not be parsed: one diagnostic; and what it was to declare is unknown instead of undeclared, so that
    /// its uses are no errors too.
    fn damaged(&mut self, damage: &Damage) {
        let problem = &damage.problem;
        let span = Span::new(self.file, problem.range.start, problem.range.end);
        self.template.diagnostics.push(Diagnostic::syntax(problem.message.as_str(), span));
        let text = self.text.get(damage.range.clone()).unwrap_or_default();
        let Some((keyword, name)) = text.lines().find_map(declared_name) else { return };
        let whole = Span::new(self.file, damage.range.start, damage.range.end);
        let reason = format!("the declaration of '{name}' has a syntax error");
        let value = self.template.expressions.add(ExprKind::Error(reason.into()), whole);
        let name = Name::from(name);
        match (self.dialect, keyword) {
            (Dialect::Template, "param") => self.template.parameters.push(Parameter {
                name,
                declared_type: None,
                type_text: None,
                default: Some(value),
                secure: false,
                nullable: false,
                allowed: None,
                bounds: Default::default(),
                name_span: whole.at_start(),
                span: whole,
            }),
            (Dialect::Parameters, "param") => {
                let value = AssignedValue::Expression(value);
                self.assignments.push(ParameterAssignment { name, value, span: whole });
            }
            _ => self.template.variables.push(Variable { name, value, exported: false, span: whole }),
        }
    }

    // ---- nodes

    fn span(&self, node: Node<'_>) -> Span {
        Span::new(self.file, self.base + node.start_byte(), self.base + node.end_byte())
    }

    fn text_of(&self, node: Node<'_>) -> &'t str {
        self.slice(self.span(node))
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The named children of a node, without comments.
    fn children(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut cursor = self.cursors.pop().unwrap_or_else(|| node.walk());
        let mut children = Vec::with_capacity(node.named_child_count());
        children.extend(node.children(&mut cursor).filter(|child| child.is_named() && !child.is_extra()));
        self.cursors.push(cursor);
        children
    }

    fn name(&mut self, text: &'t str) -> Name {
        Arc::clone(self.names.entry(text).or_insert_with(|| Name::from(text)))
    }

    fn name_of(&mut self, node: Node<'_>) -> Name {
        let text = self.text_of(node);
        self.name(text)
    }

    /// The name in a node's field; empty if there is none, which a tree without errors does not have.
    fn field_name(&mut self, node: Node<'t>, which: Field) -> Name {
        match field(node, which) {
            Some(child) => self.name_of(child),
            None => self.name(""),
        }
    }

    // ---- results

    fn add(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.template.expressions.add(kind, span)
    }

    fn literal(&mut self, literal: Literal, span: Span) -> ExprId {
        self.add(ExprKind::Literal(literal), span)
    }

    /// A syntax error that the grammar lets pass, as an expression.
    fn error(&mut self, message: impl Into<Arc<str>>, span: Span) -> ExprId {
        let message = message.into();
        self.complain(Arc::clone(&message), span);
        self.add(ExprKind::Error(message), span)
    }

    fn complain(&mut self, message: impl Into<Arc<str>>, span: Span) {
        self.template.diagnostics.push(Diagnostic::syntax(message, span));
    }

    /// Runs `work` one level deeper; `None` where this is too deep.
    fn deeper<T>(&mut self, node: Node<'t>, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            let span = self.span(node);
            self.report_depth(span);
            return None;
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        Some(result)
    }

    /// Says once a file that something is nested too deep.
    fn report_depth(&mut self, span: Span) {
        if !self.too_deep {
            self.too_deep = true;
            let (level, code) = (Level::Error, DiagnosticCode::Limit);
            let message = format!("this is nested deeper than {MAX_DEPTH} levels, and is not evaluated");
            self.template.diagnostics.push(Diagnostic::new(level, code, message, span.at_start()));
        }
    }

    fn too_deep(&mut self, span: Span) -> ExprId {
        self.report_depth(span);
        self.add(ExprKind::Error("it is nested too deep".into()), span)
    }
}

/// The keyword and the name of a line that declares a symbol.
fn declared_name(line: &str) -> Option<(&str, &str)> {
    let (keyword, rest) = line.trim_start().split_once([' ', '\t'])?;
    if !matches!(keyword, "param" | "var" | "resource" | "module") {
        return None;
    }
    let rest = rest.trim_start();
    let name = rest.get(..word(rest.as_bytes()).len())?;
    (!name.is_empty()).then_some((keyword, name))
}
