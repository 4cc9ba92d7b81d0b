//! Text → syntax trees of its sound parts, and the damaged parts.
//!
//! tree-sitter recovers from errors, but what it skips to do so is often more than the broken statement: an unclosed bracket or
//! string takes the statements after it along. So a file with an error is cut where statements begin, and the pieces are parsed
//! alone; a piece that is still broken is cut on weaker evidence ([`Starts`]). What cannot be cut further is damage: one
//! diagnostic, and only that statement is lost.

use std::cell::RefCell;
use std::ops::Range;

use tree_sitter::{Parser, Tree};

use super::explain::{Problem, explain};
use super::kinds::LANGUAGE;
use super::scan::{Starts, scan};

/// A part of a file whose tree has no error.
pub(super) struct Piece {
    /// Where it begins in the file: the tree's offsets count from here.
    pub(super) base: usize,
    /// Its tree.
    pub(super) tree: Tree,
}

/// A part of a file that could not be parsed.
pub(super) struct Damage {
    /// Its place in the file.
    pub(super) range: Range<usize>,
    /// What is wrong; its place is in the file.
    pub(super) problem: Problem,
}

/// A file, parsed.
#[derive(Default)]
pub(super) struct Syntax {
    /// The sound parts, in order.
    pub(super) pieces: Vec<Piece>,
    /// The damaged parts, in order.
    pub(super) damages: Vec<Damage>,
    /// Comments and directives.
    pub(super) comments: Vec<Range<usize>>,
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// Parses with this thread's parser. `None` only if the library and the grammar do not fit together.
pub(super) fn with_parser<T>(work: impl FnOnce(&mut Parser) -> Option<T>) -> Option<T> {
    PARSER.with_borrow_mut(|parser| {
        if parser.language().is_none() {
            parser.set_language(&LANGUAGE).ok()?;
        }
        work(parser)
    })
}

/// Parses a file.
pub(super) fn parse(text: &str) -> Syntax {
    let whole = scan(text, Starts::None);
    let mut syntax = Syntax { comments: whole.comments, ..Syntax::default() };
    settle(text, 0..text.len(), &[Starts::Statements, Starts::Lines, Starts::Everywhere], &mut syntax);
    syntax
}

/// Parses a part of the file, cutting it up as far as is needed and as the `cuts` allow.
fn settle(text: &str, range: Range<usize>, cuts: &[Starts], syntax: &mut Syntax) {
    let part = text.get(range.clone()).unwrap_or_default();
    if let Some(tree) = sound_tree(part) {
        syntax.pieces.push(Piece { base: range.start, tree });
        return;
    }
    for (index, cut) in cuts.iter().enumerate() {
        let parts = cut_up(part, *cut);
        let enough = match cut {
            // Text in a string may look like a declaration without being one: it must pay.
            Starts::Everywhere => {
                parts.iter().skip(1).any(|inner| part.get(inner.clone()).and_then(sound_tree).is_some())
            }
            _ => parts.len() > 1,
        };
        if enough {
            for inner in parts {
                let inner = range.start + inner.start..range.start + inner.end;
                settle(text, inner, cuts.get(index + 1..).unwrap_or_default(), syntax);
            }
            return;
        }
    }
    let mut problem = explain(part);
    problem.range = range.start + problem.range.start..range.start + problem.range.end;
    syntax.damages.push(Damage { range, problem });
}

/// The tree of a text without syntax errors.
fn sound_tree(text: &str) -> Option<Tree> {
    let tree = with_parser(|parser| parser.parse(text, None))?;
    // The grammar lets the end of the file end a multi-line string or comment.
    let sound = !tree.root_node().has_error()
        && (!(text.contains("'''") || text.contains("/*"))
            || scan(text, Starts::None).unterminated.is_none());
    sound.then_some(tree)
}

fn cut_up(text: &str, cut: Starts) -> Vec<Range<usize>> {
    let mut starts = scan(text, cut).starts;
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}
