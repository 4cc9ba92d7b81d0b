//! Bicep for [tree-sitter](https://tree-sitter.github.io): `.bicep` and `.bicepparam` files.
//!
//! ```
//! let mut parser = tree_sitter::Parser::new();
//! parser.set_language(&tree_sitter_bicep_leftward::LANGUAGE.into())?;
//! let tree = parser.parse("param location string\n", None).ok_or("parsing was cancelled")?;
//! assert!(!tree.root_node().has_error());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_bicep() -> *const ();
}

/// The language, to be handed to `tree_sitter::Parser::set_language`.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_bicep) };

/// The kinds of node and their fields, as `tree-sitter generate` describes them.
pub const NODE_TYPES: &str = include_str!("../../src/node-types.json");

/// The query that colours a file in an editor.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");

#[cfg(test)]
mod tests {
    use super::{HIGHLIGHTS_QUERY, LANGUAGE};
    use tree_sitter::{Language, Parser, Query};

    #[test]
    fn the_library_accepts_the_language() {
        assert!(Parser::new().set_language(&LANGUAGE.into()).is_ok());
    }

    #[test]
    fn the_highlight_query_names_only_what_the_grammar_has() {
        let language = Language::from(LANGUAGE);
        if let Err(error) = Query::new(&language, HIGHLIGHTS_QUERY) {
            panic!("queries/highlights.scm: {error}");
        }
    }
}
