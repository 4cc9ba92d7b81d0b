//! The structure of a file, its blocks, labels and arguments, from tree-sitter-hcl's tree.
//!
//! Expressions are read by our own parser: the grammar's operators bind wrongly, and escapes, indentation and line ends are
//! left to its user. Where the tree has an error, or disagrees with our parser about where an argument ends, the damaged piece
//! is read by [`body`](super::body), which recovers at the borders of blocks.

use rustc_hash::FxHashSet;
use tree_sitter::Node;

use super::body::{Item, TOP_LEVEL};
use super::lexer::TokenKind;
use super::parser::{Broken, Parsed, Parser};
use crate::terraform::ast::{Attribute, Block, Body, Label, Name};

/// Reads the whole text.
pub(super) fn read(parser: &mut Parser<'_>) -> Body {
    let mut body = Body::default();
    let mut names = FxHashSet::default();
    let text = parser.text;
    let mut grammar = tree_sitter::Parser::new();
    let tree =
        grammar.set_language(&tree_sitter_hcl::LANGUAGE.into()).ok().and_then(|()| grammar.parse(text, None));
    let Some(tree) = tree else {
        parser.items(&mut body, &mut names);
        return body;
    };
    let root = tree.root_node();
    // What is not covered by items that are sound, from here on.
    let mut unread = 0;
    let mut damaged = root.has_error();
    for node in top_level(root) {
        if node.kind() == "comment" {
            parser.comment(node);
        } else if sound(node, text, root.has_error()) {
            if std::mem::take(&mut damaged) {
                parser.piece(unread, node.start_byte(), &mut body, &mut names);
            }
            unread = parser.sound_item(node, &mut body, &mut names);
            damaged = root.has_error();
        } else {
            damaged = true;
        }
    }
    if damaged {
        parser.piece(unread, text.len(), &mut body, &mut names);
    }
    parser.lexer.comments.sort_unstable();
    parser.lexer.comments.dedup();
    body
}

/// The items of the file's body, and the comments between them.
fn top_level(root: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = root.walk();
    let mut nodes = Vec::new();
    let children: Vec<Node<'_>> = root.children(&mut cursor).collect();
    for child in children {
        if child.kind() == "body" {
            nodes.extend(child.children(&mut cursor));
        } else {
            nodes.push(child);
        }
    }
    nodes
}

/// Whether an item can be taken as the tree has it. In a file with errors only what looks like a block of the top level can.
fn sound(node: Node<'_>, text: &str, has_errors: bool) -> bool {
    if node.has_error() {
        return false;
    }
    match node.kind() {
        "attribute" => !has_errors,
        "block" if has_errors => {
            let word = node.child(0).and_then(|name| text.get(name.byte_range())).unwrap_or("");
            node.start_position().column == 0 && TOP_LEVEL.contains(&word)
        }
        "block" => true,
        _ => false,
    }
}

impl Parser<'_> {
    fn comment(&mut self, node: Node<'_>) {
        let mut end = node.end_byte();
        if self.text.as_bytes().get(end.wrapping_sub(1)) == Some(&b'\r') {
            end -= 1;
        }
        self.lexer.comments.push((node.start_byte(), end));
    }

    /// Reads the text between two offsets without the tree.
    fn piece(&mut self, start: usize, end: usize, body: &mut Body, names: &mut FxHashSet<Name>) {
        let text = self.text;
        self.limit(text.get(..end).unwrap_or(text));
        self.at = start;
        self.items(body, names);
        self.limit(text);
    }

    /// Takes an item from the tree, or reads its text without the tree if that does not hold. The answer is the offset after it.
    fn sound_item(&mut self, node: Node<'_>, body: &mut Body, names: &mut FxHashSet<Name>) -> usize {
        self.reported = false;
        self.open.clear();
        let diagnostics = self.diagnostics.len();
        match self.node_item(node) {
            Ok(item) => {
                let end = self.at.max(node.end_byte());
                self.keep(item, body, names);
                end
            }
            Err(Broken) => {
                self.diagnostics.truncate(diagnostics);
                let end = self.line_end(node.end_byte());
                self.piece(node.start_byte(), end, body, names);
                end
            }
        }
    }

    fn node_item(&mut self, node: Node<'_>) -> Parsed<Item> {
        if node.kind() == "attribute" {
            self.node_attribute(node).map(Item::Attribute)
        } else {
            self.nested(|parser| parser.node_block(node)).map(Item::Block)
        }
    }

    fn node_attribute(&mut self, node: Node<'_>) -> Parsed<Attribute> {
        let mut cursor = node.walk();
        let mut name = None;
        let mut expression = None;
        for child in node.children(&mut cursor) {
            match child.kind() {
                "identifier" => name = Some(child),
                "expression" => expression = Some(child),
                "comment" => self.comment(child),
                _ => {}
            }
        }
        let (Some(name), Some(expression)) = (name, expression) else { return Err(Broken) };
        self.newlines = true;
        self.at = expression.start_byte();
        let value = self.expression()?;
        let (start, end) = (node.start_byte(), self.at);
        let ends = matches!(self.peek().kind, TokenKind::Newline | TokenKind::End | TokenKind::CloseBrace);
        // The tree may have more in this argument than there is.
        let left = self.text.get(end..node.end_byte()).is_some_and(|rest| !rest.trim().is_empty());
        if !ends || left {
            return Err(Broken);
        }
        Ok(Attribute {
            name: self.text.get(name.byte_range()).unwrap_or("").into(),
            name_span: self.place.span(name.start_byte(), name.end_byte()),
            value,
            span: self.place.span(start, end),
        })
    }

    fn node_block(&mut self, node: Node<'_>) -> Parsed<Block> {
        let mut cursor = node.walk();
        let mut block_type = None;
        let mut labels = Vec::new();
        let mut body = Body::default();
        let mut header_end = node.start_byte();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "identifier" => {
                    let text: Name = self.text.get(child.byte_range()).unwrap_or("").into();
                    header_end = child.end_byte();
                    if block_type.is_none() {
                        block_type = Some(text);
                    } else {
                        labels.push(Label { text, span: self.place.span(child.start_byte(), header_end) });
                    }
                }
                "string_lit" => {
                    self.at = child.start_byte();
                    self.newlines = true;
                    let (text, span) = self.plain_string()?;
                    header_end = child.end_byte();
                    labels.push(Label { text, span });
                }
                "body" => body = self.node_body(child)?,
                "comment" => self.comment(child),
                _ => {}
            }
        }
        let Some(block_type) = block_type else { return Err(Broken) };
        self.at = node.end_byte();
        self.newlines = true;
        if !matches!(self.peek().kind, TokenKind::Newline | TokenKind::End | TokenKind::CloseBrace) {
            return Err(Broken);
        }
        Ok(Block {
            block_type,
            labels,
            body,
            header: self.place.span(node.start_byte(), header_end),
            span: self.place.span(node.start_byte(), node.end_byte()),
        })
    }

    fn node_body(&mut self, node: Node<'_>) -> Parsed<Body> {
        let mut body = Body::default();
        let mut names = FxHashSet::default();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "comment" => self.comment(child),
                "attribute" | "block" => {
                    let item = self.node_item(child)?;
                    self.keep(item, &mut body, &mut names);
                }
                _ => return Err(Broken),
            }
        }
        Ok(body)
    }
}
