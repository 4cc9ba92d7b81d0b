//! Our trees have the structure that the Bicep compiler's own parser gives: for every file that it accepts, the same tokens and
//! the same nodes at the same places.
//!
//! The compiler's dumps are in a corpus beside the repository (`../shared/corpus/bicep/syntax.jsonl`, offsets in bytes; the
//! environment variable `LEFTWARD_CORPUS` names another place); where it is absent the comparison says that it was skipped.
//! The samples below need no corpus.

#![allow(clippy::expect_used, clippy::print_stderr)] // a test fails by panicking, and tells what it skips

mod nodes;
mod tokens;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tree_sitter::{Parser, Tree};

/// A token or node: kind in the compiler's words, start, end (bytes).
type Item = (String, usize, usize);

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_bicep_leftward::LANGUAGE.into())
        .expect("the library accepts the language");
    parser.parse(text, None).expect("a tree")
}

/// What only one side has: `(ours, the compiler's)`.
fn differences(ours: Vec<Item>, theirs: Vec<Item>) -> (Vec<Item>, Vec<Item>) {
    let mut count: BTreeMap<Item, isize> = BTreeMap::new();
    for item in ours {
        *count.entry(item).or_default() += 1;
    }
    for item in theirs {
        *count.entry(item).or_default() -= 1;
    }
    let (mut more, mut less) = (Vec::new(), Vec::new());
    for (item, n) in count {
        let list = if n > 0 { &mut more } else { &mut less };
        list.extend(std::iter::repeat_n(item, n.unsigned_abs()));
    }
    (more, less)
}

fn corpus() -> PathBuf {
    let named = std::env::var_os("LEFTWARD_CORPUS").map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"))
}

/// A file of the corpus with the compiler's dump of it.
struct Dump {
    file: String,
    text: String,
    parameters: bool,
    valid: bool,
    tokens: Vec<Item>,
    /// In the order of the tree, with their depth: 0 is the program, 1 are its statements.
    nodes: Vec<(u64, Item)>,
}

fn item(value: &[serde_json::Value]) -> Item {
    // -1 is the end of a program that ends within a string; no node of ours would equal it.
    let at = |index: usize| value[index].as_u64().map_or(usize::MAX, |offset| offset as usize);
    (value[0].as_str().expect("a kind").to_owned(), at(1), at(2))
}

/// Reads the corpus. `None` if there is none.
fn dumps() -> Option<Vec<Dump>> {
    let lines = std::fs::read_to_string(corpus().join("bicep/syntax.jsonl")).ok()?;
    let read = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row");
        let file = row["file"].as_str().expect("a file").to_owned();
        let list = |name: &str| {
            row[name].as_array().expect("a list").iter().map(|it| it.as_array().expect("an item"))
        };
        Dump {
            text: std::fs::read_to_string(corpus().join(&file)).expect("the file of the row"),
            parameters: row["params"] == true,
            valid: row["valid"] == true,
            tokens: list("tokens").map(|value| item(value)).collect(),
            nodes: list("nodes")
                .map(|value| (value[0].as_u64().expect("a depth"), item(&value[1..])))
                .collect(),
            file,
        }
    };
    Some(lines.lines().map(read).collect())
}

fn report(
    file: &str,
    text: &str,
    what: &str,
    (ours, theirs): (Vec<Item>, Vec<Item>),
    into: &mut Vec<String>,
) {
    for (whose, items) in [("only ours", ours), ("only the compiler's", theirs)] {
        into.extend(items.iter().map(|(kind, start, end)| {
            let text = text.get(*start..*end).unwrap_or("?");
            format!("{file}: {whose}: {what} {kind} {start}..{end} {text:?}")
        }));
    }
}

/// Compares a whole file.
fn compare(dump: &Dump, problems: &mut Vec<String>) {
    let tree = parse(&dump.text);
    let theirs = dump.tokens.iter().filter(|(kind, ..)| tokens::is_compared(kind)).cloned().collect();
    report(&dump.file, &dump.text, "token", differences(tokens::of(&tree, &dump.text), theirs), problems);
    // The compiler's tree has an empty node where an optional part of a statement is absent.
    let theirs = dump
        .nodes
        .iter()
        .map(|(_, node)| node)
        .filter(|(kind, start, end)| start < end || kind == "ProgramSyntax")
        .cloned()
        .collect();
    let ours = nodes::of(&tree, &dump.text, dump.parameters);
    report(&dump.file, &dump.text, "node", differences(ours, theirs), problems);
}

/// Compares the statements of an invalid file that the compiler found nothing missing or too much in: they are wrong in what
/// they mean, if at all. Returns how many those are.
fn compare_statements(dump: &Dump, problems: &mut Vec<String>) -> usize {
    let statements = dump.nodes.get(1..).unwrap_or_default().chunk_by(|_, (depth, _)| *depth > 1);
    let sound = |nodes: &&[(u64, Item)]| {
        nodes.iter().all(|(_, (kind, start, end))| {
            start < end && !matches!(&**kind, "SkippedTriviaSyntax" | "MissingDeclarationSyntax")
        })
    };
    let mut compared = 0;
    for statement in statements.filter(sound) {
        let (_, (_, start, end)) = &statement[0];
        let Some(text) = dump.text.get(*start..*end) else { continue };
        let ours = nodes::of(&parse(text), text, dump.parameters);
        let ours =
            ours.into_iter().skip(1).map(|(kind, from, to)| (kind, from + start, to + start)).collect();
        let theirs = statement.iter().map(|(_, node)| node.clone()).collect();
        report(&dump.file, &dump.text, "node", differences(ours, theirs), problems);
        compared += 1;
    }
    compared
}

#[test]
fn what_the_compiler_accepts_has_its_tokens_and_nodes() {
    let Some(dumps) = dumps() else {
        eprintln!("SKIPPED: no corpus at {}", corpus().display());
        return;
    };
    let (mut files, mut tokens, mut nodes, mut statements, mut problems) = (0, 0, 0, 0, Vec::new());
    for dump in &dumps {
        if dump.valid {
            compare(dump, &mut problems);
            (files, tokens, nodes) = (files + 1, tokens + dump.tokens.len(), nodes + dump.nodes.len());
        } else {
            statements += compare_statements(dump, &mut problems);
        }
    }
    eprintln!(
        "compared {files} files ({tokens} tokens, {nodes} nodes) and {statements} statements of invalid files"
    );
    assert!(files > 0 && statements > 0, "the corpus has no files");
    assert!(problems.is_empty(), "{} differences:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn valid_files_of_the_corpus_have_no_syntax_error() {
    let Some(dumps) = dumps() else {
        eprintln!("SKIPPED: no corpus at {}", corpus().display());
        return;
    };
    for dump in dumps.iter().filter(|dump| dump.valid) {
        assert!(!parse(&dump.text).root_node().has_error(), "{}", dump.file);
    }
}

/// The nodes of a text as `kind "text"`, without identifiers, in order.
fn sample(text: &str) -> Vec<String> {
    let mut nodes = nodes::of(&parse(text), text, false);
    nodes.sort_by_key(|(_, start, end)| (*start, usize::MAX - *end));
    let wanted = |item: &&Item| !matches!(item.0.as_str(), "ProgramSyntax" | "IdentifierSyntax");
    nodes.iter().filter(wanted).map(|(kind, start, end)| format!("{kind} {}", &text[*start..*end])).collect()
}

#[test]
fn postfix_operators_bind_tightest() {
    assert_eq!(
        sample("var a = !b.c ?? d"),
        [
            "VariableDeclarationSyntax var a = !b.c ?? d",
            "BinaryOperationSyntax !b.c ?? d",
            "UnaryOperationSyntax !b.c",
            "PropertyAccessSyntax b.c",
            "VariableAccessSyntax b",
            "VariableAccessSyntax d",
        ]
    );
}

#[test]
fn a_type_with_a_question_mark_is_not_a_conditional() {
    assert_eq!(
        sample("param a t?\nparam b 'x' | 'y' = 'x'"),
        [
            "ParameterDeclarationSyntax param a t?",
            "NullableTypeSyntax t?",
            "TypeVariableAccessSyntax t",
            "ParameterDeclarationSyntax param b 'x' | 'y' = 'x'",
            "UnionTypeSyntax 'x' | 'y'",
            "UnionTypeMemberSyntax 'x'",
            "StringTypeLiteralSyntax 'x'",
            "UnionTypeMemberSyntax 'y'",
            "StringTypeLiteralSyntax 'y'",
            "ParameterDefaultValueSyntax = 'x'",
            "StringSyntax 'x'",
        ]
    );
}

#[test]
fn tokens_are_told_apart_within_ours() {
    let text = "@sys.secure()\nvar a = b.?c['x${d}y'] // e";
    let tokens: Vec<String> = tokens::of(&parse(text), text)
        .iter()
        .map(|(kind, start, end)| format!("{kind} {}", &text[*start..*end]))
        .collect();
    assert_eq!(
        tokens,
        [
            "At @",
            "Identifier sys",
            "Dot .",
            "Identifier secure",
            "LeftParen (",
            "RightParen )",
            "Identifier var",
            "Identifier a",
            "Assignment =",
            "Identifier b",
            "Dot .",
            "Question ?",
            "Identifier c",
            "LeftSquare [",
            "StringLeftPiece 'x${",
            "Identifier d",
            "StringRightPiece }y'",
            "RightSquare ]",
        ]
    );
}
