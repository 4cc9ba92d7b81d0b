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
use super::scan::{Starts, begins_statement, scan};

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
    let mut syntax = Syntax { comments: scan(text, Starts::None).comments, ..Syntax::default() };
    if let Some(tree) = sound_tree(text) {
        syntax.pieces.push(Piece { base: 0, tree });
        return syntax;
    }
    for range in cut_up(text, 0..text.len(), Starts::Statements) {
        match sound_tree(text.get(range.clone()).unwrap_or_default()) {
            Some(tree) => syntax.pieces.push(Piece { base: range.start, tree }),
            None => settle(text, range, &mut syntax),
        }
    }
    syntax
}

/// Cuts a part of the file that has an error as seems best.
fn settle(text: &str, range: Range<usize>, syntax: &mut Syntax) {
    let part = text.get(range.clone()).unwrap_or_default();
    let mut best = Cut::new(text, range.clone(), Starts::Lines);
    // Text in a string may look like a declaration without being one: taking it for one must save something.
    if part.contains("'''") || part.contains("/*") {
        let other = Cut::new(text, range, Starts::Everywhere);
        if other.damaged() < best.damaged() {
            best = other;
        }
    }
    syntax.pieces.extend(best.pieces);
    for range in best.damages {
        let part = text.get(range.clone()).unwrap_or_default();
        match syntax.damages.last_mut() {
            // The remains of the statement before, most likely.
            Some(last) if last.range.end == range.start && !begins_statement(part) => {
                last.range.end = range.end
            }
            _ => {
                let mut problem = explain(part);
                problem.range = range.start + problem.range.start..range.start + problem.range.end;
                syntax.damages.push(Damage { range, problem });
            }
        }
    }
}

/// A way to cut up a part of the file.
struct Cut {
    pieces: Vec<Piece>,
    damages: Vec<Range<usize>>,
}

impl Cut {
    fn new(text: &str, range: Range<usize>, starts: Starts) -> Self {
        let mut cut = Cut { pieces: Vec::new(), damages: Vec::new() };
        for range in cut_up(text, range, starts) {
            match sound_tree(text.get(range.clone()).unwrap_or_default()) {
                Some(tree) => cut.pieces.push(Piece { base: range.start, tree }),
                None => cut.damages.push(range),
            }
        }
        cut
    }

    /// How many bytes are lost.
    fn damaged(&self) -> usize {
        self.damages.iter().map(Range::len).sum()
    }
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

fn cut_up(text: &str, range: Range<usize>, starts: Starts) -> Vec<Range<usize>> {
    let part = text.get(range.clone()).unwrap_or_default();
    let mut starts = scan(part, starts).starts;
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([part.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| range.start + start..range.start + end).collect()
}
