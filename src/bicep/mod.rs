//! Bicep → template: `.bicep` and `.bicepparam` files in the template form that ARM JSON has too.
//!
//! - `scan`: comments, and where statements begin, without grammar
//! - `syntax`: tree-sitter trees of the sound parts of a file
//! - `explain`: what is wrong with the other parts
//! - `lower`: trees → [`Template`]
//!
//! The trees are dropped when the template is there. Nothing here fails: what cannot be read is a diagnostic of the template.

mod explain;
mod kinds;
mod lower;
mod scan;
mod syntax;

#[cfg(test)]
mod tests;

use crate::arm::template::{ParameterFile, Template};
use crate::source::FileId;

/// How deep expressions and types may be nested. What is deeper is unknown, with a diagnostic: everything that walks a template
/// may recurse.
pub const MAX_DEPTH: usize = 200;

/// Reads a `.bicep` file.
pub fn parse_template(file: FileId, text: &str) -> Template {
    lower::template(file, text, &syntax::parse(text))
}

/// Reads a `.bicepparam` file.
pub fn parse_parameters(file: FileId, text: &str) -> ParameterFile {
    lower::parameter_file(file, text, &syntax::parse(text))
}
