//! ARM JSON → template: spanned JSON, the expression grammar inside strings, parameter files.
//!
//! - `tokens`, `layout`, `reader`: JSON with recovery, so that a broken file keeps what is whole in it.
//! - `classify`: what kind of JSON a file is.
//! - `lowering`, `expression`, `special`: values and expressions → the template form.
//! - `template`, `types`, `resource`, `deployment`, `parameters`: the sections of a file.

mod classify;
mod deployment;
mod expression;
mod layout;
mod lowering;
mod offsets;
mod parameters;
mod reader;
mod resource;
mod special;
mod template;
mod tokens;
mod tree;
mod types;

pub use classify::{JsonKind, classify, generator};

use std::sync::Arc;

use crate::arm::template::{ParameterFile, Template};
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, Span};
use lowering::Lowering;
use reader::{Document, MAX_DEPTH};
use tree::Json;

/// Reads an ARM JSON template. Total: what is wrong is in [`Template::diagnostics`], and everything that is whole is in the
/// template.
pub fn parse_template(file: FileId, text: &str) -> Template {
    let document = reader::read(text);
    let mut lowering = Lowering::new(file, text);
    let whole = Span::new(file, 0, text.len());
    let root = document.root.as_ref().map(|root| artifact(root).unwrap_or(root));
    let mut template = match root.map(|root| (root, root.as_object())) {
        Some((root, Some(object))) => {
            template::lower_template(&mut lowering, root, object, template::variables(object))
        }
        Some((root, None)) if document.errors.is_empty() => {
            lowering.refuse("a template must be a JSON object", lowering.span(root));
            template::empty_template(file, whole)
        }
        _ => template::empty_template(file, whole),
    };
    template.diagnostics = diagnostics(file, &document);
    template.diagnostics.append(&mut lowering.diagnostics);
    template.comments = document.comments.iter().map(|&(start, end)| Span::new(file, start, end)).collect();
    template
}

/// The template in a blueprint's artifact.
fn artifact<'d, 'a>(root: &'d Json<'a>) -> Option<&'d Json<'a>> {
    let is_artifact = root.get("type")?.as_str()?.eq_ignore_ascii_case(classify::BLUEPRINT_ARTIFACT);
    root.get("properties")?.get("template").filter(|_| is_artifact)
}

/// Reads a JSON parameter file. Total, as [`parse_template`].
pub fn parse_parameters(file: FileId, text: &str) -> ParameterFile {
    let document = reader::read(text);
    let whole = Span::new(file, 0, text.len());
    let object = document.root.as_ref().and_then(Json::as_object);
    let mut parameters = parameters::lower_parameters(Lowering::new(file, text), whole, object);
    let mut all = diagnostics(file, &document);
    all.append(&mut parameters.template.diagnostics);
    parameters.template.diagnostics = all;
    parameters.template.comments =
        document.comments.iter().map(|&(start, end)| Span::new(file, start, end)).collect();
    parameters
}

/// The first error of the JSON; those after it are often its echo, and are counted.
fn diagnostics(file: FileId, document: &Document<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if let Some(error) = document.errors.first() {
        let more = match document.errors.len() - 1 {
            0 => Arc::from("what could be read around it is analysed"),
            more => Arc::from(format!("what could be read around it and {more} further places is analysed")),
        };
        let span = Span::new(file, error.start, error.end);
        diagnostics.push(
            Diagnostic::syntax(format!("invalid JSON: {}", error.message), span).with_help(more as Arc<str>),
        );
    }
    if let Some(start) = document.too_deep {
        diagnostics.push(Diagnostic::new(
            Level::Error,
            DiagnosticCode::Limit,
            format!("JSON nested more than {MAX_DEPTH} levels deep is not read"),
            Span::new(file, start, start + 1),
        ));
    }
    diagnostics
}

#[cfg(test)]
mod tests;
