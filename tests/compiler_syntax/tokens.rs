//! Our tokens in the compiler's words.
//!
//! One token of ours may be several of the compiler's (`name:`, `@sys.description(`) and some of ours are in no tree
//! (brackets, commas). So the text of a leaf, and the text between two leaves, is split into the compiler's tokens; strings
//! and comments are taken whole, as the tree has them.

use tree_sitter::{Node, Tree};

use super::Item;

/// The compiler's word for each operator and bracket, the longer before those they begin with.
const PUNCTUATION: &[(&str, &str)] = &[
    ("...", "Ellipsis"),
    ("::", "DoubleColon"),
    ("=>", "Arrow"),
    ("==", "Equals"),
    ("!=", "NotEquals"),
    ("=~", "EqualsInsensitive"),
    ("!~", "NotEqualsInsensitive"),
    ("<=", "LessThanOrEqual"),
    (">=", "GreaterThanOrEqual"),
    ("&&", "LogicalAnd"),
    ("||", "LogicalOr"),
    ("??", "DoubleQuestion"),
    ("{", "LeftBrace"),
    ("}", "RightBrace"),
    ("(", "LeftParen"),
    (")", "RightParen"),
    ("[", "LeftSquare"),
    ("]", "RightSquare"),
    ("@", "At"),
    (",", "Comma"),
    (".", "Dot"),
    ("?", "Question"),
    (":", "Colon"),
    ("=", "Assignment"),
    ("+", "Plus"),
    ("-", "Minus"),
    ("*", "Asterisk"),
    ("/", "Slash"),
    ("%", "Modulo"),
    ("!", "Exclamation"),
    ("<", "LeftChevron"),
    (">", "RightChevron"),
    ("|", "Pipe"),
    ("^", "Hat"),
];

/// New lines are part of the brackets and lists around them in our grammar, and the end of the file is no token of it.
pub(super) fn is_compared(kind: &str) -> bool {
    !matches!(kind, "NewLine" | "EndOfFile")
}

/// All tokens of a tree.
pub(super) fn of(tree: &Tree, text: &str) -> Vec<Item> {
    let mut tokens = Tokens { text, items: Vec::new(), end: 0 };
    tokens.leaves(tree.root_node());
    tokens.split(tokens.end, text.len());
    tokens.items
}

struct Tokens<'t> {
    text: &'t str,
    items: Vec<Item>,
    /// Up to where the text is read.
    end: usize,
}

impl Tokens<'_> {
    fn leaves(&mut self, node: Node<'_>) {
        if node.child_count() > 0 {
            let mut cursor = node.walk();
            return node.children(&mut cursor).for_each(|child| self.leaves(child));
        }
        let (start, end) = (node.start_byte(), node.end_byte());
        self.split(self.end, start);
        self.end = end;
        let kind = match node.kind() {
            "comment" | "block_comment" | "directive" => return,
            "string" | "multiline_string" => "StringComplete",
            "string_start" | "multiline_string_start" => "StringLeftPiece",
            "string_middle" | "multiline_string_middle" => "StringMiddlePiece",
            "string_end" | "multiline_string_end" => "StringRightPiece",
            _ => return self.split(start, end),
        };
        self.items.push((kind.to_owned(), start, end));
    }

    /// Splits a text without strings into tokens.
    fn split(&mut self, mut at: usize, end: usize) {
        while let Some(rest) = self.text.get(at..end).filter(|rest| !rest.is_empty()) {
            let word = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
            let (kind, length) = match rest.chars().next() {
                Some(c) if c.is_whitespace() || c == '\u{feff}' => ("", c.len_utf8()),
                // Comments within a token of ours: before a `?`, `:`, `|` or `,` at the beginning of a line.
                _ if rest.starts_with("//") => ("", rest.find(['\r', '\n']).unwrap_or(rest.len())),
                _ if rest.starts_with("/*") => ("", rest.find("*/").map_or(rest.len(), |end| end + 2)),
                Some('0'..='9') => ("Integer", word(|c| c.is_ascii_digit())),
                Some('a'..='z' | 'A'..='Z' | '_') => {
                    let length = word(|c| c.is_ascii_alphanumeric() || c == '_');
                    (keyword(&rest[..length]), length)
                }
                _ => match PUNCTUATION.iter().find(|(text, _)| rest.starts_with(text)) {
                    Some((text, kind)) => (*kind, text.len()),
                    None => ("Unrecognized", rest.chars().next().map_or(1, char::len_utf8)),
                },
            };
            if !kind.is_empty() {
                self.items.push((kind.to_owned(), at, at + length));
            }
            at += length;
        }
    }
}

/// Only three words are keywords to the compiler's lexer.
fn keyword(word: &str) -> &'static str {
    match word {
        "true" => "TrueKeyword",
        "false" => "FalseKeyword",
        "null" => "NullKeyword",
        _ => "Identifier",
    }
}
